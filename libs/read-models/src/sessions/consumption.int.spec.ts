import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { instantOf } from '@chargebook/domain';
import { AccessScope } from '../access/access-scope';
import fc from 'fast-check';
import type { TestBook } from '../book.fixtures';
import { startBook } from '../book.fixtures';
import type { Untold } from '../facts.fixtures';
import { aSite, at, connected, disconnected, dismounted, fact, mounted, reading } from '../facts.fixtures';
import { PageRequestError } from '../pages/page';
import type { Interval } from './consumption.queries';
import { ConsumptionQueries, INTERVALS } from './consumption.queries';
import type { AxisPoint } from './sessions.queries';

const HOUR_MS = 3_600_000;

describe('consumption', () => {
  let book: TestBook;
  let consumption: ConsumptionQueries;
  let cut: number;

  beforeAll(async () => {
    book = await startBook();
    consumption = new ConsumptionQueries(book.database, AccessScope.wholeBook(book.database));
  });

  afterAll(() => book.stop());

  const tell = async (...facts: Untold[]) => {
    cut = await book.tell(...facts);
  };
  const ask = (
    point: AxisPoint,
    from: string,
    to: string,
    { interval, timeZone = 'UTC', known = cut }: { interval: Interval; timeZone?: string; known?: number },
  ) => consumption.buckets(point, { from: at(from), to: at(to) }, { interval, timeZone, cut: known });
  const ofCharger = (id: string) => ({ axis: 'CHARGER', id }) as const;

  it('is what readings add, when they were told, and what the end tells beyond them', async () => {
    await tell(
      fact('09:10', connected('a-C', 'a-1')),
      fact('09:40', reading('a-C', 100, 'a-1')),
      fact('10:20', reading('a-C', 350, 'a-1')),
      fact('11:05', disconnected('a-C', 'a-1', 400)),
      fact('11:30', connected('a-C', 'a-2')),
      fact('12:30', disconnected('a-C', 'a-2')),
    );

    expect(await ask(ofCharger('a-C'), '09:00', '13:00', { interval: 'HOUR' })).toEqual([
      { from: at('09:00'), to: at('10:00'), energyWattHours: 100, sessions: 1, sessionsWithoutEnergy: 0 },
      { from: at('10:00'), to: at('11:00'), energyWattHours: 250, sessions: 0, sessionsWithoutEnergy: 0 },
      { from: at('11:00'), to: at('12:00'), energyWattHours: 50, sessions: 1, sessionsWithoutEnergy: 1 },
      { from: at('12:00'), to: at('13:00'), energyWattHours: 0, sessions: 0, sessionsWithoutEnergy: 0 },
    ]);
  });

  it('is absent where sessions started and nobody told any energy', async () => {
    await tell(
      fact('09:10', connected('b-C', 'b-1')),
      fact('09:20', disconnected('b-C', 'b-1')),
      fact('10:10', connected('b-C', 'b-2')),
      fact('10:20', disconnected('b-C', 'b-2', 0)),
    );

    expect(await ask(ofCharger('b-C'), '08:00', '11:00', { interval: 'HOUR' })).toMatchObject([
      { energyWattHours: 0, sessions: 0, sessionsWithoutEnergy: 0 },
      { energyWattHours: undefined, sessions: 1, sessionsWithoutEnergy: 1 },
      { energyWattHours: 0, sessions: 1, sessionsWithoutEnergy: 0 },
    ]);
  });

  it('cuts off the first and the last bucket at the span that was asked for', async () => {
    await tell(
      ...['09:29', '09:30', '10:00', '10:14', '10:15'].map((time) =>
        fact(time, connected('c-C', `c-${time}`)),
      ),
    );

    const buckets = await ask(ofCharger('c-C'), '09:30', '10:15', { interval: 'HOUR' });
    expect(buckets.map(({ from, to, sessions }) => [from, to, sessions])).toEqual([
      [at('09:30'), at('10:00'), 1],
      [at('10:00'), at('10:15'), 2],
    ]);
    const total = await ask(ofCharger('c-C'), '09:30', '10:15', { interval: 'TOTAL' });
    expect(total).toMatchObject([{ from: at('09:30'), to: at('10:15'), sessions: 3 }]);
    const instant = await ask(ofCharger('c-C'), '10:14', '10:14:00.001', { interval: 'YEAR' });
    expect(instant).toMatchObject([{ from: at('10:14'), to: at('10:14:00.001'), sessions: 1 }]);
  });

  it.each([
    ['Europe/Oslo', '2026-03-27T23:00:00.000Z', '2026-03-30T22:00:00.000Z', [24, 23, 24]],
    ['Europe/Oslo', '2026-10-23T22:00:00.000Z', '2026-10-26T23:00:00.000Z', [24, 25, 24]],
    // Midnight comes twice in autumn and is left out in spring.
    ['Atlantic/Azores', '2026-10-24T00:00:00.000Z', '2026-10-27T01:00:00.000Z', [24, 25, 24]],
    ['Atlantic/Azores', '2026-03-28T01:00:00.000Z', '2026-03-31T00:00:00.000Z', [24, 23, 24]],
    ['America/Havana', '2026-10-31T04:00:00.000Z', '2026-11-03T05:00:00.000Z', [24, 25, 24]],
    ['Asia/Kolkata', '2026-05-03T18:30:00.000Z', '2026-05-05T18:30:00.000Z', [24, 24]],
  ])('cuts days in %s from %s to %s', async (timeZone, from, to, hours) => {
    const charger = `d-${timeZone.replace('/', '-')}-${from.slice(5, 7)}`;
    const starts = Array.from({ length: hours.reduce((sum, each) => sum + each, 0) }, (_, hour) =>
      instantOf(Date.parse(from) + hour * HOUR_MS),
    );
    await tell(...starts.map((start, hour) => fact(start, connected(charger, `${charger}-${String(hour)}`))));

    const buckets = await ask(ofCharger(charger), from, to, { interval: 'DAY', timeZone });

    expect(buckets.map((bucket) => (Date.parse(bucket.to) - Date.parse(bucket.from)) / HOUR_MS)).toEqual(
      hours,
    );
    // A car came each hour.
    expect(buckets.map(({ sessions }) => sessions)).toEqual(hours);
  });

  it('cuts the hours of a clock change one by one', async () => {
    const buckets = await ask(ofCharger('none'), '2026-10-24T22:00:00.000Z', '2026-10-25T23:00:00.000Z', {
      interval: 'HOUR',
      timeZone: 'Europe/Oslo',
    });

    expect(buckets).toHaveLength(25);
    expect(new Set(buckets.map(({ from }) => from)).size).toBe(25);
  });

  it('cuts weeks on Mondays, months and years on their first day', async () => {
    const starts = async (interval: Interval, from: string, to: string) =>
      (await ask(ofCharger('none'), from, to, { interval, timeZone: 'Europe/Oslo' })).map(
        (bucket) => bucket.from,
      );

    expect(await starts('WEEK', '2026-05-06T00:00:00.000Z', '2026-05-20T00:00:00.000Z')).toEqual([
      '2026-05-06T00:00:00.000Z',
      '2026-05-10T22:00:00.000Z',
      '2026-05-17T22:00:00.000Z',
    ]);
    expect(await starts('MONTH', '2026-02-28T23:00:00.000Z', '2026-05-01T00:00:00.000Z')).toEqual([
      '2026-02-28T23:00:00.000Z',
      '2026-03-31T22:00:00.000Z',
      '2026-04-30T22:00:00.000Z',
    ]);
    expect(await starts('YEAR', '2025-06-01T00:00:00.000Z', '2027-01-01T00:00:00.000Z')).toEqual([
      '2025-06-01T00:00:00.000Z',
      '2025-12-31T23:00:00.000Z',
      '2026-12-31T23:00:00.000Z',
    ]);
  });

  it('goes to the place where the charger hung when a reading was taken, also when that is told late', async () => {
    await tell(
      ...aSite('08:00', 'e1', ['e1-p']),
      ...aSite('08:00', 'e2', ['e2-p']),
      fact('08:30', mounted('e-C', 'e1-p')),
      fact('09:00', connected('e-C', 'e')),
      fact('09:10', reading('e-C', 100, 'e')),
      fact('09:50', reading('e-C', 700, 'e')),
    );
    const before = cut;
    await tell(fact('09:30', dismounted('e-C', 'e1-p')), fact('09:40', mounted('e-C', 'e2-p')));
    const energyAt = async (axis: AxisPoint['axis'], id: string, known: number) =>
      (await ask({ axis, id }, '08:00', '12:00', { interval: 'TOTAL', known })).map(
        (one) => one.energyWattHours,
      );

    expect(await energyAt('SITE', 'e1', before)).toEqual([700]);
    expect(await energyAt('SITE', 'e2', before)).toEqual([0]);
    expect(await energyAt('SITE', 'e1', cut)).toEqual([100]);
    expect(await energyAt('SITE', 'e2', cut)).toEqual([600]);
    expect(await energyAt('CIRCUIT', 'e1-k1', cut)).toEqual([100]);
    expect(await energyAt('BACKPLATE', 'e2-p', cut)).toEqual([600]);
    expect(await energyAt('CHARGER', 'e-C', cut)).toEqual([700]);
  });

  it('refuses a span that is empty or reversed', async () => {
    await expect(ask(ofCharger('none'), '10:00', '10:00', { interval: 'HOUR' })).rejects.toThrow(
      PageRequestError,
    );
    await expect(ask(ofCharger('none'), '11:00', '10:00', { interval: 'TOTAL' })).rejects.toThrow(
      PageRequestError,
    );
  });

  it('refuses more than ten thousand buckets, and gives that many', async () => {
    const from = '2026-01-01T00:00:00.000Z';
    const after = (hours: number) => instantOf(Date.parse(from) + hours * HOUR_MS);

    expect(await ask(ofCharger('none'), from, after(10_000), { interval: 'HOUR' })).toHaveLength(10_000);
    const tooMany = ask(ofCharger('none'), from, after(10_001), { interval: 'HOUR' });
    await expect(tooMany).rejects.toThrow(PageRequestError);
    expect(await ask(ofCharger('none'), from, after(10_001), { interval: 'DAY' })).toHaveLength(417);
  });

  it('is cut without a gap in any zone, and adds up to the total', async () => {
    const charger = 'f-C';
    const startMs = Date.UTC(2025, 0, 1);
    const spanMs = 2 * 366 * 24 * HOUR_MS;
    const sessions = Array.from({ length: 600 }, (_, index) => {
      const startedAt = instantOf(startMs + Math.floor(((index * 7_919) % 600) * (spanMs / 600)));
      return fact(startedAt, connected(`${charger}${String(index % 50)}`, `f-${String(index)}`));
    });
    await tell(
      ...aSite(
        '2024-01-01T00:00:00.000Z',
        'f',
        Array.from({ length: 50 }, (_, index) => `f-p${String(index)}`),
      ),
      ...Array.from({ length: 50 }, (_, index) =>
        fact('2024-01-01T00:00:00.000Z', mounted(`${charger}${String(index)}`, `f-p${String(index)}`)),
      ),
      ...sessions,
    );
    const zones = [
      'Australia/Lord_Howe',
      'Atlantic/Azores',
      'America/St_Johns',
      'Africa/Cairo',
      'America/Nuuk',
    ];
    const point = { axis: 'SITE', id: 'f' } as const;

    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...zones, 'Asia/Beirut', 'America/Santiago', 'Europe/Dublin', 'Pacific/Apia'),
        fc.constantFrom(...INTERVALS),
        fc.integer({ min: startMs, max: startMs + spanMs }),
        fc.integer({ min: 1, max: 3_000 * HOUR_MS }),
        async (timeZone, interval, fromMs, lengthMs) => {
          const [from, to] = [instantOf(fromMs), instantOf(fromMs + lengthMs)];
          const buckets = await ask(point, from, to, { interval, timeZone });
          const begun = sessions.filter(
            ({ metadata }) => metadata.occurredAt >= from && metadata.occurredAt < to,
          );

          expect(buckets[0]?.from).toBe(from);
          expect(buckets.at(-1)?.to).toBe(to);
          expect(buckets.slice(1).map((bucket) => bucket.from)).toEqual(
            buckets.slice(0, -1).map((bucket) => bucket.to),
          );
          expect(buckets.reduce((sum, bucket) => sum + bucket.sessions, 0)).toBe(begun.length);
          if (interval === 'DAY') {
            const dayOf = new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' });
            const days = buckets.map((bucket) => dayOf.format(Date.parse(bucket.from)));
            const lastDays = buckets.map((bucket) => dayOf.format(Date.parse(bucket.to) - 1));
            expect(days).toEqual(lastDays);
            expect(new Set(days).size).toBe(days.length);
          }
        },
      ),
      { numRuns: 80 },
    );
  });
});
