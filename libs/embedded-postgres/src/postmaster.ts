import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';

import { serverEnvironment } from './binaries';
import { dataPathSeenByServer } from './cluster';
import type { Cluster } from './cluster';
import { EmbeddedPostgresError } from './errors';
import { holdsWithin, isPostgresIn, postgresProcessesIn, signal } from './process-table';
import type { ServerLog } from './server-log';

/** The port is but a part of the socket's name; nothing listens on the network. */
export const port = 5432;

/** Crash recovery reads at most the write-ahead log, which is bounded below. */
const readyTimeoutMs = 120_000;
const staleLockTimeoutMs = 10_000;
const fastStopTimeoutMs = 10_000;
const immediateStopTimeoutMs = 5_000;

const settings = {
  listen_addresses: '',
  port,
  // Relative to the data folder: no path is too long for the server, and no other user has to enter its parents.
  unix_socket_directories: '.',
  unix_socket_permissions: '0700',
  cluster_name: 'chargebook',
  max_connections: 60,
  shared_buffers: '64MB',
  max_wal_size: '512MB',
  min_wal_size: '80MB',
  wal_level: 'minimal',
  max_wal_senders: 0,
  max_logical_replication_workers: 0,
  io_method: 'sync',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_checkpoints: 'off',
  logging_collector: 'off',
};
const volatileSettings = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };

/** A running server and its end. */
export interface Postmaster {
  readonly pid: number;
  /** Resolves when it is gone, by whatever hand, and says how. */
  readonly exited: Promise<string>;
  /** Fast shutdown, then an immediate one, then the end. Idle clients are disconnected, open transactions rolled back. */
  stop(): Promise<void>;
}

/**
 * Starts the server and waits until it takes connections. What an earlier one left behind is cleared first, with the data
 * kept: a server whose supervisor was killed is stopped; orphans of a killed server are ended.
 *
 * @param onSpawn told at once, so that a server still recovering can be stopped
 */
export async function startPostmaster(
  cluster: Cluster,
  log: ServerLog,
  onSpawn: (postmaster: Postmaster) => void,
): Promise<Postmaster> {
  const deadline = performance.now() + staleLockTimeoutMs;
  for (;;) {
    await clearRemains(cluster.path);
    const markBytes = await log.mark();
    const postmaster = await spawnPostmaster(cluster, log);
    onSpawn(postmaster);
    if (await becomesReady(cluster, postmaster)) return postmaster;
    await postmaster.stop();
    const said = await log.since(markBytes);
    // Shared memory and lock files of a killed server can outlive it by a moment.
    const mayPass = /lock file .* already exists|still in use/.test(said);
    if (!mayPass || performance.now() > deadline) {
      throw new EmbeddedPostgresError(
        'POSTGRES_START_FAILED',
        `PostgreSQL did not start in ${cluster.path}: ${said === '' ? await postmaster.exited : said}`,
      );
    }
  }
}

async function spawnPostmaster(cluster: Cluster, log: ServerLog): Promise<Postmaster> {
  const chosen = { ...settings, ...(cluster.durable ? {} : volatileSettings) };
  const child = spawn(
    cluster.binaries.postgres,
    [
      '-D',
      dataPathSeenByServer(cluster.path),
      ...Object.entries(chosen).flatMap(([name, value]) => ['-c', `${name}=${String(value)}`]),
    ],
    {
      ...cluster.account,
      cwd: cluster.path,
      env: serverEnvironment,
      stdio: ['ignore', 'ignore', log.fd],
      // Ctrl-C in a terminal goes to its whole process group; the server stops when we have drained, not before.
      detached: true,
    },
  );
  await once(child, 'spawn');
  return supervisedBy(child);
}

function supervisedBy(child: ChildProcess): Postmaster {
  const pid = child.pid as number;
  const stopOnExit = () => child.kill('SIGINT');
  process.once('exit', stopOnExit);
  let gone = false;
  const exited = once(child, 'exit').then(([code, killer]: (number | string | null)[]) => {
    gone = true;
    process.removeListener('exit', stopOnExit);
    return killer == null ? `exit code ${String(code)}` : `killed by ${String(killer)}`;
  });
  return { pid, exited, stop: () => shutDown(pid, () => gone) };
}

async function becomesReady(cluster: Cluster, postmaster: Postmaster): Promise<boolean> {
  let gone = false;
  void postmaster.exited.then(() => (gone = true));
  let ready = false;
  await holdsWithin(readyTimeoutMs, async () => {
    const status = await readLockFile(cluster.path);
    ready = status?.pid === postmaster.pid && status.ready;
    return ready || gone;
  });
  return ready && !gone;
}

/** SIGINT disconnects clients and writes a checkpoint; SIGQUIT leaves the rest to recovery at the next start. */
async function shutDown(pid: number, isGone: () => boolean | Promise<boolean>): Promise<void> {
  if (await isGone()) return;
  signal(pid, 'SIGINT');
  if (await holdsWithin(fastStopTimeoutMs, isGone)) return;
  signal(pid, 'SIGQUIT');
  if (await holdsWithin(immediateStopTimeoutMs, isGone)) return;
  signal(pid, 'SIGKILL');
  await holdsWithin(immediateStopTimeoutMs, isGone);
}

/** Ends what is left of an earlier server. For the folder's owner alone, and only while no server of its own runs: whatever is found is a leftover. */
export async function clearRemains(clusterPath: string): Promise<void> {
  const found = await readLockFile(clusterPath);
  if (found != null) {
    await shutDown(found.pid, async () => !(await isPostgresIn(clusterPath, found.pid)));
  }
  // A backend in the midst of a long query does not notice that its postmaster was killed, and blocks the next one.
  await holdsWithin(immediateStopTimeoutMs, async () => {
    const orphans = await postgresProcessesIn(clusterPath);
    for (const pid of orphans) signal(pid, 'SIGKILL');
    return orphans.length === 0;
  });
  // PostgreSQL believes a lock file whose process id lives again as another program; nobody is here now.
  const files = ['postmaster.pid', `.s.PGSQL.${String(port)}`, `.s.PGSQL.${String(port)}.lock`];
  await Promise.all(files.map((file) => rm(path.join(clusterPath, file), { force: true })));
}

async function readLockFile(clusterPath: string): Promise<{ pid: number; ready: boolean } | undefined> {
  const text = await readFile(path.join(clusterPath, 'postmaster.pid'), 'utf8').catch(() => '');
  const lines = text.split('\n');
  const pid = Number(lines[0]);
  return pid > 0 ? { pid, ready: lines[7]?.trim() === 'ready' } : undefined;
}
