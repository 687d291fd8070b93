import type { Pages } from './pages';
import { INK, PAGE, TEXT_WIDTH } from './pages';

const AXIS_WIDTH = 44;
const LEFT = PAGE.left + AXIS_WIDTH;
const WIDTH = TEXT_WIDTH - AXIS_WIDTH;
const HEIGHT = 150;
const LANE_HEIGHT = 15;
const MOST_LANES = 24;
const MOST_MONTHS = 240;
const COLUMNS = 450;

interface TimeSpan {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Energy by month. */
export class EnergyChart {
  private readonly months = new Map<string, number>();

  add(month: string, wattHours: number): void {
    this.months.set(month, (this.months.get(month) ?? 0) + wattHours);
  }

  draw(pages: Pages): void {
    const all = [...this.months].sort(([a], [b]) => (a < b ? -1 : 1));
    const shown = all.slice(-MOST_MONTHS);
    const most = niceAbove(Math.max(0, ...shown.map(([, wattHours]) => wattHours)) / 1_000);
    begin(pages, 'Energy by month, kWh (months in UTC)');
    const top = pages.y;
    drawScale(pages, top, most, 'kWh');
    const step = WIDTH / Math.max(1, shown.length);
    shown.forEach(([month, wattHours], nth) => {
      const height = most === 0 ? 0 : (wattHours / 1_000 / most) * HEIGHT;
      const x = LEFT + nth * step;
      pages.paint((document) => {
        document.rect(x + step * 0.1, top + HEIGHT - height, step * 0.8, height).fill(INK.accent);
      });
      if (nth % Math.ceil(shown.length / 10) === 0)
        pages.text(month, x, top + HEIGHT + 5, { size: 7, ink: INK.faint });
    });
    pages.y = top + HEIGHT + 34;
  }

  get isEmpty(): boolean {
    return this.months.size === 0;
  }
}

/** A value over time: of each column of the picture the lowest and the highest. */
export class StepChart {
  private readonly columns: ({ low: number; high: number } | undefined)[] = [];
  private most = 0;

  constructor(private readonly span: TimeSpan) {}

  add(from: string, until: string, value: number | undefined): void {
    if (value == null) return;
    const first = Math.max(0, Math.floor(this.columnOf(from)));
    const last = Math.min(COLUMNS - 1, Math.ceil(this.columnOf(until)) - 1);
    for (let column = first; column <= last; column += 1) {
      const known = this.columns[column];
      this.columns[column] =
        known == null
          ? { low: value, high: value }
          : { low: Math.min(known.low, value), high: Math.max(known.high, value) };
    }
    this.most = Math.max(this.most, value);
  }

  draw(pages: Pages): void {
    begin(pages, 'Effective limit over time, A');
    const top = pages.y;
    const most = niceAbove(this.most);
    drawScale(pages, top, most, 'A');
    drawTimes(pages, top + HEIGHT, this.span);
    const yOf = (value: number) => top + HEIGHT - (most === 0 ? 0 : (value / most) * HEIGHT);
    const width = WIDTH / COLUMNS;
    pages.paint((document) => {
      this.columns.forEach((values, column) => {
        if (values == null) return;
        const y = yOf(values.high);
        document.rect(LEFT + column * width, y, width, Math.max(1, yOf(values.low) - y));
      });
      document.fill(INK.accent);
    });
    pages.y = top + HEIGHT + 34;
  }

  get isEmpty(): boolean {
    return this.columns.length === 0;
  }

  private columnOf(at: string): number {
    const { fromMs, toMs } = this.span;
    return ((Date.parse(at) - fromMs) / Math.max(1, toMs - fromMs)) * COLUMNS;
  }
}

/** Who was where, a lane for each. */
export class LaneChart {
  private readonly lanes = new Map<string, (readonly [string, string | undefined])[]>();
  private untold = 0;

  constructor(
    private readonly span: TimeSpan,
    private readonly what: string,
  ) {}

  add(lane: string, from: string, until: string | undefined): void {
    const known = this.lanes.get(lane);
    if (known != null) known.push([from, until]);
    else if (this.lanes.size < MOST_LANES) this.lanes.set(lane, [[from, until]]);
    else this.untold += 1;
  }

  draw(pages: Pages): void {
    pages.need(60 + this.lanes.size * LANE_HEIGHT);
    begin(pages, `Placements, by ${this.what}`);
    const { fromMs, toMs } = this.span;
    const left = LEFT + 60;
    const width = WIDTH - 60;
    const xOf = (at: number) =>
      left + (clamp(at, fromMs, toMs) - fromMs) * (width / Math.max(1, toMs - fromMs));
    for (const [lane, spans] of this.lanes) {
      pages.text(lane.length > 22 ? `${lane.slice(0, 21)}\u2026` : lane, PAGE.left, pages.y + 2, {
        size: 7.5,
      });
      for (const [from, until] of spans) {
        const x = xOf(Date.parse(from));
        const end = until == null ? xOf(toMs) : xOf(Date.parse(until));
        pages.paint((document) => {
          document.rect(x, pages.y, Math.max(1, end - x), LANE_HEIGHT - 5).fill(INK.accent);
        });
      }
      pages.y += LANE_HEIGHT;
    }
    drawTimes(pages, pages.y, this.span, left, width);
    pages.y += 24;
    if (this.untold > 0)
      pages.text(
        `and ${String(this.untold)} more placements, in the table of placements`,
        PAGE.left,
        pages.y,
        {
          size: 7.5,
          ink: INK.faint,
        },
      );
    pages.y += 16;
  }

  get isEmpty(): boolean {
    return this.lanes.size === 0;
  }
}

function begin(pages: Pages, title: string): void {
  pages.need(HEIGHT + 70);
  pages.text(title, PAGE.left, pages.y, { size: 10, bold: true });
  pages.y += 22;
}

function drawScale(pages: Pages, top: number, most: number, unit: string): void {
  for (const part of [0, 0.25, 0.5, 0.75, 1]) {
    const y = top + HEIGHT * (1 - part);
    pages.paint((document) => {
      document.moveTo(LEFT, y).lineTo(PAGE.right, y).lineWidth(0.5).stroke(INK.rule);
    });
    const label = `${String(Number((most * part).toPrecision(3)))} ${part === 1 ? unit : ''}`.trim();
    pages.text(label, PAGE.left, y - 4, { size: 7, ink: INK.faint, width: AXIS_WIDTH - 6, align: 'right' });
  }
}

function drawTimes(pages: Pages, y: number, { fromMs, toMs }: TimeSpan, left = LEFT, width = WIDTH): void {
  const ticks = 5;
  for (let tick = 0; tick <= ticks; tick += 1) {
    const label = new Date(fromMs + ((toMs - fromMs) * tick) / ticks).toISOString().slice(0, 10);
    const x = left + (width * tick) / ticks;
    const align = tick === 0 ? 'left' : tick === ticks ? 'right' : 'center';
    const from = tick === 0 ? x : tick === ticks ? x - 60 : x - 30;
    pages.text(label, from, y + 5, { size: 7, ink: INK.faint, width: 60, align });
  }
}

/** The next of 1, 2, 5, 10, 20, ... */
function niceAbove(value: number): number {
  if (value <= 0) return 0;
  const power = 10 ** Math.floor(Math.log10(value));
  return power * ([1, 2, 5, 10].find((factor) => factor * power >= value) ?? 10);
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
