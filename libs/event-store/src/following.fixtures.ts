import type { Batch, BookEntry, EventStore, FollowOptions } from './event-store';

/** A follower that runs by itself, and keeps what it was given. */
export interface Follower {
  readonly batches: readonly Batch[];
  readonly entries: readonly BookEntry[];
  /** What was told of faults: a fault, or undefined when it was over. */
  readonly faults: readonly (Error | undefined)[];
  /** Waits until all entries so far satisfy the condition. */
  until(condition: (entries: readonly BookEntry[]) => boolean): Promise<readonly BookEntry[]>;
  /** Waits for a batch, also one of the past. */
  untilBatch(condition: (batch: Batch) => boolean): Promise<void>;
  /** Waits until the condition on what was told of faults holds. */
  untilFaults(condition: (faults: readonly (Error | undefined)[]) => boolean): Promise<void>;
  /** Ends it, and waits until it has ended. */
  end(): Promise<void>;
}

/** Follows a store until it is ended. */
export function following(store: EventStore, options: Omit<FollowOptions, 'signal' | 'onFault'>): Follower {
  const ending = new AbortController();
  const [batches, entries, faults]: [Batch[], BookEntry[], (Error | undefined)[]] = [[], [], []];
  const waiting = new Set<() => void>();
  const news = () => {
    for (const look of waiting) look();
  };
  const onFault = (fault: Error | undefined) => {
    faults.push(fault);
    news();
  };
  const run = async () => {
    for await (const batch of store.follow({ ...options, signal: ending.signal, onFault })) {
      batches.push(batch);
      entries.push(...batch.entries);
      news();
    }
  };
  const running = run();
  const until = (holds: () => boolean) => Promise.race([untilNews(waiting, holds), neverWell(running)]);
  return {
    batches,
    entries,
    faults,
    async until(condition) {
      await until(() => condition(entries));
      return [...entries];
    },
    untilBatch: (condition) => until(() => batches.some(condition)),
    untilFaults: (condition) => until(() => condition(faults)),
    async end() {
      ending.abort();
      await running;
    },
  };
}

async function untilNews(waiting: Set<() => void>, holds: () => boolean): Promise<void> {
  await new Promise<void>((resolve) => {
    const look = () => {
      if (!holds()) return;
      waiting.delete(look);
      resolve();
    };
    waiting.add(look);
    look();
  });
}

/** Rejects when the following ends: whoever waits then would wait for ever. */
async function neverWell(running: Promise<void>): Promise<never> {
  await running;
  throw new Error('the following ended while something was awaited of it');
}
