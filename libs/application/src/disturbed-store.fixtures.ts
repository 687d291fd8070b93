import type { NewFact } from '@chargebook/domain';
import type { EventStore, ExpectedRevision } from '@chargebook/event-store';
import { EventStoreUnavailableError } from '@chargebook/event-store';

/**
 * What happens at an append of a node: its process dies just before or just after the store has written, or the store's
 * answer is lost while both live on.
 */
export type Disturbance = 'DIES_BEFORE' | 'DIES_AFTER' | 'LOSES_ANSWER';

/** What a dead process would do: nothing. */
export class NodeDiedError extends Error {}

/**
 * A store as it is seen by one node, with something happening at one of the node's appends.
 *
 * @param nth the append, counted from 1
 */
export function disturbed(store: EventStore, nth: number, disturbance: Disturbance): EventStore {
  let appends = 0;
  let isDead = false;
  const alive = () => {
    if (isDead) throw new NodeDiedError();
  };
  return {
    ...passedOn(store),
    async read(stream, fromRevision) {
      alive();
      return store.read(stream, fromRevision);
    },
    async append(stream, facts, expected) {
      alive();
      appends += 1;
      const isNow = appends === nth;
      isDead = isNow && disturbance !== 'LOSES_ANSWER';
      if (isNow && disturbance === 'DIES_BEFORE') throw new NodeDiedError();
      const appended = await store.append(stream, facts, expected);
      alive();
      if (isNow) throw new EventStoreUnavailableError('the answer was lost');
      return appended;
    },
  };
}

/** An append that waits until it is let go. */
export interface HeldStore {
  readonly store: EventStore;
  /** The node has come to the append. */
  readonly reached: Promise<void>;
  letGo(): void;
}

/** A store as it is seen by a node that falls asleep just before one of its appends. */
export function heldBefore(store: EventStore, nth: number): HeldStore {
  let appends = 0;
  let reach: () => void = () => undefined;
  let letGo: () => void = () => undefined;
  const reached = new Promise<void>((resolve) => (reach = resolve));
  const released = new Promise<void>((resolve) => (letGo = resolve));
  const held: EventStore = {
    ...passedOn(store),
    async append(stream, facts, expected) {
      appends += 1;
      if (appends === nth) {
        reach();
        await released;
      }
      return store.append(stream, facts, expected);
    },
  };
  return { store: held, reached, letGo };
}

/** A store that notes what is asked of it: to which streams, and how many facts were read from which. */
export function noted(store: EventStore): {
  store: EventStore;
  appends: string[];
  reads: [stream: string, facts: number][];
} {
  const appends: string[] = [];
  const reads: [string, number][] = [];
  const noting: EventStore = {
    ...passedOn(store),
    async read(stream, fromRevision) {
      const facts = await store.read(stream, fromRevision);
      reads.push([stream, facts.length]);
      return facts;
    },
    async append(stream: string, facts: readonly NewFact[], expected: ExpectedRevision) {
      appends.push(stream);
      return store.append(stream, facts, expected);
    },
  };
  return { store: noting, appends, reads };
}

function passedOn(store: EventStore): EventStore {
  return {
    append: (stream, facts, expected) => store.append(stream, facts, expected),
    read: (stream, fromRevision) => store.read(stream, fromRevision),
    follow: (options) => store.follow(options),
    head: () => store.head(),
    close: () => Promise.resolve(),
  };
}
