import { Temporal } from 'temporal-polyfill';

/** The order of a date's parts in the file: 2020-02-08, 08.02.2020, 02/08/2020. */
export type DateOrder = 'year-first' | 'day-first' | 'month-first';

/** A date and time as written; its offset from UTC only where the value itself carries one. */
export type WrittenTime = {
  parts: [number, number, number];
  yearFirst: boolean;
  separator: string;
  hour: number;
  minute: number;
  second: number;
  millisecond: number;
  offsetMinutes?: number;
};

const timeOfDay = String.raw`(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(?:\s*([ap])\.?m\.?)?`;
const zone = String.raw`(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?`;
const pattern = new RegExp(
  String.raw`^(\d{1,4})([-/.])(\d{1,2})\2(\d{1,4})(?:T|,?\s+)${timeOfDay}\s*${zone}$`,
  'i',
);

/** Reads the shape of a date and time; undefined when it is none, has no time of day or a year of other than four digits. */
export function readWrittenTime(text: string): WrittenTime | undefined {
  const [all, first, separator, second, third, hours, minutes, seconds, fraction, half, offset] =
    pattern.exec(text) ?? [];
  if (all == null || first == null || second == null || third == null || separator == null) return undefined;
  const yearFirst = first.length === 4;
  if (yearFirst ? third.length > 2 : first.length > 2 || third.length !== 4) return undefined;
  const hour = hourOf(Number(hours), half);
  const read = { hour, minute: Number(minutes), second: Number(seconds ?? 0) };
  if (read.hour > 23 || read.minute > 59 || read.second > 59) return undefined;
  return {
    ...read,
    parts: [Number(first), Number(second), Number(third)],
    yearFirst,
    separator,
    millisecond: Number((fraction ?? '').padEnd(3, '0').slice(0, 3)),
    offsetMinutes: offset == null ? undefined : offsetMinutesOf(offset),
  };
}

/** Out of range, hence refused by the caller, where a twelve-hour clock shows other than 1 to 12. */
function hourOf(hours: number, half: string | undefined): number {
  if (half == null) return hours;
  if (hours < 1 || hours > 12) return 99;
  return (hours % 12) + (half.toLowerCase() === 'p' ? 12 : 0);
}

function offsetMinutesOf(offset: string): number {
  const [, sign, hours, minutes] = /^([+-])(\d{2}):?(\d{2})?$/.exec(offset) ?? [];
  if (sign == null) return 0;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes ?? 0));
}

/** Year, month and day in the given order. A value that begins with its year is always year-first. */
export function dateOf(
  time: WrittenTime,
  order: DateOrder,
): { year: number; month: number; day: number } | undefined {
  const [a, b, c] = time.parts;
  if (time.yearFirst) return { year: a, month: b, day: c };
  if (order === 'day-first') return { year: c, month: b, day: a };
  if (order === 'month-first') return { year: c, month: a, day: b };
  return undefined;
}

/** The wall time as if it were UTC, in epoch milliseconds; undefined when there is no such day. */
export function wallMsOf(
  time: WrittenTime,
  date: { year: number; month: number; day: number },
): number | undefined {
  const wall = new Date(0);
  wall.setUTCFullYear(date.year, date.month - 1, date.day);
  wall.setUTCHours(time.hour, time.minute, time.second, time.millisecond);
  const exists = wall.getUTCMonth() === date.month - 1 && wall.getUTCDate() === date.day;
  return exists ? wall.getTime() : undefined;
}

/** What a wall time means: one instant; none (moved forward by the gap); or two (the first, with the second beside it). */
export type ResolvedTime = { epochMs: number; change?: 'MISSING' | 'REPEATED'; secondMs?: number };

const dayMs = 86_400_000;

/** Turns wall times of one IANA zone into instants; remembers each day's offset, for the calendar's arithmetic is slow. */
export class WallClock {
  private readonly offsetMsByDay = new Map<number, number | undefined>();

  constructor(readonly timeZone: string) {}

  resolve(wallMs: number): ResolvedTime {
    const day = Math.floor(wallMs / dayMs);
    if (!this.offsetMsByDay.has(day)) this.offsetMsByDay.set(day, this.steadyOffsetMsOn(day));
    const offsetMs = this.offsetMsByDay.get(day);
    return offsetMs == null ? this.resolveNearChange(wallMs) : { epochMs: wallMs - offsetMs };
  }

  /** The offset of a day without a clock change near it, with room for every zone's distance from UTC. */
  private steadyOffsetMsOn(day: number): number | undefined {
    const before = this.offsetMsAt((day - 1) * dayMs);
    return before === this.offsetMsAt((day + 2) * dayMs) ? before : undefined;
  }

  private offsetMsAt(epochMs: number): number {
    const zoned = Temporal.Instant.fromEpochMilliseconds(epochMs).toZonedDateTimeISO(this.timeZone);
    return zoned.offsetNanoseconds / 1_000_000;
  }

  private resolveNearChange(wallMs: number): ResolvedTime {
    const wall = Temporal.Instant.fromEpochMilliseconds(wallMs).toZonedDateTimeISO('UTC').toPlainDateTime();
    const [first, second] = (['earlier', 'later'] as const).map((disambiguation) =>
      wall.toZonedDateTime(this.timeZone, { disambiguation }),
    );
    if (first == null || second == null) throw new Error('unreachable: two ways give two times');
    if (first.epochMilliseconds === second.epochMilliseconds) return { epochMs: first.epochMilliseconds };
    if (!first.toPlainDateTime().equals(wall))
      return { epochMs: second.epochMilliseconds, change: 'MISSING' };
    return { epochMs: first.epochMilliseconds, change: 'REPEATED', secondMs: second.epochMilliseconds };
  }
}

/** Whether this machine's calendar knows the zone. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
