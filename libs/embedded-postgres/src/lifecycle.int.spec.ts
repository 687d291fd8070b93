import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';

import { startEmbeddedPostgres, startTemporaryPostgres } from './index';
import type { EmbeddedPostgresOptions } from './index';
import { afterwards, cleanUp, newDirectory, query, testFolder } from './owners.fixtures';
import type { TestFolder } from './owners.fixtures';
import { isAlive, postgresProcessesIn } from './process-table';

afterEach(cleanUp);

async function start(options: EmbeddedPostgresOptions) {
  const postgres = await startEmbeddedPostgres(options);
  afterwards(() => postgres.stop());
  return postgres;
}

const modeOf = async (file: string) => ((await stat(file)).mode & 0o777).toString(8);

describe('an embedded PostgreSQL on a new folder', () => {
  it('is initialised, whole though a try was cut off before, and keeps cluster and data at the next start', async () => {
    const directory = await newDirectory();
    await mkdir(path.join(directory, 'pgdata.new/base'), { recursive: true });
    const first = await start({ directory });
    const identity = 'SELECT current_database(), system_identifier FROM pg_control_system()';
    const before = await query(first, identity);
    await query(first, 'CREATE TABLE fact AS SELECT 42 AS value');
    await first.stop();
    expect((await readdir(directory)).sort()).toEqual(['pgdata', 'postgres.log']);

    const second = await start({ directory });

    expect(before[0]).toBe('chargebook');
    expect(await query(second, identity)).toEqual(before);
    expect(await query(second, 'SELECT value FROM fact')).toEqual([42]);
  });

  it('refuses a cluster of another major version, and leaves it alone', async () => {
    const directory = await newDirectory();
    await mkdir(path.join(directory, 'pgdata'), { recursive: true });
    await writeFile(path.join(directory, 'pgdata/PG_VERSION'), '12\n');

    await expect(startEmbeddedPostgres({ directory })).rejects.toMatchObject({
      code: 'POSTGRES_VERSION_MISMATCH',
      message: expect.stringMatching(/PostgreSQL 12.*PostgreSQL 18/),
    });
    expect(await readdir(directory)).toEqual(['pgdata']);
  });

  it('refuses a folder that cannot be made', async () => {
    const file = await newDirectory();
    await writeFile(file, '');

    await expect(startEmbeddedPostgres({ directory: path.join(file, 'postgres') })).rejects.toMatchObject({
      code: 'DATA_DIRECTORY_NOT_WRITABLE',
      message: expect.stringContaining(file),
    });
  });
});

describe('an embedded PostgreSQL on a folder in use', () => {
  let folder: TestFolder;
  let directory: string;
  beforeAll(async () => {
    folder = await testFolder();
    directory = folder.directory;
    await (await startEmbeddedPostgres({ directory })).stop();
  });
  afterAll(() => folder.remove());

  it('waits for the disk, listens on a private socket alone, and speaks UTF-8 in UTC', async () => {
    const postgres = await start({ directory });

    const names = [
      'fsync',
      'synchronous_commit',
      'full_page_writes',
      'listen_addresses',
      'server_encoding',
      'TimeZone',
      'jit',
    ];
    const values = names.map((name) => `current_setting('${name}')`).join();
    expect(await query(postgres, `SELECT ${values}`)).toEqual(['on', 'on', 'on', '', 'UTF8', 'UTC', 'off']);
    expect(await query(postgres, `SELECT lower('ÆØÅ'), 'Z' < 'a'`)).toEqual(['æøå', true]);
    expect(await modeOf(directory)).toBe('700');
    expect(await modeOf(postgres.connection.host)).toBe('700');
    expect(await modeOf(path.join(postgres.connection.host, '.s.PGSQL.5432'))).toBe('700');
  });

  it('makes the database that is asked for, whatever its name', async () => {
    const postgres = await start({ directory, database: 'Fleet "7"' });

    expect(await query(postgres, 'SELECT current_database()')).toEqual(['Fleet "7"']);
  });

  it('stops cleanly with clients connected, twice if asked, and leaves no process and no socket', async () => {
    const lines: string[] = [];
    const postgres = await start({ directory, log: (line) => lines.push(line) });
    const client = new pg.Client(postgres.connection);
    client.on('error', () => undefined);
    await client.connect();
    await client.query('BEGIN; CREATE TABLE never ()');

    await Promise.all([postgres.stop(), postgres.stop()]);

    expect(isAlive(postgres.pid)).toBe(false);
    expect(await postgresProcessesIn(path.join(directory, 'pgdata'))).toEqual([]);
    expect((await readdir(directory)).sort()).toEqual(['pgdata', 'postgres.log']);
    expect(await readFile(path.join(directory, 'postgres.log'), 'utf8')).toMatch(
      /database system is shut down\s*$/,
    );
    expect(lines.join('\n')).not.toMatch(/died/);
  });

  it('says what the server said when it does not start, and gives the folder free', async () => {
    const settings = path.join(directory, 'pgdata/postgresql.auto.conf');
    const before = await readFile(settings, 'utf8');
    await writeFile(settings, "work_mem = 'much'\n");

    await expect(startEmbeddedPostgres({ directory })).rejects.toMatchObject({
      code: 'POSTGRES_START_FAILED',
      message: expect.stringContaining('invalid value for parameter "work_mem"'),
    });

    await writeFile(settings, before);
    expect(await query(await start({ directory }), 'SELECT 1')).toEqual([1]);
  });

  it('keeps its log within bounds', async () => {
    const log = path.join(directory, 'postgres.log');
    await writeFile(log, 'x'.repeat(9 * 1024 * 1024));

    await start({ directory });

    expect((await stat(`${log}.1`)).size).toBe(9 * 1024 * 1024);
    expect((await stat(log)).size).toBeLessThan(100_000);
  });
});

describe('a temporary PostgreSQL', () => {
  it('leaves nothing behind', async () => {
    const postgres = await startTemporaryPostgres();
    expect(await query(postgres, `SELECT current_setting('fsync')`)).toEqual(['off']);

    await postgres.remove();

    expect(isAlive(postgres.pid)).toBe(false);
    await expect(stat(path.dirname(postgres.connection.host))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
