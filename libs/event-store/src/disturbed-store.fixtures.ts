import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll } from '@jest/globals';
import type { EventStoreDBClient } from '@eventstore/db-client';
import type { Outsider } from './bare-client.fixtures';
import { anEvent, bareClient, startOutsider } from './bare-client.fixtures';
import { eventually, faultOf, stateAfter } from './conditions.fixtures';
import { aFact } from './envelope.fixtures';
import type { EventStore } from './event-store';
import { connectEventStore } from './eventstoredb';
import type { Patience } from './patience';
import type { Proxy } from './proxy.fixtures';
import { startProxy } from './proxy.fixtures';

interface Server {
  readonly endpoint: string;
  stop(): Promise<void>;
}

export const SHORT_PATIENCE: Patience = {
  attemptTimeoutMs: 1_000,
  retryBudgetMs: 10_000,
  firstBackOffMs: 5,
  longestBackOffMs: 50,
  closeTimeoutMs: 300,
};

/** A server for the tests of a file, and wires to it that they can disturb; each test's own are ended after it. */
export class DisturbedStore {
  /** Sees the store over a wire that nobody disturbs. */
  witness!: EventStore;
  private server!: Server;
  private counter!: EventStoreDBClient;
  private directory!: string;
  private streams = 0;
  private readonly endings: (() => Promise<unknown>)[] = [];

  constructor(private readonly startServer: (directory: string) => Promise<Server>) {
    beforeAll(async () => {
      this.directory = await mkdtemp(path.join(tmpdir(), 'chargebook-disturbed-'));
      this.server = await this.startServer(this.directory);
      this.witness = connectEventStore({ endpoint: this.endpoint });
      this.counter = bareClient(this.endpoint);
    });
    afterEach(async () => {
      for (const end of this.endings.splice(0).reverse()) await end();
    });
    afterAll(async () => {
      await this.witness.close();
      await this.counter.dispose();
      await this.server.stop();
      await rm(this.directory, { recursive: true, force: true });
    });
  }

  get endpoint(): string {
    return this.server.endpoint;
  }

  /** Stops the server; what it returns starts it again, at the same place. */
  async stopServer(): Promise<() => Promise<void>> {
    await this.server.stop();
    return async () => {
      this.server = await this.startServer(this.directory);
    };
  }

  async aProxy(): Promise<Proxy> {
    const proxy = await startProxy(this.endpoint);
    this.endings.push(() => proxy.stop());
    return proxy;
  }

  /** The adapter, connected already. */
  async anAdapter(endpoint: string, changes: Partial<Patience> = {}): Promise<EventStore> {
    const store = connectEventStore({ endpoint }, { ...SHORT_PATIENCE, ...changes });
    this.endings.push(() => store.close());
    const [stream, facts] = [this.aStream(), [aFact()]];
    // A busy machine may take longer to connect than a test's short patience lasts.
    await eventually(async () => (await faultOf(store.append(stream, facts, 'NO_STREAM'))) == null);
    return store;
  }

  /** The bare client, connected already. */
  async aBareClient(endpoint: string): Promise<EventStoreDBClient> {
    const client = this.aBareClientNotYetConnected(endpoint);
    await client.appendToStream(this.aStream(), anEvent());
    return client;
  }

  aBareClientNotYetConnected(endpoint: string): EventStoreDBClient {
    const client = bareClient(endpoint);
    // It may never end by itself, which is among what is shown of it.
    this.endings.push(() => stateAfter(200, client.dispose()));
    return client;
  }

  /** The bare client in a process of its own; see `startOutsider`. */
  anOutsider(script: string): Outsider {
    const outsider = startOutsider(script);
    this.endings.push(() => outsider.stop());
    return outsider;
  }

  aStream(): string {
    this.streams += 1;
    return `site-${String(this.streams)}`;
  }

  /** How many events a stream has, whoever wrote them. */
  async eventsIn(stream: string): Promise<number> {
    let count = 0;
    try {
      for await (const _ of this.counter.readStream(stream)) count += 1;
    } catch {
      return 0;
    }
    return count;
  }
}
