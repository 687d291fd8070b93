import { useEffect, useRef, useState } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { formatMonth, formatShortDay, formatTime, formatYear } from '../format/format';
import { wallTimeOf } from '../format/wall-time';

/** Colours of the page as they are now; a chart is drawn anew when they change. */
export interface Paints {
  readonly text: string;
  readonly quiet: string;
  readonly line: string;
  readonly accent: string;
  /** The colour of a style sheet's custom property, such as `--c1`. */
  readonly of: (property: string) => string;
}

export interface PlotProps {
  readonly data: uPlot.AlignedData;
  readonly options: (paints: Paints) => Omit<uPlot.Options, 'width' | 'height'>;
  readonly heightPx: number;
  /** What a reader of the screen hears instead; the table behind the chart has the numbers. */
  readonly label: string;
}

function paintsNow(): Paints {
  const style = getComputedStyle(document.documentElement);
  const of = (property: string) => style.getPropertyValue(property).trim();
  return { text: of('--text'), quiet: of('--quiet'), line: of('--line'), accent: of('--accent'), of };
}

/** Counts changes of colours, by the system or by choice. */
function useColourChanges(): number {
  const [changes, setChanges] = useState(0);
  useEffect(() => {
    const onChange = () => setChanges((before) => before + 1);
    const query = matchMedia('(prefers-color-scheme: dark)');
    query.addEventListener('change', onChange);
    const observer = new MutationObserver(onChange);
    observer.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    return () => {
      query.removeEventListener('change', onChange);
      observer.disconnect();
    };
  }, []);
  return changes;
}

/** A chart as wide as its room. */
export function Plot({ data, options, heightPx, label }: PlotProps) {
  const room = useRef<HTMLDivElement>(null);
  const changes = useColourChanges();
  useEffect(() => {
    const element = room.current;
    if (element == null) return undefined;
    const size = () => ({ width: Math.max(200, element.clientWidth), height: heightPx });
    const plot = new uPlot({ padding: ROOM_PX, ...options(paintsNow()), ...size() }, data, element);
    const observer = new ResizeObserver(() => plot.setSize(size()));
    observer.observe(element);
    return () => {
      observer.disconnect();
      plot.destroy();
    };
  }, [data, options, heightPx, changes]);
  return <div className="plot" role="img" aria-label={label} ref={room} />;
}

const DAY_SECONDS = 86_400;
/** Room for what is written half beyond the first and the last mark: top, right, bottom, left. */
const ROOM_PX: uPlot.Padding = [12, 32, 0, 4];

/** A time as short as the step between the marks allows; where a day begins among hours, the day. */
function nameOfMark(seconds: number, stepSeconds: number, zone: string): string {
  const ms = seconds * 1000;
  if (stepSeconds >= 360 * DAY_SECONDS) return formatYear(ms, zone);
  if (stepSeconds >= 28 * DAY_SECONDS) return formatMonth(ms, zone);
  const isMidnight = wallTimeOf(ms, zone).endsWith('T00:00');
  return stepSeconds >= DAY_SECONDS || isMidnight ? formatShortDay(ms, zone) : formatTime(ms, zone);
}

/** Axes in the page's colours, times on the wall clock of a zone. */
export function axesWith(paints: Paints, zone: string, values: (amount: number) => string): uPlot.Axis[] {
  const alike = {
    stroke: paints.quiet,
    grid: { stroke: paints.line, width: 1 },
    ticks: { stroke: paints.line, width: 1 },
  };
  return [
    {
      ...alike,
      grid: { show: false },
      space: 70,
      values: (_plot, splits, _axis, _space, step) => splits.map((each) => nameOfMark(each, step, zone)),
    },
    { ...alike, size: 92, values: (_plot, splits) => splits.map(values) },
  ];
}

export function onWallClock(zone: string): (seconds: number) => Date {
  return (seconds) => uPlot.tzDate(new Date(seconds * 1000), zone);
}
