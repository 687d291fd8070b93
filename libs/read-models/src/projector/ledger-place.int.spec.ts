import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { RunningProjector, TestDatabase } from '../book.fixtures';
import { startDatabase, startProjector, StoreInMemory } from '../book.fixtures';
import { fact, siteRegistered } from '../facts.fixtures';
import { OtherStoreError } from './ledger-place';
import { Progress } from './progress';

describe('a book that was moved into another store', () => {
  const first = [1, 2, 3].map((n) => fact('08:00', siteRegistered(`S${String(n)}`)));
  const later = fact('09:00', siteRegistered('S4'));
  let books: TestDatabase;
  let progress: Progress;
  let running: RunningProjector | undefined;

  beforeAll(async () => {
    books = await startDatabase();
    progress = new Progress(books.database);
    progress.start();
  });
  afterEach(async () => {
    await running?.stop();
    running = undefined;
  });
  afterAll(async () => {
    await progress.stop();
    await books.remove();
  });

  const start = (store: StoreInMemory) => (running = startProjector(books.connect(), store));
  const ledger = () =>
    books.database.query<{ event_id: string }>('SELECT event_id FROM ledger.fact ORDER BY sequence');

  it.each([
    ['further on', 5_000n],
    ['further back', 10n],
  ])('is gone on with where it is there: %s', async (_name, before) => {
    const old = new StoreInMemory(1_000n);
    const told = old.tell(first);
    await books.database.query(
      'TRUNCATE ledger.fact, ledger.entry, ledger.thing, ledger.tile, book.projection',
    );
    await books.database.query('TRUNCATE registry.site');
    start(old);
    await progress.reached(told, 20_000);
    await running?.stop();

    const moved = new StoreInMemory(before);
    moved.tell(first);
    const position = moved.tell([later]);
    const { faults } = start(moved);
    while ((await ledger()).length < 4) await new Promise((resolve) => setImmediate(resolve));
    await progress.reached(position, 20_000);

    expect((await ledger()).map(({ event_id }) => event_id)).toEqual(
      [...first, later].map(({ eventId }) => eventId),
    );
    expect(
      await books.database.query('SELECT position FROM book.projection WHERE name = $1', ['ledger']),
    ).toEqual([{ position: Number(position) }]);
    expect(faults).toEqual([]);
  });

  it('is refused where the store holds another one', async () => {
    const other = new StoreInMemory();
    other.tell([fact('08:00', siteRegistered('X'))]);
    const before = await ledger();
    const { faults } = start(other);
    while (faults.length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(faults[0]).toBeInstanceOf(OtherStoreError);
    expect(await ledger()).toEqual(before);
  });
});
