import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AccessScope } from '../access/access-scope';
import type { TestBook } from '../book.fixtures';
import { startBook } from '../book.fixtures';
import type { Untold } from '../facts.fixtures';
import {
  aSite,
  at,
  chargerRegistered,
  connected,
  disconnected,
  dismounted,
  fact,
  mounted,
  powerLost,
  reading,
  removed,
  retraction,
  rewired,
} from '../facts.fixtures';
import type { PageRequest } from '../pages/page';
import { PageRequestError } from '../pages/page';
import type { HistoryFilter, HistoryPoint } from './history.queries';
import { HistoryQueries } from './history.queries';

const ALL = { first: 100 };

describe('history', () => {
  let book: TestBook;
  let history: HistoryQueries;

  beforeAll(async () => {
    book = await startBook();
    history = new HistoryQueries(book.database, AccessScope.wholeBook(book.database));
  });

  afterAll(() => book.stop());

  const page = (
    point: HistoryPoint,
    cut: number,
    filter: Partial<HistoryFilter> = {},
    request: PageRequest = ALL,
  ) => history.page(point, { newestFirst: false, ...filter }, cut, request);
  /** Which of some facts a history tells, by their names, oldest first. */
  const told = async (facts: Readonly<Record<string, Untold>>, point: HistoryPoint, cut: number) => {
    const names = new Map(Object.entries(facts).map(([name, { eventId }]) => [eventId, name]));
    const { edges } = await page(point, cut);
    return edges.flatMap(({ node }) => names.get(node.eventId) ?? []);
  };

  it('follows the charger to wherever it goes, and the place whoever hangs there', async () => {
    const facts = {
      registered: fact('08:00', chargerRegistered('a-C')),
      mounted: fact('09:00', mounted('a-C', 'a1-p')),
      connected: fact('09:10', connected('a-C', 'a-s')),
      atTheEnd: fact('09:30', powerLost('a-C'), { deviceSequence: 1 }),
      dismounted: fact('09:30', dismounted('a-C', 'a1-p')),
      between: fact('09:40', powerLost('a-C')),
      mountedAgain: fact('10:00', mounted('a-C', 'a2-p')),
      atTheStart: fact('10:00', powerLost('a-C')),
      later: fact('10:30', connected('a-C', 'a-t')),
    };
    const cut = await book.tell(
      ...aSite('07:00', 'a1', ['a1-p']),
      ...aSite('07:00', 'a2', ['a2-p']),
      ...Object.values(facts),
    );

    expect(await told(facts, { axis: 'CHARGER', id: 'a-C' }, cut)).toEqual(Object.keys(facts));
    const first = ['mounted', 'connected', 'dismounted'];
    const second = ['mountedAgain', 'atTheStart', 'later'];
    for (const [axis, id] of [
      ['BACKPLATE', 'p'],
      ['CIRCUIT', 'k1'],
    ] as const) {
      expect(await told(facts, { axis, id: `a1-${id}` }, cut)).toEqual(first);
      expect(await told(facts, { axis, id: `a2-${id}` }, cut)).toEqual(second);
    }
    expect(await told(facts, { axis: 'SITE', id: 'a1' }, cut)).toEqual(first);
    expect(await told(facts, { axis: 'SITE', id: 'a2' }, cut)).toEqual(second);
  });

  it('stands under both circuits when a backplate is rewired, and under the new one after that', async () => {
    const facts = {
      mounted: fact('09:00', mounted('b-C', 'b-p')),
      before: fact('09:10', connected('b-C', 'b-s')),
      disconnected: fact('09:20', disconnected('b-C', 'b-s')),
      rewired: fact('10:00', rewired('b-p', 'b-k1', 'b-k2')),
      atOnce: fact('10:00', powerLost('b-C')),
      after: fact('10:10', connected('b-C', 'b-t')),
      dismounted: fact('11:00', dismounted('b-C', 'b-p')),
      removed: fact('11:00', removed('b-p')),
    };
    const cut = await book.tell(...aSite('08:00', 'b', ['b-p']), ...Object.values(facts));

    expect(await told(facts, { axis: 'CIRCUIT', id: 'b-k1' }, cut)).toEqual([
      'mounted',
      'before',
      'disconnected',
      'rewired',
    ]);
    const since = ['rewired', 'atOnce', 'after', 'dismounted', 'removed'];
    expect(await told(facts, { axis: 'CIRCUIT', id: 'b-k2' }, cut)).toEqual(since);
    expect(await told(facts, { axis: 'SITE', id: 'b' }, cut)).toEqual(Object.keys(facts));
  });

  it('tells what happened at another place when a move is told late, and not before', async () => {
    const facts = {
      connected: fact('09:00', connected('c-C', 'c-s')),
      read: fact('09:30', reading('c-C', 100, 'c-s')),
    };
    const before = await book.tell(
      ...aSite('08:00', 'c', ['c-p1', 'c-p2']),
      fact('08:30', mounted('c-C', 'c-p1')),
      ...Object.values(facts),
    );
    const after = await book.tell(
      fact('09:10', dismounted('c-C', 'c-p1')),
      fact('09:20', mounted('c-C', 'c-p2')),
    );

    expect(await told(facts, { axis: 'BACKPLATE', id: 'c-p1' }, before)).toEqual(['connected', 'read']);
    expect(await told(facts, { axis: 'BACKPLATE', id: 'c-p1' }, after)).toEqual(['connected']);
    expect(await told(facts, { axis: 'BACKPLATE', id: 'c-p2' }, before)).toEqual([]);
    expect(await told(facts, { axis: 'BACKPLATE', id: 'c-p2' }, after)).toEqual(['read']);
  });

  it('is told of an operator by whatever names it', async () => {
    const facts = {
      registered: fact('09:00', { type: 'OperatorRegistered', data: { operator: 'd-O', name: 'Fjord' } }),
      charger: fact('09:10', chargerRegistered('d-C', { operator: 'd-O' })),
      transferred: fact('09:20', {
        type: 'ChargerControlTransferred',
        data: { charger: 'd-C', operator: 'd-other' },
      }),
    };
    const cut = await book.tell(...Object.values(facts));

    expect(await told(facts, { axis: 'OPERATOR', id: 'd-O' }, cut)).toEqual(['registered', 'charger']);
  });

  it('lies in a half-open span, and is of the types that were asked for', async () => {
    const point = { axis: 'CHARGER', id: 'e-C' } as const;
    const cut = await book.tell(
      ...['09:00', '10:00', '11:00'].flatMap((time) => [
        fact(time, powerLost('e-C')),
        fact(time, reading('e-C', 1)),
      ]),
    );
    const found = async (filter: Partial<HistoryFilter>) =>
      (await page(point, cut, filter)).edges.map(
        ({ node }) => `${node.metadata.occurredAt.slice(11, 16)} ${node.type}`,
      );

    expect(await found({ from: at('10:00'), to: at('11:00') })).toEqual([
      '10:00 PowerLost',
      '10:00 EnergyReadingRecorded',
    ]);
    expect(await found({ types: ['PowerLost'], newestFirst: true })).toEqual([
      '11:00 PowerLost',
      '10:00 PowerLost',
      '09:00 PowerLost',
    ]);
    expect(await found({ types: [] })).toEqual([]);
    expect(await found({ types: ['PowerLost'], from: at('09:00:00.001'), to: at('10:00') })).toEqual([]);
    expect(await (await page(point, cut, { types: ['PowerLost'], from: at('10:00') })).totalCount()).toBe(2);
  });

  it.each(['CHARGER', 'BACKPLATE', 'CIRCUIT', 'SITE'] as const)(
    'is read page by page along %s, each entry once, in either order and direction, while new entries arrive',
    async (axis) => {
      const name = `f-${axis}`;
      const id = { CHARGER: `${name}-C`, BACKPLATE: `${name}-p`, CIRCUIT: `${name}-k1`, SITE: name }[axis];
      const happening = (minute: number) =>
        fact(`09:${String(minute).padStart(2, '0')}`, powerLost(`${name}-C`));
      // Several at the same instants.
      const cut = await book.tell(
        ...aSite('08:00', name, [`${name}-p`]),
        fact('08:30', mounted(`${name}-C`, `${name}-p`)),
        ...Array.from({ length: 24 }, (_, index) => happening(10 + Math.floor(index / 3))),
      );
      const expected = (await page({ axis, id }, cut)).edges.map(({ node }) => node.bookOrder);
      expect(expected.length).toBeGreaterThan(24);

      for (const newestFirst of [true, false]) {
        for (const size of [1, 7, 24]) {
          const read = async (isForward: boolean) => {
            const found: number[] = [];
            let cursor: string | undefined;
            for (let more = true; more;) {
              const request = isForward ? { first: size, after: cursor } : { last: size, before: cursor };
              const one = await page({ axis, id }, cut, { newestFirst }, request);
              const sequences = one.edges.map(({ node }) => node.bookOrder);
              if (isForward) found.push(...sequences);
              else found.unshift(...sequences);
              cursor = one.edges.at(isForward ? -1 : 0)?.cursor;
              more = isForward ? one.hasNextPage : one.hasPreviousPage;
              if (size > 1) await book.tell(happening(5), happening(10), happening(30));
            }
            return newestFirst ? found.reverse() : found;
          };
          expect(await read(true)).toEqual(expected);
          expect(await read(false)).toEqual(expected);
        }
      }
      expect(await (await page({ axis, id }, cut)).totalCount()).toBe(expected.length);
    },
  );

  it('refuses cursors of other lists, and pages that are too large', async () => {
    const point = { axis: 'SITE', id: 'none' } as const;
    const alien = Buffer.from(JSON.stringify(['a', 'b'])).toString('base64url');

    await expect(page(point, 1, {}, { after: alien })).rejects.toThrow(PageRequestError);
    await expect(page(point, 1, {}, { before: 'x' })).rejects.toThrow(PageRequestError);
    await expect(page(point, 1, {}, { first: 101 })).rejects.toThrow(PageRequestError);
    expect((await page(point, 1)).edges).toEqual([]);
  });

  it('names the correction of an entry, as far as it is known', async () => {
    const wrong = fact('09:00', powerLost('g-C'));
    const before = await book.tell(wrong);
    const cut = await book.tell(retraction('10:00', wrong), retraction('11:00', wrong));
    const point = { axis: 'CHARGER', id: 'g-C' } as const;

    expect((await page(point, cut)).edges.map(({ node }) => node.correctedBy)).toEqual([
      before + 1,
      undefined,
      undefined,
    ]);
    expect((await page(point, before)).edges.map(({ node }) => node.correctedBy)).toEqual([undefined]);
    expect(await history.bySequence(before)).toMatchObject({
      eventId: wrong.eventId,
      correctedBy: before + 1,
    });
  });

  it('gives a fact back as it was told', async () => {
    const one = fact('09:00', connected('h-C', 'h-s', 'driver-1'), {
      deviceSequence: 41,
      reason: 'as it was',
      actor: { kind: 'DEVICE', id: 'h-C' },
      recordedAt: '2050-01-01T00:00:00.123Z',
    });
    const cut = await book.tell(one);

    const found = (await history.byEventIds([one.eventId, '00000000-0000-4000-8000-000000000000'])).get(
      one.eventId,
    );
    expect(found).toMatchObject({
      type: one.type,
      data: { charger: 'h-C', session: 'h-s', driverReference: 'driver-1' },
      metadata: one.metadata,
      stream: 'charger-h-C',
      revision: 0,
      schemaVersion: 1,
      bookOrder: cut,
      scope: { charger: 'h-C' },
    });
    expect((await history.bySequence(cut))?.eventId).toBe(one.eventId);
    expect(await history.bySequence(cut + 1)).toBeUndefined();
  });
});
