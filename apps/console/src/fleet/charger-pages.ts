import { useCallback, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { Client, CombinedError } from 'urql';
import { useClient } from 'urql';
import type { ResultOf, VariablesOf } from '../api/graphql';
import { graphql } from '../api/graphql';
import { head } from '../api/status';
import { useStore } from '../api/store';

/** The first is soon there; whoever scrolls on is given more at once. */
const FIRST_PAGE_SIZE = 50;
const NEXT_PAGE_SIZE = 100;

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
export type Order = 'ascending' | 'descending';
export const chargerOrders = ['SERIAL', 'MODEL', 'SITE', 'STATUS', 'LAST_EVENT'] as const;

/** How the list is sorted. */
export interface Sorting {
  readonly by: (typeof chargerOrders)[number];
  readonly order: Order;
}

/** In which order a list is first shown: what happened last is what is looked for. */
export function firstOrderOf(by: Sorting['by']): Order {
  return by === 'LAST_EVENT' ? 'descending' : 'ascending';
}

interface LoadedPage {
  /** The cursor behind which it begins; undefined for the first. */
  readonly after: string | undefined;
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

/** One page in either order; read backwards the API's pages come from their end. */
async function load(client: Client, filter: ChargerFilter, sorting: Sorting, after: string | undefined) {
  const isAscending = sorting.order === 'ascending';
  const size = after == null ? FIRST_PAGE_SIZE : NEXT_PAGE_SIZE;
  const window = isAscending ? { first: size, after } : { last: size, before: after };
  const result = await client
    .query(
      chargersQuery,
      { filter, orderBy: sorting.by, isCounted: after == null, ...window },
      { requestPolicy: 'network-only' },
    )
    .toPromise();
  const { data, error } = result;
  if (data == null) return { error };
  const { nodes, pageInfo, totalCount } = data.chargers;
  const { hasNextPage, hasPreviousPage, startCursor, endCursor } = pageInfo;
  const next = isAscending ? hasNextPage && endCursor : hasPreviousPage && startCursor;
  const rows = isAscending ? nodes : [...nodes].reverse();
  return { page: { after, rows, next: next === false ? undefined : (next ?? undefined) }, total: totalCount };
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

  const refresh = useCallback(
    async (firstRow: number, lastRow: number) => {
      const inSight = loaded.pages.filter((page, at) => {
        const begin = at === 0 ? 0 : FIRST_PAGE_SIZE + (at - 1) * NEXT_PAGE_SIZE;
        return begin <= lastRow && begin + page.rows.length > firstRow;
      });
      if (loaded.pages.length === 0 && loaded.error != null) return loadNext(NOTHING);
      for (const { after } of inSight) {
        const { page, total } = await load(client, filter, sorting, after);
        if (page == null || current.current !== key) return;
        setLoaded((now) => ({
          pages: now.pages.map((old) => (old.after === after ? page : old)),
          total: total ?? now.total,
          error: undefined,
        }));
      }
      return undefined;
    },

    [client, key, loaded.pages, loaded.error],
  );

  const rows = useMemo(() => loaded.pages.flatMap((page) => page.rows), [loaded.pages]);
  const hasMore = loaded.pages.length === 0 || loaded.pages.at(-1)?.next != null;
  return {
    rows,
    total: loaded.total,
    error: loaded.error,
    hasMore,
    loadNext: () => loadNext(loaded),
    refresh,
    bookHead,
  };
}
