import type { DocumentInput } from 'urql';
import type { AnyVariables, UseQueryState } from 'urql';
import { useEffect, useRef, useState } from 'react';
import { useClient, useQuery } from 'urql';
import { graphql } from './graphql';
import { useSubscription } from './socket';
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

const followers = new Set<() => void>();

/** Looks at the book at once, because something was heard of. */
export function lookAtBook(): void {
  for (const look of followers) look();
}

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
      clearTimeout(timer);
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
    followers.add(onVisible);
    next();
    return () => {
      isOver = true;
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', onVisible);
      followers.delete(onVisible);
    };
  }, [client]);
  return null;
}

/** A query whose answer follows the book; the old answer stays in sight until the new one is there. */
export function useLiveQuery<Data, Variables extends AnyVariables>(
  query: DocumentInput<Data, Variables>,
  variables: Variables,
  options: { pause?: boolean; again?: number } = {},
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
  const seenAgain = useRef(options.again);
  useEffect(() => {
    if (seenAgain.current === options.again) return;
    seenAgain.current = options.again;
    again({ requestPolicy: 'network-only' });
  }, [again, options.again]);
  return result;
}

const historySubscription = /* GraphQL */ `
  subscription HistoryAdded($axis: Axis!, $id: ID!) {
    historyAdded(axis: $axis, id: $id) {
      sequence
    }
  }
`;

/** What is recorded about a thing shows at once, not only at the next look at the book. */
export function useHistoryOf(axis: 'CHARGER' | 'BACKPLATE' | 'CIRCUIT' | 'SITE', id: string): void {
  useSubscription(historySubscription, { axis, id }, lookAtBook);
}

const limitSubscription = /* GraphQL */ `
  subscription LimitChanged($serial: ID!) {
    effectiveLimitChanged(charger: $serial) {
      at
    }
  }
`;

/** Counts changes of a limit, also those that come by themselves. */
export function useLimitChanges(serial: string): number {
  const [changes, setChanges] = useState(0);
  useSubscription(limitSubscription, { serial }, () => setChanges((before) => before + 1));
  return changes;
}
