import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { Client, CombinedError } from 'urql';
import { useClient } from 'urql';
import { takeAhead } from '../api/ahead';
import { fetchFrom } from '../api/client';
import type { ResultOf, VariablesOf } from '../api/graphql';
import { graphql } from '../api/graphql';
import { head, status } from '../api/status';
import { useStore } from '../api/store';
import type { Sorting } from './fleet-address';
import { FIRST_PAGE_SIZE, NEXT_PAGE_SIZE, pageVariables } from './fleet-address';

export const chargersQuery = graphql(`
  query Chargers(
    $filter: ChargerFilter
    $orderBy: ChargerOrder
    $first: Int
    $after: String
    $last: Int
    $before: String
    $isCounted: Boolean!
  ) {
    book {
      head
    }
    chargers(filter: $filter, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {
      totalCount @include(if: $isCounted)
      pageInfo {
        hasNextPage
        hasPreviousPage
        startCursor
        endCursor
      }
      nodes {
        serial
        model
        retiredAt
        destination
        placement {
          backplateId
          siteId
          siteName
        }
        effectiveLimit {
          amps
          behaviour
          binding
          blockers
          explanation
        }
        lastEvent {
          eventId
          occurredAt
          summary
        }
      }
    }
  }
`);

type Answer = ResultOf<typeof chargersQuery>['chargers'];
export type ChargerRow = Answer['nodes'][number];
export type ChargerFilter = NonNullable<VariablesOf<typeof chargersQuery>['filter']>;

interface LoadedPage {
  /** The cursor behind which it begins; undefined for the first. */
  readonly after: string | undefined;
  /** The last fact that is surely in it. */
  readonly asOf: number;
  readonly rows: readonly ChargerRow[];
  /** The cursor behind which the next begins; undefined where nothing follows. */
  readonly next: string | undefined;
}

interface Loaded {
  readonly pages: readonly LoadedPage[];
  readonly total: number | undefined;
  readonly error: CombinedError | undefined;
}

const NOTHING: Loaded = { pages: [], total: undefined, error: undefined };

/** One page, which may have been asked for ahead. */
async function load(client: Client, filter: ChargerFilter, sorting: Sorting, after: string | undefined) {
  const isAscending = sorting.order === 'ascending';
  const variables = pageVariables(filter, sorting, after);
  const ahead = takeAhead('Chargers', variables);
  const result = await client
    .query(chargersQuery, variables, {
      requestPolicy: 'network-only',
      ...(ahead != null && { fetch: fetchFrom(ahead) }),
    })
    .toPromise();
  const { data, error } = result;
  if (data == null) return { error };
  const { nodes, pageInfo, totalCount } = data.chargers;
  const asOf = Number(data.book.head);
  const { hasNextPage, hasPreviousPage, startCursor, endCursor } = pageInfo;
  const next = isAscending ? hasNextPage && endCursor : hasPreviousPage && startCursor;
  const rows = isAscending ? nodes : [...nodes].reverse();
  const page = { after, asOf, rows, next: next === false ? undefined : (next ?? undefined) };
  return { page, total: totalCount };
}

/** Chargers page by page as they are scrolled to; those in sight follow the book. */
export function useChargerPages(filter: ChargerFilter, sorting: Sorting) {
  const client = useClient();
  const bookHead = useStore(head);
  const [loaded, setLoaded] = useState<Loaded>(NOTHING);
  const key = JSON.stringify([filter, sorting]);
  const isLoading = useRef(false);
  const current = useRef(key);

  const loadNext = useCallback(
    async (told: Loaded) => {
      const last = told.pages.at(-1);
      if (isLoading.current || (last != null && last.next == null)) return;
      isLoading.current = true;
      const { page, total, error } = await load(client, filter, sorting, last?.next);
      isLoading.current = false;
      if (current.current !== key) return;
      setLoaded((now) =>
        page == null
          ? { ...now, error }
          : { pages: [...now.pages, page], total: total ?? now.total, error: undefined },
      );
    },
    // The filter is in the key.

    [client, key],
  );

  // Asked before everything else of the page, which asks once it is drawn.
  useLayoutEffect(() => {
    current.current = key;
    isLoading.current = false;
    setLoaded(NOTHING);
    void loadNext(NOTHING);
  }, [key, loadNext]);

  const reload = useCallback(
    async (after: string | undefined) => {
      const { page, total } = await load(client, filter, sorting, after);
      if (page == null || current.current !== key) return;
      setLoaded((now) => ({
        pages: now.pages.map((old) => (old.after === after ? page : old)),
        total: total ?? now.total,
        error: undefined,
      }));
    },

    [client, key],
  );

  const inSight = useRef({ firstRow: 0, lastRow: 0 });
  const asked = useRef(new Set<string | undefined>());
  /** What is in sight and older than the book is asked for anew. */
  const follow = useCallback(() => {
    if (bookHead == null) return;
    for (const { after } of loaded.pages.filter(isOld(Number(bookHead), inSight.current))) {
      if (asked.current.has(after)) continue;
      asked.current.add(after);
      void reload(after).finally(() => asked.current.delete(after));
    }
  }, [bookHead, loaded.pages, reload]);
  useEffect(follow, [follow]);
  const { isAway } = useStore(status);
  // What could not be had at all is asked for anew once something has changed.
  useEffect(() => {
    if (!isAway && loaded.pages.length === 0 && loaded.error != null) void loadNext(NOTHING);
  }, [bookHead, isAway]);
  const onSight = useCallback(
    (firstRow: number, lastRow: number) => {
      inSight.current = { firstRow, lastRow };
      follow();
    },
    [follow],
  );

  const rows = useMemo(() => loaded.pages.flatMap((page) => page.rows), [loaded.pages]);
  const hasMore = loaded.pages.length === 0 || loaded.pages.at(-1)?.next != null;
  return {
    rows,
    total: loaded.total,
    error: loaded.error,
    hasMore,
    loadNext: () => loadNext(loaded),
    onSight,
  };
}

/** Whether a page lacks what the book has, and some of its rows are in sight; of a list without rows, its place is. */
function isOld(bookHead: number, { firstRow, lastRow }: { firstRow: number; lastRow: number }) {
  return ({ asOf, rows }: LoadedPage, at: number): boolean => {
    const begin = at === 0 ? 0 : FIRST_PAGE_SIZE + (at - 1) * NEXT_PAGE_SIZE;
    return asOf < bookHead && begin <= lastRow && begin + Math.max(1, rows.length) > firstRow;
  };
}
