import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RunningProjector, TestDatabase } from '../book.fixtures';
import { startDatabase, startProjector } from '../book.fixtures';
import type { TestStore } from '../engines.fixtures';
import { startStore } from '../engines.fixtures';
import type { Untold } from '../facts.fixtures';
import { aSite, chargerRegistered, connected, fact, mounted, siteRegistered } from '../facts.fixtures';
import { BookQueries } from '../book/book.queries';
import { Progress } from './progress';
import { PROJECTIONS } from './projections';

describe('the projector on a store and a database of their own', () => {
  let books: TestDatabase;
  let events: TestStore;
  let progress: Progress;
  let projector: RunningProjector;
  let book: BookQueries;

  beforeAll(async () => {
    [books, events] = await Promise.all([startDatabase(), startStore()]);
    progress = new Progress(books.database);
    progress.start();
    projector = startProjector(books.database, events.store);
    book = new BookQueries(books.database, progress, events.store);
  });

  afterAll(async () => {
    await projector.stop();
    await progress.stop();
    await Promise.all([books.remove(), events.remove()]);
  });

  const ledger = () =>
    books.database.query<{ sequence: number; event_id: string; recorded_at: string; problem: string | null }>(
      'SELECT sequence, event_id, recorded_at, problem FROM ledger.fact ORDER BY sequence',
    );
  const ledgerOf = async (facts: readonly Untold[]) => {
    const ids = new Set(facts.map(({ eventId }) => eventId));
    return (await ledger()).filter((row) => ids.has(row.event_id));
  };

  it('gives every fact its sequence: 1, 2, 3, ... in the order of the store, over streams', async () => {
    const facts = [
      ...aSite('08:00', 'harbour', ['p1', 'p2']),
      fact('08:00', chargerRegistered('C1')),
      fact('08:10', mounted('C1', 'p1')),
      fact('08:20', connected('C1', 'C1-s1')),
    ];

    await progress.reached(await events.record(...facts), 10_000);

    const rows = await ledger();
    expect(rows.map(({ sequence }) => sequence)).toEqual(rows.map((_, index) => index + 1));
    expect(rows.map((row) => row.event_id)).toEqual(facts.map(({ eventId }) => eventId));
  });

  it('raises record times that would run backwards, and leaves the others', async () => {
    const told = ['2031-01-01T00:00:01.000Z', '2031-01-01T00:00:00.500Z', '2031-01-01T00:00:02.000Z'];
    const facts = told.map((recordedAt, index) =>
      fact('09:00', siteRegistered(`raised-${String(index)}`), { recordedAt }),
    );

    await progress.reached(await events.record(...facts), 10_000);

    expect((await ledgerOf(facts)).map((row) => row.recorded_at)).toEqual([told[0], told[0], told[2]]);
  });

  it('raises the first of a batch to the last of the batch before', async () => {
    const before = fact('09:00', siteRegistered('last-of-batch'), { recordedAt: '2032-01-01T00:00:00.000Z' });
    await progress.reached(await events.record(before), 10_000);
    const behind = fact('09:00', siteRegistered('first-of-batch'), {
      recordedAt: '2026-01-01T00:00:00.000Z',
    });

    await progress.reached(await events.record(behind), 10_000);

    expect((await ledgerOf([behind]))[0]?.recorded_at).toBe('2032-01-01T00:00:00.000Z');
  });

  it('keeps a place for what it cannot read, says why, and goes on', async () => {
    const before = (await ledger()).length;
    await events.recordForeign('charger-C9', 'ChargerPainted', { charger: 'C9', colour: 'red' });
    await events.recordForeign('site-odd', 'SiteRegistered', { site: 'odd' });
    const after = fact('09:00', siteRegistered('after-the-odd'));

    await progress.reached(await events.record(after), 10_000);

    const rows = (await ledger()).slice(before);
    expect(rows.map(({ sequence }) => sequence)).toEqual([before + 1, before + 2, before + 3]);
    expect(rows[0]?.problem).toMatch(/unknown event type/);
    expect(rows[1]?.problem).toMatch(/metadata/);
    expect(rows[2]).toMatchObject({ event_id: after.eventId, problem: null });
    const sites = await books.database.query('SELECT id FROM registry.site WHERE id = ANY($1)', [
      ['odd', 'after-the-odd'],
    ]);
    expect(sites).toEqual([{ id: 'after-the-odd' }]);
  });

  it('keeps a place for what the database cannot hold, says why, and goes on', async () => {
    const before = (await ledger()).length;
    const facts = [
      fact('09:00', siteRegistered('sound-1')),
      fact('09:00', siteRegistered('nul', { name: 'a\u0000b' })),
      fact('09:00', siteRegistered('half', { name: 'half a pair: \ud83d' })),
      fact('09:00', siteRegistered('sound-2')),
    ];

    await progress.reached(await events.record(...facts), 10_000);

    const rows = await ledgerOf(facts);
    expect(rows.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4].map((step) => before + step));
    expect(rows.map(({ problem }) => problem == null)).toEqual([true, false, false, true]);
    const sites = await books.database.query('SELECT id FROM registry.site WHERE id = ANY($1) ORDER BY id', [
      ['sound-1', 'nul', 'half', 'sound-2'],
    ]);
    expect(sites).toEqual([{ id: 'sound-1' }, { id: 'sound-2' }]);
  });

  it('takes many batches in, each fact once', async () => {
    const facts = Array.from({ length: 2_300 }, (_, index) =>
      fact('10:00', { type: 'SiteRenamed', data: { site: 'many', name: `Name ${String(index)}` } }),
    );
    const before = (await ledger()).length;

    await events.record(fact('10:00', siteRegistered('many')), ...facts.slice(0, 1_500));
    await progress.reached(await events.record(...facts.slice(1_500)), 10_000);

    const rows = (await ledger()).slice(before + 1);
    expect(rows.map(({ sequence }) => sequence)).toEqual(facts.map((_, index) => before + index + 2));
    expect(rows.map((row) => row.event_id)).toEqual(facts.map(({ eventId }) => eventId));
    const sites = await books.database.query("SELECT name FROM registry.site WHERE id = 'many'");
    expect(sites).toEqual([{ name: 'Name 2299' }]);
  });

  it('tells how far each projection is', async () => {
    await progress.reached(await events.record(fact('11:00', siteRegistered('far'))), 10_000);

    const head = await book.head();
    const statuses = await book.projections();

    expect(head).toBe((await ledger()).length);
    const names = ['ledger', ...PROJECTIONS.map(({ name }) => name)].sort();
    expect(statuses.map(({ name }) => name)).toEqual(names);
    for (const status of statuses) {
      expect(status).toMatchObject({ sequence: head, lagFacts: '0', lagSeconds: 0, quarantined: [] });
    }
  });

  it('has met no fault on the way', () => {
    expect(projector.faults).toEqual([]);
    expect(projector.quarantined).toEqual([]);
  });
});
