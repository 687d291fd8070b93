import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { TestBook, TestDatabase } from '../book.fixtures';
import { startBook, startDatabase, startProjector, untilRebuilt } from '../book.fixtures';
import type { Database } from '../database/database';
import type { Untold } from '../facts.fixtures';
import { fact, siteRegistered } from '../facts.fixtures';
import { lifeOf, steps } from '../life.fixtures';
import { Progress } from './progress';
import { PROJECTIONS } from './projections';
import { Rebuilds, UnknownProjectionError } from './rebuilds';

const SCHEMAS = ['ledger', ...PROJECTIONS.map(({ name }) => name)];
const LIVES = 25;
const SEED = 20_260_504;

/** Facts of many lives, one after the other of each in turn. */
function manyLives(name: string): Untold[] {
  const lives = fc
    .sample(steps, { numRuns: LIVES, seed: SEED })
    .map((happened, nth) => lifeOf(`${name}${String(nth)}`, happened).facts);
  const longest = Math.max(...lives.map(({ length }) => length));
  return Array.from({ length: longest }, (_, nth) => lives.flatMap((facts) => facts[nth] ?? [])).flat();
}

/** All rows of all projections, and the names and definitions of their indexes. */
async function contents(database: Database): Promise<Record<string, readonly string[]>> {
  const tables = await database.query<{ name: string }>(
    `SELECT schemaname || '.' || tablename AS name FROM pg_tables WHERE schemaname = ANY($1) ORDER BY 1`,
    [SCHEMAS],
  );
  const rows = tables.map(async ({ name }) => {
    const found = await database.query<{ row: string }>(
      `SELECT to_jsonb(one)::text AS row FROM ${name} AS one ORDER BY 1`,
    );
    return [name, found.map(({ row }) => row)] as const;
  });
  const indexes = await database.query<{ indexdef: string }>(
    'SELECT indexdef FROM pg_indexes WHERE schemaname = ANY($1) ORDER BY 1',
    [SCHEMAS],
  );
  return { ...Object.fromEntries(await Promise.all(rows)), indexes: indexes.map((one) => one.indexdef) };
}

/** Waits until nothing is beside the tables that serve. */
async function untilTidy(database: Database): Promise<void> {
  for (let beside = ['']; beside.length > 0;) {
    const rows = await database.query<{ name: string }>(
      `SELECT nspname AS name FROM pg_namespace WHERE nspname ~ '_(next|former)$'`,
    );
    beside = rows.map(({ name }) => name);
  }
}

describe('a rebuild beside the tables that serve', () => {
  let book: TestBook;
  let rebuilds: Rebuilds;
  let lone: TestDatabase;

  beforeAll(async () => {
    [book, lone] = await Promise.all([startBook(), startDatabase()]);
    rebuilds = new Rebuilds(book.database);
    const facts = manyLives('a');
    for (let next = 0, size = 1; next < facts.length; next += size, size = (size * 7 + 3) % 200)
      await book.tell(...facts.slice(next, next + size));
  });

  afterAll(async () => {
    await Promise.all([book.stop(), lone.remove()]);
  });

  const lastId = async () => Math.max(0, ...(await rebuilds.latest()).map(({ id }) => id));

  it('gives row for row the same, index for index, and leaves nothing behind', async () => {
    const before = await contents(book.database);
    expect(before['sessions.energy']?.length).toBeGreaterThan(50);
    expect(before['placements.stay']?.length).toBeGreaterThan(50);

    const asked = await rebuilds.request();
    await untilRebuilt(book.database, 'sessions');

    expect(asked.map(({ projection }) => projection)).toEqual(SCHEMAS.toSorted());
    expect(await contents(book.database)).toEqual(before);
    await untilTidy(book.database);
    expect(book.projector.faults).toEqual([]);
  });

  it('is begun once, however often it is asked for, and tells how far it is', async () => {
    const { ledger } = await book.progress.mark();
    const [first, again] = [await rebuilds.request('registry'), await rebuilds.request('registry')];
    expect(again.map(({ id }) => id)).toEqual(first.map(({ id }) => id));

    await untilRebuilt(book.database, 'registry', (first[0]?.id ?? 0) - 1);

    const told = (await rebuilds.latest()).find(({ id }) => id === first[0]?.id);
    expect(told).toMatchObject({ projection: 'registry', sequence: ledger, ofSequence: ledger });
    expect(told?.switchedAt).toMatch(/Z$/);
    expect((await rebuilds.request('registry'))[0]?.id).toBeGreaterThan(first[0]?.id ?? Infinity);
    await untilRebuilt(book.database, 'registry', first[0]?.id);
  });

  it('is refused for what is no projection, with those that there are', async () => {
    const asking = rebuilds.request('colours');

    await expect(asking).rejects.toThrow(UnknownProjectionError);
    await expect(asking).rejects.toThrow(SCHEMAS.toSorted().join(', '));
  });

  it('goes on while facts are recorded and questions asked, which see all of it at any time', async () => {
    const [{ count: least } = { count: 0 }] = await book.database.query<{ count: number }>(
      'SELECT count(*) FROM sessions.session',
    );
    let isDone = false;
    const reading = (async () => {
      for (let looks = 0; ; looks += 1) {
        const [row] = await book.database.query<{ facts: number; sessions: number; sites: number }>(
          `SELECT (SELECT count(*) FROM ledger.fact) AS facts, (SELECT count(*) FROM sessions.session) AS sessions,
             (SELECT count(*) FROM registry.site) AS sites`,
        );
        expect(row?.sessions).toBeGreaterThanOrEqual(least);
        expect(row?.facts).toBeGreaterThanOrEqual(least);
        expect(row?.sites).toBeGreaterThanOrEqual(LIVES * 2);
        if (isDone) return looks;
      }
    })();
    const facts = manyLives('b');
    const before = await lastId();
    await rebuilds.request();
    const rebuilt = untilRebuilt(book.database, 'sessions', before).then(() => (isDone = true));
    for (let next = 0; next < facts.length; next += 40) await book.tell(...facts.slice(next, next + 40));
    await rebuilt;

    expect(await reading).toBeGreaterThan(10);
    expect(book.projector.faults).toEqual([]);
    const other = startProjector(lone.database, book.store);
    const progress = new Progress(lone.database);
    await progress.reached((await book.store.head()) ?? 0n, 40_000);
    expect(await contents(book.database)).toEqual(await contents(lone.database));
    await other.stop();
  });

  it('makes the ledger anew too when its version is another one, while it serves', async () => {
    const [before, last] = [await contents(book.database), await lastId()];
    await book.projector.stop();
    await book.database.query(
      "UPDATE book.projection SET version = 0 WHERE name IN ('ledger', 'placements')",
    );

    const projector = startProjector(book.database, book.store);
    await untilRebuilt(book.database, 'placements', last);
    await untilRebuilt(book.database, 'ledger', last);

    expect(await contents(book.database)).toEqual(before);
    const position = book.store.tell([fact('09:00', siteRegistered('after-all'))]);
    expect((await book.progress.reached(position, 20_000)).position).toBe(position);
    expect(projector.faults).toEqual([]);
    await projector.stop();
  });
});
