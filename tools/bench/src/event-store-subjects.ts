// What takes events in the benchmark of the event store: the store over its client, and what it is measured beside.
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { startEmbeddedEventStore } from '@chargebook/embedded-eventstore';
import { open } from 'lmdb';
/* The store without its server has no entrance for anybody else. */
/* eslint-disable @nx/enforce-module-boundaries */
import { CommitQueue } from '../../../libs/embedded-eventstore/src/commit-queue';
import { EventLog } from '../../../libs/embedded-eventstore/src/event-log';
import { LogWriter } from '../../../libs/embedded-eventstore/src/log-writer';
import { Store } from '../../../libs/embedded-eventstore/src/store';
/* eslint-enable @nx/enforce-module-boundaries */
import { startEmmett } from './emmett';

/** Something that keeps events durably. */
export interface Subject {
  readonly name: string;
  /** Resolves when the disk has the events, behind the others of the writer's stream. */
  append(writer: number, events: number): Promise<void>;
  /** All events in their order; resolves with how many there are. */
  readAll?(): Promise<number>;
  /** A subscription from the beginning until it has caught up. */
  catchUp?(): Promise<number>;
  close(): Promise<void>;
}

/** About as large as a fact with its metadata. */
const DATA = {
  charger: 'CB-100001',
  session: 'a3f0c0de',
  energyWattHours: 21_400,
  note: 'x'.repeat(120),
};
const METADATA = {
  occurredAt: '2026-01-06T20:30:00.000Z',
  recordedAt: '2026-01-06T20:30:00.120Z',
  by: 'y'.repeat(120),
};
const BYTES = Buffer.from(JSON.stringify(DATA));
const METADATA_BYTES = Buffer.from(JSON.stringify(METADATA));

async function temporaryFolder(): Promise<string> {
  return mkdtemp(path.join(tmpdir(), 'chargebook-bench-'));
}

type ClientSubject = Subject & { readonly client: EventStoreDBClient };

export async function overTheClient(): Promise<ClientSubject> {
  const directory = await temporaryFolder();
  const server = await startEmbeddedEventStore({ directory });
  return throughTheClient('over the client', server.endpoint, async () => {
    await server.stop();
    await rm(directory, { recursive: true, force: true });
  });
}

/** What the thread that only answers is started with. */
export interface AnswersSettings {
  readonly socketPath: string;
  /** How many events it says that there are. */
  readonly events: number;
  readonly proposed: {
    readonly id: string;
    readonly type: string;
    readonly contentType: string;
    readonly data: Uint8Array;
    readonly customMetadata: Uint8Array;
  };
}

/** The most that the client does on this machine, whatever it speaks to. */
export async function againstAnswersOnly(events: number): Promise<ClientSubject> {
  const directory = await temporaryFolder();
  const socketPath = path.join(directory, 'answers.sock');
  const workerData: AnswersSettings = { socketPath, events, proposed: proposedEvent() };
  const worker = new Worker(path.resolve('dist/bench/event-store-answers.js'), { workerData });
  await once(worker, 'message');
  return throughTheClient('the client against a server that only answers', `unix:${socketPath}`, async () => {
    await worker.terminate();
    await rm(directory, { recursive: true, force: true });
  });
}

function throughTheClient(name: string, endpoint: string, closeServer: () => Promise<void>): ClientSubject {
  const client = new EventStoreDBClient({ endpoint }, { insecure: true });
  const count = async (events: AsyncIterable<unknown>) => {
    let seen = 0;
    for await (const event of events) if (event != null) seen += 1;
    return seen;
  };
  return {
    name,
    client,
    append: async (writer, events) => {
      const some = Array.from({ length: events }, () =>
        jsonEvent({ type: 'SessionEnded', data: DATA, metadata: METADATA }),
      );
      await client.appendToStream(`charger-${String(writer)}`, some, { batchAppendSize: 1024 * 1024 });
    },
    readAll: () => count(client.readAll()),
    catchUp: async () => {
      const subscription = client.subscribeToAll();
      let seen = 0;
      subscription.on('data', () => (seen += 1));
      await new Promise((resolve, reject) => {
        subscription.once('caughtUp', resolve).once('error', reject);
      });
      await subscription.unsubscribe();
      return seen;
    },
    close: async () => {
      await client.dispose();
      await closeServer();
    },
  };
}

function proposedEvent() {
  return {
    id: randomUUID(),
    type: 'SessionEnded',
    contentType: 'application/json',
    data: BYTES,
    customMetadata: METADATA_BYTES,
  };
}

export async function withoutGrpc(): Promise<Subject> {
  const directory = await temporaryFolder();
  const store = new Store(directory);
  const log = new EventLog(store);
  const queue = new CommitQueue(store, (reason) => {
    throw new Error(reason);
  });
  const writer = new LogWriter(store, log, queue);
  return {
    name: 'the store without gRPC',
    append: async (stream, events) => {
      const some = Array.from({ length: events }, proposedEvent);
      await writer.append({ stream: `charger-${String(stream)}`, expected: 'any' }, some);
    },
    readAll: () => {
      let seen = 0;
      for (let from = 0; ;) {
        const page = log.readAll(from, false);
        seen += page.length;
        const last = page.at(-1);
        if (last == null) return Promise.resolve(seen);
        from = last.position + 1;
      }
    },
    close: async () => {
      await store.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

export async function rawLmdb(): Promise<Subject> {
  const directory = await temporaryFolder();
  const root = open({
    path: path.join(directory, 'raw.mdb'),
    noSubdir: true,
    encoding: 'binary',
    maxDbs: 2,
    overlappingSync: false,
  });
  const log = root.openDB<Buffer, number>({ name: 'log', encoding: 'binary' });
  const value = Buffer.concat([BYTES, METADATA_BYTES, Buffer.alloc(150)]);
  let next = 1;
  return {
    name: 'raw LMDB',
    append: async (_writer, events) => {
      await root.transaction(() => {
        for (let n = 0; n < events; n += 1) void log.put(next++, value);
      });
    },
    readAll: () => {
      let seen = 0;
      for (const { value: read } of log.getRange({})) seen += read.length > 0 ? 1 : 0;
      return Promise.resolve(seen);
    },
    close: async () => {
      await root.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Absent where the peers are not installed. */
export async function emmettOnPostgres(): Promise<Subject | undefined> {
  // A durable one, as the others are.
  const emmett = await startEmmett({ isDurable: true });
  if (emmett == null) return undefined;
  return {
    name: 'Emmett 0.42 on PostgreSQL',
    append: async (writer, events) => {
      const some = Array.from({ length: events }, () => ({
        type: 'SessionEnded',
        data: DATA,
        metadata: METADATA,
      }));
      await emmett.append(`charger-${String(writer)}`, some);
    },
    close: () => emmett.close(),
  };
}
