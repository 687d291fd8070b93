import { setTimeout as delay } from 'node:timers/promises';
import { AppendPipeline } from './append-pipeline';
import type { EventStoreAddress } from './connection';
import { Connection } from './connection';
import type { Position } from './event-store';
import { AppendTooLargeError, WrongExpectedRevisionError } from './event-store';
import type { BookEvent } from './book-events';
import { eventsOf, headOf, sameEvent } from './book-events';
import { InOrderAppends, OrderLostError, UncopyableEventError } from './in-order-appends';
import type { Patience } from './patience';
import { backOffMs, DEFAULT_PATIENCE } from './patience';

export interface CopyOptions {
  readonly from: EventStoreAddress;
  readonly to: EventStoreAddress;
  /** Ends the copying at the next event; what is there stays, and another copying goes on with it. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: CopyProgress) => void;
}

/** How far a copying is. Both parts go from 0 to 1 of the log that is copied. */
export interface CopyProgress {
  readonly written: number;
  readonly verified: number;
}

export interface Copied {
  /** Facts that both books hold, each of them compared. */
  readonly facts: number;
  /** Those of them that were in the target before. */
  readonly present: number;
  /** The source was written to meanwhile: what came then is not copied. */
  readonly isSourceAhead: boolean;
}

/** The target holds something else than the source's first facts. Nothing in it is changed. */
export class OtherBookError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'OtherBookError';
  }
}

/** So many times in a row the copying begins anew where it was broken off, before it gives up. */
const MOST_FAILURES_IN_A_ROW = 8;

/**
 * Copies a book from one store into another: all events but the store's own, in their order, with their ids, streams,
 * revisions, types, data and metadata; and compares all of them afterwards. A target that holds a first part of them is
 * gone on with. The source is only read, up to where it was at the beginning.
 *
 * @throws OtherBookError, and whatever keeps a store out of reach
 */
export async function copyBook(options: CopyOptions, patience: Partial<Patience> = {}): Promise<Copied> {
  const wholePatience = { ...DEFAULT_PATIENCE, ...patience };
  const [from, to] = [new Connection(options.from), new Connection(options.to)];
  try {
    return await new BookCopy(from, to, options, wholePatience).run();
  } finally {
    await Promise.all([from, to].map((connection) => connection.close(wholePatience.closeTimeoutMs)));
  }
}

/** Up to where both books are known to be the same. */
interface Cursor {
  readonly facts: number;
  readonly from?: Position;
  readonly to?: Position;
}

class BookCopy {
  private head: Position | undefined;
  private written = 0;
  private verified = 0;

  constructor(
    private readonly from: Connection,
    private readonly to: Connection,
    private readonly options: CopyOptions,
    private readonly patience: Patience,
  ) {}

  async run(): Promise<Copied> {
    this.head = await headOf(this.from.client);
    let cursor = await this.compare({ facts: 0 });
    const present = cursor.facts;
    for (let failures = 0; ;) {
      const fault = await this.write(cursor);
      const next = await this.compare(cursor);
      if (fault == null && next.facts === cursor.facts) break;
      failures = fault == null || next.facts > cursor.facts ? 0 : failures + 1;
      if (fault != null && failures >= MOST_FAILURES_IN_A_ROW) throw fault;
      if (fault != null)
        await delay(backOffMs(this.patience, failures + 1), undefined, {
          signal: this.options.signal,
        });
      cursor = next;
    }
    const later = await eventsOf(this.from.client, this.patience, this.head).next();
    return { facts: cursor.facts, present, isSourceAhead: later.done !== true };
  }

  /** Goes along both books from where they are known to be the same, to the end of the target. */
  private async compare(known: Cursor): Promise<Cursor> {
    let cursor = known;
    const source = this.sourceAfter(known);
    for await (const event of eventsOf(this.to.client, this.patience, known.to)) {
      this.options.signal?.throwIfAborted();
      const { value: original } = await source.next();
      const place = `fact ${String(cursor.facts + 1)} (${event.stream}@${String(event.revision)})`;
      if (original == null)
        throw new OtherBookError(`The target's ${place} is not in the source: it holds another book.`);
      if (!sameEvent(original, event))
        throw new OtherBookError(`The target's ${place} is not the source's: it holds another book.`);
      cursor = { facts: cursor.facts + 1, from: original.position, to: event.position };
      this.tell('verified', original.position);
    }
    return cursor;
  }

  /** Appends what comes after the cursor. What went wrong on the way is for the next comparison to look at. */
  private async write(cursor: Cursor): Promise<Error | undefined> {
    let isOpened = false;
    // One call, so that the store takes everything in the order in which it is sent. After a fault there is no other.
    const pipeline = new AppendPipeline(() => {
      if (isOpened) return Promise.reject(new Error('the call has ended'));
      isOpened = true;
      return this.to.openBatchAppend();
    }, this.patience);
    const appends = new InOrderAppends(pipeline);
    try {
      for await (const event of this.sourceAfter(cursor)) {
        this.options.signal?.throwIfAborted();
        await appends.add(event);
        this.tell('written', event.position);
      }
      await appends.done();
      return undefined;
    } catch (fault) {
      await appends.settled();
      if (this.options.signal?.aborted === true) throw fault;
      if (fault instanceof WrongExpectedRevisionError || fault instanceof OrderLostError)
        throw new OtherBookError(`${fault.message}: somebody else writes to the target.`);
      if (fault instanceof AppendTooLargeError || fault instanceof UncopyableEventError) throw fault;
      return fault instanceof Error ? fault : new Error(String(fault));
    }
  }

  private async *sourceAfter({ from }: Cursor): AsyncGenerator<BookEvent, undefined, undefined> {
    if (this.head == null) return undefined;
    yield* eventsOf(this.from.client, this.patience, from, this.head);
    return undefined;
  }

  private tell(part: 'written' | 'verified', position: bigint): void {
    const share = this.head == null ? 1 : Number((position * 10_000n) / this.head) / 10_000;
    this[part] = Math.max(this[part], share);
    if (part === 'verified') this.written = Math.max(this.written, share);
    this.options.onProgress?.({ written: this.written, verified: this.verified });
  }
}
