import type { EventStore, Position } from '@chargebook/event-store';

const MOST_COUNTED_AT_ONCE = 10_000;
const COUNTING_MS = 300;

/** A place in the store, and how many facts are up to there. */
export interface Counted {
  readonly sequence: number;
  /** Undefined at the store's beginning. */
  readonly position: Position | undefined;
}

export interface Unread {
  readonly count: number;
  /** Whether there are no more than these. */
  readonly isAll: boolean;
}

/**
 * How many facts the store holds that the ledger has not taken in. Facts come to be counted by being read, which costs more than to
 * append them: each is counted once, however many ask how far behind the ledger is, and however often.
 */
export class UnreadFacts {
  private counted: Counted | undefined;
  private counting: Promise<boolean> | undefined;

  constructor(private readonly store: Pick<EventStore, 'head' | 'follow'>) {}

  /** @param ledger how far the ledger is */
  async after(ledger: Counted): Promise<Unread> {
    const head = await this.store.head();
    if (head == null || !isBefore(ledger.position, head)) return { count: 0, isAll: true };
    // The ledger has gone on past what was counted, or it was put to another place of another store.
    const isUseful =
      this.counted != null &&
      this.counted.sequence >= ledger.sequence &&
      isBefore(ledger.position, this.counted.position) &&
      !isBefore(head, this.counted.position);
    if (!isUseful) this.counted = ledger;
    const isAll =
      !isBefore(this.counted?.position, head) ||
      (await (this.counting ??= this.countTo(head).finally(() => (this.counting = undefined))));
    return { count: Math.max(0, (this.counted ?? ledger).sequence - ledger.sequence), isAll };
  }

  /** @returns whether the end was reached */
  private async countTo(head: Position): Promise<boolean> {
    let { sequence, position } = this.counted ?? { sequence: 0, position: undefined };
    const most = sequence + MOST_COUNTED_AT_ONCE;
    const stop = new AbortController();
    const timer = setTimeout(() => {
      stop.abort();
    }, COUNTING_MS);
    try {
      for await (const batch of this.store.follow({ after: position, signal: stop.signal })) {
        sequence += batch.entries.length;
        ({ position } = batch);
        if (!isBefore(position, head) || sequence >= most) break;
      }
      this.counted = { sequence, position };
      // What is left when no checkpoint came in time is the store's own housekeeping.
      return stop.signal.aborted || !isBefore(position, head);
    } finally {
      clearTimeout(timer);
      stop.abort();
    }
  }
}

function isBefore(position: Position | undefined, other: Position | undefined): boolean {
  return other != null && (position == null || position < other);
}
