import { fold } from './chance';
import { DAY_MS } from './step';

/** Of what size a fleet is, and how long it has lived. */
export interface FleetOptions {
  readonly chargerCount: number;
  readonly siteCount: number;
  readonly months: number;
  readonly seed: number;
  /** The end of what is told, in milliseconds since the epoch; nothing of it lies later. */
  readonly untilMs: number;
  /** Begins all ids, so that several fleets can be in one book. */
  readonly prefix?: string;
}

const DAYS_PER_MONTH = 365.25 / 12;

/** The first instant of a fleet's life: the beginning of a day in UTC. */
export function beginOf({ months, untilMs }: FleetOptions): number {
  return Math.floor((untilMs - months * DAYS_PER_MONTH * DAY_MS) / DAY_MS) * DAY_MS;
}

/** Begins the keys of all that is told about fleets of one make, whenever they were made. */
export function makeOf({ chargerCount, siteCount, months, seed, prefix }: FleetOptions): string {
  const make = fold([chargerCount, siteCount, months, seed, prefix ?? ''].join(' '));
  return `sim-${make.toString(36)}`;
}

/** Begins the keys of all that is told about one fleet; of the end's second, so that it can be read back. */
export function keyOf(options: FleetOptions): string {
  return `${makeOf(options)}-${Math.floor(options.untilMs / 1000).toString(36)}`;
}

/** The end of a fleet of this make, read from one of its keys. */
export function untilOf(commandId: string, options: Omit<FleetOptions, 'untilMs'>): number | undefined {
  const make = `${makeOf({ ...options, untilMs: 0 })}-`;
  if (!commandId.startsWith(make)) return undefined;
  const seconds = Number.parseInt(commandId.slice(make.length).split('.')[0] ?? '', 36);
  return Number.isNaN(seconds) ? undefined : seconds * 1000;
}
