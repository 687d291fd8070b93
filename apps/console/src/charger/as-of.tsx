import { useState } from 'react';
import { useSearchParams } from 'wouter';
import { formatInstant } from '../format/format';
import { instantOfWallTime, wallTimeOf } from '../format/wall-time';
import { useZone } from '../format/zone';
import { texts } from '../texts';
import { Field } from '../ui/field';
import { Button } from '../ui/parts';

/** The two clocks at which a page is looked at; absent means now. */
export interface AsOf {
  readonly at: string | undefined;
  readonly knownAt: string | undefined;
}

/** Kept in the address, so that a look at another time can be shared and gone back to. */
export function useAsOf(): [AsOf, (asOf: AsOf) => void] {
  const [params, setParams] = useSearchParams();
  const timeIn = (name: string) => {
    const told = params.get(name);
    return told == null || Number.isNaN(Date.parse(told)) ? undefined : told;
  };
  const asOf = { at: timeIn('at'), knownAt: timeIn('knownAt') };
  const set = ({ at, knownAt }: AsOf) => {
    const next = new URLSearchParams();
    if (at != null) next.set('at', at);
    if (knownAt != null) next.set('knownAt', knownAt);
    setParams(next, { replace: true });
  };
  return [asOf, set];
}

const MINUTE_MS = 60_000;

interface BarProps {
  readonly asOf: AsOf;
  readonly onChange: (asOf: AsOf) => void;
  /** Where the slider begins: nothing is known of the time before. */
  readonly since: string | undefined;
}

/** A slider through all of the past, a field for the exact minute, and a switch to what was known then. */
export function AsOfBar({ asOf, onChange, since }: BarProps) {
  const zone = useZone();
  const [openedAt] = useState(() => Date.now());
  const isNow = asOf.at == null && asOf.knownAt == null;
  const [isOpen, setOpen] = useState(!isNow);
  const begin = since == null ? openedAt - 365 * 86_400_000 : Date.parse(since);
  const atMs = asOf.at == null ? openedAt : Date.parse(asOf.at);
  const { asOf: words } = texts;
  const slide = (minute: number) => {
    const ms = minute * MINUTE_MS;
    const at = ms >= openedAt - MINUTE_MS ? undefined : new Date(ms).toISOString();
    onChange({ ...asOf, at });
  };
  const type = (field: 'at' | 'knownAt', wallTime: string) => {
    const told = wallTime === '' ? undefined : instantOfWallTime(wallTime, zone);
    onChange({ ...asOf, [field]: told });
  };
  const shown = isNow
    ? words.now
    : words.shown(
        formatInstant(asOf.at ?? openedAt, zone),
        asOf.knownAt == null ? undefined : formatInstant(asOf.knownAt, zone),
      );
  return (
    <section className={isNow ? 'as-of' : 'as-of as-of-past'} aria-label={words.title}>
      <div className="toolbar">
        <p role="status">
          <strong>{shown}</strong> <span className="quiet">{words.zone(zone)}</span>
        </p>
        <span className="actions">
          {!isNow && (
            <Button onClick={() => onChange({ at: undefined, knownAt: undefined })}>{words.reset}</Button>
          )}
          <Button kind="quiet" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            {words.change}
          </Button>
        </span>
      </div>
      {isOpen && (
        <div className="as-of-fields">
          <input
            type="range"
            aria-label={words.at}
            aria-valuetext={formatInstant(atMs, zone)}
            min={Math.floor(begin / MINUTE_MS)}
            max={Math.ceil(openedAt / MINUTE_MS)}
            value={Math.round(atMs / MINUTE_MS)}
            onChange={(event) => slide(Number(event.target.value))}
          />
          <Field label={words.at}>
            {(wiring) => (
              <input
                {...wiring}
                type="datetime-local"
                value={asOf.at == null ? '' : wallTimeOf(asOf.at, zone)}
                onChange={(event) => type('at', event.target.value)}
              />
            )}
          </Field>
          <Field label={words.knownAt}>
            {(wiring) => (
              <input
                {...wiring}
                type="datetime-local"
                value={asOf.knownAt == null ? '' : wallTimeOf(asOf.knownAt, zone)}
                onChange={(event) => type('knownAt', event.target.value)}
              />
            )}
          </Field>
          <Button
            aria-pressed={asOf.knownAt != null && asOf.knownAt === asOf.at}
            disabled={asOf.at == null}
            onClick={() => onChange({ ...asOf, knownAt: asOf.knownAt === asOf.at ? undefined : asOf.at })}
          >
            {words.know}
          </Button>
        </div>
      )}
    </section>
  );
}
