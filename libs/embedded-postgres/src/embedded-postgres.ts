import { access, chmod, constants, mkdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import pg from 'pg';

import { serverAccountFor } from './account';
import { copyFoldersFor, installedPostgres, runnableBinaries } from './binaries';
import { clusterPathIn, prepareCluster, superuser } from './cluster';
import type { Cluster } from './cluster';
import { EmbeddedPostgresError } from './errors';
import { claimOwnership } from './ownership';
import { port, startPostmaster } from './postmaster';
import type { Postmaster } from './postmaster';
import { ServerLog } from './server-log';
import { socketFolderFor } from './socket-folder';

export interface EmbeddedPostgresOptions {
  /** The data folder: made when absent, its mode set to 0700. */
  directory: string;
  /** Made when absent. Default `chargebook`. */
  database?: string;
  /** Told in one line of everything that happens to the server. What the server says itself is in `<directory>/postgres.log`. */
  log?: (line: string) => void;
}

/** A PostgreSQL that runs until `stop`, whatever happens to its process. */
export interface EmbeddedPostgres {
  /** For `pg`: the host is the socket's folder. The same for as long as this object lives. */
  readonly connection: { host: string; port: number; user: string; database: string };
  /** Shuts down cleanly and gives the data folder free. Open transactions are rolled back. */
  stop(): Promise<void>;
  /** Process id of the postmaster; another one after a restart. */
  readonly pid: number;
}

const firstRestartDelayMs = 100;
const maxRestartDelayMs = 10_000;
/** A server that ran this long starts its back-off anew. */
const settledMs = 30_000;

/**
 * Starts PostgreSQL on a data folder, which it makes and initialises on first use, and keeps it running.
 *
 * @throws PostgresInUseError when another live process owns the folder
 * @throws EmbeddedPostgresError for everything else that a person can mend
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  return startSupervised(options, true);
}

/** @param durable whether commits wait for the disk */
export async function startSupervised(
  options: EmbeddedPostgresOptions,
  durable: boolean,
): Promise<EmbeddedPostgres> {
  const directory = await writableDirectory(options.directory);
  const log = options.log ?? (() => undefined);
  const undo: (() => Promise<void>)[] = [];
  const giveUp = async () => {
    for (const step of undo.reverse()) await step();
  };
  try {
    const socketFolder = await socketFolderFor(directory);
    const ownership = await claimOwnership(socketFolder.path, directory);
    undo.push(socketFolder.remove, ownership.release);
    const clusterPath = clusterPathIn(directory);
    const account = await serverAccountFor(clusterPath);
    const binaries = await runnableBinaries(await installedPostgres(), account, copyFoldersFor(directory));
    const cluster = await prepareCluster(directory, binaries, durable);
    const serverLog = await ServerLog.open(path.join(directory, 'postgres.log'), account);
    undo.push(() => serverLog.close());
    const supervisor = new Supervisor(cluster, serverLog, log);
    undo.push(() => supervisor.stop());
    await supervisor.start();
    const connection = {
      host: path.join(socketFolder.path, path.basename(clusterPath)),
      port,
      user: superuser,
      database: options.database ?? 'chargebook',
    };
    await createDatabase(connection);
    let stopped: Promise<void> | undefined;
    return {
      connection,
      stop: () => (stopped ??= giveUp()),
      get pid() {
        return supervisor.pid;
      },
    };
  } catch (error) {
    await giveUp();
    throw error;
  }
}

/** Starts the postmaster again, with back-off, whenever it dies before it is told to stop. */
class Supervisor {
  #postmaster: Postmaster | undefined;
  #watching: Promise<void> = Promise.resolve();
  readonly #stopping = new AbortController();

  constructor(
    private readonly cluster: Cluster,
    private readonly serverLog: ServerLog,
    private readonly log: (line: string) => void,
  ) {}

  get pid(): number {
    return this.#postmaster?.pid ?? 0;
  }

  async start(): Promise<void> {
    const postmaster = await this.#startPostmaster();
    this.#watching = this.#watch(postmaster);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#postmaster?.stop();
    await this.#watching;
    this.log('PostgreSQL stopped');
  }

  async #startPostmaster(): Promise<Postmaster> {
    const postmaster = await startPostmaster(this.cluster, this.serverLog, (spawned) => {
      this.#postmaster = spawned;
      if (this.#stopping.signal.aborted) void spawned.stop();
    });
    this.log(`PostgreSQL runs in ${this.cluster.path} (pid ${String(postmaster.pid)})`);
    return postmaster;
  }

  async #watch(first: Postmaster): Promise<void> {
    let postmaster: Postmaster | undefined = first;
    let restartDelayMs = firstRestartDelayMs;
    while (!this.#stopping.signal.aborted) {
      const sinceMs = performance.now();
      const end = await postmaster?.exited;
      if (this.#stopping.signal.aborted) return;
      if (performance.now() - sinceMs > settledMs) restartDelayMs = firstRestartDelayMs;
      if (end != null)
        this.log(`PostgreSQL died (${end}); it is started again in ${String(restartDelayMs)} ms`);
      await delay(restartDelayMs, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
      restartDelayMs = Math.min(restartDelayMs * 2, maxRestartDelayMs);
      if (this.#stopping.signal.aborted) return;
      postmaster = await this.#startPostmaster().catch((error: unknown) => {
        this.log(`${(error as Error).message}; another try in ${String(restartDelayMs)} ms`);
        return undefined;
      });
    }
  }
}

async function writableDirectory(directory: string): Promise<string> {
  if (process.platform === 'win32') {
    throw new EmbeddedPostgresError(
      'POSTGRES_NOT_RUNNABLE',
      'the embedded PostgreSQL runs on Linux and macOS: set DATABASE_URL',
    );
  }
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await chmod(directory, 0o700);
    await access(directory, constants.W_OK | constants.X_OK);
    return await realpath(directory);
  } catch (error) {
    throw new EmbeddedPostgresError(
      'DATA_DIRECTORY_NOT_WRITABLE',
      `the data folder ${path.resolve(directory)} cannot be made or written: ${(error as Error).message}`,
      { cause: error },
    );
  }
}

async function createDatabase(connection: EmbeddedPostgres['connection']): Promise<void> {
  const client = new pg.Client({ ...connection, database: 'postgres' });
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [
      connection.database,
    ]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${client.escapeIdentifier(connection.database)}`);
  } finally {
    await client.end();
  }
}
