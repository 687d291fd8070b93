import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

import { errnoOf } from './errors';

const pollMs = 20;

/** Whether the system lets us look at processes as files. */
export const hasProc = existsSync('/proc/self/cwd');

/** Whether a process with this id exists, whosever it is; also one that is dead and not yet reaped by its parent. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errnoOf(error) === 'EPERM';
  }
}

/** Sends a signal; a process that is gone already is fine. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (errnoOf(error) !== 'ESRCH') throw error;
  }
}

/** Polls until the condition holds; false when the time is over first. */
export async function holdsWithin(
  timeoutMs: number,
  condition: () => boolean | Promise<boolean>,
): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() > deadline) return false;
    await delay(pollMs);
  }
  return true;
}

/**
 * Whether this process is a PostgreSQL at work in that folder. A process id alone proves nothing: it may have been given to
 * another program since it was written down.
 */
export async function isPostgresIn(clusterPath: string, pid: number): Promise<boolean> {
  if (!hasProc) return isAlive(pid) && (await commandLineOf(pid)).includes(`postgres -D ${clusterPath} `);
  try {
    const [cluster, cwd, program] = await Promise.all([
      stat(clusterPath),
      stat(`/proc/${String(pid)}/cwd`),
      readFile(`/proc/${String(pid)}/comm`, 'utf8'),
    ]);
    // Somebody's shell may stand in that folder too.
    return cwd.ino === cluster.ino && cwd.dev === cluster.dev && program.trim() === 'postgres';
  } catch {
    return false;
  }
}

/** Every PostgreSQL process at work in that folder. */
export async function postgresProcessesIn(clusterPath: string): Promise<number[]> {
  if (!hasProc) return [];
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const here = await Promise.all(pids.map((pid) => isPostgresIn(clusterPath, pid)));
  return pids.filter((_, index) => here[index]);
}

async function commandLineOf(pid: number): Promise<string> {
  const { stdout } = await promisify(execFile)('ps', ['-ww', '-o', 'command=', '-p', String(pid)]).catch(
    () => ({ stdout: '' }),
  );
  return stdout;
}
