import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestBook } from '../book.fixtures';
import { startBook, untilRebuilt } from '../book.fixtures';
import { aSite, chargerRegistered, connected, disconnected, fact, mounted } from '../facts.fixtures';
import type { Rebuild } from './rebuilds';
import { Rebuilds } from './rebuilds';

let book: TestBook;
let rebuilds: Rebuilds;

beforeAll(async () => {
  book = await startBook();
  rebuilds = new Rebuilds(book.database);
  await book.tell(
    ...aSite('08:00', 'harbour', ['left', 'right']),
    fact('08:10', chargerRegistered('CB-1')),
    fact('08:20', mounted('CB-1', 'left')),
    fact('09:00', connected('CB-1', 's-1')),
    fact('10:00', disconnected('CB-1', 's-1')),
  );
});
afterAll(() => book.stop());

async function compared(): Promise<Rebuild[]> {
  const last = Math.max(0, ...(await rebuilds.latest()).map(({ id }) => id));
  const asked = await rebuilds.request(undefined, true);
  for (const { projection } of asked) await untilRebuilt(book.database, projection, last);
  return rebuilds.latest();
}

const differing = (all: readonly Rebuild[]) => all.flatMap(({ differences }) => differences ?? []);

describe('a rebuild that compares', () => {
  it('finds nothing where nobody has changed a row', async () => {
    const done = await compared();

    expect(done.every(({ differences }) => differences != null)).toBe(true);
    expect(differing(done)).toEqual([]);
  });

  it.each<[what: string, sql: string, table: string, wrong: number, missing: number]>([
    ['edited', `UPDATE registry.charger SET model = 'other'`, 'registry.charger', 1, 1],
    ['deleted', `DELETE FROM sessions.session`, 'sessions.session', 0, 2],
    [
      'inserted',
      `INSERT INTO registry.site SELECT (to_site).* FROM (SELECT jsonb_populate_record(site, '{"id": "made-up"}')
         AS to_site FROM registry.site) AS made`,
      'registry.site',
      1,
      0,
    ],
    [
      'edited in the ledger',
      `UPDATE ledger.fact SET data = '{"sessionId": "s-1", "energyWattHours": 1}' WHERE type = 'SessionEnded'`,
      'ledger.fact',
      1,
      1,
    ],
    [
      'edited in the entries',
      `UPDATE ledger.entry SET content = '{}' WHERE sequence = 3`,
      'ledger.entry',
      1,
      1,
    ],
  ])('finds a row that was %s, and mends it', async (_what, sql, table, wrong, missing) => {
    await book.database.query(sql);

    expect(differing(await compared())).toMatchObject([{ table, wrong, missing }]);
    expect(differing(await compared())).toEqual([]);
  });

  it('does not compare where that is not asked for', async () => {
    await book.database.query(`UPDATE registry.charger SET model = 'other'`);
    const [asked] = await rebuilds.request('registry');
    await untilRebuilt(book.database, 'registry', (asked?.id ?? 1) - 1);

    const [registry] = (await rebuilds.latest()).filter(({ projection }) => projection === 'registry');
    expect(registry?.differences).toBeUndefined();
    expect(differing(await compared())).toEqual([]);
  });
});
