import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startEmbeddedEventStore } from '@chargebook/embedded-eventstore';
import type { EventStore, Position } from '@chargebook/event-store';
import { connectEventStore } from '@chargebook/event-store';
import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import type { Untold } from './facts.fixtures';

/** A store of a spec's own, on its real engine. */
export interface TestStore {
  readonly store: EventStore;
  /** Appends facts in order, neighbours of one stream together. Gives the position of the last. */
  record(...facts: readonly Untold[]): Promise<Position>;
  /** Appends what no version of this program has written. */
  recordForeign(stream: string, type: string, data: object): Promise<void>;
  /** Another connection to the same store. */
  connect(): EventStore;
  remove(): Promise<void>;
}

const MOST_IN_ONE_APPEND = 500;

export async function startStore(): Promise<TestStore> {
  const directory = await mkdtemp(path.join(tmpdir(), 'chargebook-read-models-'));
  const server = await startEmbeddedEventStore({ directory });
  const address = { endpoint: server.endpoint };
  const foreign = new EventStoreDBClient(address, { insecure: true });
  const stores: EventStore[] = [];
  const connect = () => {
    const opened = connectEventStore(address);
    stores.push(opened);
    return opened;
  };
  const store = connect();
  const revisions = new Map<string, number>();
  return {
    store,
    connect,
    async record(...facts) {
      let position = 0n;
      for (let next = 0; next < facts.length;) {
        const { stream } = facts[next]!;
        const end = facts.findIndex((fact, index) => index > next && fact.stream !== stream);
        const run = facts.slice(next, end < 0 ? undefined : end).slice(0, MOST_IN_ONE_APPEND);
        const appended = await store.append(stream, run, revisions.get(stream) ?? 'NO_STREAM');
        revisions.set(stream, appended.revision);
        position = appended.position;
        next += run.length;
      }
      return position;
    },
    async recordForeign(stream, type, data) {
      const metadata = { $correlationId: 'foreign', schemaVersion: 1 };
      await foreign.appendToStream(
        stream,
        jsonEvent({ type, data: data as Record<string, string>, metadata }),
      );
    },
    async remove() {
      await Promise.all(stores.map((opened) => opened.close()));
      await foreign.dispose();
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
