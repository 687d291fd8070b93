import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { bucketOf, inView, laneAt, lanesOf, panned, ticksOf, wholeOf, xOf, zoomed } from './life-layout';

const now = Date.parse('2026-01-01T00:00:00Z');
const placement = (backplateId: string, mountedAt: string, dismountedAt: string | null) => ({
  serial: 'C',
  backplateId,
  siteId: 's',
  siteName: 'S',
  mountedAt,
  dismountedAt,
});
const life = [
  placement('a', '2016-01-01T00:00:00Z', '2018-01-01T00:00:00Z'),
  placement('b', '2019-01-01T00:00:00Z', '2020-01-01T00:00:00Z'),
  placement('a', '2020-01-01T00:00:00Z', null),
];
const lanes = lanesOf(life, 'charger', now);
const whole = wholeOf(lanes, now);
const utc = { wallMsOf: (ms: number) => ms, msOf: (ms: number) => ms };

describe('lanes', () => {
  it('are one for each place, the latest on top, however often the charger hung there', () => {
    expect(lanes.map(({ title, bars }) => [title, bars.length])).toEqual([
      ['a', 2],
      ['b', 1],
    ]);
  });

  it('tell where something took place, and that it took place on no wall', () => {
    expect(laneAt(lanes, Date.parse('2019-06-01'))).toBe(1);
    expect(laneAt(lanes, Date.parse('2018-06-01'))).toBeUndefined();
    expect(laneAt(lanes, Date.parse('2020-01-01'))).toBe(0);
  });
});

describe('the view', () => {
  it('stays within the whole, whatever is done to it', () => {
    const step = fc.oneof(
      fc.record({
        zoom: fc.double({ min: 0.05, max: 20, noNaN: true }),
        around: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
      fc.record({ pan: fc.double({ min: -3, max: 3, noNaN: true }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        let view = whole;
        for (const each of steps)
          view = 'pan' in each ? panned(view, each.pan, whole) : zoomed(view, each.zoom, each.around, whole);
        expect(view.toMs).toBeGreaterThan(view.fromMs);
        expect(view.fromMs).toBeGreaterThanOrEqual(whole.fromMs - 1);
        expect(view.toMs).toBeLessThanOrEqual(whole.toMs + 1);
      }),
    );
  });

  it('keeps what is under the pointer where it is while it zooms', () => {
    const middle = { fromMs: Date.parse('2020-01-01'), toMs: Date.parse('2021-01-01') };
    const closer = zoomed(middle, 0.5, 0.25, whole);
    const at = middle.fromMs + (middle.toMs - middle.fromMs) * 0.25;
    expect(xOf(at, closer, 1000)).toBeCloseTo(250, 6);
  });

  it('cuts bars at its edges and leaves out those beyond', () => {
    const view = { fromMs: 100, toMs: 200 };
    expect(inView({ fromMs: 50, toMs: 150 }, view, 100)).toEqual({ x: 0, width: 50 });
    expect(inView({ fromMs: 200, toMs: 300 }, view, 100)).toBeUndefined();
  });

  it('sums sessions up the more, the more of them it shows', () => {
    const days = (count: number) => bucketOf({ fromMs: 0, toMs: count * 86_400_000 });
    expect([days(7), days(90), days(900), days(3650)]).toEqual([undefined, 'DAY', 'WEEK', 'MONTH']);
  });
});

describe('ticks', () => {
  it('are round times, no more than have room, from minutes to years', () => {
    for (const days of [0.1, 1, 10, 100, 1_000, 4_000]) {
      const view = { fromMs: now, toMs: now + days * 86_400_000 };
      const ticks = ticksOf(view, 8, utc);
      expect(ticks.length).toBeGreaterThan(0);
      expect(ticks.length).toBeLessThanOrEqual(9);
    }
    const years = ticksOf(whole, 12, utc).map(({ ms }) => new Date(ms).toISOString().slice(4));
    expect(new Set(years)).toEqual(new Set(['-01-01T00:00:00.000Z']));
  });
});
