import { randomUUID } from 'node:crypto';
import { closeSync, linkSync, openSync, readdirSync, rmSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import path from 'node:path';
import { messageOf } from './errors';
import { StoreFailure } from './failure';

const NAME = /^lock\.(\d+)$/;
const ANSWER_WITHIN_MS = 1000;

/**
 * One process per directory. The lock is a listening unix socket in the directory: the kernel closes it with the
 * process, however that dies, no process id can be mistaken for another's, and whoever connects is told who has it.
 *
 * A dead process leaves its socket's name behind. Names are numbered and only ever taken in rising order: the newcomer
 * asks the highest, and if nobody answers makes the next one, which only one newcomer can (a link is made or it is not).
 * The highest name is never removed, so nobody can begin again behind it.
 */
export class DirectoryLock {
  private constructor(private readonly server: Server) {}

  /** @throws StoreFailure IN_USE with the pid of the process that has the directory */
  static async acquire(directory: string): Promise<DirectoryLock> {
    const folder = openShortPath(directory);
    try {
      return await DirectoryLock.acquireIn(folder.path);
    } catch (error) {
      if (error instanceof StoreFailure) throw error;
      throw new StoreFailure(
        'UNWRITABLE',
        `The store's directory ${directory} cannot be locked: ${messageOf(error)}`,
      );
    } finally {
      folder.close();
    }
  }

  private static async acquireIn(folder: string): Promise<DirectoryLock> {
    const mine = path.join(folder, `lock-${process.pid}-${randomUUID()}`);
    const server = await listen(mine);
    try {
      await takeHighestNumber(folder, mine);
      return new DirectoryLock(server);
    } catch (error) {
      server.close();
      throw error;
    } finally {
      rmSync(mine, { force: true });
    }
  }

  async release(): Promise<void> {
    await new Promise((resolve) => this.server.close(resolve));
  }
}

async function takeHighestNumber(folder: string, mine: string): Promise<void> {
  for (;;) {
    const highest = numbersIn(folder).at(-1) ?? 0;
    if (highest > 0) await refuseIfAlive(folder, highest);
    if (!linkUnlessTaken(mine, path.join(folder, `lock.${highest + 1}`))) continue;
    const numbers = numbersIn(folder);
    if (numbers.at(-1) !== highest + 1) continue;
    for (const older of numbers.slice(0, -1)) rmSync(path.join(folder, `lock.${older}`), { force: true });
    return;
  }
}

function numbersIn(folder: string): number[] {
  return readdirSync(folder)
    .map((name) => Number(NAME.exec(name)?.[1] ?? 0))
    .filter((number) => number > 0)
    .sort((a, b) => a - b);
}

function linkUnlessTaken(mine: string, name: string): boolean {
  try {
    linkSync(mine, name);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function refuseIfAlive(folder: string, number: number): Promise<void> {
  const holder = await holderOf(path.join(folder, `lock.${number}`));
  if (holder == null) return;
  const who = holder.pid == null ? 'another process' : `process ${holder.pid}`;
  throw new StoreFailure('IN_USE', `The store's directory is in use by ${who}`, holder.pid);
}

/** Who listens on the socket; nothing when nobody does. */
async function holderOf(socketPath: string): Promise<{ pid: number | undefined } | undefined> {
  return new Promise((resolve) => {
    let said = '';
    const socket = connect(socketPath);
    // Connected but silent: a process too busy, or stopped. It is there all the same.
    const answer = (): void => {
      socket.destroy();
      clearTimeout(timer);
      const pid = Number.parseInt(said, 10);
      resolve({ pid: Number.isNaN(pid) ? undefined : pid });
    };
    const timer = setTimeout(answer, ANSWER_WITHIN_MS);
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => (said += chunk));
    socket.on('end', answer);
    socket.on('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      const nobody = error.code === 'ECONNREFUSED' || error.code === 'ENOENT';
      resolve(nobody ? undefined : { pid: undefined });
    });
  });
}

async function listen(socketPath: string): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.end(String(process.pid));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(socketPath, resolve);
  });
  server.unref();
  return server;
}

/** Socket paths have an end at 107 bytes; where the system lets us, a long folder goes by its short name. */
function openShortPath(directory: string): { path: string; close: () => void } {
  if (Buffer.byteLength(directory) < 60 || process.platform !== 'linux') {
    return { path: directory, close: () => undefined };
  }
  const handle = openSync(directory, 'r');
  return { path: `/proc/self/fd/${handle}`, close: () => closeSync(handle) };
}
