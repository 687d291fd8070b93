import { setMaxListeners } from 'node:events';
import type { StreamingRead } from '@eventstore/db-client';
import type { ServiceError } from '@grpc/grpc-js';
import type { Fact, NewFact } from '@chargebook/domain';
import { appendMessage } from './append-messages';
import { AppendPipeline } from './append-pipeline';
import type { EventStoreAddress, ReadCall } from './connection';
import { Connection } from './connection';
import { decodeEvent, encodeFact } from './envelope';
import type { Appended, Batch, EventStore, ExpectedRevision, FollowOptions, Position } from './event-store';
import {
  AppendTooLargeError,
  EventStoreUnavailableError,
  UnreadableFactError,
  WrongExpectedRevisionError,
} from './event-store';
import { follow } from './follow';
import type { Patience } from './patience';
import { backOffMs, DEFAULT_PATIENCE, pause, within } from './patience';
import { streamRequest, type ReadAnswer } from './read-messages';

/** Opens the store at an address. Nothing is sent before the first call. */
export function connectEventStore(address: EventStoreAddress, patience: Partial<Patience> = {}): EventStore {
  return new EventStoreDb(new Connection(address), { ...DEFAULT_PATIENCE, ...patience });
}

class EventStoreDb implements EventStore {
  private readonly closing = new AbortController();
  private readonly appends: AppendPipeline;

  constructor(
    private readonly connection: Connection,
    private readonly patience: Patience,
  ) {
    this.appends = new AppendPipeline(() => connection.openBatchAppend(), patience);
    // As many as there are reads under way.
    setMaxListeners(0, this.closing.signal);
  }

  async append(stream: string, facts: readonly NewFact[], expected: ExpectedRevision): Promise<Appended> {
    if (facts.length === 0) throw new RangeError(`nothing to append to ${stream}`);
    const append = appendMessage(stream, facts.map(encodeFact), expected);
    // Whether a try without an answer has happened is not known. Another one with the same ids at the same revision
    // does no harm: where the first has happened, the store answers as it would have done then.
    return this.retrying(`append to ${stream}`, async () => {
      const { revision, position } = await this.appends.append(append);
      return { revision, position: position ?? (await this.positionOf(stream, revision)) };
    });
  }

  read(stream: string, fromRevision = 0): Promise<Fact[]> {
    return this.retrying(`read of ${stream}`, async () => {
      const facts: Fact[] = [];
      try {
        await this.eachOf(await this.openStream(stream, fromRevision), (answer: ReadAnswer) => {
          // A stream that there is not is told in another kind of answer.
          if (answer.kind !== 'event') return;
          const content = decodeEvent(answer.event, answer.event.position);
          if ('unreadable' in content) throw new UnreadableFactError(content.unreadable);
          facts.push(content.fact);
        });
      } catch (fault) {
        if (!isOfDeletedStream(fault)) throw fault;
      }
      return facts;
    });
  }

  follow(options: FollowOptions): AsyncIterable<Batch> {
    return follow(this.connection, options, this.patience, this.closing.signal);
  }

  head(): Promise<Position | undefined> {
    return this.retrying('read of the head', async () => {
      let head: Position | undefined;
      const last = this.connection.client.readAll({
        direction: 'backwards',
        fromPosition: 'end',
        maxCount: 1,
      });
      await this.eachOf(last, ({ event }) => {
        head = event?.position.commit;
      });
      return head;
    });
  }

  async close(): Promise<void> {
    this.closing.abort();
    await this.connection.close(this.patience.closeTimeoutMs);
  }

  private async positionOf(stream: string, revision: number): Promise<Position> {
    let position: Position | undefined;
    const one = this.connection.client.readStream(stream, { fromRevision: BigInt(revision), maxCount: 1 });
    await this.eachOf(one, ({ event }) => {
      position = event?.position?.commit;
    });
    if (position == null) throw new Error('the store does not say where it has put the facts');
    return position;
  }

  private async openStream(stream: string, fromRevision: number): Promise<ReadCall> {
    const opening = this.connection.openRead(streamRequest(stream, fromRevision));
    try {
      return await within(this.patience.attemptTimeoutMs, 'opening the call', opening);
    } catch (fault) {
      opening.then(
        (call) => {
          call.cancel();
        },
        () => undefined,
      );
      throw fault;
    }
  }

  /** Reads to the end, with a bound on each wait: the client sets none. */
  private async eachOf<Event>(
    events: StreamingRead<Event> | ReadCall,
    take: (event: Event) => void,
  ): Promise<void> {
    const giveUp = () => {
      events.destroy(new Error('no answer in time'));
    };
    const timer = setTimeout(giveUp, this.patience.attemptTimeoutMs);
    this.closing.signal.addEventListener('abort', giveUp);
    try {
      for await (const event of events) {
        timer.refresh();
        take(event as Event);
      }
    } catch (fault) {
      // Leaving the iteration does not cancel the call.
      Promise.resolve(events.cancel()).catch(() => undefined);
      throw fault;
    } finally {
      clearTimeout(timer);
      this.closing.signal.removeEventListener('abort', giveUp);
    }
  }

  /** The outcome of a try; whatever is no answer of the store leads to another one, in bounds. */
  private async retrying<Value>(what: string, attempt: () => Promise<Value>): Promise<Value> {
    const endMs = performance.now() + this.patience.retryBudgetMs;
    for (let failures = 1; ; failures += 1) {
      if (this.closing.signal.aborted)
        throw new EventStoreUnavailableError(`${what}: the event store is closed`);
      try {
        return await attempt();
      } catch (fault) {
        if (isAnswer(fault)) throw fault;
        if (this.closing.signal.aborted || performance.now() >= endMs || isHopeless(fault)) {
          throw new EventStoreUnavailableError(`${what}: the event store does not answer`, { cause: fault });
        }
      }
      await pause(backOffMs(this.patience, failures), this.closing.signal);
    }
  }
}

function isAnswer(fault: unknown): boolean {
  return (
    fault instanceof WrongExpectedRevisionError ||
    fault instanceof AppendTooLargeError ||
    fault instanceof UnreadableFactError
  );
}

/** Deleted for ever, which is told as a fault; deleted otherwise, a stream is told as none. */
function isOfDeletedStream(fault: unknown): boolean {
  const { metadata } = fault as Partial<ServiceError>;
  return metadata?.get('exception')[0] === 'stream-deleted';
}

/** UNIMPLEMENTED, PERMISSION_DENIED, UNAUTHENTICATED: no other try will fare better. The client does not name all of them. */
const HOPELESS_CODES: readonly unknown[] = [12, 7, 16];

function isHopeless(fault: unknown): boolean {
  return fault instanceof Error && 'code' in fault && HOPELESS_CODES.includes(fault.code);
}
