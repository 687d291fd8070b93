import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AccessScope } from '../access/access-scope';
import type { TestBook } from '../book.fixtures';
import { startBook } from '../book.fixtures';
import {
  amended,
  aSite,
  at,
  connected,
  disconnected,
  dismounted,
  fact,
  mounted,
  powerLost,
  reading,
  retraction,
  rewired,
} from '../facts.fixtures';
import { PageRequestError } from '../pages/page';
import type { AxisPoint } from './sessions.queries';
import { SessionQueries } from './sessions.queries';

describe('sessions', () => {
  let book: TestBook;
  let sessions: SessionQueries;

  beforeAll(async () => {
    book = await startBook();
    sessions = new SessionQueries(book.database, AccessScope.wholeBook(book.database));
  });

  afterAll(() => book.stop());

  const list = async (axis: AxisPoint['axis'], id: string, cut: number, span = {}) =>
    (await sessions.page({ axis, id }, span, cut, { first: 100 })).edges.map(({ node }) => node);
  const ids = async (axis: AxisPoint['axis'], id: string, cut: number) =>
    (await list(axis, id, cut)).map((session) => session.id);

  it('belong to where the charger hung when they started, along every axis', async () => {
    const cut = await book.tell(
      ...aSite('08:00', 'a1', ['a1-p1', 'a1-p2']),
      ...aSite('08:00', 'a2', ['a2-p1']),
      fact('09:00', mounted('a-C', 'a1-p1')),
      fact('09:10', connected('a-C', 'a-first')),
      fact('09:20', disconnected('a-C', 'a-first', 500)),
      fact('09:30', rewired('a1-p1', 'a1-k1', 'a1-k2')),
      fact('09:40', connected('a-C', 'a-second')),
      fact('09:50', dismounted('a-C', 'a1-p1')),
      fact('09:55', connected('a-C', 'a-nowhere')),
      fact('10:00', mounted('a-C', 'a2-p1')),
      fact('10:00', connected('a-C', 'a-third', 'driver-7')),
    );

    expect(await ids('CHARGER', 'a-C', cut)).toEqual(['a-third', 'a-nowhere', 'a-second', 'a-first']);
    expect(await ids('BACKPLATE', 'a1-p1', cut)).toEqual(['a-second', 'a-first']);
    expect(await ids('BACKPLATE', 'a1-p2', cut)).toEqual([]);
    expect(await ids('CIRCUIT', 'a1-k1', cut)).toEqual(['a-first']);
    expect(await ids('CIRCUIT', 'a1-k2', cut)).toEqual(['a-second']);
    expect(await ids('SITE', 'a1', cut)).toEqual(['a-second', 'a-first']);
    expect(await ids('SITE', 'a2', cut)).toEqual(['a-third']);
    expect(await list('CHARGER', 'a-C', cut)).toMatchObject([
      { startedAt: at('10:00'), endedAt: undefined, endCause: undefined, driverReference: 'driver-7' },
      { endedAt: at('10:00'), endCause: 'UNKNOWN' },
      { endedAt: at('09:50'), endCause: 'DISMOUNTED' },
      { endedAt: at('09:20'), endCause: 'UNPLUGGED', energyWattHours: 500 },
    ]);
  });

  it('go to another place when a move is told late, and are where they were for who looks back', async () => {
    const before = await book.tell(
      ...aSite('08:00', 'b1', ['b1-p1']),
      ...aSite('08:00', 'b2', ['b2-p1']),
      fact('09:00', mounted('b-C', 'b1-p1')),
      fact('10:00', connected('b-C', 'b-early')),
      fact('10:30', disconnected('b-C', 'b-early', 100)),
      fact('11:00', connected('b-C', 'b-cut')),
      fact('11:30', disconnected('b-C', 'b-cut', 200)),
    );
    const after = await book.tell(
      fact('11:15', dismounted('b-C', 'b1-p1')),
      fact('11:20', mounted('b-C', 'b2-p1')),
      fact('12:00', connected('b-C', 'b-late')),
    );

    expect(await ids('SITE', 'b1', after)).toEqual(['b-cut', 'b-early']);
    expect(await ids('SITE', 'b2', after)).toEqual(['b-late']);
    const [cutSession] = await list('SITE', 'b1', after);
    expect(cutSession).toMatchObject({
      endedAt: at('11:15'),
      endCause: 'DISMOUNTED',
      cutByMove: true,
      energyWattHours: 200,
    });
    const [asKnownBefore] = await list('SITE', 'b1', before);
    expect(asKnownBefore).toMatchObject({ endedAt: at('11:30'), endCause: 'UNPLUGGED', cutByMove: false });
  });

  it('lie in a half-open span', async () => {
    const cut = await book.tell(
      ...['09:00', '10:00', '11:00'].map((time) => fact(time, connected('c-C', `c-${time}`))),
    );

    const found = await list('CHARGER', 'c-C', cut, { from: at('09:00'), to: at('11:00') });
    expect(found.map(({ id }) => id)).toEqual(['c-10:00', 'c-09:00']);
    expect(await list('CHARGER', 'c-C', cut, { from: at('09:00:00.001'), to: at('10:00') })).toEqual([]);
  });

  it('are given page by page, each once, in either direction, along a place with several chargers', async () => {
    const chargers = ['d-C1', 'd-C2', 'd-C3'];
    const cut = await book.tell(
      ...aSite('08:00', 'd', ['d-p1', 'd-p2', 'd-p3']),
      ...chargers.map((charger, index) => fact('08:30', mounted(charger, `d-p${String(index + 1)}`))),
      ...['09:00', '09:30', '10:00'].flatMap((time) =>
        chargers.map((charger) => fact(time, connected(charger, `${charger}-${time}`))),
      ),
    );
    const point = { axis: 'SITE', id: 'd' } as const;
    const all = await ids('SITE', 'd', cut);
    const forward: string[] = [];
    for (let after: string | undefined, more = true; more;) {
      const page = await sessions.page(point, {}, cut, { first: 2, after });
      forward.push(...page.edges.map(({ node }) => node.id));
      after = page.edges.at(-1)?.cursor;
      more = page.hasNextPage;
      expect(await page.totalCount()).toBe(9);
    }
    const backward: string[] = [];
    for (let before: string | undefined, more = true; more;) {
      const page = await sessions.page(point, {}, cut, { last: 4, before });
      backward.unshift(...page.edges.map(({ node }) => node.id));
      before = page.edges[0]?.cursor;
      more = page.hasPreviousPage;
    }

    expect(all).toHaveLength(9);
    expect(forward).toEqual(all);
    expect(backward).toEqual(all);
    await expect(sessions.page(point, {}, cut, { after: 'bm9uc2Vuc2U' })).rejects.toThrow(PageRequestError);
  });

  it('have the energy that was told at their end, or else what their readings add up to', async () => {
    const cut = await book.tell(
      fact('09:00', connected('e-C', 'e-read')),
      fact('09:10', reading('e-C', 300, 'e-read')),
      fact('09:20', reading('e-C', 200, 'e-read')),
      fact('09:30', reading('e-C', 450)),
      fact('09:40', connected('e-C', 'e-told')),
      fact('09:50', reading('e-C', 100, 'e-told')),
      fact('09:55', disconnected('e-C', 'e-told', 120)),
      fact('10:00', connected('e-C', 'e-silent')),
      fact('10:05', disconnected('e-C', 'e-silent')),
      fact('10:10', connected('e-C', 'e-nothing')),
      fact('10:15', disconnected('e-C', 'e-nothing', 0)),
    );
    const energies = async (known: number) =>
      Object.fromEntries((await list('CHARGER', 'e-C', known)).map((one) => [one.id, one.energyWattHours]));

    expect(await energies(cut)).toEqual({
      'e-read': 450,
      'e-told': 120,
      'e-silent': undefined,
      'e-nothing': 0,
    });
    const mended = await book.tell(fact('12:00', amended('e-C', 'e-read', 480)));
    expect(await energies(mended)).toMatchObject({ 'e-read': 480, 'e-told': 120 });
    expect(await energies(cut)).toMatchObject({ 'e-read': 450 });
  });

  it('have an energy of 0 where the meter said so', async () => {
    const cut = await book.tell(fact('09:00', connected('f-C', 'f')), fact('09:10', reading('f-C', 0, 'f')));

    expect(await list('CHARGER', 'f-C', cut)).toMatchObject([{ energyWattHours: 0 }]);
  });

  it('count two equal steps of the meter in one instant twice', async () => {
    const cut = await book.tell(
      fact('09:00', connected('g-C', 'g')),
      fact('09:10', reading('g-C', 500, 'g'), { deviceSequence: 1 }),
      fact('09:10', reading('g-C', 1_000, 'g'), { deviceSequence: 2 }),
    );

    expect(await list('CHARGER', 'g-C', cut)).toMatchObject([{ energyWattHours: 1_000 }]);
  });

  it('are under way from their start, up to but not at their end', async () => {
    const cut = await book.tell(
      fact('09:00', connected('h-C', 'h-1')),
      fact('09:00', connected('h-C', 'h-2')),
      fact('09:30', powerLost('h-C')),
    );
    const under = async (time: string, known = cut) =>
      (await sessions.ongoing(['h-C', 'h-unknown'], { at: at(time), cut: known })).get('h-C')?.id;

    expect(await under('08:59')).toBeUndefined();
    expect(await under('09:00')).toBe('h-2');
    expect(await under('09:29')).toBe('h-2');
    expect(await under('09:30')).toBeUndefined();
    expect(await under('09:30', cut - 1)).toBe('h-2');
    expect(await under('09:30', cut - 2)).toBe('h-1');
  });

  it('go on where a removal was noted a second time, however long ago the first was', async () => {
    const before = await book.tell(
      ...aSite('08:00', 'i', ['i-p']),
      fact('08:10', mounted('i-C', 'i-p')),
      fact('08:20', dismounted('i-C', 'i-p')),
      ...['09:00', '09:10', '09:20', '09:30', '09:40'].map((time) =>
        fact(time, connected('i-C', `i-${time}`)),
      ),
    );
    const cut = await book.tell(fact('10:00', dismounted('i-C', 'i-p')));

    const expected = { id: 'i-09:40', endedAt: undefined };
    expect((await list('CHARGER', 'i-C', before))[0]).toMatchObject(expected);
    expect((await list('CHARGER', 'i-C', cut))[0]).toMatchObject(expected);
  });

  it('are back when what ended them is retracted', async () => {
    const loss = fact('09:30', powerLost('j-C'));
    const ended = await book.tell(fact('09:00', connected('j-C', 'j')), loss);
    const cut = await book.tell(retraction('12:00', loss));

    expect(await list('CHARGER', 'j-C', ended)).toMatchObject([
      { endedAt: at('09:30'), endCause: 'POWER_LOSS' },
    ]);
    expect(await list('CHARGER', 'j-C', cut)).toMatchObject([{ endedAt: undefined, endCause: undefined }]);
  });

  it('are found by their id, the newest where several chargers use the same', async () => {
    const cut = await book.tell(
      fact('09:00', connected('k-C1', 'k-same')),
      fact('10:00', connected('k-C2', 'k-same')),
      fact('09:30', connected('k-C3', 'k-same')),
    );

    expect(await sessions.byId('k-same', cut)).toMatchObject({ serial: 'k-C2' });
    expect(await sessions.byId('k-same', cut - 2)).toMatchObject({ serial: 'k-C1' });
    expect(await sessions.byId('k-none', cut)).toBeUndefined();
  });
});
