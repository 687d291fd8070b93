import { texts } from '../texts';
import { Field } from '../ui/field';
import { Button } from '../ui/parts';
import type { PlanWindow, Weekday } from './windows';
import { newWindow, weekdays } from './windows';

interface ListProps {
  readonly windows: readonly PlanWindow[];
  readonly kind: 'RECURRING' | 'ONE_OFF';
  readonly onChange: (windows: readonly PlanWindow[]) => void;
}

/** The windows one by one. */
export function WindowList({ windows, kind, onChange }: ListProps) {
  const { plan: words } = texts;
  const change = (id: string, next: Partial<PlanWindow>) =>
    onChange(windows.map((window) => (window.id === id ? { ...window, ...next } : window)));
  return (
    <div className="windows">
      {windows.map((window, at) => (
        <fieldset key={window.id} className="window">
          <legend>{words.window(at + 1)}</legend>
          {kind === 'ONE_OFF' ? (
            <Field label={words.date}>
              {(wiring) => (
                <input
                  {...wiring}
                  type="date"
                  value={window.date}
                  onChange={(event) => change(window.id, { date: event.target.value })}
                />
              )}
            </Field>
          ) : (
            <Days days={window.days} onChange={(days) => change(window.id, { days })} />
          )}
          <Field label={words.start}>
            {(wiring) => (
              <input
                {...wiring}
                type="time"
                value={window.start}
                onChange={(event) => change(window.id, { start: event.target.value })}
              />
            )}
          </Field>
          <Field label={words.stop}>
            {(wiring) => (
              <input
                {...wiring}
                type="time"
                value={window.stop}
                onChange={(event) => change(window.id, { stop: event.target.value })}
              />
            )}
          </Field>
          <Field label={words.limit}>
            {(wiring) => (
              <input
                {...wiring}
                type="text"
                inputMode="decimal"
                placeholder={texts.none}
                value={window.limitAmps}
                onChange={(event) => change(window.id, { limitAmps: event.target.value })}
              />
            )}
          </Field>
          <Button kind="quiet" onClick={() => onChange(windows.filter(({ id }) => id !== window.id))}>
            {words.remove}
          </Button>
        </fieldset>
      ))}
      <Button onClick={() => onChange([...windows, newWindow({ start: '22:00', stop: '06:00' })])}>
        {words.add}
      </Button>
    </div>
  );
}

function Days({
  days,
  onChange,
}: {
  days: readonly Weekday[];
  onChange: (days: readonly Weekday[]) => void;
}) {
  const { plan: words } = texts;
  const toggle = (day: Weekday) =>
    onChange(
      days.includes(day)
        ? days.filter((each) => each !== day)
        : weekdays.filter((each) => each === day || days.includes(each)),
    );
  return (
    <div className="field days">
      <span className="label">
        {words.days}
        {days.length === 0 && `: ${words.everyDay}`}
      </span>
      <div className="choice" role="group" aria-label={words.days}>
        {weekdays.map((day) => (
          <button key={day} type="button" aria-pressed={days.includes(day)} onClick={() => toggle(day)}>
            {words.weekdays[day]}
          </button>
        ))}
      </div>
    </div>
  );
}
