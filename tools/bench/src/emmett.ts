// Emmett 0.42 on the embedded PostgreSQL: the peer that benchmarks are measured beside, where it is installed.
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { startEmbeddedPostgres, startTemporaryPostgres } from '@chargebook/embedded-postgres';

/** An event as Emmett takes it. */
export interface EmmettEvent {
  readonly type: string;
  readonly data: object;
  readonly metadata: object;
}

/** A projection made by one of Emmett's own functions; what is in it is nobody else's business. */
export type EmmettProjection = object;

/** What of Emmett's module projections are made with. */
export interface EmmettModule {
  pongoMultiStreamProjection(options: object): EmmettProjection;
  postgreSQLRawSQLProjection(options: object): EmmettProjection;
}

/** A running store of Emmett's. */
export interface Emmett {
  readonly module: EmmettModule;
  /** Text of a statement with its values, as Emmett's projections answer with. `%L` stands for a value. */
  readonly sql: (text: string, ...values: unknown[]) => object;
  /**
   * Appends behind the stream's last event.
   *
   * @param expectedVersion how many events the stream has; not checked where absent
   * @returns how many it has then
   */
  append(stream: string, events: readonly EmmettEvent[], expectedVersion?: bigint): Promise<bigint>;
  /** Empties a projection and makes it anew from all events. */
  rebuild(projection: EmmettProjection): Promise<void>;
  /** The rows of a statement, as text. */
  query(text: string): Promise<Record<string, string>[]>;
  close(): Promise<void>;
}

interface Store {
  appendToStream(
    stream: string,
    events: readonly EmmettEvent[],
    options?: { expectedStreamVersion: bigint },
  ): Promise<{ nextExpectedStreamVersion: bigint }>;
  close(): Promise<void>;
}

interface Consumer {
  start(): Promise<void>;
  close(): Promise<void>;
}

interface Module extends EmmettModule {
  getPostgreSQLEventStore(connectionString: string): Store;
  rebuildPostgreSQLProjections(options: object): Consumer;
}

interface Dumbo {
  sql(text: string, ...values: unknown[]): object;
  dumbo(options: { connectionString: string }): {
    execute: { query(sql: object): Promise<{ rows: Record<string, string>[] }> };
    close(): Promise<void>;
  };
}

const PEERS = 'tools/bench/peers/node_modules/@event-driven-io';

export const NO_EMMETT = 'Emmett is not installed: npm ci --prefix tools/bench/peers';

/** Its own are batches of 100 with a pause of 50 ms behind each, which alone would be most of a rebuild's time. */
const PULLING = { batchSize: 1_000, pullingFrequencyInMs: 0 };

/**
 * Starts it on an empty PostgreSQL that goes with it.
 *
 * @param isDurable whether commits wait for the disk
 * @returns undefined where the peers are not installed
 */
export async function startEmmett({ isDurable }: { isDurable: boolean }): Promise<Emmett | undefined> {
  if (!existsSync(PEERS)) return undefined;
  const [module, { sql, dumbo }] = await Promise.all([
    peer<Module>('emmett-postgresql'),
    peer<Dumbo>('dumbo'),
  ]);
  const postgres = await (isDurable ? startDurablePostgres() : startTemporaryPostgres());
  // Its pool tells nobody that a connection it no longer needs has ended.
  process.on('uncaughtException', (error) => {
    if ((error as { code?: string }).code !== '57P01') throw error;
  });
  const { host, port, user, database } = postgres.connection;
  const connectionString = `postgresql://${user}@localhost:${String(port)}/${database}?host=${encodeURIComponent(host)}`;
  const store = module.getPostgreSQLEventStore(connectionString);
  const pool = dumbo({ connectionString });
  let rebuilds = 0;
  return {
    module,
    sql,
    append: async (stream, events, expectedVersion) => {
      const options = expectedVersion == null ? undefined : { expectedStreamVersion: expectedVersion };
      return (await store.appendToStream(stream, events, options)).nextExpectedStreamVersion;
    },
    rebuild: async (projection) => {
      rebuilds += 1;
      const consumer = module.rebuildPostgreSQLProjections({
        connectionString,
        // Else it would go on where the one before has ended.
        projections: [{ projection, processorId: `rebuild-${String(rebuilds)}` }],
        pulling: PULLING,
      });
      await consumer.start();
      await consumer.close();
    },
    query: async (text) => (await pool.execute.query(sql(text))).rows,
    close: async () => {
      await pool.close();
      await store.close();
      await postgres.remove();
    },
  };
}

async function peer<Exports>(name: string): Promise<Exports> {
  return (await import(pathToFileURL(path.resolve(PEERS, name, 'dist/index.js')).href)) as Exports;
}

async function startDurablePostgres() {
  const directory = await mkdtemp(path.join(tmpdir(), 'chargebook-bench-'));
  const postgres = await startEmbeddedPostgres({ directory });
  return {
    connection: postgres.connection,
    remove: async () => {
      await postgres.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
