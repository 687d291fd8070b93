import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { at, moment } from './book.fixtures';
import { observedMoment, refuseBackdating, refuseFuture } from './decision';
import type { Span } from './time';
import {
  earlier,
  epochMsOf,
  instantOf,
  isTimeZone,
  later,
  monthBefore,
  monthOf,
  parseInstant,
  plusMs,
  spanContains,
  spansOverlap,
} from './time';

describe('an instant as it is told', () => {
  it.each([
    ['2026-05-04T10:00:00.000Z', '2026-05-04T10:00:00.000Z'],
    ['2026-05-04T10:00:00Z', '2026-05-04T10:00:00.000Z'],
    ['2026-05-04T10:00Z', '2026-05-04T10:00:00.000Z'],
    ['2026-05-04T10:00:00.5Z', '2026-05-04T10:00:00.500Z'],
    // Digits after the millisecond are dropped, not rounded.
    ['2026-05-04T10:00:00.999999999Z', '2026-05-04T10:00:00.999Z'],
    ['1969-12-31T23:59:59.9999Z', '1969-12-31T23:59:59.999Z'],
    ['2026-05-04T10:00:00+02:00', '2026-05-04T08:00:00.000Z'],
    ['2026-05-04T10:00:00-00:00', '2026-05-04T10:00:00.000Z'],
    ['2026-01-01T00:30:00+01:00', '2025-12-31T23:30:00.000Z'],
    ['2026-12-31T20:00-05:30', '2027-01-01T01:30:00.000Z'],
    ['2024-02-29T12:00:00Z', '2024-02-29T12:00:00.000Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
    ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
  ])('%s is %s', (text, instant) => {
    expect(parseInstant(text)).toBe(instant);
  });

  it.each([
    ['no zone', '2026-05-04T10:00:00'],
    ['no time', '2026-05-04'],
    ['a space', '2026-05-04 10:00:00Z'],
    ['a small z', '2026-05-04T10:00:00z'],
    ['a comma', '2026-05-04T10:00:00,5Z'],
    ['an empty fraction', '2026-05-04T10:00:00.Z'],
    ['an offset without a colon', '2026-05-04T10:00:00+0200'],
    ['something behind it', '2026-05-04T10:00:00Z\n'],
    ['something before it', ' 2026-05-04T10:00:00Z'],
    ['30 February', '2026-02-30T10:00:00Z'],
    ['29 February of an ordinary year', '2026-02-29T10:00:00Z'],
    ['29 February of 1900', '1900-02-29T10:00:00Z'],
    ['31 April with an offset', '2026-04-31T10:00:00+02:00'],
    ['day 0', '2026-05-00T10:00:00Z'],
    ['month 0', '2026-00-04T10:00:00Z'],
    ['month 13', '2026-13-04T10:00:00Z'],
    ['hour 25', '2026-05-04T25:00:00Z'],
    ['minute 60', '2026-05-04T10:60:00Z'],
    ['second 60', '2026-05-04T10:00:60Z'],
    ['an impossible offset', '2026-05-04T10:00:00+24:00'],
    ['the year 0', '0000-06-01T00:00:00Z'],
    ['before the year 1 in UTC', '0001-01-01T00:00:00+00:01'],
    ['after the year 9999 in UTC', '9999-12-31T23:59:59-00:01'],
    ['a year of six digits', '+002026-05-04T10:00:00Z'],
    ['words', 'yesterday'],
    ['nothing', ''],
  ])('is none: %s', (_what, text) => {
    expect(parseInstant(text)).toBeUndefined();
  });

  it('has one spelling, which sorts like the instants', () => {
    const epochMs = fc.integer({
      min: Date.parse('0001-01-01T00:00:00Z'),
      max: Date.parse('9999-12-31T00:00Z'),
    });
    fc.assert(
      fc.property(epochMs, epochMs, (a, b) => {
        const [x, y] = [instantOf(a), instantOf(b)];
        expect(parseInstant(x)).toBe(x);
        expect(epochMsOf(x)).toBe(a);
        expect(x < y).toBe(a < b);
        expect([earlier(x, y), later(x, y)]).toEqual([instantOf(Math.min(a, b)), instantOf(Math.max(a, b))]);
      }),
    );
  });

  it('is the same whichever offset it is told with', () => {
    const offsetMinutes = fc.integer({ min: -14 * 60, max: 14 * 60 });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4e12 }), offsetMinutes, (epochMs, offset) => {
        const local = instantOf(epochMs + offset * 60_000).slice(0, 23);
        const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60];
        const told = [hours, minutes].map((part) => String(part).padStart(2, '0')).join(':');
        expect(parseInstant(`${local}${offset < 0 ? '-' : '+'}${told}`)).toBe(instantOf(epochMs));
      }),
    );
  });

  it('moves by milliseconds over the end of a year', () => {
    expect(plusMs('2025-12-31T23:59:59.999Z', 1)).toBe('2026-01-01T00:00:00.000Z');
  });
});

describe('months', () => {
  it('are those of UTC', () => {
    expect(monthOf(parseInstant('2026-01-01T00:30:00+01:00')!)).toBe('2025-12');
  });

  it.each([
    ['2026-05', '2026-04'],
    ['2026-01', '2025-12'],
    ['1000-01', '0999-12'],
    ['0100-01', '0099-12'],
    // Two digits of a year are no short spelling of 1999.
    ['0099-03', '0099-02'],
    ['0002-01', '0001-12'],
  ])('before %s comes %s', (month, before) => {
    expect(monthBefore(month)).toBe(before);
  });

  it('end when one goes back: each comes before the one after it', () => {
    const year = fc.integer({ min: 2, max: 9999 });
    fc.assert(
      fc.property(year, fc.integer({ min: 1, max: 12 }), (yearNumber, monthNumber) => {
        const month = `${String(yearNumber).padStart(4, '0')}-${String(monthNumber).padStart(2, '0')}`;
        expect(monthBefore(month) < month).toBe(true);
      }),
    );
  });
});

describe('spans', () => {
  const span = (from: string, until?: string): Span => ({
    from: at(from),
    until: until == null ? undefined : at(until),
  });

  it.each<[string, Span, Span, boolean]>([
    ['one in the other', span('08:00', '12:00'), span('09:00', '10:00'), true],
    ['one into the other', span('08:00', '10:00'), span('09:00', '12:00'), true],
    ['one after the other', span('08:00', '10:00'), span('10:00', '12:00'), false],
    ['a gap between them', span('08:00', '09:00'), span('10:00', '12:00'), false],
    ['both open', span('08:00'), span('12:00'), true],
    ['an open one after a closed one', span('08:00', '10:00'), span('10:00'), false],
    ['an open one before a closed one', span('08:00'), span('10:00', '12:00'), true],
    ['an empty one within another', span('08:00', '12:00'), span('10:00', '10:00'), false],
    ['an empty one within an open one', span('08:00'), span('10:00', '10:00'), false],
    ['two empty ones', span('10:00', '10:00'), span('10:00', '10:00'), false],
  ])('%s', (_what, a, b, overlap) => {
    expect([spansOverlap(a, b), spansOverlap(b, a)]).toEqual([overlap, overlap]);
  });

  it('overlap where an instant is in both', () => {
    const minute = fc.integer({ min: 0, max: 12 });
    const someSpan = fc
      .tuple(minute, fc.option(minute, { nil: undefined }))
      .map(([from, length]): [number, number | undefined] => [
        from,
        length == null ? undefined : from + length,
      ]);
    const toSpan = ([from, until]: [number, number | undefined]): Span => ({
      from: instantOf(from),
      until: until == null ? undefined : instantOf(until),
    });
    fc.assert(
      fc.property(someSpan, someSpan, (one, other) => {
        const [a, b] = [toSpan(one), toSpan(other)];
        const instants = Array.from({ length: 30 }, (_, ms) => instantOf(ms));
        expect(spansOverlap(a, b)).toBe(
          instants.some((instant) => spanContains(a, instant) && spanContains(b, instant)),
        );
      }),
    );
  });

  it('hold their start and not their end', () => {
    const morning = span('08:00', '10:00');
    const held = ['07:59', '08:00', '09:59', '10:00'].map((time) => spanContains(morning, at(time)));
    expect(held).toEqual([false, true, true, false]);
    expect(spanContains(span('08:00'), '9999-01-01T00:00:00.000Z')).toBe(true);
  });
});

describe('time zones', () => {
  it.each(['Europe/Oslo', 'America/Argentina/Buenos_Aires', 'UTC', 'Asia/Kathmandu'])('%s is one', (name) => {
    expect(isTimeZone(name)).toBe(true);
  });
  it.each(['', '+01:00', 'Europe/Nowhere', 'Oslo', 'Europe/Oslo ', '12'])('%j is none', (name) => {
    expect(isTimeZone(name)).toBe(false);
  });
});

describe('the moment of a command', () => {
  it.each([
    ['long ago', '0001-01-01T00:00:00.000Z', undefined],
    ['now', '12:00', undefined],
    ['five minutes ahead', '12:05', undefined],
    ['a millisecond more than that', '2026-05-04T12:05:00.001Z', 'IN_THE_FUTURE'],
    ['tomorrow', '2026-05-05T12:00:00.000Z', 'IN_THE_FUTURE'],
  ])('may be %s: %s', (_what, occurredAt, code) => {
    expect(refuseFuture(moment(occurredAt))?.code).toBe(code);
  });

  it.each([
    ['12:00', undefined],
    ['11:59', 'INVALID_TIME'],
    ['12:01', 'INVALID_TIME'],
  ])('is now for what follows the order of recording: %s', (occurredAt, code) => {
    expect(refuseBackdating(moment(occurredAt))?.code).toBe(code);
  });
});

describe('the moment of an observation', () => {
  it('is what the device says, also late and up to five minutes ahead', () => {
    for (const reported of [at('03:00'), at('12:00'), at('12:05')])
      expect(observedMoment(at('12:00'), reported)).toEqual({ now: at('12:00'), occurredAt: reported });
  });

  it('is now where the device is further ahead, and its own time is kept', () => {
    const ahead = '2026-05-04T12:05:00.001Z';
    const expected = { now: at('12:00'), occurredAt: at('12:00'), deviceTime: ahead };
    expect(observedMoment(at('12:00'), ahead)).toEqual(expected);
  });
});
