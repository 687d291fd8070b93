/** Windows of a charge plan as they are edited. Pure; times are wall times HH:MM, empty where nothing is typed. */

export const weekdays = [
  'MONDAY',
  'TUESDAY',
  'WEDNESDAY',
  'THURSDAY',
  'FRIDAY',
  'SATURDAY',
  'SUNDAY',
] as const;
export type Weekday = (typeof weekdays)[number];

export interface PlanWindow {
  readonly id: string;
  readonly date: string;
  /** None means every day. */
  readonly days: readonly Weekday[];
  readonly start: string;
  readonly stop: string;
  readonly limitAmps: string;
}

export const MINUTES_OF_DAY = 1_440;
const DRAWN_TO_MINUTES = 30;

let made = 0;

export function newWindow(told: Partial<PlanWindow> = {}): PlanWindow {
  made += 1;
  return {
    date: '',
    days: [],
    start: '',
    stop: '',
    limitAmps: '',
    ...told,
    id: `w${String(made)}-${String(Date.now())}`,
  };
}

export function minuteOf(time: string): number | undefined {
  const told = /^(\d{2}):(\d{2})$/.exec(time);
  return told == null ? undefined : Number(told[1]) * 60 + Number(told[2]);
}

export function timeOf(minute: number): string {
  const within = ((minute % MINUTES_OF_DAY) + MINUTES_OF_DAY) % MINUTES_OF_DAY;
  return `${String(Math.floor(within / 60)).padStart(2, '0')}:${String(within % 60).padStart(2, '0')}`;
}

/** A part of a day on the week's grid. */
export interface Block {
  readonly window: string;
  readonly day: number;
  readonly fromMinute: number;
  readonly toMinute: number;
  readonly limitAmps: string;
}

/** Where the windows lie on the week; one that crosses midnight goes on on the next day. */
export function blocksOf(windows: readonly PlanWindow[]): readonly Block[] {
  return windows.flatMap((window) => {
    const fromMinute = minuteOf(window.start);
    const stop = minuteOf(window.stop);
    if (fromMinute == null || stop == null || fromMinute === stop) return [];
    const days = window.days.length === 0 ? weekdays : window.days;
    return days.flatMap((name) => {
      const day = weekdays.indexOf(name);
      const block = { window: window.id, limitAmps: window.limitAmps };
      if (stop > fromMinute) return [{ ...block, day, fromMinute, toMinute: stop }];
      const next = stop === 0 ? [] : [{ ...block, day: (day + 1) % 7, fromMinute: 0, toMinute: stop }];
      return [{ ...block, day, fromMinute, toMinute: MINUTES_OF_DAY }, ...next];
    });
  });
}

/** The window that is drawn by a stroke over a day, in half hours. */
export function drawn(day: number, oneMinute: number, otherMinute: number): PlanWindow | undefined {
  const round = (minute: number, by: (value: number) => number) =>
    by(minute / DRAWN_TO_MINUTES) * DRAWN_TO_MINUTES;
  const from = Math.max(0, round(Math.min(oneMinute, otherMinute), Math.floor));
  const to = Math.min(MINUTES_OF_DAY, round(Math.max(oneMinute, otherMinute), Math.ceil));
  const name = weekdays[day];
  if (to <= from || name == null || (from === 0 && to === MINUTES_OF_DAY)) return undefined;
  return newWindow({ days: [name], start: timeOf(from), stop: timeOf(to) });
}

export interface PlanInput {
  charger: string;
  kind: 'RECURRING' | 'ONE_OFF';
  enabled: boolean;
  timeZone?: string;
  windows: { date?: string; weekdays?: Weekday[]; start: string; stop?: string; limitAmps?: number }[];
}

/** The plan as the book takes it; undefined where a window has no beginning. */
export function planInputOf(told: {
  charger: string;
  kind: PlanInput['kind'];
  enabled: boolean;
  timeZone: string;
  windows: readonly PlanWindow[];
}): PlanInput | undefined {
  if (told.charger === '' || told.windows.length === 0 || told.windows.some(({ start }) => start === ''))
    return undefined;
  const windows = told.windows.map(({ date, days, start, stop, limitAmps }) => {
    const limit = limitAmps === '' ? undefined : Number(limitAmps.replace(',', '.'));
    const when =
      told.kind === 'ONE_OFF'
        ? date === ''
          ? {}
          : { date }
        : days.length === 0
          ? {}
          : { weekdays: [...days] };
    return {
      ...when,
      start,
      ...(stop === '' ? {} : { stop }),
      ...(limit == null ? {} : { limitAmps: limit }),
    };
  });
  const zone = told.timeZone.trim();
  return {
    charger: told.charger,
    kind: told.kind,
    enabled: told.enabled,
    ...(zone === '' ? {} : { timeZone: zone }),
    windows,
  };
}
