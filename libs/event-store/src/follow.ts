import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import type { Connection, ReadCall } from './connection';
import { decodeEvent, writtenEvent } from './envelope';
import type { Batch, BookEntry, FollowOptions, Position } from './event-store';
import type { Patience } from './patience';
import { backOffMs, pause } from './patience';
import { subscribingRequest, type ReadAnswer, type ReadEvent } from './read-messages';

const DEFAULT_BATCH_SIZE = 1_000;
/** How many events left out by the filter the server passes before it says how far it is. */
const CHECKPOINT_AFTER_EVENTS = 1_000;

/**
 * Follows the book through as many subscriptions as it takes: a subscription that has lost its server never comes back
 * by itself.
 */
export async function* follow(
  connection: Connection,
  options: FollowOptions,
  patience: Patience,
  closing: AbortSignal,
): AsyncGenerator<Batch, void, undefined> {
  const signal = AbortSignal.any([options.signal, closing]);
  let position = options.after;
  let failuresInARow = 0;
  while (!signal.aborted) {
    const feed = new Feed(connection, position, options.batchSize ?? DEFAULT_BATCH_SIZE, patience);
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
  private call: ReadCall | undefined;
  private arrived: BookEntry[] = [];
  private isConfirmed = false;
  private isClosed = false;
  /** How far the book is known once everything that has arrived is taken in. */
  private known: Position | undefined;
  private fault: Error | undefined;
  private wake: (() => void) | undefined;

  constructor(
    connection: Connection,
    private position: Position | undefined,
    private readonly batchSize: number,
    private readonly patience: Patience,
  ) {
    this.known = position;
    connection
      .openRead(subscribingRequest({ after: position, checkpointEvents: CHECKPOINT_AFTER_EVENTS }))
      .then((call) => this.listenTo(call))
      .catch((fault: unknown) => this.fail(fault instanceof Error ? fault : new Error(String(fault))));
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
    this.isClosed = true;
    this.call?.cancel();
  }

  private listenTo(call: ReadCall): void {
    this.call = call;
    // The listener for errors stays for good: a late one without a listener would end the process.
    call
      .on('data', (answer: ReadAnswer) => {
        this.hear(answer);
      })
      .on('error', (fault) => {
        this.fail(fault);
      })
      .on('end', () => {
        this.fail(new Error('the server ended the subscription'));
      });
    if (this.isClosed) call.cancel();
  }

  private hear(answer: ReadAnswer): void {
    if (answer.kind === 'confirmation') this.isConfirmed = true;
    else if (answer.kind === 'checkpoint' && this.isFurther(answer.position)) this.known = answer.position;
    else if (answer.kind === 'event') this.keep(answer.event);
    else return;
    this.wake?.();
  }

  private keep(event: ReadEvent): void {
    const { position } = event;
    if (!this.isFurther(position)) return;
    this.known = position;
    this.arrived.push({ position, written: writtenEvent(event), content: decodeEvent(event, position) });
    if (this.arrived.length >= this.batchSize) this.call?.pause();
  }

  private isFurther(position: Position): boolean {
    return this.known == null || position > this.known;
  }

  private take(): Batch | undefined {
    if (this.known == null || this.known === this.position) return undefined;
    this.position = this.known;
    const entries = this.arrived;
    this.arrived = [];
    this.call?.resume();
    return { entries, position: this.position };
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
