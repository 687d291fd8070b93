import { useState } from 'react';
import { wallTimeOf, zoneOfMine } from '../format/wall-time';
import { texts } from '../texts';
import { Field } from '../ui/field';
import { Choice } from '../ui/parts';

interface WhenProps {
  /** Wall time; empty means now. */
  readonly value: string;
  readonly zone: string;
  /** The zone of the place concerned, where one is known. */
  readonly siteZone: string | undefined;
  readonly onChange: (wallTime: string) => void;
  readonly onZone: (zone: string) => void;
}

/** When it happened: now, or told later, on the wall clock of the site or of whoever tells it. */
export function WhenField({ value, zone, siteZone, onChange, onZone }: WhenProps) {
  const { command: words } = texts;
  const [isThen, setThen] = useState(value !== '');
  const zones = [...new Set([siteZone, zoneOfMine()].filter((each) => each != null))];
  return (
    <div className="when">
      <p className="label">{words.when}</p>
      <div className="toolbar">
        <Choice
          label={words.when}
          value={isThen ? 'then' : 'now'}
          options={[
            { value: 'now', label: words.now },
            { value: 'then', label: words.then },
          ]}
          onChoose={(chosen) => {
            setThen(chosen === 'then');
            onChange(chosen === 'then' ? wallTimeOf(Date.now(), zone) : '');
          }}
        />
        {isThen && zones.length > 1 && (
          <Choice
            label={texts.settings.zone}
            value={zone}
            options={zones.map((each) => ({ value: each, label: each }))}
            onChoose={onZone}
          />
        )}
      </div>
      {isThen && (
        <Field label={words.at} hint={words.inZone(zone)}>
          {(wiring) => (
            <input
              {...wiring}
              type="datetime-local"
              value={value}
              onChange={(event) => onChange(event.target.value)}
            />
          )}
        </Field>
      )}
    </div>
  );
}
