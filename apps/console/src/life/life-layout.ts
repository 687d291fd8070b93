/** Where things lie in the picture of a life. Pure: times are milliseconds, places are pixels. */

export interface View {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface Placement {
  readonly serial: string;
  readonly backplateId: string;
  readonly siteId: string;
  readonly siteName: string;
  readonly mountedAt: string;
  readonly dismountedAt: string | null;
}

export interface Bar {
  readonly fromMs: number;
  /** The end, or the end of the picture while it lasts. */
  readonly toMs: number;
  readonly lasts: boolean;
}

export interface Lane {
  readonly key: string;
  readonly title: string;
  readonly group: string;
  readonly bars: readonly Bar[];
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const SHORTEST_VIEW_MS = 30 * MINUTE_MS;

/** One lane for each place that a charger hung at, or for each charger that hung at a place; the latest on top. */
export function lanesOf(
  placements: readonly Placement[],
  along: 'charger' | 'backplate',
  nowMs: number,
): Lane[] {
  const lanes = new Map<string, { title: string; group: string; bars: Bar[] }>();
  const newestFirst = [...placements].sort((a, b) => Date.parse(b.mountedAt) - Date.parse(a.mountedAt));
  for (const each of newestFirst) {
    const key = along === 'charger' ? each.backplateId : each.serial;
    const lane = lanes.get(key) ?? {
      title: key,
      group: along === 'charger' ? each.siteName : '',
      bars: [],
    };
    lanes.set(key, lane);
    lane.bars.push({
      fromMs: Date.parse(each.mountedAt),
      toMs: each.dismountedAt == null ? nowMs : Date.parse(each.dismountedAt),
      lasts: each.dismountedAt == null,
    });
  }
  return [...lanes].map(([key, lane]) => ({ key, ...lane }));
}

/** All of a life, with a little room at both ends. */
export function wholeOf(lanes: readonly Lane[], nowMs: number): View {
  const starts = lanes.flatMap((lane) => lane.bars.map((bar) => bar.fromMs));
  const fromMs = starts.length === 0 ? nowMs - 365 * DAY_MS : Math.min(...starts);
  const room = Math.max(DAY_MS / 4, (nowMs - fromMs) * 0.02);
  return { fromMs: fromMs - room, toMs: nowMs + room };
}

/** The view enlarged by a factor (under 1: closer) around a point in it, from 0 for its begin to 1 for its end. */
export function zoomed(view: View, factor: number, around: number, whole: View): View {
  const spanMs = view.toMs - view.fromMs;
  const longest = Math.max(whole.toMs - whole.fromMs, SHORTEST_VIEW_MS);
  const next = Math.min(longest, Math.max(SHORTEST_VIEW_MS, spanMs * factor));
  const fixed = view.fromMs + spanMs * around;
  return kept({ fromMs: fixed - next * around, toMs: fixed + next * (1 - around) }, whole);
}

/** The view moved by a part of itself. */
export function panned(view: View, part: number, whole: View): View {
  const by = (view.toMs - view.fromMs) * part;
  return kept({ fromMs: view.fromMs + by, toMs: view.toMs + by }, whole);
}

/** The last so many days of the whole. */
export function lastDays(days: number, whole: View): View {
  return kept({ fromMs: whole.toMs - days * DAY_MS, toMs: whole.toMs }, whole);
}

/** A view of the same length that lies within the whole. */
function kept(view: View, whole: View): View {
  const spanMs = Math.min(view.toMs - view.fromMs, whole.toMs - whole.fromMs);
  const fromMs = Math.min(Math.max(view.fromMs, whole.fromMs), whole.toMs - spanMs);
  return { fromMs, toMs: fromMs + spanMs };
}

export function xOf(ms: number, view: View, widthPx: number): number {
  return ((ms - view.fromMs) / (view.toMs - view.fromMs)) * widthPx;
}

/** The part of a bar that is in view; undefined where none is. */
export function inView(bar: { fromMs: number; toMs: number }, view: View, widthPx: number) {
  if (bar.toMs <= view.fromMs || bar.fromMs >= view.toMs) return undefined;
  const x = Math.max(0, xOf(bar.fromMs, view, widthPx));
  return { x, width: Math.max(1.5, Math.min(widthPx, xOf(bar.toMs, view, widthPx)) - x) };
}

/** The lane in which something at that time took place; undefined while on no wall. */
export function laneAt(lanes: readonly Lane[], ms: number): number | undefined {
  const found = lanes.findIndex((lane) =>
    lane.bars.some((bar) => bar.fromMs <= ms && (ms < bar.toMs || bar.lasts)),
  );
  return found === -1 ? undefined : found;
}

/** By what sessions are summed up where too many are in view to be drawn one by one. */
export function bucketOf(view: View): 'DAY' | 'WEEK' | 'MONTH' | undefined {
  const days = (view.toMs - view.fromMs) / DAY_MS;
  if (days <= 45) return undefined;
  if (days <= 400) return 'DAY';
  return days <= 1_500 ? 'WEEK' : 'MONTH';
}

export interface Tick {
  readonly ms: number;
  readonly unit: 'minute' | 'hour' | 'day' | 'month' | 'year';
}

const steps: readonly { unit: Tick['unit']; by: number; approxMs: number }[] = [
  { unit: 'minute', by: 15, approxMs: 15 * MINUTE_MS },
  { unit: 'hour', by: 1, approxMs: 60 * MINUTE_MS },
  { unit: 'hour', by: 6, approxMs: 360 * MINUTE_MS },
  { unit: 'day', by: 1, approxMs: DAY_MS },
  { unit: 'day', by: 7, approxMs: 7 * DAY_MS },
  { unit: 'month', by: 1, approxMs: 30 * DAY_MS },
  { unit: 'month', by: 3, approxMs: 91 * DAY_MS },
  { unit: 'year', by: 1, approxMs: 365 * DAY_MS },
  { unit: 'year', by: 2, approxMs: 730 * DAY_MS },
];

/** Round times in view, as many as have room; `wallMsOf` and `instantOf` translate between UTC and a wall clock. */
export function ticksOf(
  view: View,
  most: number,
  clock: { wallMsOf: (ms: number) => number; msOf: (wallMs: number) => number },
): Tick[] {
  const spanMs = view.toMs - view.fromMs;
  const step = steps.find(({ approxMs }) => spanMs / approxMs <= most) ?? steps.at(-1);
  if (step == null) return [];
  const ticks: Tick[] = [];
  for (let wallMs = floorTo(clock.wallMsOf(view.fromMs), step); ; wallMs = nextOf(wallMs, step)) {
    const ms = clock.msOf(wallMs);
    if (ms > view.toMs) return ticks;
    if (ms >= view.fromMs) ticks.push({ ms, unit: step.unit });
  }
}

type Step = (typeof steps)[number];

function floorTo(wallMs: number, { unit, by }: Step): number {
  const at = new Date(wallMs);
  const [year, month, day] = [at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate()];
  if (unit === 'year') return Date.UTC(year - (year % by), 0, 1);
  if (unit === 'month') return Date.UTC(year, month - (month % by), 1);
  if (unit === 'day') return Date.UTC(year, month, by === 7 ? day - ((at.getUTCDay() + 6) % 7) : day);
  const stepMs = by * (unit === 'hour' ? 60 : 1) * MINUTE_MS;
  return Math.floor(wallMs / stepMs) * stepMs;
}

function nextOf(wallMs: number, { unit, by }: Step): number {
  const at = new Date(wallMs);
  if (unit === 'year') return Date.UTC(at.getUTCFullYear() + by, 0, 1);
  if (unit === 'month') return Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + by, 1);
  if (unit === 'day') return wallMs + by * DAY_MS;
  return wallMs + by * (unit === 'hour' ? 60 : 1) * MINUTE_MS;
}
