import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestBook } from '../book.fixtures';
import { startBook, untilRebuilt } from '../book.fixtures';
import type { Queryable } from '../database/database';
import { Rebuilds } from '../projector/rebuilds';
import { chargerRegistered, connected, fact } from '../facts.fixtures';
import { factsAbout } from './ledger';

const FACTS = 20_000;

describe('facts that are looked for', () => {
  let book: TestBook;

  beforeAll(async () => {
    book = await startBook();
    await book.tell(fact('08:00', chargerRegistered('CB-1')), fact('09:00', connected('CB-1', 's-1')));
    // A life that is all of the book so far, as the planner sees it.
    await book.database.query(
      `INSERT INTO ledger.fact SELECT (jsonb_populate_record(fact, jsonb_build_object('sequence', 100 + nth,
         'event_id', gen_random_uuid(), 'revision', 10 + nth, 'command_id', 'command-' || nth))).*
       FROM ledger.fact, generate_series(1, $1::int) AS nth WHERE type = 'SessionStarted'`,
      [FACTS],
    );
    await book.database.query('ANALYZE ledger.fact');
  });
  afterAll(() => book.stop());

  /** How the database would look for some types of facts of many chargers. */
  async function planOfProbes(): Promise<string> {
    const lines: string[] = [];
    const explaining: Queryable = {
      query: async (text, values) => {
        const plan = await book.database.query<{ 'QUERY PLAN': string }>(
          `EXPLAIN ${text}`,
          values,
          'EACH_TIME',
        );
        lines.push(...plan.map((line) => line['QUERY PLAN']));
        return [];
      },
    };
    const ids = Array.from({ length: 800 }, (_, nth) => `other-${String(nth)}`);
    await factsAbout(
      explaining,
      { scope: 'charger', ids, types: ['ChargerRegistered', 'SessionStarted'] },
      1e9,
    );
    return lines.join('\n');
  }

  it('are found by an index where the book was about few things so far', async () => {
    const plan = await planOfProbes();
    expect(plan).toContain('fact_charger_type');
    expect(plan).not.toContain('Seq Scan');
  });

  it('are found by it in tables that were made anew, too', async () => {
    const options = `SELECT count(*)::int AS count FROM pg_attribute WHERE attrelid = 'ledger.fact'::regclass AND attoptions IS NOT NULL`;
    const [before] = await book.database.query<{ count: number }>(options);
    await new Rebuilds(book.database).request('ledger');
    await untilRebuilt(book.database, 'ledger');
    const [after] = await book.database.query<{ count: number }>(options);
    expect(before?.count).toBeGreaterThan(0);
    expect(after).toEqual(before);
  });
});
