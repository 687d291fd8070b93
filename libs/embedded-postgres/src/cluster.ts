import { execFile } from 'node:child_process';
import { chmod, chown, lchown, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

import { namedAccount } from './account';
import type { Account } from './account';
import { serverEnvironment } from './binaries';
import type { Binaries } from './binaries';
import { EmbeddedPostgresError, errnoOf } from './errors';
import { hasProc } from './process-table';

/** A data folder with an initialised PostgreSQL cluster in it. */
export interface Cluster {
  /** Absolute path of the cluster. */
  path: string;
  binaries: Binaries;
  account: Account | undefined;
  /** Whether a commit waits for the disk. */
  durable: boolean;
}

/** The superuser, and the only role there is at first. */
export const superuser = 'chargebook';

const run = promisify(execFile);
const stagingSuffix = '.new';

/** Where the cluster is inside the data folder. */
export function clusterPathIn(directory: string): string {
  return path.join(directory, 'pgdata');
}

/**
 * How the server names its own data folder. It is started inside it and runs as another user when we are root; by this
 * name it stays reachable for that user even below folders that only root can enter.
 */
export function dataPathSeenByServer(clusterPath: string): string {
  return hasProc ? '/proc/self/cwd' : clusterPath;
}

/** Makes the cluster on first use; an existing one is checked for its version and its owner. */
export async function prepareCluster(directory: string, settings: Omit<Cluster, 'path'>): Promise<Cluster> {
  const cluster: Cluster = { path: clusterPathIn(directory), ...settings };
  const { account } = cluster;
  if (await exists(path.join(cluster.path, 'PG_VERSION'))) {
    await requireSameVersion(cluster);
    // As root finds it after copying it back from somewhere.
    const isForeign = account != null && (await stat(cluster.path)).uid !== account.uid;
    if (isForeign) await giveTo(account, cluster.path);
    await chmod(cluster.path, 0o700);
  } else {
    await initialise(cluster);
  }
  return cluster;
}

async function initialise(cluster: Cluster): Promise<void> {
  // Made aside and renamed when whole: whoever is killed half-way leaves nothing that looks like a cluster.
  const staging = cluster.path + stagingSuffix;
  await rm(staging, { recursive: true, force: true });
  await mkdir(staging, { mode: 0o700 });
  const initialiser = await namedAccount();
  if (initialiser != null) await chown(staging, initialiser.uid, initialiser.gid);
  const options = [
    ['--pgdata', dataPathSeenByServer(staging)],
    ['--username', superuser],
    ['--auth-local', 'trust'],
    ['--auth-host', 'reject'],
    ['--encoding', 'UTF8'],
    ['--locale', 'C'],
    ['--locale-provider', 'builtin'],
    ['--builtin-locale', 'C.UTF-8'],
  ].map(([name, value]) => `${String(name)}=${String(value)}`);
  // What nobody will miss is also small: its log is written in the smallest of segments, in MB.
  if (!cluster.durable) options.push('--no-sync', '--wal-segsize=1');
  try {
    await run(cluster.binaries.initdb, options, { ...initialiser, cwd: staging, env: serverEnvironment });
  } catch (error) {
    await rm(staging, { recursive: true, force: true });
    const said = (error as { stderr?: string }).stderr ?? '';
    throw new EmbeddedPostgresError(
      'POSTGRES_START_FAILED',
      `initdb failed in ${cluster.path}: ${said.trim() || (error as Error).message}`,
      { cause: error },
    );
  }
  if (cluster.account != null) await giveTo(cluster.account, staging);
  await chmod(staging, 0o700);
  await rename(staging, cluster.path);
}

async function requireSameVersion(cluster: Cluster): Promise<void> {
  const ours = cluster.binaries.majorVersion;
  const theirs = (await readFile(path.join(cluster.path, 'PG_VERSION'), 'utf8')).trim();
  if (ours === theirs) return;
  throw new EmbeddedPostgresError(
    'POSTGRES_VERSION_MISMATCH',
    `${cluster.path} was written by PostgreSQL ${theirs}, and this program brings PostgreSQL ${ours}: start it with the release that wrote it, or move the folder away`,
  );
}

async function giveTo({ uid, gid }: Account, folder: string): Promise<void> {
  const names = await readdir(folder, { recursive: true });
  await Promise.all(names.map((name) => lchown(path.join(folder, name), uid, gid)));
  await chown(folder, uid, gid);
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    (error: unknown) => {
      if (errnoOf(error) === 'ENOENT') return false;
      throw error;
    },
  );
}
