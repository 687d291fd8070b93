import type { KeyboardEvent, PointerEvent } from 'react';
import { useEffect, useRef, useState } from 'react';
import { formatDay, formatExactInstant, formatMonth, formatTime, formatYear } from '../format/format';
import { instantOfWallTime, offsetMs } from '../format/wall-time';
import { texts } from '../texts';
import type { Lane, Tick, View } from './life-layout';
import { inView, laneAt, panned, ticksOf, xOf, zoomed } from './life-layout';

/** What lies on a lane besides the placements themselves. */
export interface Mark {
  readonly key: string;
  readonly ms: number;
  readonly kind: 'limits' | 'power' | 'control' | 'corrections';
  readonly title: string;
}

/** A session, or all sessions of a bucket; `weight` from 0 to 1 is how high it is drawn. */
export interface Load {
  readonly key: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly weight: number;
  readonly title: string;
}

interface PictureProps {
  readonly lanes: readonly Lane[];
  readonly loads: readonly Load[];
  readonly marks: readonly Mark[];
  readonly view: View;
  readonly whole: View;
  readonly zone: string;
  readonly label: string;
  readonly atMs?: number;
  readonly onView: (view: View) => void;
}

const LANE_PX = 64;
const BAR_TOP_PX = 22;
const BAR_PX = 20;
const MARK_Y_PX = 52;
const AXIS_PX = 26;
const TICK_ROOM_PX = 84;
const ZOOM_STEP = 1.5;

const shapes: Record<Mark['kind'], string> = {
  limits: 'M0 -5L5 0L0 5L-5 0Z',
  power: 'M-5 -4L5 -4L0 5Z',
  control: 'M-4 -4H4V4H-4Z',
  corrections: 'M-5 0A5 5 0 1 0 5 0A5 5 0 1 0 -5 0ZM-2.5 0A2.5 2.5 0 1 1 2.5 0A2.5 2.5 0 1 1 -2.5 0Z',
};

export function MarkShape({ kind }: { kind: Mark['kind'] }) {
  return <path d={shapes[kind]} className={`mark-${kind}`} />;
}

/** Swim lanes over time. Drag or arrow keys move, + and - or a wheel with Ctrl zoom, Home shows everything. */
export function LifePicture(props: PictureProps) {
  const { lanes, view, whole, zone, onView } = props;
  const [room, widthPx] = useWidth();
  const drag = useDrag(view, whole, widthPx, onView);
  useWheel(room, view, whole, onView);
  const onKeyDown = (event: KeyboardEvent) => {
    const next = afterKey(event.key, view, whole);
    if (next == null) return;
    event.preventDefault();
    onView(next);
  };
  const heightPx = lanes.length * LANE_PX + AXIS_PX;
  return (
    <div
      className="life"
      ref={room}
      tabIndex={0}
      role="group"
      aria-roledescription={texts.life.picture}
      aria-label={`${props.label} ${texts.life.keys}`}
      onKeyDown={onKeyDown}
      {...drag}
    >
      <svg width={widthPx} height={heightPx} aria-hidden="true">
        <Ticks {...{ view, widthPx, heightPx, zone }} />
        {lanes.map((lane, at) => (
          <LaneBars key={lane.key} lane={lane} y={at * LANE_PX} view={view} widthPx={widthPx} />
        ))}
        <Loads {...props} widthPx={widthPx} />
        <Marks {...props} widthPx={widthPx} />
        {props.atMs != null && (
          <line
            className="life-at"
            x1={xOf(props.atMs, view, widthPx)}
            x2={xOf(props.atMs, view, widthPx)}
            y1={0}
            y2={heightPx - AXIS_PX}
          />
        )}
      </svg>
    </div>
  );
}

function afterKey(key: string, view: View, whole: View): View | undefined {
  if (key === 'ArrowLeft') return panned(view, -0.2, whole);
  if (key === 'ArrowRight') return panned(view, 0.2, whole);
  if (key === '+' || key === '=') return zoomed(view, 1 / ZOOM_STEP, 0.5, whole);
  if (key === '-') return zoomed(view, ZOOM_STEP, 0.5, whole);
  return key === 'Home' ? whole : undefined;
}

function useWidth(): [React.RefObject<HTMLDivElement | null>, number] {
  const room = useRef<HTMLDivElement>(null);
  const [widthPx, setWidthPx] = useState(600);
  useEffect(() => {
    if (room.current == null) return undefined;
    const observer = new ResizeObserver(([entry]) => {
      if (entry != null) setWidthPx(Math.max(200, Math.floor(entry.contentRect.width)));
    });
    observer.observe(room.current);
    return () => observer.disconnect();
  }, []);
  return [room, widthPx];
}

function useDrag(view: View, whole: View, widthPx: number, onView: (view: View) => void) {
  const start = useRef<{ x: number; view: View }>(undefined);
  return {
    onPointerDown: (event: PointerEvent) => {
      start.current = { x: event.clientX, view };
      event.currentTarget.setPointerCapture(event.pointerId);
    },
    onPointerMove: (event: PointerEvent) => {
      if (start.current == null) return;
      onView(panned(start.current.view, (start.current.x - event.clientX) / widthPx, whole));
    },
    onPointerUp: () => {
      start.current = undefined;
    },
    onPointerCancel: () => {
      start.current = undefined;
    },
  };
}

/** Without Ctrl the wheel scrolls the page, as everywhere. */
function useWheel(
  room: React.RefObject<HTMLDivElement | null>,
  view: View,
  whole: View,
  onView: (view: View) => void,
): void {
  useEffect(() => {
    const element = room.current;
    if (element == null) return undefined;
    const onWheel = (event: WheelEvent) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      const { left, width } = element.getBoundingClientRect();
      onView(
        zoomed(view, event.deltaY > 0 ? ZOOM_STEP : 1 / ZOOM_STEP, (event.clientX - left) / width, whole),
      );
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  }, [room, view, whole, onView]);
}

function nameOfTick({ ms, unit }: Tick, zone: string): string {
  if (unit === 'year') return formatYear(ms, zone);
  if (unit === 'month') return formatMonth(ms, zone);
  return unit === 'day' ? formatDay(ms, zone) : formatTime(ms, zone);
}

function Ticks({
  view,
  widthPx,
  heightPx,
  zone,
}: {
  view: View;
  widthPx: number;
  heightPx: number;
  zone: string;
}) {
  const clock = {
    wallMsOf: (ms: number) => ms + offsetMs(zone, ms),
    msOf: (wallMs: number) =>
      Date.parse(instantOfWallTime(new Date(wallMs).toISOString().slice(0, 19), zone) ?? ''),
  };
  const ticks = ticksOf(view, Math.max(2, Math.floor(widthPx / TICK_ROOM_PX)), clock);
  return (
    <g className="life-ticks">
      {ticks.map((tick) => {
        const x = xOf(tick.ms, view, widthPx);
        return (
          <g key={tick.ms}>
            <line x1={x} x2={x} y1={0} y2={heightPx - AXIS_PX + 4} />
            <text x={x + 4} y={heightPx - 8}>
              {nameOfTick(tick, zone)}
            </text>
          </g>
        );
      })}
    </g>
  );
}

function LaneBars({ lane, y, view, widthPx }: { lane: Lane; y: number; view: View; widthPx: number }) {
  return (
    <g transform={`translate(0 ${String(y)})`}>
      <text className="life-name" x={0} y={15}>
        {lane.title}
        {lane.group !== '' && (
          <tspan className="life-group" dx={8}>
            {lane.group}
          </tspan>
        )}
      </text>
      <line
        className="life-rail"
        x1={0}
        x2={widthPx}
        y1={BAR_TOP_PX + BAR_PX / 2}
        y2={BAR_TOP_PX + BAR_PX / 2}
      />
      {lane.bars.map((bar) => {
        const seen = inView(bar, view, widthPx);
        return (
          seen != null && (
            <rect key={bar.fromMs} className="life-bar" {...seen} y={BAR_TOP_PX} height={BAR_PX} rx={3} />
          )
        );
      })}
    </g>
  );
}

function Loads({ lanes, loads, view, widthPx, zone }: PictureProps & { widthPx: number }) {
  return (
    <g>
      {loads.map((load) => {
        const lane = laneAt(lanes, (load.fromMs + load.toMs) / 2) ?? laneAt(lanes, load.fromMs);
        const bar = lanes[lane ?? -1]?.bars.find(
          (each) => each.fromMs < load.toMs && each.toMs > load.fromMs,
        );
        // What is summed up by the week is drawn where the unit hung.
        const stretch = {
          fromMs: Math.max(load.fromMs, bar?.fromMs ?? -Infinity),
          toMs: Math.min(load.toMs, bar?.toMs ?? Infinity),
        };
        const seen = inView(stretch, view, widthPx);
        if (lane == null || seen == null) return null;
        const heightPx = Math.max(3, load.weight * (BAR_PX - 4));
        const y = lane * LANE_PX + BAR_TOP_PX + BAR_PX - 2 - heightPx;
        return (
          <rect key={load.key} className="life-load" {...seen} y={y} height={heightPx}>
            <title>{`${formatExactInstant(load.fromMs, zone)}: ${load.title}`}</title>
          </rect>
        );
      })}
    </g>
  );
}

function Marks({ lanes, marks, view, widthPx, zone }: PictureProps & { widthPx: number }) {
  return (
    <g>
      {marks.map((mark) => {
        if (mark.ms < view.fromMs || mark.ms > view.toMs) return null;
        const lane = laneAt(lanes, mark.ms) ?? 0;
        const x = xOf(mark.ms, view, widthPx);
        return (
          <g key={mark.key} transform={`translate(${String(x)} ${String(lane * LANE_PX + MARK_Y_PX)})`}>
            <title>{`${formatExactInstant(mark.ms, zone)}: ${mark.title}`}</title>
            <MarkShape kind={mark.kind} />
          </g>
        );
      })}
    </g>
  );
}
