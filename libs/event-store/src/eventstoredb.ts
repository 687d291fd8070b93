import type { EventData } from '@eventstore/db-client';
import {
  EventStoreDBClient,
  MaxAppendSizeExceededError,
  StreamDeletedError,
  StreamNotFoundError,
  WrongExpectedVersionError,
} from '@eventstore/db-client';
import type { Fact, NewFact } from '@chargebook/domain';
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

/**
 * Where the store is: a connection string (`esdb://...`, `esdb+discover://...`), or one server without encryption,
 * `unix:/path` or `host:port`.
 */
export type EventStoreAddress = { readonly connectionString: string } | { readonly endpoint: string };

/** Opens the store at an address. Nothing is sent before the first call. */
export function connectEventStore(address: EventStoreAddress, patience: Partial<Patience> = {}): EventStore {
  return new EventStoreDb(clientOf(address), { ...DEFAULT_PATIENCE, ...patience });
}

function clientOf(address: EventStoreAddress): EventStoreDBClient {
  return 'endpoint' in address
    ? new EventStoreDBClient({ endpoint: address.endpoint }, { insecure: true })
    : EventStoreDBClient.connectionString(address.connectionString);
}

class EventStoreDb implements EventStore {
  private readonly closing = new AbortController();

  constructor(
    private readonly client: EventStoreDBClient,
    private readonly patience: Patience,
  ) {}

  append(stream: string, facts: readonly NewFact[], expected: ExpectedRevision): Promise<Appended> {
    const events = facts.map(
      (fact) => ({ ...encodeFact(fact), contentType: 'application/json' }) as EventData,
    );
    const expectedRevision = expected === 'NO_STREAM' ? 'no_stream' : BigInt(expected);
    return this.retrying(`append to ${stream}`, async () => {
      try {
        const { nextExpectedRevision, position } = await this.client.appendToStream(stream, events, {
          expectedRevision,
        });
        const revision = Number(nextExpectedRevision);
        return { revision, position: position?.commit ?? (await this.positionOf(stream, revision)) };
      } catch (fault) {
        throw refusalOf(fault, stream, expected) ?? fault;
      }
    });
  }

  read(stream: string, fromRevision = 0): Promise<Fact[]> {
    return this.retrying(`read of ${stream}`, async () => {
      const facts: Fact[] = [];
      try {
        for await (const { event, commitPosition } of this.client.readStream(stream, {
          fromRevision: BigInt(fromRevision),
        })) {
          if (event == null) continue;
          const content = decodeEvent(event, event.position?.commit ?? commitPosition ?? 0n);
          if ('unreadable' in content) throw new UnreadableFactError(content.unreadable);
          facts.push(content.fact);
        }
        return facts;
      } catch (fault) {
        if (fault instanceof StreamNotFoundError || fault instanceof StreamDeletedError) return [];
        throw fault;
      }
    });
  }

  follow(options: FollowOptions): AsyncIterable<Batch> {
    return follow(this.client, options, this.patience, this.closing.signal);
  }

  head(): Promise<Position | undefined> {
    return this.retrying('read of the head', async () => {
      let head: Position | undefined;
      const last = this.client.readAll({ direction: 'backwards', fromPosition: 'end', maxCount: 1 });
      for await (const { event } of last) head = event?.position.commit;
      return head;
    });
  }

  async close(): Promise<void> {
    this.closing.abort();
    await within(this.patience.closeTimeoutMs, 'closing', this.client.dispose()).catch(() => undefined);
  }

  private async positionOf(stream: string, revision: number): Promise<Position> {
    const one = this.client.readStream(stream, { fromRevision: BigInt(revision), maxCount: 1 });
    let position = 0n;
    for await (const { event } of one) position = event?.position?.commit ?? 0n;
    return position;
  }

  /** The outcome of an attempt; whatever is no answer of the store leads to another attempt, in bounds. */
  private async retrying<Value>(what: string, attempt: () => Promise<Value>): Promise<Value> {
    const { attemptTimeoutMs, retryBudgetMs } = this.patience;
    const endMs = performance.now() + retryBudgetMs;
    for (let failures = 1; ; failures += 1) {
      try {
        return await within(attemptTimeoutMs, what, attempt());
      } catch (fault) {
        if (isAnswer(fault)) throw fault;
        if (this.closing.signal.aborted || performance.now() >= endMs) {
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

function refusalOf(fault: unknown, stream: string, expected: ExpectedRevision): Error | undefined {
  if (fault instanceof WrongExpectedVersionError) {
    const actual = fault.actualVersion === 'no_stream' ? undefined : Number(fault.actualVersion);
    return new WrongExpectedRevisionError(stream, expected, actual);
  }
  if (fault instanceof MaxAppendSizeExceededError) return new AppendTooLargeError(stream);
  return undefined;
}
