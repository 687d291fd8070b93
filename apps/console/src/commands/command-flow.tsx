import type { FormEvent, ReactNode } from 'react';
import { useEffect, useRef, useState } from 'react';
import { instantOfWallTime, zoneOfMine } from '../format/wall-time';
import { useZoneChoice } from '../format/zone';
import { texts } from '../texts';
import { Field } from '../ui/field';
import { Button, Failure, LinkButton, Note } from '../ui/parts';
import type { CommandOptions, Outcome } from './command-table';
import type { CommandName } from './command-texts';
import type { Draft } from './draft';
import { OutcomeView } from './outcome';
import { Undo } from './undo';
import { useCommand } from './use-command';
import { WhenField } from './when-field';

interface FlowProps {
  readonly name: CommandName;
  readonly draft: Draft;
  readonly onChange: (next: Partial<Draft>) => void;
  readonly keyOf: (asked: string) => string;
  readonly onDone: () => void;
  readonly onAnother: () => void;
  /** The input as it is filled in, or undefined where something is missing or wrong; then it says so at the fields. */
  readonly inputNow: () => Record<string, unknown> | undefined;
  readonly siteZone: string | undefined;
  readonly backTo?: { readonly path: string; readonly label: string };
  readonly isTimeless?: boolean;
  readonly hasOwnReason?: boolean;
  readonly children: ReactNode;
}

/** Fill in, see the effects, record, undo: the one way in which something gets into the book from here. */
export function CommandFlow(props: FlowProps) {
  const { name, draft, onChange, keyOf, onDone, inputNow, siteZone } = props;
  const [choice] = useZoneChoice();
  const [picked, setPicked] = useState<string>();
  const zone = picked ?? (choice === 'site' ? siteZone : undefined) ?? zoneOfMine();
  const { phase, check, confirm, reset } = useCommand(name, keyOf);
  const [checked, setChecked] = useState<Record<string, unknown>>({});
  const result = useRef<HTMLDivElement>(null);
  const { command: words } = texts;

  const optionsNow = (): CommandOptions => {
    const options: { occurredAt?: string; reason?: string } = {};
    if (props.isTimeless !== true && draft.when !== '')
      options.occurredAt = instantOfWallTime(draft.when, zone);
    if (props.hasOwnReason !== true && draft.reason.trim() !== '') options.reason = draft.reason.trim();
    return options;
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const input = inputNow();
    if (input == null) return;
    setChecked(input);
    void check(input, optionsNow());
  };
  useEffect(() => {
    if (phase.at === 'checked' || phase.at === 'done') result.current?.focus();
    if (phase.at === 'done') onDone();
  }, [phase.at, onDone]);

  const isOver = phase.at === 'done';
  const change = (next: Partial<Draft>) => {
    if (phase.at !== 'idle') reset();
    onChange(next);
  };
  return (
    <>
      {!isOver && (
        <form
          className="panel command-form"
          onSubmit={submit}
          noValidate
          onInput={() => phase.at === 'checked' && reset()}
        >
          {props.children}
          {props.isTimeless !== true && (
            <WhenField
              value={draft.when}
              zone={zone}
              siteZone={siteZone}
              onChange={(when) => change({ when })}
              onZone={setPicked}
            />
          )}
          {props.hasOwnReason !== true && (
            <Field label={words.reason} hint={words.reasonHint}>
              {(wiring) => (
                <input
                  {...wiring}
                  type="text"
                  autoComplete="off"
                  value={draft.reason}
                  onChange={(event) => change({ reason: event.target.value })}
                />
              )}
            </Field>
          )}
          <div className="actions">
            <Button
              type="submit"
              kind={phase.at === 'checked' ? 'plain' : 'primary'}
              disabled={phase.at === 'checking'}
            >
              {phase.at === 'checking' ? words.checking : words.check}
            </Button>
          </div>
        </form>
      )}
      <div ref={result} tabIndex={-1} className="result" aria-live="polite">
        {phase.at === 'failed' && <Failure error={phase.error} />}
        {(phase.at === 'checked' || phase.at === 'recording' || phase.at === 'unsure') && (
          <section className="panel" aria-label={words.effects}>
            <OutcomeView outcome={phase.outcome} sent={checked} />
            {phase.at === 'unsure' && <Note tone="warn" title={words.unsure} />}
            {isRecordable(phase.outcome) && (
              <div className="actions">
                <Button kind="primary" disabled={phase.at === 'recording'} onClick={() => void confirm()}>
                  {phase.at === 'recording'
                    ? words.recording
                    : phase.at === 'unsure'
                      ? words.again
                      : words.confirm}
                </Button>
                {phase.at === 'checked' && <span className="quiet">{words.checkNote}</span>}
              </div>
            )}
          </section>
        )}
        {phase.at === 'done' && (
          <section className="panel" aria-label={words.done}>
            <Note tone="good" title={words.done} />
            <OutcomeView outcome={phase.outcome} sent={checked} />
            <div className="actions">
              {props.backTo != null && (
                <LinkButton kind="primary" to={props.backTo.path}>
                  {words.backTo} {props.backTo.label}
                </LinkButton>
              )}
              <Button
                onClick={() => {
                  reset();
                  props.onAnother();
                }}
              >
                {words.another}
              </Button>
              {phase.outcome.__typename === 'Receipt' && props.isTimeless !== true && (
                <Undo receipt={phase.outcome} />
              )}
            </div>
          </section>
        )}
      </div>
    </>
  );
}

/** A refusal cannot be recorded, and a command that changes nothing need not be. */
function isRecordable(outcome: Outcome): boolean {
  return outcome.__typename === 'Receipt' ? outcome.events.length > 0 : outcome.__typename !== 'Rejection';
}
