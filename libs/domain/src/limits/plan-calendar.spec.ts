import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import type { ChargePlan, PlanWindow, Weekday } from '../charger/charger.events';
import { PlanCalendar } from './plan-calendar';

const WEEKDAYS: readonly Weekday[] = [
  'MONDAY',
  'TUESDAY',
  'WEDNESDAY',
  'THURSDAY',
  'FRIDAY',
  'SATURDAY',
  'SUNDAY',
];
const MINUTE_MS = 60_000;
const DAY_MS = 1440 * MINUTE_MS;

/** Zones and the days around which their clocks shift: by an hour, by half of one, at midnight, by a whole day. */
const SHIFTS = [
  ['Europe/Oslo', '2026-03-29'],
  ['Europe/Oslo', '2026-10-25'],
  ['America/New_York', '2026-11-01'],
  ['Australia/Lord_Howe', '2026-04-05'],
  ['America/Havana', '2026-11-01'],
  ['America/Havana', '2026-03-08'],
  ['Pacific/Apia', '2011-12-30'],
  ['Asia/Kolkata', '2026-06-01'],
] as const;

/** Mostly times at which clocks shift. */
const wallTime = fc
  .oneof(fc.integer({ min: 0, max: 16 }), fc.integer({ min: 88, max: 95 }), fc.integer({ min: 0, max: 95 }))
  .map((quarter) =>
    [Math.floor(quarter / 4), (quarter % 4) * 15].map((part) => String(part).padStart(2, '0')).join(':'),
  );
const planWindow = fc
  .record({
    start: wallTime,
    stop: wallTime,
    limitAmps: fc.constantFrom(undefined, 0, 6, 16),
    weekdays: fc.oneof(fc.constant([]), fc.subarray([...WEEKDAYS], { minLength: 1 })),
  })
  .filter(({ start, stop }) => start !== stop);
const windows = fc.array(planWindow, { minLength: 1, maxLength: 4 });
const shift = fc.constantFrom(...SHIFTS);
const minutes = fc.integer({ min: -3 * 1440, max: 3 * 1440 });

describe('the calendar of a charge plan', () => {
  it('has the caps of its windows, each day converted by itself', () => {
    fc.assert(
      fc.property(shift, windows, minutes, ([timeZone, date], recurring, offset) => {
        const atMs = Date.parse(`${date}T00:00:00Z`) + offset * MINUTE_MS;
        const plan: ChargePlan = { kind: 'RECURRING', timeZone, enabled: true, windows: recurring };
        expect(new PlanCalendar(plan).capAmpsAt(atMs)).toBe(capByDays(plan, atMs));
      }),
      { numRuns: 400 },
    );
  });

  it('changes its cap at its edges only', () => {
    fc.assert(
      fc.property(shift, windows, ([timeZone, date], recurring) => {
        const calendar = new PlanCalendar({ kind: 'RECURRING', timeZone, enabled: true, windows: recurring });
        const fromMs = Date.parse(`${date}T00:00:00Z`) - DAY_MS;
        const edges = [...calendar.edges(fromMs, fromMs + 3 * DAY_MS)];
        expect(edges).toEqual([...new Set(edges)].sort((a, b) => a - b));
        const turns: number[] = [];
        for (let atMs = fromMs + 15 * MINUTE_MS; atMs <= fromMs + 3 * DAY_MS; atMs += 15 * MINUTE_MS)
          if (calendar.capAmpsAt(atMs) !== calendar.capAmpsAt(atMs - 15 * MINUTE_MS)) turns.push(atMs);
        expect(edges).toEqual(expect.arrayContaining(turns));
      }),
      { numRuns: 25 },
    );
  });

  it('knows dates, open ends and the end of a one-off plan', () => {
    fc.assert(
      fc.property(shift, windows, minutes, fc.boolean(), ([timeZone, date], told, offset, isOpen) => {
        const dated = told.map(({ start, stop, limitAmps }, index) => {
          const end = isOpen && index === 0 ? undefined : stop;
          return {
            start,
            stop: end,
            limitAmps,
            weekdays: [],
            date: Temporal.PlainDate.from(date)
              .add({ days: index - 1 })
              .toString(),
          };
        });
        const atMs = Date.parse(`${date}T00:00:00Z`) + offset * MINUTE_MS;
        const plan: ChargePlan = { kind: 'ONE_OFF', timeZone, enabled: true, windows: dated };
        const calendar = new PlanCalendar(plan);
        const spans = dated.map((window) => spanOn(Temporal.PlainDate.from(window.date), window, timeZone));
        const overMs = Math.max(...spans.flat());
        expect(calendar.overMs).toBe(overMs);
        expect(calendar.capAmpsAt(atMs)).toBe(atMs >= overMs ? undefined : capOf(dated, spans, atMs));
      }),
      { numRuns: 300 },
    );
  });

  it('answers for a thousand windows in a moment', () => {
    const many = Array.from({ length: 1000 }, (_, index) => ({
      start: `${String(index % 24).padStart(2, '0')}:${String(index % 60).padStart(2, '0')}`,
      stop: `${String((index + 1) % 24).padStart(2, '0')}:${String((index * 7) % 60).padStart(2, '0')}`,
      weekdays: [],
      limitAmps: 6 + (index % 26),
    }));
    const calendar = new PlanCalendar({
      kind: 'RECURRING',
      timeZone: 'Europe/Oslo',
      enabled: true,
      windows: many,
    });
    const edges = calendar.edges(Date.UTC(2026, 0, 1), Date.UTC(2026, 0, 15));
    expect([...edges].length).toBeLessThanOrEqual(14 * 1440);
  });
});

/** Plainly: every window of the days around, converted one by one. */
function capByDays(plan: ChargePlan, atMs: number): number | undefined {
  const today = Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(plan.timeZone).toPlainDate();
  const opened: PlanWindow[] = [];
  const spans: [number, number][] = [];
  for (let days = -3; days <= 2; days++) {
    const day = today.add({ days });
    const weekday = WEEKDAYS[day.dayOfWeek - 1] as Weekday;
    for (const window of plan.windows) {
      if (window.weekdays.length > 0 && !window.weekdays.includes(weekday)) continue;
      opened.push(window);
      spans.push(spanOn(day, window, plan.timeZone));
    }
  }
  return capOf(opened, spans, atMs);
}

function capOf(
  opened: readonly { readonly limitAmps?: number }[],
  spans: readonly (readonly [number, number])[],
  atMs: number,
): number | undefined {
  const caps = opened
    .filter((_, index) => (spans[index]?.[0] ?? 0) <= atMs && atMs < (spans[index]?.[1] ?? 0))
    .map(({ limitAmps }) => limitAmps ?? Infinity);
  const capAmps = caps.length === 0 ? 0 : Math.min(...caps);
  return capAmps === Infinity ? undefined : capAmps;
}

function spanOn(
  day: Temporal.PlainDate,
  window: Pick<PlanWindow, 'start' | 'stop'>,
  zone: string,
): [number, number] {
  const { start, stop } = window;
  const instant = (date: Temporal.PlainDate, time: string) =>
    date.toPlainDateTime(time).toZonedDateTime(zone, { disambiguation: 'compatible' }).epochMilliseconds;
  if (stop == null) return [instant(day, start), Infinity];
  return [instant(day, start), instant(stop < start ? day.add({ days: 1 }) : day, stop)];
}
