import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';

import { startEmbeddedPostgres, startTemporaryPostgres } from './index';
import type { EmbeddedPostgres } from './index';
import {
  afterwards,
  buildOwnerProgram,
  cleanUp,
  kill,
  query,
  startOwner,
  stopOwner,
  testFolder,
} from './owners.fixtures';
import type { TestFolder } from './owners.fixtures';
import { holdsWithin, isAlive, postgresProcessesIn, signal } from './process-table';

const patienceMs = 20_000;
let folder: TestFolder;
let directory: string;
let owner: Awaited<ReturnType<typeof buildOwnerProgram>>;

// One cluster for all: what a test has done to it is what the next one has to live with.
beforeAll(async () => {
  owner = await buildOwnerProgram();
  folder = await testFolder();
  directory = folder.directory;
  const postgres = await startEmbeddedPostgres({ directory });
  await query(postgres, 'CREATE TABLE fact (value text)');
  await postgres.stop();
});
afterAll(async () => {
  await folder.remove();
  await owner.remove();
});
afterEach(cleanUp);

async function start(log?: (line: string) => void): Promise<EmbeddedPostgres> {
  const postgres = await startEmbeddedPostgres({ directory, log });
  afterwards(() => postgres.stop());
  return postgres;
}

const record = (postgres: Pick<EmbeddedPostgres, 'connection'>, value: string) =>
  query(postgres, `INSERT INTO fact VALUES ('${value}')`);

const holds = async (postgres: EmbeddedPostgres, value: string) =>
  (await query(postgres, `SELECT count(*)::int FROM fact WHERE value = '${value}'`))[0] === 1;

const serversHere = () => postgresProcessesIn(path.join(directory, 'pgdata'));

const answers = (postgres: EmbeddedPostgres) =>
  query(postgres, 'SELECT 1').then(
    () => true,
    () => false,
  );

describe('when the postmaster is killed', () => {
  it('is started again with the same connection settings, each time, and says so', async () => {
    const lines: string[] = [];
    const postgres = await start((line) => lines.push(line));
    const settings = { ...postgres.connection };
    await record(postgres, 'before the first death');

    for (const death of [1, 2]) {
      signal(postgres.pid, 'SIGKILL');
      // Its socket answers a moment before the supervisor has seen it: a death in between is a failed start.
      const isUpAgain = () => lines.filter((line) => line.includes('runs in')).length === death + 1;
      expect(await holdsWithin(patienceMs, async () => isUpAgain() && (await answers(postgres)))).toBe(true);
      expect(lines.filter((line) => /died \(killed by SIGKILL\)/.test(line))).toHaveLength(death);
    }

    expect(postgres.connection).toEqual(settings);
    expect(await holds(postgres, 'before the first death')).toBe(true);
  });

  it('is started again although a backend was in the midst of a long query', async () => {
    const postgres = await start();
    const { pid } = postgres;
    const client = new pg.Client(postgres.connection);
    client.on('error', () => undefined);
    await client.connect();
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    const busy = client.query('SELECT count(*) FROM generate_series(1, 100000000000)').catch(() => 'cut off');
    await holdsWithin(patienceMs, async () => (await stateOf(rows[0]!.pid)) === 'R');

    signal(pid, 'SIGKILL');

    expect(await holdsWithin(patienceMs, async () => postgres.pid !== pid && (await answers(postgres)))).toBe(
      true,
    );
    expect(await serversHere()).not.toContain(rows[0]!.pid);
    expect(await busy).toBe('cut off');
  });

  it('can be stopped while it is down', async () => {
    const postgres = await start();

    signal(postgres.pid, 'SIGKILL');
    await postgres.stop();

    expect(await serversHere()).toEqual([]);
  });
});

describe('when the owner is killed', () => {
  it('takes over at the next start, with everything committed', async () => {
    const killed = await startOwner(owner.program, { directory });
    await record(killed, 'before the owner died');
    await kill(killed.child);
    expect(await serversHere()).toContain(killed.pid);

    const postgres = await start();

    expect(await holds(postgres, 'before the owner died')).toBe(true);
    expect(await serversHere()).not.toContain(killed.pid);
  });

  it('starts when the postmaster was killed too', async () => {
    const killed = await startOwner(owner.program, { directory });
    await record(killed, 'before both died');
    await kill(killed.child);
    signal(killed.pid, 'SIGKILL');

    const postgres = await start();

    expect(await holds(postgres, 'before both died')).toBe(true);
  });

  it('starts when the postmaster was killed too and its process id belongs to another program now, which it leaves alone', async () => {
    const { uid, gid } = await stat(path.join(directory, 'pgdata'));
    const killed = await startOwner(owner.program, { directory });
    await record(killed, 'before the id was given away');
    const lock = path.join(directory, 'pgdata/postmaster.pid');
    const lockText = await readFile(lock, 'utf8');
    await kill(killed.child);
    signal(killed.pid, 'SIGKILL');
    await holdsWithin(patienceMs, async () => !(await serversHere()).includes(killed.pid));
    const stranger = spawn(process.execPath, ['-e', 'process.stdin.resume()'], {
      uid,
      gid,
      cwd: '/',
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    afterwards(() => kill(stranger));
    await once(stranger, 'spawn');
    await writeFile(lock, lockText.replace(/^\d+/, String(stranger.pid)));

    const postgres = await start();

    expect(await holds(postgres, 'before the id was given away')).toBe(true);
    expect(isAlive(stranger.pid!)).toBe(true);
  });
});

describe('when the owner exits without stopping', () => {
  it('takes the server with it', async () => {
    const careless = await startOwner(owner.program, { directory });

    careless.child.stdin?.write('exit');
    await once(careless.child, 'exit');

    expect(await holdsWithin(patienceMs, async () => (await serversHere()).length === 0)).toBe(true);
  });
});

describe('when the owner of a temporary PostgreSQL is killed', () => {
  it('is cleared away by the next one', async () => {
    const dead = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
    await once(dead, 'exit');
    const abandoned = await mkdtemp(path.join(os.tmpdir(), `chargebook-temporary-${String(dead.pid)}-`));
    const killed = await startOwner(owner.program, { directory: abandoned, durable: false });
    await kill(killed.child);

    const postgres = await startTemporaryPostgres();
    afterwards(() => postgres.remove());

    await expect(stat(abandoned)).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await holdsWithin(patienceMs, async () => (await stateOf(killed.pid)) !== 'S')).toBe(true);
    expect(await query(postgres, 'SELECT 1')).toEqual([1]);
  });
});

describe('two owners of one data folder', () => {
  it('the second is refused by the name of the first, whose server goes on, and gets the folder when the first stops', async () => {
    const postgres = await start();

    const second = await startOwner(owner.program, { directory });
    expect(second.refusal).toMatchObject({ name: 'PostgresInUseError', code: 'POSTGRES_IN_USE' });
    expect(second.refusal?.message).toMatch(
      new RegExp(`another Chargebook process \\(pid ${String(process.pid)}\\)`),
    );
    await expect(startEmbeddedPostgres({ directory })).rejects.toMatchObject({ ownerPid: process.pid });
    expect(await answers(postgres)).toBe(true);

    await postgres.stop();
    const third = await startOwner(owner.program, { directory });
    expect(third.refusal).toBeUndefined();
    await stopOwner(third.child);
    expect(await serversHere()).toEqual([]);
  });

  it('of many that start at once, one gets it', async () => {
    const starts = await Promise.allSettled(Array.from({ length: 8 }, () => start()));

    const refusals = starts.flatMap((each) => (each.status === 'rejected' ? [each.reason as Error] : []));
    expect(refusals.map(({ name }) => name)).toEqual(Array.from({ length: 7 }, () => 'PostgresInUseError'));
  });
});

/** A process's state as the kernel gives it: `R` is running. */
async function stateOf(pid: number): Promise<string | undefined> {
  const status = await readFile(`/proc/${String(pid)}/status`, 'utf8').catch(() => '');
  return /^State:\s+(\w)/m.exec(status)?.[1];
}
