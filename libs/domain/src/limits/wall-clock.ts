import { Temporal } from 'temporal-polyfill';

/** A span in which a zone's offset stays the same, as milliseconds since the epoch. */
interface Era {
  readonly fromMs: number;
  readonly untilMs: number;
  readonly offsetMs: number;
  /** How much was shown a second time at its beginning: the clock was put back by that. */
  readonly repeatedMs: number;
}

/** Eras asked for lately, by zone: asking for the rules of a zone is dear, and questions come in clusters. */
const recentEras = new Map<string, Era[]>();
const MOST_RECENT = 16;

export const DAY_MS = 86_400_000;
/** The last instant that can be written: years have four digits. */
export const LAST_MS = Date.UTC(9999, 11, 31, 23, 59, 59, 999);
const NANOSECONDS_PER_MS = 1_000_000;

/**
 * The clock on a wall in an IANA zone. A reading of it is written as the milliseconds since the epoch that it would be in
 * UTC.
 */
export class WallClock {
  constructor(readonly timeZone: string) {}

  /** What the clock shows at an instant. */
  readingAt(epochMs: number): number {
    return epochMs + this.eraAt(epochMs).offsetMs;
  }

  /** When the clock shows a reading: one that it skips is moved forward by the gap, one that it shows twice is the first. */
  epochMsOf(reading: number): number {
    const guess = this.eraAt(reading);
    const era = this.eraAt(reading - guess.offsetMs);
    const epochMs = reading - era.offsetMs;
    // Neither skipped nor shown before.
    if (era.fromMs + era.repeatedMs <= epochMs && epochMs < era.untilMs) return epochMs;
    return Temporal.Instant.fromEpochMilliseconds(reading)
      .toZonedDateTimeISO('UTC')
      .toPlainDateTime()
      .toZonedDateTime(this.timeZone, { disambiguation: 'compatible' }).epochMilliseconds;
  }

  /** The next instant at which the offset changes. */
  nextShiftAfter(epochMs: number): number | undefined {
    const { untilMs } = this.eraAt(epochMs);
    return untilMs === Infinity ? undefined : untilMs;
  }

  private eraAt(epochMs: number): Era {
    const recent = recentEras.get(this.timeZone) ?? [];
    for (const era of recent) if (era.fromMs <= epochMs && epochMs < era.untilMs) return era;
    const era = eraOf(this.timeZone, epochMs);
    recentEras.set(this.timeZone, [era, ...recent.slice(0, MOST_RECENT - 1)]);
    return era;
  }
}

function eraOf(timeZone: string, epochMs: number): Era {
  const time = Temporal.Instant.fromEpochMilliseconds(epochMs).toZonedDateTimeISO(timeZone);
  // The transition before is sought strictly before, so look from one millisecond later.
  const before = time.add({ milliseconds: 1 }).getTimeZoneTransition('previous');
  const after = time.getTimeZoneTransition('next');
  const offsetBefore = before?.subtract({ milliseconds: 1 }).offsetNanoseconds ?? time.offsetNanoseconds;
  return {
    fromMs: before?.epochMilliseconds ?? -Infinity,
    untilMs: after?.epochMilliseconds ?? Infinity,
    offsetMs: time.offsetNanoseconds / NANOSECONDS_PER_MS,
    repeatedMs: Math.max(0, offsetBefore - time.offsetNanoseconds) / NANOSECONDS_PER_MS,
  };
}
