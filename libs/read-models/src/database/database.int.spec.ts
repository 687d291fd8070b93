import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TemporaryPostgres } from '@chargebook/embedded-postgres';
import { startTemporaryPostgres } from '@chargebook/embedded-postgres';
import { Database, DatabaseUnavailableError, OutOfTimeError } from './database';
import { migrate, migrationsFolder } from './migrate';

let postgres: TemporaryPostgres;
let database: Database;
let idle: Database;

beforeAll(async () => {
  postgres = await startTemporaryPostgres();
  database = new Database(postgres.connection);
});

afterAll(async () => {
  await database.close();
  await postgres.remove();
});

describe('migrations', () => {
  it('run once, whoever asks for them, and however many at a time', async () => {
    const others = [1, 2, 3].map(() => new Database(postgres.connection));

    const runs = await Promise.all([database, ...others].map((one) => migrate(one, migrationsFolder())));

    const done = runs.filter((files) => files.length > 0);
    expect(done).toHaveLength(1);
    expect(done[0]).toEqual([...(done[0] ?? [])].sort());
    expect(done[0]).toContain('0002-ledger.sql');
    expect(await migrate(database, migrationsFolder())).toEqual([]);
    await Promise.all(others.map((one) => one.close()));
  });

  it('run those that have come since, and nothing of one that fails', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'chargebook-migrations-'));
    await writeFile(path.join(folder, '1-first.sql'), 'CREATE TABLE first_one (n integer);\n');
    expect(await migrate(database, folder)).toEqual(['1-first.sql']);
    await writeFile(
      path.join(folder, '2-second.sql'),
      '-- Two; and more.\nINSERT INTO first_one VALUES (1);\nINSERT INTO first_one VALUES (2);\nSELECT 1 / 0;\n',
    );

    await expect(migrate(database, folder)).rejects.toThrow(/division by zero/);
    expect(await database.query('SELECT n FROM first_one')).toEqual([]);
    await writeFile(
      path.join(folder, '2-second.sql'),
      'INSERT INTO first_one VALUES (1);\nDO $$ BEGIN NULL; END $$;\n-- The end.\n',
    );

    expect(await migrate(database, folder)).toEqual(['2-second.sql']);
    expect(await database.query('SELECT n FROM first_one')).toEqual([{ n: 1 }]);
    await rm(folder, { recursive: true });
  });
});

describe('the database', () => {
  it.each([
    '2026-05-04T10:00:00.000Z',
    '2026-05-04T10:00:00.500Z',
    '2026-05-04T10:00:00.050Z',
    '2026-05-04T10:00:00.001Z',
    '2026-12-31T23:59:59.999Z',
    '0001-01-01T00:00:00.000Z',
    '9999-12-31T23:59:59.999Z',
  ])('gives the instant %s back as it got it', async (instant) => {
    const [row] = await database.query('SELECT $1::timestamptz AS instant', [instant]);
    expect(row).toEqual({ instant });
  });

  it('gives sequences, sums and absent values in the shapes of the program', async () => {
    const [row] = await database.query(
      `SELECT 9007199254740991::bigint AS sequence, sum(n) AS sum, NULL::timestamptz AS absent, 0.1::float8 AS part
       FROM (VALUES (1::bigint), (2)) AS numbers (n)`,
    );
    expect(row).toEqual({ sequence: 9007199254740991, sum: 3, absent: null, part: 0.1 });
  });

  it('writes all of a transaction or nothing', async () => {
    await database.query('CREATE TABLE kept (n integer PRIMARY KEY)');

    const failing = database.transaction(async (transaction) => {
      await transaction.query('INSERT INTO kept VALUES (1)');
      throw new Error('on second thoughts');
    });

    await expect(failing).rejects.toThrow('on second thoughts');
    expect(await database.query('SELECT n FROM kept')).toEqual([]);
  });

  it('goes on with a transaction after an attempt of which nothing stays', async () => {
    await database.transaction(async (transaction) => {
      await transaction.attempt(async () => void (await transaction.query('INSERT INTO kept VALUES (1)')));
      const second = transaction.attempt(async () => {
        await transaction.query('INSERT INTO kept VALUES (2)');
        await transaction.query('INSERT INTO kept VALUES (1)');
      });
      await expect(second).rejects.toThrow(/duplicate key/);
      await transaction.query('INSERT INTO kept VALUES (3)');
    });

    expect(await database.query('SELECT n FROM kept ORDER BY n')).toEqual([{ n: 1 }, { n: 3 }]);
  });

  it('finds nothing by a text that it cannot hold', async () => {
    expect(await database.query('SELECT 1 FROM ledger.fact WHERE charger = $1', ['C\u0000'])).toEqual([]);
    expect(await database.query('SELECT 1 FROM ledger.fact WHERE charger = ANY($1)', [['\u0000']])).toEqual(
      [],
    );
  });

  it('gives up a statement by itself, so that what it holds is free for the next', async () => {
    const hasty = new Database({ ...postgres.connection, statement_timeout: 300 });
    await database.query('CREATE TABLE held (n integer)');
    await database.query('INSERT INTO held VALUES (1)');

    const stuck = hasty.transaction(async (transaction) => {
      await transaction.query('UPDATE held SET n = 2');
      await transaction.query('SELECT pg_sleep(60)');
    });
    await expect(stuck).rejects.toThrow(OutOfTimeError);

    await database.query('UPDATE held SET n = n + 10');
    expect(await database.query('SELECT n FROM held')).toEqual([{ n: 11 }]);
    await database.query('DROP TABLE held');
    await hasty.close();
  });

  it('gives up before nobody waits any more, in a transaction that may take longer too', async () => {
    const limit = 'SELECT setting::int AS ms FROM pg_settings WHERE name = $1';
    expect(await database.query(limit, ['statement_timeout'])).toEqual([{ ms: 28_000 }]);
    const long = await database.transaction(
      (transaction) => transaction.query(limit, ['statement_timeout']),
      {
        answerTimeoutMs: 600_000,
      },
    );
    expect(long).toEqual([{ ms: 598_000 }]);
  });

  it('outlives connections that are ended, between two statements of a transaction too', async () => {
    const killer = new Database(postgres.connection);
    const interrupted = database.transaction(async (transaction) => {
      const [backend] = await transaction.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
      await killer.query('SELECT pg_terminate_backend($1, 5000)', [backend?.pid]);
      await new Promise((resolve) => setImmediate(resolve));
      await transaction.query('SELECT 1');
    });

    await expect(interrupted).rejects.toThrow(DatabaseUnavailableError);
    expect(await database.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await killer.close();
  });

  it('tells of a connection that broke while nobody used it, and nothing of what it was made with', async () => {
    const told = new Promise<Error>((resolve) => {
      idle = new Database(postgres.connection, resolve);
    });
    const [backend] = await idle.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    await database.query('SELECT pg_terminate_backend($1, 5000)', [backend?.pid]);

    expect(Object.keys(await told)).not.toContain('client');
    await idle.close();
  });

  it('says that it is out of reach', async () => {
    const nowhere = new Database({ ...postgres.connection, host: path.join(tmpdir(), 'no-such-folder') });

    await expect(nowhere.query('SELECT 1')).rejects.toThrow(DatabaseUnavailableError);
    await expect(nowhere.transaction(() => Promise.resolve())).rejects.toThrow(DatabaseUnavailableError);
    await nowhere.close();
  });

  it('listens on, also when its connection was ended', async () => {
    const heard: string[] = [];
    const stopping = new AbortController();
    let wake: () => void = () => undefined;
    const hears = async (payload: string) => {
      while (!heard.includes(payload)) await new Promise<void>((resolve) => (wake = resolve));
      heard.splice(0);
    };
    const listening = database.listen(
      'tidings',
      (payload) => {
        heard.push(payload);
        wake();
      },
      stopping.signal,
    );
    await hears('');
    await database.query("SELECT pg_notify('tidings', 'first')");
    await hears('first');

    await database.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = 'LISTEN tidings'",
    );
    await hears('');
    await database.query("SELECT pg_notify('tidings', 'second')");
    await hears('second');

    stopping.abort();
    await listening;
  });
});
