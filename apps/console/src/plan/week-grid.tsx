import type { PointerEvent } from 'react';
import { useRef, useState } from 'react';
import { formatNumber } from '../format/format';
import { texts } from '../texts';
import type { PlanWindow } from './windows';
import { blocksOf, drawn, MINUTES_OF_DAY, timeOf, weekdays } from './windows';

const HOURS = [0, 6, 12, 18, 24];

interface Stroke {
  readonly day: number;
  readonly from: number;
  readonly to: number;
}

/** The windows on a week; a stroke over a day draws one. The list of windows does the same by keyboard. */
export function WeekGrid({
  windows,
  onDraw,
}: {
  windows: readonly PlanWindow[];
  onDraw: (window: PlanWindow) => void;
}) {
  const [stroke, setStroke] = useState<Stroke>();
  const grid = useRef<HTMLDivElement>(null);
  const minuteAt = (event: PointerEvent) => {
    const box = grid.current?.getBoundingClientRect();
    return box == null
      ? 0
      : Math.min(1, Math.max(0, (event.clientY - box.top) / box.height)) * MINUTES_OF_DAY;
  };
  const onUp = () => {
    if (stroke != null) {
      const window = drawn(stroke.day, stroke.from, stroke.to);
      if (window != null) onDraw(window);
    }
    setStroke(undefined);
  };
  const blocks = blocksOf(windows);
  return (
    <div className="week" aria-hidden="true">
      <div className="week-hours">
        {HOURS.map((hour) => (
          <span key={hour} style={{ top: `${String((hour / 24) * 100)}%` }}>
            {timeOf(hour * 60)}
          </span>
        ))}
      </div>
      <div className="week-days" ref={grid}>
        {weekdays.map((name, day) => (
          <div
            key={name}
            className="week-day"
            data-day={name}
            onPointerDown={(event) => {
              event.currentTarget.setPointerCapture(event.pointerId);
              const minute = minuteAt(event);
              setStroke({ day, from: minute, to: minute });
            }}
            onPointerMove={(event) => {
              if (stroke != null) setStroke({ ...stroke, to: minuteAt(event) });
            }}
            onPointerUp={onUp}
            onPointerCancel={() => setStroke(undefined)}
          >
            <span className="week-name">{texts.plan.weekdays[name]}</span>
            {blocks
              .filter((block) => block.day === day)
              .map((block) => (
                <span
                  key={`${block.window} ${String(block.fromMinute)}`}
                  className="week-block"
                  style={spanOf(block.fromMinute, block.toMinute)}
                >
                  {block.limitAmps !== '' && `${formatNumber(Number(block.limitAmps.replace(',', '.')))} A`}
                </span>
              ))}
            {stroke?.day === day && (
              <span
                className="week-block week-stroke"
                style={spanOf(Math.min(stroke.from, stroke.to), Math.max(stroke.from, stroke.to))}
              />
            )}
          </div>
        ))}
      </div>
    </div>
  );
}

function spanOf(fromMinute: number, toMinute: number) {
  const part = (minutes: number) => `${String((minutes / MINUTES_OF_DAY) * 100)}%`;
  return { top: part(fromMinute), height: part(toMinute - fromMinute) };
}
