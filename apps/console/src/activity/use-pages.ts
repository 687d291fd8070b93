import { useCallback, useEffect, useState } from 'react';
import type { CombinedError, TypedDocumentNode } from 'urql';
import { useClient } from 'urql';
import { head } from '../api/status';
import { useStore } from '../api/store';

interface Connection<Node> {
  readonly totalCount: number;
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  readonly nodes: readonly Node[];
}

interface Window {
  readonly first: number;
  readonly after?: string | null;
}

const PAGE_SIZE = 20;
const MOST_AT_ONCE = 100;

/** A list that grows on request and follows the book: what is new appears, what is shown stays. */
export function usePages<Data, Variables extends object, Node>(
  query: TypedDocumentNode<Data, Variables & Window>,
  variables: Variables,
  connectionIn: (data: Data) => Connection<Node> | null | undefined,
  pageSize = PAGE_SIZE,
) {
  const client = useClient();
  const bookHead = useStore(head);
  const [wanted, setWanted] = useState(pageSize);
  const [loaded, setLoaded] = useState<{
    key: string;
    nodes: readonly Node[];
    total: number;
    hasMore: boolean;
  }>();
  const [error, setError] = useState<CombinedError>();
  const key = JSON.stringify(variables);

  useEffect(() => setWanted(pageSize), [key, pageSize]);
  useEffect(() => {
    let isOver = false;
    const load = async () => {
      const nodes: Node[] = [];
      let after: string | null = null;
      for (;;) {
        const first = Math.min(MOST_AT_ONCE, wanted - nodes.length);
        const told = JSON.parse(key) as Variables;
        const result = await client
          .query<Data>(
            query as TypedDocumentNode<Data>,
            { ...told, first, after },
            { requestPolicy: 'network-only' },
          )
          .toPromise();
        if (isOver) return;
        setError(result.error);
        const page: Connection<Node> | null | undefined =
          result.data == null ? null : connectionIn(result.data);
        if (page == null) return;
        nodes.push(...page.nodes);
        after = page.pageInfo.endCursor;
        const { hasNextPage } = page.pageInfo;
        if (hasNextPage && nodes.length < wanted) continue;
        setLoaded({ key, nodes, total: page.totalCount, hasMore: hasNextPage });
        return;
      }
    };
    void load();
    return () => {
      isOver = true;
    };
  }, [client, query, key, wanted, bookHead]);

  const more = useCallback(() => setWanted((now) => now + pageSize * 2), [pageSize]);
  return {
    nodes: loaded?.nodes,
    total: loaded?.total,
    hasMore: loaded?.hasMore === true,
    isOld: loaded?.key !== key,
    error,
    more,
  };
}
