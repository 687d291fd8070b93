import type { Instant } from '../time';
import { epochMsOf } from '../time';
import type { Blocker } from './charger-situation';
import type { LimitSourceKind } from './limit-source';
import { WallClock } from './wall-clock';
import { knownInstant } from './known-instants';

/** What people call the sources. */
export const SOURCE_NAMES: Readonly<Record<LimitSourceKind, string>> = {
  SITE_RATED: 'site main fuse',
  CIRCUIT_FUSE: 'circuit fuse',
  MAX_CIRCUIT: 'circuit max',
  DYNAMIC_CIRCUIT: 'dynamic circuit current',
  OFFLINE_FALLBACK: 'offline fallback',
  CHARGER_RATED: 'charger rating',
  MAX_CHARGER: 'charger max',
  DYNAMIC_CHARGER: 'dynamic charger current',
  CHARGE_PLAN: 'charge plan',
};

export const BLOCKED: Readonly<Record<Blocker, string>> = {
  DISABLED: 'disabled',
  FAULTY: 'faulty',
  NO_POWER: 'without power',
  OFFLINE: 'offline',
  RETIRED: 'retired',
};

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/** "a, b and c" */
export function listOf(words: readonly string[]): string {
  if (words.length < 2) return words[0] ?? '';
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`;
}

/** Two decimals at most, never rounded up: 5.999 A are not 6 A. */
export function inAmps(amps: number): string {
  // The addend undoes what is lost where a decimal has no exact binary form: 0.29 * 100 is a little less than 29.
  return `${String(Math.floor(amps * 100 + 1e-6) / 100)} A`;
}

/** The time of an instant on the clocks of a place, with the date where it is another day than a reference's. */
export function clockTime(instant: Instant, reference: Instant, timeZone: string): string {
  const clock = new WallClock(timeZone);
  const reading = knownInstant(clock.readingAt(epochMsOf(instant)));
  const today = knownInstant(clock.readingAt(epochMsOf(reference)));
  const seconds = reading.slice(16, 19);
  const time = `${reading.slice(11, 16)}${seconds === ':00' ? '' : seconds}`;
  if (reading.slice(0, 10) === today.slice(0, 10)) return time;
  const date = `${String(Number(reading.slice(8, 10)))} ${MONTHS[Number(reading.slice(5, 7)) - 1] ?? ''}`;
  const year = reading.slice(0, 4);
  return `${time} on ${date}${year === today.slice(0, 4) ? '' : ` ${year}`}`;
}
