import { WallClock } from '@chargebook/domain';
import type { Chance } from './chance';
import { inSeconds } from './disturbances';
import type { SiteKind } from './site-kinds';
import { DAY_MS, HOUR_MS, MINUTE_MS } from './step';

/** A car at a charger; milliseconds since the epoch. */
export interface PlannedSession {
  readonly fromMs: number;
  readonly untilMs: number;
  /** What it takes in all, and how fast. */
  readonly energyWattHours: number;
  readonly powerWatts: number;
}

const CARS = [
  { weight: 3, powerWatts: 3_600 },
  { weight: 4, powerWatts: 7_200 },
  { weight: 5, powerWatts: 11_000 },
];
const BETWEEN_CARS_MS = 10 * MINUTE_MS;

const clocks = new Map<string, WallClock>();

function clockOf(timeZone: string): WallClock {
  const clock = clocks.get(timeZone) ?? new WallClock(timeZone);
  clocks.set(timeZone, clock);
  return clock;
}

/**
 * The cars that come to one charger on one day of its site's calendar, in the order in which they come.
 *
 * @param dayMs the day, as its midnight in UTC
 * @param popularity how much more cars come than to others of the kind
 */
export function carsOf(
  chance: Chance,
  kind: SiteKind,
  { dayMs, timeZone, popularity }: { dayMs: number; timeZone: string; popularity: number },
): PlannedSession[] {
  const weekday = (new Date(dayMs).getUTCDay() + 6) % 7;
  const count = chance.times((kind.carsPerDay[weekday] ?? 0) * popularity);
  const cars = Array.from({ length: count }, () => carOf(chance, kind, dayMs, timeZone));
  return cars.sort((a, b) => a.fromMs - b.fromMs);
}

function carOf(chance: Chance, kind: SiteKind, dayMs: number, timeZone: string): PlannedSession {
  const { atHour, spreadHours } = chance.pickWeighted(kind.arrivals) ?? { atHour: 12, spreadHours: 4 };
  const hour = Math.min(23.9, Math.max(0.1, atHour + spreadHours * chance.normal()));
  const fromMs = clockOf(timeZone).epochMsOf(inSeconds(dayMs + hour * HOUR_MS));
  const { median, spread, most } = kind.stayHours;
  const hours = Math.min(most, Math.max(0.15, chance.logNormal(median, spread)));
  const untilMs = inSeconds(fromMs + hours * HOUR_MS);
  const { powerWatts } = chance.pickWeighted(CARS) ?? { powerWatts: 7_200 };
  const wanted = chance.logNormal(kind.energyWattHours, 0.5);
  return {
    fromMs,
    untilMs,
    powerWatts,
    energyWattHours: Math.round(Math.min(wanted, powerWatts * hours * 0.95)),
  };
}

/** Leaves out cars that come before the one before has gone. */
export class Queue {
  private freeMs = -Infinity;

  take(cars: readonly PlannedSession[]): PlannedSession[] {
    return cars.filter(({ fromMs, untilMs }) => {
      if (fromMs < this.freeMs) return false;
      this.freeMs = untilMs + BETWEEN_CARS_MS;
      return true;
    });
  }
}

/** What a session has taken by some instant; what it takes, it takes from its beginning on. */
export function energyBy(
  { fromMs, untilMs, energyWattHours, powerWatts }: PlannedSession,
  atMs: number,
): number {
  const hours = (Math.min(atMs, untilMs) - fromMs) / HOUR_MS;
  return Math.min(energyWattHours, Math.round(hours * powerWatts * 0.97));
}

export function midnightOf(atMs: number): number {
  return Math.floor(atMs / DAY_MS) * DAY_MS;
}
