import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { EventStoreDBClient } from '@eventstore/db-client';
import { startEmbeddedEventStore, type EmbeddedEventStoreOptions } from './embedded-eventstore';

/** A store of its own in a temporary folder, and a client of it. */
export interface TestStore {
  directory: string;
  endpoint: string;
  client: EventStoreDBClient;
  /** Stops the store and starts it again on the same folder; `client` is a new one afterwards. */
  restart(): Promise<void>;
  close(): Promise<void>;
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
    close: async () => {
      await stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
  return store;
}

export function streamName(): string {
  return `stream-${randomUUID()}`;
}
