import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { RunningProjector, TestDatabase } from '../book.fixtures';
import { startDatabase, startProjector, StoreInMemory, untilRebuilt } from '../book.fixtures';
import { BookQueries } from '../book/book.queries';
import type { Untold } from '../facts.fixtures';
import { chargerRegistered, connected, fact, siteRegistered } from '../facts.fixtures';
import { sessionsProjection } from '../sessions/sessions.projection';
import { Progress } from './progress';
import type { Projection } from './projection';
import { PROJECTIONS } from './projections';

const TAKEN_IN_MS = 10_000;

/** Notes which charger's facts it has seen, with the version of its code; cannot do with some. */
function noting(version: number, cannotDoWith: (charger: string) => void = () => undefined): Projection {
  return {
    name: 'noting',
    version,
    tables: ['noted'],
    thingsOf: ({ scope }) => (scope.charger == null ? [] : [`charger:${scope.charger}`]),
    take: async (transaction, news) => {
      for (const [thing, facts] of news) {
        const sequences = facts.map(({ bookOrder }) => bookOrder);
        await transaction.query('INSERT INTO noted SELECT unnest($1::bigint[]), $2, $3', [
          sequences,
          thing,
          version,
        ]);
        cannotDoWith(thing);
      }
    },
  };
}

const cannotDoWithC2 = (thing: string) => {
  if (thing === 'charger:C2') throw new TypeError('C2 is beyond me');
};

describe('a projection that cannot do with something', () => {
  let books: TestDatabase;
  let progress: Progress;
  let store: StoreInMemory;
  let book: BookQueries;
  const running: RunningProjector[] = [];

  beforeAll(async () => {
    books = await startDatabase();
    await books.database.query('CREATE SCHEMA noting');
    await books.database.query(
      'CREATE TABLE noting.noted (sequence bigint PRIMARY KEY, thing text, version integer)',
    );
    progress = new Progress(books.database);
    progress.start();
  });

  beforeEach(async () => {
    await books.database.query(
      'TRUNCATE ledger.fact, ledger.entry, ledger.thing, ledger.tile, book.projection, book.quarantine, book.rebuild, noting.noted, registry.charger, registry.last_event, sessions.session',
    );
    store = new StoreInMemory();
    book = new BookQueries(books.database, progress, store);
  });

  afterEach(stopAll);

  afterAll(async () => {
    await progress.stop();
    await books.remove();
  });

  async function stopAll(): Promise<void> {
    await Promise.all(running.splice(0).map((projector) => projector.stop()));
  }

  const start = (...projections: Projection[]) => {
    const projector = startProjector(books.database, store, projections);
    running.push(projector);
    return projector;
  };
  const tell = (...facts: Untold[]) => progress.reached(store.tell(facts), TAKEN_IN_MS);
  const noted = () => books.database.query('SELECT sequence, thing, version FROM noting.noted ORDER BY 1');
  const enabled = (charger: string) => fact('08:30', { type: 'ChargerEnabled', data: { charger } });
  const threeChargers = () => ['C1', 'C2', 'C3'].map((charger) => fact('08:00', chargerRegistered(charger)));
  const quarantined = async () =>
    (await book.projections()).map((status) => [status.name, status.quarantined] as const);

  it('sets that thing aside, and goes on with the others and with the other projections', async () => {
    const projector = start(noting(1, cannotDoWithC2), ...PROJECTIONS);

    await tell(...threeChargers());
    await tell(...['C1', 'C2', 'C3'].map(enabled));

    expect((await noted()).map(({ sequence, thing }) => [sequence, thing])).toEqual([
      [1, 'charger:C1'],
      [3, 'charger:C3'],
      [4, 'charger:C1'],
      [6, 'charger:C3'],
    ]);
    expect(await books.database.query('SELECT serial FROM registry.charger ORDER BY 1')).toHaveLength(3);
    expect(projector.quarantined).toEqual(['noting charger:C2 2']);
    expect(projector.faults).toEqual([]);
  });

  it('is named in the book, with the reason and since which fact', async () => {
    start(noting(1, cannotDoWithC2), ...PROJECTIONS);

    await tell(...threeChargers());

    const problems = new Map([['noting', ['charger:C2 since 2: C2 is beyond me']]]);
    const names = ['ledger', 'noting', ...PROJECTIONS.map(({ name }) => name)].sort();
    expect(await quarantined()).toEqual(names.map((name) => [name, problems.get(name) ?? []]));
  });

  it('takes up everything once its code is mended and its version raised', async () => {
    start(noting(1, cannotDoWithC2), ...PROJECTIONS);
    await tell(...threeChargers());
    await stopAll();

    start(noting(2), ...PROJECTIONS);
    await tell(fact('09:00', connected('C2', 's1')));
    await untilRebuilt(books.database, 'noting');

    expect(await noted()).toEqual(
      ['C1', 'C2', 'C3', 'C2'].map((charger, index) => ({
        sequence: index + 1,
        thing: `charger:${charger}`,
        version: 2,
      })),
    );
    expect((await quarantined()).flatMap(([, things]) => things)).toEqual([]);
  });

  it('sets aside what the database refuses, here a charger without a product line', async () => {
    const odd = fact('08:00', { type: 'ChargerRegistered', data: { charger: 'C2' } } as never);
    const projector = start(...PROJECTIONS);

    await tell(fact('08:00', chargerRegistered('C1')), odd, fact('08:00', chargerRegistered('C3')));

    expect(projector.quarantined).toEqual(['registry charger:C2 2', 'access charger:C2 2']);
    expect(await books.database.query('SELECT serial FROM registry.charger ORDER BY 1')).toEqual([
      { serial: 'C1' },
      { serial: 'C3' },
    ]);
  });

  it('does not take a slow or broken engine for a fact that cannot be applied', async () => {
    let isSlow = true;
    const projector = start(
      noting(1, () => {
        if (!isSlow) return;
        isSlow = false;
        throw new Error('Query read timeout');
      }),
    );

    await tell(...threeChargers());

    expect(projector.faults).toHaveLength(1);
    expect(projector.quarantined).toEqual([]);
    expect(await noted()).toHaveLength(3);
  });

  it('is filled from the ledger when it comes later than the facts', async () => {
    start(...PROJECTIONS);
    await tell(...threeChargers());
    await stopAll();

    start(...PROJECTIONS, noting(1));
    await tell(fact('09:00', siteRegistered('S')));

    expect((await noted()).map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
    expect((await progress.mark()).sequence).toBe(4);
  });

  it('is filled anew in batches when its version changes, in either direction', async () => {
    start(...PROJECTIONS, noting(2));
    await tell(...Array.from({ length: 600 }, () => enabled('C1')));
    await tell(...Array.from({ length: 600 }, () => enabled('C1')));
    await stopAll();

    start(...PROJECTIONS, noting(1));
    await tell(fact('09:00', siteRegistered('S')));
    await untilRebuilt(books.database, 'noting');

    expect(await books.database.query('SELECT version, count(*) FROM noting.noted GROUP BY version')).toEqual(
      [{ version: 1, count: 1_200 }],
    );
  });

  it('leaves out what nobody can read, also when it is filled from the ledger', async () => {
    start(...PROJECTIONS);
    await tell(fact('08:00', chargerRegistered('C1')));
    const unreadable = { eventId: '00000000-0000-4000-8000-000000000001', stream: 'charger-C1', revision: 1 };
    const position = store.add([
      { unreadable: { ...unreadable, type: 'ChargerPainted', problem: 'unknown' } },
    ]);
    await progress.reached(position, TAKEN_IN_MS);
    await stopAll();

    const others = PROJECTIONS.filter((projection) => projection !== sessionsProjection);
    start(...others, noting(1), { ...sessionsProjection, version: 99 });
    await tell(fact('09:00', connected('C1', 's1')));
    await untilRebuilt(books.database, 'sessions');

    expect((await noted()).map(({ sequence }) => sequence)).toEqual([1, 3]);
  });
});
