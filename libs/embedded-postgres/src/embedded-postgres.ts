import { access, chmod, constants, mkdir, realpath } from 'node:fs/promises';
import path from 'node:path';

import pg from 'pg';

import { serverAccountFor } from './account';
import { copyFoldersFor, installedPostgres, runnableBinaries } from './binaries';
import type { Installation } from './binaries';
import { clusterPathIn, prepareCluster, superuser } from './cluster';
import { EmbeddedPostgresError, errnoOf } from './errors';
import { claimOwnership } from './ownership';
import { port } from './postmaster';
import { ServerLog } from './server-log';
import { socketFolderFor } from './socket-folder';
import { Supervisor } from './supervisor';

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
  /**
   * For `pg`; the host is the socket's folder. It stays the same for as long as this object lives, but a restart ends the
   * connections themselves: a pool needs an `error` listener.
   */
  readonly connection: { host: string; port: number; user: string; database: string };
  /** Shuts down cleanly and gives the data folder free. Open transactions are rolled back. */
  stop(): Promise<void>;
  /** Process id of the postmaster; another one after a restart. */
  readonly pid: number;
}

/** What only tests choose. */
export interface SupervisionOptions extends EmbeddedPostgresOptions {
  /** Whether commits wait for the disk. Default true. */
  durable?: boolean;
  /** Default: what npm installed. */
  installation?: Installation;
  /** Where a copy of the installation may be kept if it cannot be run where it is. */
  copyFolders?: readonly string[];
}

/**
 * Starts PostgreSQL on a data folder, which it makes and initialises on first use, and keeps it running. As root, the server
 * itself runs as an unprivileged user.
 *
 * @throws PostgresInUseError when another live process owns the folder
 * @throws EmbeddedPostgresError for everything else that a person can mend
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { directory, database, log } = options;
  return startSupervised({ directory, database, log });
}

export async function startSupervised(options: SupervisionOptions): Promise<EmbeddedPostgres> {
  const directory = await writableDirectory(options.directory);
  const undo: (() => Promise<void>)[] = [];
  try {
    const socketFolder = await socketFolderFor(directory);
    const ownership = await claimOwnership(socketFolder.path, directory);
    undo.push(socketFolder.remove, ownership.release);
    const supervisor = await superviseIn(directory, options, undo);
    const connection = {
      host: path.join(socketFolder.path, path.basename(supervisor.cluster.path)),
      port,
      user: superuser,
      database: options.database ?? 'chargebook',
    };
    await createDatabase(connection);
    let stopped: Promise<void> | undefined;
    return {
      connection,
      stop: () => (stopped ??= undoAll(undo)),
      get pid() {
        return supervisor.pid;
      },
    };
  } catch (error) {
    await undoAll(undo);
    throw withCode(error, directory);
  }
}

async function superviseIn(
  directory: string,
  options: SupervisionOptions,
  undo: (() => Promise<void>)[],
): Promise<Supervisor> {
  const account = await serverAccountFor(directory, clusterPathIn(directory));
  const binaries = await runnableBinaries(
    options.installation ?? (await installedPostgres()),
    account,
    options.copyFolders ?? copyFoldersFor(directory),
  );
  const cluster = await prepareCluster(directory, { binaries, account, durable: options.durable ?? true });
  const serverLog = await ServerLog.open(path.join(directory, 'postgres.log'), account);
  undo.push(() => serverLog.close());
  const supervisor = new Supervisor(cluster, serverLog, options.log ?? (() => undefined));
  undo.push(() => supervisor.stop());
  await supervisor.start();
  return supervisor;
}

function withCode(error: unknown, directory: string): EmbeddedPostgresError {
  if (error instanceof EmbeddedPostgresError) return error;
  const isAboutTheFolder = ['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT'].includes(errnoOf(error) ?? '');
  return new EmbeddedPostgresError(
    isAboutTheFolder ? 'DATA_DIRECTORY_NOT_WRITABLE' : 'POSTGRES_START_FAILED',
    `PostgreSQL did not start in ${directory}: ${String(error)}`,
    { cause: error },
  );
}

/** Last things first; a step that fails keeps none of the others from being done. */
async function undoAll(steps: (() => Promise<void>)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const step of steps.splice(0).reverse()) await step().catch((error: unknown) => failures.push(error));
  if (failures.length > 0)
    throw new AggregateError(failures, 'the embedded PostgreSQL was not stopped cleanly');
}

async function writableDirectory(directory: string): Promise<string> {
  if (process.platform === 'win32') {
    throw new EmbeddedPostgresError(
      'POSTGRES_NOT_RUNNABLE',
      'the embedded PostgreSQL runs on Linux and macOS: set DATABASE_URL to a PostgreSQL of your own',
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
