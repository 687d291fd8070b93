import type { ChargePlan, PlanWindow, Weekday } from '../charger/charger.events';
import { DAY_MS, LAST_MS, WallClock } from './wall-clock';

const MINUTE_MS = 60_000;
/** By the number of a day since the epoch, modulo 7: it began on a Thursday. */
const WEEKDAYS: readonly Weekday[] = [
  'THURSDAY',
  'FRIDAY',
  'SATURDAY',
  'SUNDAY',
  'MONDAY',
  'TUESDAY',
  'WEDNESDAY',
];
/** A recurring plan that changes nothing in this time changes something at a shift of the clock at most. */
const LONGEST_REPEAT_DAYS = 9;
const SHIFTS_SOUGHT = 4;
const LONGEST_STRIDE_DAYS = 32;
const MOST_DAYS_KEPT = 64;

/** A window of allowed charging on a certain day, [startMs, stopMs); empty where the clock skips it. */
interface Opening {
  readonly startMs: number;
  readonly stopMs: number;
  /** Infinite where the window has no limit of its own. */
  readonly limitAmps: number;
}

/** A window in numbers. */
interface ReadWindow {
  readonly startMs: number;
  /** Infinite where it stays open. */
  readonly stopMs: number;
  readonly limitAmps: number;
  /** None means every day. */
  readonly weekdays: readonly Weekday[];
}

const calendars = new WeakMap<ChargePlan, PlanCalendar>();

/** The calendar of a plan as it is recorded: the same for the same plan, which never changes. */
export function calendarOf(plan: ChargePlan): PlanCalendar {
  const known = calendars.get(plan);
  if (known != null) return known;
  const calendar = new PlanCalendar(plan);
  calendars.set(plan, calendar);
  return calendar;
}

/** When which cap of an enabled plan holds. Times are milliseconds since the epoch. */
export class PlanCalendar {
  /** When a one-off plan has no effect any more. */
  readonly overMs: number;
  private readonly clock: WallClock;
  private readonly isOneOff: boolean;
  /** Of one-off plans only. */
  private readonly dated: readonly Opening[];
  /** Of recurring plans only. */
  private readonly recurring: readonly ReadWindow[];
  private readonly openingsByDay = new Map<number, readonly Opening[]>();
  /** A span over which the cap stays: questions come in clusters. */
  private kept?: { readonly fromMs: number; readonly untilMs: number; readonly capAmps?: number };

  constructor({ kind, timeZone, windows }: ChargePlan) {
    this.clock = new WallClock(timeZone);
    this.isOneOff = kind === 'ONE_OFF';
    this.recurring = this.isOneOff ? [] : windows.map(read);
    this.dated = this.isOneOff
      ? windows.map((window) => openingOf(read(window), dayNumberOf(window.date ?? ''), this.clock))
      : [];
    // A window in a gap of the clock may start after it stops.
    const ends = this.dated.map(({ startMs, stopMs }) => Math.max(startMs, stopMs));
    const overMs = this.isOneOff ? Math.max(0, ...ends) : Infinity;
    this.overMs = overMs > LAST_MS ? Infinity : overMs;
  }

  /** Absent where the plan caps nothing: within a window without a limit of its own, and when it is over. */
  capAmpsAt(epochMs: number): number | undefined {
    const { kept } = this;
    if (kept != null && kept.fromMs <= epochMs && epochMs < kept.untilMs) return kept.capAmps;
    return this.capAmpsOf(epochMs);
  }

  /** When the cap after an instant will be another one than there; Infinity where it stays. */
  nextCapChangeMs(epochMs: number): number {
    if (this.kept == null || epochMs < this.kept.fromMs || this.kept.untilMs <= epochMs) {
      const capAmps = this.capAmpsOf(epochMs);
      const isOther = (edgeMs: number) => this.capAmpsOf(edgeMs) !== capAmps;
      this.kept = {
        fromMs: epochMs,
        untilMs: this.firstEdge(epochMs, Infinity, isOther) ?? Infinity,
        capAmps,
      };
    }
    return this.kept.untilMs;
  }

  private capAmpsOf(epochMs: number): number | undefined {
    if (epochMs >= this.overMs) return undefined;
    let capAmps: number | undefined;
    for (const { startMs, stopMs, limitAmps } of this.openingsAround(epochMs, epochMs))
      if (startMs <= epochMs && epochMs < stopMs) capAmps = Math.min(capAmps ?? Infinity, limitAmps);
    return capAmps === Infinity ? undefined : (capAmps ?? 0);
  }

  /** The instants in (after, until] at which the cap can change, in order. */
  *edges(afterMs: number, untilMs: number): Generator<number> {
    const lastMs = Math.min(untilMs, LAST_MS);
    let strideDays = 1;
    for (let fromMs = afterMs; fromMs < lastMs; strideDays = Math.min(4 * strideDays, LONGEST_STRIDE_DAYS)) {
      const toMs = this.isOneOff ? lastMs : Math.min(fromMs + strideDays * DAY_MS, lastMs);
      yield* this.edgesOf(this.openingsAround(fromMs, toMs), fromMs, toMs);
      fromMs = toMs;
    }
  }

  /**
   * The first edge in (after, until) of which something is true that depends on the plan and on nothing else that
   * changes. Looks as far as a plan can differ from its own past: through a week, and at the next shifts of the clock.
   */
  firstEdge(afterMs: number, untilMs: number, isSought: (epochMs: number) => boolean): number | undefined {
    for (const edgeMs of this.edgesToSearch(afterMs)) {
      if (edgeMs >= untilMs) return undefined;
      if (isSought(edgeMs)) return edgeMs;
    }
    return undefined;
  }

  private *edgesToSearch(afterMs: number): Generator<number> {
    if (this.isOneOff) {
      yield* this.edges(afterMs, LAST_MS);
      return;
    }
    const searchedMs = afterMs + LONGEST_REPEAT_DAYS * DAY_MS;
    yield* this.edges(afterMs, searchedMs);
    let shiftMs = this.clock.nextShiftAfter(afterMs);
    for (let count = 0; shiftMs != null && shiftMs < LAST_MS && count < SHIFTS_SOUGHT; count++) {
      yield* this.edges(Math.max(searchedMs, shiftMs - 2 * DAY_MS), shiftMs + 2 * DAY_MS);
      shiftMs = this.clock.nextShiftAfter(shiftMs);
    }
  }

  private edgesOf(openings: Iterable<Opening>, afterMs: number, untilMs: number): number[] {
    const edges = new Set<number>();
    for (const { startMs, stopMs } of openings) {
      if (afterMs < startMs && startMs <= untilMs) edges.add(startMs);
      if (afterMs < stopMs && stopMs <= untilMs) edges.add(stopMs);
    }
    return [...edges].sort((a, b) => a - b);
  }

  /** All openings that can touch a span of time; none lasts longer than a day and a shift of the clock. */
  private openingsAround(fromMs: number, toMs: number): readonly Opening[] {
    if (this.isOneOff) return this.dated;
    const firstDay = Math.floor(this.clock.readingAt(fromMs) / DAY_MS) - 2;
    const lastDay = Math.floor(this.clock.readingAt(toMs) / DAY_MS) + 1;
    const openings: Opening[] = [];
    for (let day = firstDay; day <= lastDay; day++) openings.push(...this.openingsOn(day));
    return openings;
  }

  private openingsOn(day: number): readonly Opening[] {
    const known = this.openingsByDay.get(day);
    if (known != null) return known;
    const weekday = WEEKDAYS[((day % 7) + 7) % 7] as Weekday;
    const openings = this.recurring
      .filter(({ weekdays }) => weekdays.length === 0 || weekdays.includes(weekday))
      .map((window) => openingOf(window, day, this.clock));
    if (this.openingsByDay.size >= MOST_DAYS_KEPT) this.openingsByDay.clear();
    this.openingsByDay.set(day, openings);
    return openings;
  }
}

function openingOf({ startMs, stopMs, limitAmps }: ReadWindow, day: number, clock: WallClock): Opening {
  const opensMs = clock.epochMsOf(day * DAY_MS + startMs);
  if (stopMs === Infinity) return { startMs: opensMs, stopMs, limitAmps };
  const stopDay = stopMs < startMs ? day + 1 : day;
  return { startMs: opensMs, stopMs: clock.epochMsOf(stopDay * DAY_MS + stopMs), limitAmps };
}

function read({ start, stop, limitAmps, weekdays }: PlanWindow): ReadWindow {
  const stopMs = stop == null ? Infinity : timeOfDayMs(stop);
  return { startMs: timeOfDayMs(start), stopMs, limitAmps: limitAmps ?? Infinity, weekdays };
}

/** @param time a wall time, HH:MM */
function timeOfDayMs(time: string): number {
  return (Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5))) * MINUTE_MS;
}

/** @param date YYYY-MM-DD */
function dayNumberOf(date: string): number {
  return Date.parse(`${date}T00:00:00.000Z`) / DAY_MS;
}
