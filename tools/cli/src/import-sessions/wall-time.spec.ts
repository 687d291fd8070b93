import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import type { DateOrder } from './wall-time';
import { dateOf, isTimeZone, readWrittenTime, WallClock, wallMsOf } from './wall-time';

/** The wall time of a text as ISO text, or what it has of an offset. */
function read(text: string, order: DateOrder): string | undefined {
  const time = readWrittenTime(text);
  const date = time && dateOf(time, order);
  const wallMs = time && date && wallMsOf(time, date);
  if (time == null || wallMs == null) return undefined;
  const wall = new Date(wallMs).toISOString().slice(0, -1);
  return time.offsetMinutes == null ? wall : `${wall} ${time.offsetMinutes}`;
}

describe('a written time', () => {
  it.each<[string, DateOrder, string]>([
    ['2020-02-08 09:34:25', 'year-first', '2020-02-08T09:34:25.000'],
    ['2020-02-08T09:34', 'year-first', '2020-02-08T09:34:00.000'],
    ['2020/2/8 9:34', 'day-first', '2020-02-08T09:34:00.000'],
    ['2020-02-08T09:34:25.1239Z', 'year-first', '2020-02-08T09:34:25.123 0'],
    ['2020-02-08T09:34:25,5+01:30', 'year-first', '2020-02-08T09:34:25.500 90'],
    ['2020-02-08 09:34:25 -0530', 'year-first', '2020-02-08T09:34:25.000 -330'],
    ['2020-02-08 09:34:25+02', 'year-first', '2020-02-08T09:34:25.000 120'],
    ['2020-02-08 09:34 UTC', 'year-first', '2020-02-08T09:34:00.000 0'],
    ['08.02.2020 09:34', 'day-first', '2020-02-08T09:34:00.000'],
    ['8/2/2020, 09:34:25', 'day-first', '2020-02-08T09:34:25.000'],
    ['02/08/2020 9:34 PM', 'month-first', '2020-02-08T21:34:00.000'],
    ['02-08-2020 12:00 a.m.', 'month-first', '2020-02-08T00:00:00.000'],
    ['02/08/2020 12:00pm', 'month-first', '2020-02-08T12:00:00.000'],
    ['0014-02-08 09:34:25', 'year-first', '0014-02-08T09:34:25.000'],
    ['29.02.2024 00:00', 'day-first', '2024-02-29T00:00:00.000'],
  ])('%s, %s, is %s', (text, order, expected) => {
    expect(read(text, order)).toBe(expected);
  });

  it.each([
    ['', 'year-first'],
    ['-', 'year-first'],
    ['yesterday', 'year-first'],
    ['2020-02-08', 'year-first'],
    ['08.02.20 09:34', 'day-first'],
    ['2020-02-30 09:34', 'year-first'],
    ['29.02.2023 09:34', 'day-first'],
    ['31/04/2023 09:34', 'day-first'],
    ['02/13/2020 09:34', 'day-first'],
    ['2020-02-08 24:00', 'year-first'],
    ['2020-02-08 09:60', 'year-first'],
    ['2020-02-08 09:34:60', 'year-first'],
    ['2020-02-08 13:00 PM', 'year-first'],
    ['2020-02/08 09:34', 'year-first'],
    ['08.02.2020 09:34', 'year-first'],
    ['2020-02-08 09:34 and more', 'year-first'],
  ] as [string, DateOrder][])('"%s", %s, is none', (text, order) => {
    expect(read(text, order)).toBeUndefined();
  });
});

describe('a wall clock', () => {
  const berlin = new WallClock('Europe/Berlin');
  const at = (text: string) => Date.parse(`${text}Z`);

  it('is moved forward by the gap where a time does not exist', () => {
    expect(berlin.resolve(at('2023-03-26T02:30'))).toEqual({
      epochMs: at('2023-03-26T01:30'),
      change: 'MISSING',
    });
  });

  it('takes the first of two, and offers the second', () => {
    expect(berlin.resolve(at('2023-10-29T02:30'))).toEqual({
      epochMs: at('2023-10-29T00:30'),
      change: 'REPEATED',
      secondMs: at('2023-10-29T01:30'),
    });
  });

  it('is plain beside the change', () => {
    expect(berlin.resolve(at('2023-10-29T01:59'))).toEqual({ epochMs: at('2023-10-28T23:59') });
    expect(berlin.resolve(at('2023-10-29T03:00'))).toEqual({ epochMs: at('2023-10-29T02:00') });
  });

  it('agrees with the calendar at every time in every zone', () => {
    const zones = [
      'Europe/Berlin',
      'America/St_Johns',
      'Australia/Lord_Howe',
      'Pacific/Apia',
      'Pacific/Kiritimati',
    ];
    const clocks = new Map(zones.map((zone) => [zone, new WallClock(zone)]));
    const seconds = fc.integer({ min: Date.UTC(2005) / 1000, max: Date.UTC(2030) / 1000 });
    fc.assert(
      fc.property(fc.constantFrom(...zones), seconds, (zone, second) => {
        const wallMs = second * 1000;
        const wall = Temporal.PlainDateTime.from(new Date(wallMs).toISOString().slice(0, -1));
        expect(clocks.get(zone)?.resolve(wallMs).epochMs).toBe(wall.toZonedDateTime(zone).epochMilliseconds);
      }),
    );
  });
});

describe('a time zone', () => {
  it('is known by its name alone', () => {
    expect(['Europe/Berlin', 'UTC', 'Mars/Olympus', ''].map(isTimeZone)).toEqual([true, true, false, false]);
  });
});
