import type { AppendAnswer } from './append-messages';
import { appendMessage } from './append-messages';
import type { AppendPipeline } from './append-pipeline';
import type { BookEvent } from './book-events';
import type { Position } from './event-store';

const MOST_IN_FLIGHT = 32;
const MOST_EVENTS_TOGETHER = 200;
/** Well below the 1 MiB that a store takes at once unless it is told otherwise. */
const MOST_BYTES_TOGETHER = 256 * 1024;

/** The store gave events another order than that in which they were sent. */
export class OrderLostError extends Error {
  constructor() {
    super('The store gave the facts another order');
    this.name = 'OrderLostError';
  }
}

/** An event that no Chargebook wrote. */
export class UncopyableEventError extends Error {
  constructor({ stream, revision }: BookEvent) {
    super(`${stream}@${String(revision)} is not JSON: it is no fact of a Chargebook`);
    this.name = 'UncopyableEventError';
  }
}

/** Appends events so that they get their places in the order in which they are told, many on the way at once. */
export class InOrderAppends {
  private together: BookEvent[] = [];
  private togetherBytes = 0;
  private readonly underWay: Promise<AppendAnswer>[] = [];
  private last: Position = -1n;

  constructor(private readonly pipeline: AppendPipeline) {}

  /** @throws WrongExpectedRevisionError, AppendTooLargeError, OrderLostError, UncopyableEventError, or whatever cut the call */
  async add(event: BookEvent): Promise<void> {
    if (!event.isJson) throw new UncopyableEventError(event);
    const sizeBytes = JSON.stringify([event.data, event.metadata]).length;
    const first = this.together[0];
    const isFull =
      this.together.length >= MOST_EVENTS_TOGETHER || this.togetherBytes + sizeBytes > MOST_BYTES_TOGETHER;
    if (first != null && (first.stream !== event.stream || isFull)) await this.send();
    this.together.push(event);
    this.togetherBytes += sizeBytes;
  }

  async done(): Promise<void> {
    await this.send();
    while (this.underWay.length > 0) await this.settleFirst();
  }

  /** Waits for whatever is on the way, however it ends. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.underWay.splice(0));
  }

  private async send(): Promise<void> {
    const [first] = this.together;
    if (first == null) return;
    if (this.underWay.length >= MOST_IN_FLIGHT) await this.settleFirst();
    const expected = first.revision === 0 ? 'NO_STREAM' : first.revision - 1;
    const facts = this.together.map(({ id, type, data, metadata }) => ({
      id,
      type,
      data: data as object,
      metadata: metadata as object,
    }));
    const appending = this.pipeline.append(appendMessage(first.stream, facts, expected));
    // Looked at in its turn.
    appending.catch(() => undefined);
    this.underWay.push(appending);
    this.together = [];
    this.togetherBytes = 0;
    // The first one opens the call down which all others go in their order.
    if (this.last < 0n) await this.settleFirst();
  }

  private async settleFirst(): Promise<void> {
    const answer = await this.underWay.shift();
    if (answer?.position == null) return;
    if (answer.position <= this.last) throw new OrderLostError();
    this.last = answer.position;
  }
}
