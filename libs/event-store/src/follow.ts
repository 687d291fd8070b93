import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import type {
  AllStreamResolvedEvent,
  AllStreamSubscription,
  EventStoreDBClient,
} from '@eventstore/db-client';
import { decodeEvent, writtenEvent } from './envelope';
import type { Batch, BookEntry, FollowOptions, Position } from './event-store';
import type { Patience } from './patience';
import { backOffMs, pause } from './patience';

const DEFAULT_BATCH_SIZE = 1_000;
/** How many events left out by the filter the server passes before it says how far it is. */
const CHECKPOINT_AFTER_EVENTS = 1_000;

/**
 * Follows the book through as many subscriptions as it takes: a subscription that has lost its server never comes back
 * by itself.
 */
export async function* follow(
  client: EventStoreDBClient,
  options: FollowOptions,
  patience: Patience,
  closing: AbortSignal,
): AsyncGenerator<Batch, void, undefined> {
  const signal = AbortSignal.any([options.signal, closing]);
  let position = options.after;
  let failuresInARow = 0;
  while (!signal.aborted) {
    const feed = new Feed(client, position, options.batchSize ?? DEFAULT_BATCH_SIZE, patience);
    try {
      await feed.confirmed(signal);
      if (failuresInARow > 0 && !signal.aborted) options.onFault?.(undefined);
      for (let batch = await feed.next(signal); batch != null; batch = await feed.next(signal)) {
        position = batch.position;
        failuresInARow = 0;
        yield batch;
      }
    } catch (fault) {
      if (signal.aborted) return;
      failuresInARow += 1;
      options.onFault?.(fault instanceof Error ? fault : new Error(String(fault)));
    } finally {
      feed.close();
    }
    if (failuresInARow > 0) await pause(backOffMs(patience, failuresInARow), signal);
  }
}

/** One subscription, read in batches of what has arrived. */
class Feed {
  private readonly subscription: AllStreamSubscription;
  private isConfirmed = false;
  private checkpoint: Position | undefined;
  private fault: Error | undefined;
  private wake: (() => void) | undefined;

  constructor(
    client: EventStoreDBClient,
    private position: Position | undefined,
    private readonly batchSize: number,
    private readonly patience: Patience,
  ) {
    this.subscription = client.subscribeToAll(
      {
        fromPosition: position == null ? 'start' : { commit: position, prepare: position },
        filter: {
          filterOn: 'eventType',
          regex: '^[^$]',
          maxSearchWindow: CHECKPOINT_AFTER_EVENTS,
          checkpointInterval: 1,
          checkpointReached: (_, { commit }) => {
            this.checkpoint = commit;
            this.wake?.();
          },
        },
      },
      { highWaterMark: batchSize },
    );
    // The listener for errors stays for good: a late one without a listener would end the process.
    this.subscription
      .on('confirmation', () => {
        this.isConfirmed = true;
        this.wake?.();
      })
      .on('readable', () => this.wake?.())
      .on('error', (fault) => {
        this.fail(fault);
      })
      .on('end', () => {
        this.fail(new Error('the server ended the subscription'));
      });
  }

  /** Waits until the server has taken the subscription. */
  async confirmed(signal: AbortSignal): Promise<void> {
    const timer = setTimeout(() => {
      this.fail(new Error('the server did not answer the subscription'));
    }, this.patience.attemptTimeoutMs);
    try {
      while (!this.isConfirmed && !signal.aborted) await this.news(signal);
    } finally {
      clearTimeout(timer);
    }
  }

  /** What has arrived since; waits while there is nothing. Undefined when the signal says so. */
  async next(signal: AbortSignal): Promise<Batch | undefined> {
    while (!signal.aborted) {
      // Events come one by one; a turn of the loop lets all of those in that are here already.
      await turnOfTheLoop();
      const batch = this.take();
      if (batch != null) return batch;
      await this.news(signal);
    }
    return undefined;
  }

  /** Neither leaving an iteration nor an error cancels the call. */
  close(): void {
    this.subscription.unsubscribe().catch(() => undefined);
    this.subscription.destroy();
  }

  private take(): Batch | undefined {
    const entries: BookEntry[] = [];
    while (entries.length < this.batchSize) {
      const resolved = this.subscription.read() as AllStreamResolvedEvent | null;
      if (resolved == null) break;
      const entry = this.entryOf(resolved);
      if (entry != null) entries.push(entry);
    }
    if (entries.length === 0 && !this.isFurther(this.checkpoint)) return undefined;
    // With nothing left to read, all that came before the checkpoint is taken in.
    if (entries.length < this.batchSize && this.isFurther(this.checkpoint)) this.position = this.checkpoint;
    return this.position == null ? undefined : { entries, position: this.position };
  }

  private entryOf({ event }: AllStreamResolvedEvent): BookEntry | undefined {
    if (event == null || !this.isFurther(event.position.commit)) return undefined;
    this.position = event.position.commit;
    return {
      position: this.position,
      written: writtenEvent(event),
      content: decodeEvent(event, this.position),
    };
  }

  private isFurther(position: Position | undefined): boolean {
    return position != null && (this.position == null || position > this.position);
  }

  private fail(fault: Error): void {
    this.fault ??= fault;
    this.wake?.();
  }

  /** Waits until something changes. */
  private async news(signal: AbortSignal): Promise<void> {
    if (this.fault != null) throw this.fault;
    if (signal.aborted) return;
    await new Promise<void>((resolve) => {
      this.wake = resolve;
      signal.addEventListener('abort', this.wake, { once: true });
    });
    signal.removeEventListener('abort', this.wake ?? (() => undefined));
    this.wake = undefined;
  }
}
