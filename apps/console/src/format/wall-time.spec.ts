import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { instantOfWallTime, wallTimeOf } from './wall-time';

describe('a wall time', () => {
  it('is an instant in its zone, in summer and winter', () => {
    expect(instantOfWallTime('2026-01-05T10:00', 'Europe/Berlin')).toBe('2026-01-05T09:00:00.000Z');
    expect(instantOfWallTime('2026-07-05T10:00', 'Europe/Berlin')).toBe('2026-07-05T08:00:00.000Z');
    expect(instantOfWallTime('2026-07-05T10:00', 'UTC')).toBe('2026-07-05T10:00:00.000Z');
  });

  it('that the clock skips is moved forward by the gap', () => {
    expect(instantOfWallTime('2026-03-29T02:30', 'Europe/Berlin')).toBe('2026-03-29T01:30:00.000Z');
  });

  it('that comes twice is the first', () => {
    expect(instantOfWallTime('2026-10-25T02:30', 'Europe/Berlin')).toBe('2026-10-25T00:30:00.000Z');
  });

  it('that is none has no instant', () => {
    expect(instantOfWallTime('soon', 'Europe/Berlin')).toBeUndefined();
  });

  it('leads to the same instant again, where it comes only once', () => {
    const minute = fc.integer({ min: Date.UTC(2016, 0) / 60_000, max: Date.UTC(2036, 0) / 60_000 });
    const zone = fc.constantFrom(
      'Europe/Oslo',
      'America/New_York',
      'Australia/Lord_Howe',
      'Asia/Kathmandu',
      'UTC',
    );
    fc.assert(
      fc.property(minute, zone, (at, name) => {
        const ms = at * 60_000;
        const again = Date.parse(instantOfWallTime(wallTimeOf(ms, name), name) ?? '');
        // Within the hour that comes twice, the first is meant.
        expect(wallTimeOf(again, name)).toBe(wallTimeOf(ms, name));
        expect([0, 1_800_000, 3_600_000]).toContain(ms - again);
      }),
    );
  });
});
