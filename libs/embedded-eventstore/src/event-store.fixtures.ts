import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as setTimeoutPromise } from 'node:timers/promises';
import {
  EventStoreDBClient,
  jsonEvent,
  type AllStreamSubscription,
  type JSONEventData,
  type ResolvedEvent,
  type StreamSubscription,
} from '@eventstore/db-client';
import { startEmbeddedEventStore, type EmbeddedEventStoreOptions } from './embedded-eventstore';

/** A store of its own in a temporary folder, and a client of it. */
export interface TestStore {
  directory: string;
  endpoint: string;
  client: EventStoreDBClient;
  /** Stops the store and starts it again on the same folder; `client` is a new one afterwards. */
  restart(): Promise<void>;
  /** Stops the store; its folder goes too, unless told otherwise. */
  close(removeFolder?: boolean): Promise<void>;
}

export function clientOf(endpoint: string): EventStoreDBClient {
  return new EventStoreDBClient({ endpoint }, { insecure: true });
}

export function temporaryFolder(): string {
  return mkdtempSync(path.join(tmpdir(), 'event-store-test-'));
}

export async function openTestStore(options: Partial<EmbeddedEventStoreOptions> = {}): Promise<TestStore> {
  const directory = options.directory ?? temporaryFolder();
  let server = await startEmbeddedEventStore({ ...options, directory });
  const stop = async (): Promise<void> => {
    await store.client.dispose();
    await server.stop();
  };
  const store: TestStore = {
    directory,
    endpoint: server.endpoint,
    client: clientOf(server.endpoint),
    restart: async () => {
      await stop();
      server = await startEmbeddedEventStore({ ...options, directory });
      store.endpoint = server.endpoint;
      store.client = clientOf(server.endpoint);
    },
    close: async (removeFolder = true) => {
      await stop();
      if (removeFolder) rmSync(directory, { recursive: true, force: true });
    },
  };
  return store;
}

export function streamName(): string {
  return `stream-${randomUUID()}`;
}

/** New events, numbered from 0. */
export function counted(count: number, type = 'counted'): JSONEventData[] {
  return Array.from({ length: count }, (_, n) => jsonEvent({ type, data: { n } }));
}

export async function collect<T>(events: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const event of events) collected.push(event);
  return collected;
}

/** A subscription read as a queue. */
export interface Follower {
  confirmed: Promise<unknown>;
  caughtUp: Promise<unknown>;
  /** How many events came that were not taken yet. */
  delivered(): number;
  /** The next events; rejects when the subscription fails. */
  take(count: number): Promise<ResolvedEvent[]>;
  /** Looks again whenever the subscription delivers or checkpoints anything. */
  until(condition: () => boolean): Promise<void>;
  leave(): Promise<void>;
}

export function follow(subscription: StreamSubscription | AllStreamSubscription): Follower {
  const queue: ResolvedEvent[] = [];
  const progress = new EventEmitter();
  let failure: Error | undefined;
  subscription.on('data', (event: ResolvedEvent) => {
    queue.push(event);
    progress.emit('moved');
  });
  subscription.on('error', (error: Error) => {
    failure = error;
    progress.emit('moved');
  });
  const until = async (condition: () => boolean): Promise<void> => {
    while (!condition()) {
      if (failure != null) throw failure;
      // A checkpoint reaches only its callback: the clock is asked as well.
      await Promise.race([once(progress, 'moved'), setTimeoutPromise(10)]);
    }
  };
  const confirmed = once(subscription, 'confirmation');
  const caughtUp = once(subscription, 'caughtUp');
  // A failure is told by whoever waits; not everybody waits for these.
  for (const moment of [confirmed, caughtUp]) moment.catch(() => undefined);
  return {
    confirmed,
    caughtUp,
    delivered: () => queue.length,
    until,
    take: async (count) => {
      await until(() => queue.length >= count);
      return queue.splice(0, count);
    },
    leave: async () => subscription.unsubscribe(),
  };
}
