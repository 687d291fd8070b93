import type { DocumentInput } from 'urql';
import type { AnyVariables, UseQueryState } from 'urql';
import { useEffect, useRef } from 'react';
import { useClient, useQuery } from 'urql';
import { graphql } from './graphql';
import { head, status } from './status';
import { useStore } from './store';

const LOOK_EVERY_MS = 1_000;
/** A read model that is behind for less than this is no news. */
const NOTICEABLE_LAG_SECONDS = 3;

const bookQuery = graphql(`
  query BookStatus {
    book {
      head
      projections {
        name
        lagFacts
        lagSeconds
        quarantined
      }
    }
  }
`);

/** Looks how far the book is, once a second while the tab can be seen; pages follow its head. */
export function FollowBook(): null {
  const client = useClient();
  useEffect(() => {
    let isOver = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = async () => {
      const { data } = await client.query(bookQuery, {}, { requestPolicy: 'network-only' }).toPromise();
      if (isOver) return;
      if (data != null) {
        const worst = [...data.book.projections].sort((a, b) => b.lagSeconds - a.lagSeconds)[0];
        const isBehind = worst != null && worst.lagSeconds > NOTICEABLE_LAG_SECONDS;
        const lag = isBehind ? { facts: worst.lagFacts, seconds: worst.lagSeconds } : undefined;
        const quarantined = data.book.projections.flatMap((projection) => projection.quarantined);
        if (lag != null || status.get().lag != null || quarantined.length !== status.get().quarantined.length)
          status.set({ ...status.get(), lag, quarantined });
        head.set(data.book.head);
      }
      timer = setTimeout(next, LOOK_EVERY_MS);
    };
    const next = () => {
      if (!document.hidden) void look();
    };
    const onVisible = () => {
      clearTimeout(timer);
      next();
    };
    document.addEventListener('visibilitychange', onVisible);
    next();
    return () => {
      isOver = true;
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', onVisible);
    };
  }, [client]);
  return null;
}

/** A query whose answer follows the book; the old answer stays in sight until the new one is there. */
export function useLiveQuery<Data, Variables extends AnyVariables>(
  query: DocumentInput<Data, Variables>,
  variables: Variables,
  options: { pause?: boolean } = {},
): UseQueryState<Data, Variables> {
  const now = useStore(head);
  const seen = useRef(now);
  const [result, again] = useQuery({ query, variables, pause: options.pause } as Parameters<
    typeof useQuery<Data, Variables>
  >[0]);
  useEffect(() => {
    if (seen.current === now) return;
    const isFirst = seen.current == null;
    seen.current = now;
    if (!isFirst && options.pause !== true) again({ requestPolicy: 'network-only' });
  }, [now, again, options.pause]);
  return result;
}
