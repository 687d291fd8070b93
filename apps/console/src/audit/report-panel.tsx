import { useState } from 'react';
import { useSearchParams } from 'wouter';
import { FormField } from '../commands/form-field';
import { formatCount } from '../format/format';
import { instantOfWallTime, wallTimeOf, zoneOfMine } from '../format/wall-time';
import { texts } from '../texts';
import { Field } from '../ui/field';
import { Button, Note, Panel } from '../ui/parts';
import type { Asked } from './report-files';
import { ReportView } from './report-view';
import { useReport } from './use-report';

const scopes = ['charger', 'backplate', 'circuit', 'site', 'operator', 'partner', 'book'] as const;
type Scope = (typeof scopes)[number];

const DAY_MS = 86_400_000;
const DAYS_AT_FIRST = 90;

interface Choices {
  readonly scope: Scope;
  readonly id: string;
  /** Days such as 2026-05-04, the last one with all that happened on it. */
  readonly from: string;
  readonly to: string;
  /** Wall time; empty is now. */
  readonly knownAt: string;
}

function dayOf(atMs: number): string {
  return wallTimeOf(atMs, zoneOfMine()).slice(0, 10);
}

/** What was chosen as the API takes it, or what is wrong with it. */
function askedOf({ scope, id, from, to, knownAt }: Choices): Asked | string {
  if (scope !== 'book' && id.trim() === '') return texts.audit.missing;
  const zone = zoneOfMine();
  const begin = instantOfWallTime(`${from}T00:00`, zone);
  const nextDay = new Date(Date.parse(`${to}T00:00:00Z`) + DAY_MS);
  const end = Number.isNaN(nextDay.getTime())
    ? undefined
    : instantOfWallTime(`${nextDay.toISOString().slice(0, 10)}T00:00`, zone);
  if (begin == null || end == null || begin >= end) return texts.audit.noSpan;
  return {
    scope: { [scope]: scope === 'book' ? true : id.trim() },
    from: begin,
    to: end,
    knownAt: knownAt === '' ? undefined : instantOfWallTime(knownAt, zone),
  };
}

export function ReportPanel() {
  const { audit: words } = texts;
  const [params] = useSearchParams();
  const [choices, setChoices] = useState<Choices>({
    scope: scopes.find((known) => known === params.get('scope')) ?? 'charger',
    id: params.get('id') ?? '',
    from: dayOf(Date.now() - DAYS_AT_FIRST * DAY_MS),
    to: dayOf(Date.now()),
    knownAt: '',
  });
  const [problem, setProblem] = useState<string>();
  const { state, ask } = useReport();
  const change = (changed: Partial<Choices>) => {
    setProblem(undefined);
    setChoices((now) => ({ ...now, ...changed }));
  };
  const preview = () => {
    const asked = askedOf(choices);
    setProblem(typeof asked === 'string' ? asked : undefined);
    if (typeof asked !== 'string') void ask(asked);
  };
  return (
    <Panel title={words.report} id="report">
      <p className="quiet">{words.reportLead}</p>
      <form
        className="audit-form"
        onSubmit={(event) => {
          event.preventDefault();
          preview();
        }}
        noValidate
      >
        <ScopeFields choices={choices} onChange={change} />
        <SpanFields choices={choices} onChange={change} />
        {problem != null && <Note tone="bad" title={problem} />}
        <div className="actions">
          <Button type="submit" kind="primary" disabled={state.at === 'making'}>
            {state.at === 'made' ? words.again : words.preview}
          </Button>
        </div>
      </form>
      {state.at === 'making' && (
        <Note tone="accent" title={words.making}>
          {state.progress != null && (
            <>
              <progress aria-label={words.making} value={state.progress.done} max={state.progress.all} />
              <p>{words.reached(formatCount(state.progress.done), formatCount(state.progress.all))}</p>
            </>
          )}
        </Note>
      )}
      {state.at === 'failed' && <Note tone="bad" title={words.failed(state.message)} />}
      {state.at === 'made' && <ReportView key={state.report.digest} report={state.report} />}
    </Panel>
  );
}

interface FieldsProps {
  readonly choices: Choices;
  readonly onChange: (changed: Partial<Choices>) => void;
}

function ScopeFields({ choices: { scope, id }, onChange }: FieldsProps) {
  const { audit: words } = texts;
  return (
    <div className="filters">
      <Field label={words.scope}>
        {(wiring) => (
          <select
            {...wiring}
            value={scope}
            onChange={(event) => {
              const chosen = scopes.find((known) => known === event.target.value);
              if (chosen != null) onChange({ scope: chosen, id: '' });
            }}
          >
            {scopes.map((known) => (
              <option key={known} value={known}>
                {words.scopes[known]}
              </option>
            ))}
          </select>
        )}
      </Field>
      {scope !== 'book' && (
        <FormField
          key={scope}
          spec={{
            name: 'id',
            kind: scope === 'operator' || scope === 'partner' ? 'text' : scope,
            label: words.ids[scope],
          }}
          value={id}
          onChange={(told) => onChange({ id: told })}
        />
      )}
    </div>
  );
}

function SpanFields({ choices: { from, to, knownAt }, onChange }: FieldsProps) {
  const { audit: words } = texts;
  return (
    <div className="filters">
      <Field label={words.from} hint={words.zone(zoneOfMine())}>
        {(wiring) => (
          <input
            {...wiring}
            type="date"
            value={from}
            onChange={(event) => onChange({ from: event.target.value })}
          />
        )}
      </Field>
      <Field label={words.to} hint={words.zone(zoneOfMine())}>
        {(wiring) => (
          <input
            {...wiring}
            type="date"
            value={to}
            onChange={(event) => onChange({ to: event.target.value })}
          />
        )}
      </Field>
      <Field label={words.knownAt} hint={words.knownAtHint}>
        {(wiring) => (
          <input
            {...wiring}
            type="datetime-local"
            value={knownAt}
            onChange={(event) => onChange({ knownAt: event.target.value })}
          />
        )}
      </Field>
    </div>
  );
}
