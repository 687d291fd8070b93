import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { TestBook } from '../book.fixtures';
import { startBook, untilRebuilt } from '../book.fixtures';
import type { Untold } from '../facts.fixtures';
import { lifeOf, steps } from '../life.fixtures';
import { PROJECTIONS } from './projections';
import { Rebuilds } from './rebuilds';

const { TORTURE_SCALE, TORTURE_SEED } = process.env;
const TAMPERINGS = TORTURE_SCALE == null ? 40 : Math.ceil(10_000 * Number(TORTURE_SCALE));
const IN_ONE_ROUND = 30;
const LONGEST_MS = TORTURE_SCALE == null ? 120_000 : 6 * 3_600_000;
const SEED = Number(TORTURE_SEED ?? 20_260_504);
const SCHEMAS = ['ledger', ...PROJECTIONS.map(({ name }) => name)];

/** How a value is made another one; columns of other types are left as they are. */
const CHANGES: Readonly<Record<string, (column: string) => string>> = {
  text: (column) => `${column} || 'x'`,
  bigint: (column) => `${column} + 1000000000`,
  integer: (column) => `${column} + 1`,
  'double precision': (column) => `${column} + 1`,
  boolean: (column) => `NOT ${column}`,
  // A day after the beginning of all times is still that.
  'timestamp with time zone': (column) =>
    `CASE WHEN isfinite(${column}) THEN ${column} + interval '1 day' ELSE '2001-02-03' END`,
  jsonb: (column) => `jsonb_build_object('forged', ${column})`,
  uuid: () => 'gen_random_uuid()',
  bytea: (column) => `overlay(${column} PLACING '\\x0102030405060708'::bytea FROM 1)`,
};

interface Target {
  readonly table: string;
  readonly ctid: string;
}

interface Column {
  readonly table: string;
  readonly column: string;
  readonly type: string;
  readonly is_key: boolean;
}

let book: TestBook;
let columns: Column[];

beforeAll(async () => {
  book = await startBook();
  const lives = fc
    .sample(steps, { numRuns: 12, seed: 20_260_504 })
    .flatMap((happened, nth): readonly Untold[] => lifeOf(`r${String(nth)}`, happened).facts);
  await book.tell(...lives);
  columns = await book.database.query<Column>(
    `SELECT table_schema || '.' || table_name AS table, quote_ident(column_name) AS column, data_type AS type,
       EXISTS (SELECT FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = ANY(indkey)
         WHERE indisprimary AND indrelid = (table_schema || '.' || table_name)::regclass
           AND attname = column_name) AS is_key
     FROM information_schema.columns WHERE table_schema = ANY($1) ORDER BY 1, 2`,
    [SCHEMAS],
  );
});
afterAll(() => book.stop());

/** Rows of all read models, some of each table. */
async function someRows(random: () => number): Promise<Target[]> {
  const tables = [...new Set(columns.map(({ table }) => table))];
  const targets: Target[] = [];
  for (const table of tables) {
    const rows = await book.database.query<{ ctid: string }>(
      `SELECT ctid::text AS ctid FROM ${table} ORDER BY ctid`,
    );
    const picked = new Set(Array.from({ length: 3 }, () => Math.floor(random() * rows.length)));
    for (const at of picked) if (rows[at] != null) targets.push({ table, ctid: rows[at].ctid });
  }
  const shuffled = targets
    .map((target) => ({ target, at: random() }))
    .sort((one, other) => one.at - other.at);
  return shuffled.slice(0, IN_ONE_ROUND).map(({ target }) => target);
}

/** Tampers with a row. @returns rows that are wrong and missing then; none where the table does not take it */
async function tamper({ table, ctid }: Target, random: () => number): Promise<[number, number] | undefined> {
  const own = columns.filter((column) => column.table === table && CHANGES[column.type] != null);
  const kind = ['edit', 'delete', 'insert'][Math.floor(random() * 3)];
  try {
    if (kind === 'delete') {
      await book.database.query(`DELETE FROM ${table} WHERE ctid = $1::tid`, [ctid]);
      return [0, 1];
    }
    if (kind === 'insert') {
      const ofKey = own.filter(({ is_key: isKey }) => isKey);
      // An exact copy would make up for another row that is deleted.
      const keys = ofKey.length > 0 ? ofKey : own;
      const all = columns.filter((column) => column.table === table);
      const values = all.map((one) =>
        keys.includes(one) ? (CHANGES[one.type]?.(one.column) ?? one.column) : one.column,
      );
      await book.database.query(
        `INSERT INTO ${table} (${all.map(({ column }) => column).join(', ')})
         SELECT ${values.join(', ')} FROM ${table} WHERE ctid = $1::tid`,
        [ctid],
      );
      return [1, 0];
    }
    const { column, type } = own[Math.floor(random() * own.length)]!;
    const changed = await book.database.query(
      `UPDATE ${table} SET ${column} = ${CHANGES[type]?.(column) ?? column}
       WHERE ctid = $1::tid AND ${column} IS NOT NULL RETURNING 1`,
      [ctid],
    );
    return changed.length === 0 ? undefined : [1, 1];
  } catch {
    // A constraint holds against it.
    return undefined;
  }
}

async function differences(): Promise<Record<string, [number, number]>> {
  const rebuilds = new Rebuilds(book.database);
  const last = Math.max(0, ...(await rebuilds.latest()).map(({ id }) => id));
  for (const { projection } of await rebuilds.request(undefined, true))
    await untilRebuilt(book.database, projection, last);
  const found = (await rebuilds.latest()).flatMap((rebuild) => rebuild.differences ?? []);
  return Object.fromEntries(found.map(({ table, wrong, missing }) => [table, [wrong, missing]]));
}

describe('rows of read models that somebody has changed', () => {
  it(
    'are all found, each in its table, and no others',
    async () => {
      const random = randomFrom(SEED);
      let [done, rounds] = [0, 0];
      while (done < TAMPERINGS) {
        const expected: Record<string, [number, number]> = {};
        for (const target of await someRows(random)) {
          const change = await tamper(target, random);
          if (change == null) continue;
          const [wrong, missing] = expected[target.table] ?? [0, 0];
          expected[target.table] = [wrong + change[0], missing + change[1]];
          done += 1;
        }
        rounds += 1;
        expect(await differences()).toEqual(expected);
      }
      expect(await differences()).toEqual({});
      if (TORTURE_SCALE != null) process.stdout.write(`  ${String(done)} rows in ${String(rounds)} rounds\n`);
    },
    LONGEST_MS,
  );
});

/** Numbers from 0 to below 1 that follow from a seed. */
function randomFrom(start: number): () => number {
  let state = start >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
