import { useCallback, useDeferredValue, useState } from 'react';
import { useQuery } from 'urql';
import { useSearchParams } from 'wouter';
import { graphql } from '../api/graphql';
import { CommandFlow } from '../commands/command-flow';
import { useDraft } from '../commands/draft';
import { FormField } from '../commands/form-field';
import { useSubject } from '../commands/subject';
import { InZoneOf } from '../format/zone';
import { texts } from '../texts';
import { Button, Choice, Note, Page } from '../ui/parts';
import { PlanPreview } from './plan-preview';
import { WeekGrid } from './week-grid';
import { WindowList } from './window-list';
import type { PlanWindow } from './windows';
import { newWindow, planInputOf } from './windows';

const planQuery = graphql(`
  query PlanNow($serial: ID!) {
    charger(serial: $serial) {
      chargePlan {
        kind
        timeZone
        enabled
        windows {
          date
          weekdays
          start
          stop
          limitAmps
        }
      }
    }
  }
`);

/** The plan editor: windows drawn on a week or typed, a preview of the limit, then the effects, then the record. */
export function PlanPage() {
  const [params] = useSearchParams();
  const { draft, change, keyOf, forget, clear } = useDraft('setChargePlan', {
    charger: params.get('charger') ?? '',
  });
  const [isIncomplete, setIncomplete] = useState(false);
  const { values } = draft;
  const charger = values['charger'] ?? '';
  const kind = values['kind'] === 'ONE_OFF' ? 'ONE_OFF' : 'RECURRING';
  const isEnabled = values['enabled'] !== 'no';
  const timeZone = values['timeZone'] ?? '';
  const windows = JSON.parse(values['windows'] ?? '[]') as readonly PlanWindow[];
  const subject = useSubject({ charger });
  const set = (next: Record<string, string>) => {
    setIncomplete(false);
    change({ values: { ...values, ...next } });
  };
  const setWindows = (next: readonly PlanWindow[]) => set({ windows: JSON.stringify(next) });
  const plan = planInputOf({ charger, kind, enabled: isEnabled, timeZone, windows });
  const calmPlan = useDeferredValue(plan);
  const inputNow = useCallback(() => {
    setIncomplete(plan == null);
    return plan == null ? undefined : { ...plan };
  }, [plan]);
  const { plan: words } = texts;
  return (
    <InZoneOf zone={timeZone !== '' ? timeZone : subject.siteZone}>
      <Page title={words.title} lead={words.lead}>
        <CommandFlow
          name="setChargePlan"
          draft={draft}
          onChange={change}
          keyOf={keyOf}
          onDone={forget}
          onAnother={clear}
          inputNow={inputNow}
          siteZone={subject.siteZone}
          backTo={subject.backTo}
        >
          <FormField
            spec={{ name: 'charger', kind: 'charger', label: texts.fields.charger }}
            value={charger}
            hint={subject.hangsAt == null ? undefined : texts.moves.hangsAt(subject.hangsAt)}
            onChange={(told) => set({ charger: told })}
          />
          <div className="toolbar">
            <Choice
              label={words.kind}
              value={kind}
              options={(['RECURRING', 'ONE_OFF'] as const).map((value) => ({
                value,
                label: words.kinds[value],
              }))}
              onChoose={(chosen) => set({ kind: chosen })}
            />
            <label className="check">
              <input
                type="checkbox"
                checked={isEnabled}
                onChange={(event) => set({ enabled: event.target.checked ? 'yes' : 'no' })}
              />
              {words.enabled}
            </label>
          </div>
          {windows.length === 0 && charger !== '' && <TakeOver serial={charger} onTake={set} />}
          {kind === 'RECURRING' && (
            <div className="field">
              <span className="label">{words.week}</span>
              <WeekGrid windows={windows} onDraw={(window) => setWindows([...windows, window])} />
              <p className="hint">{words.weekHint}</p>
            </div>
          )}
          <WindowList windows={windows} kind={kind} onChange={setWindows} />
          <FormField
            spec={{ name: 'timeZone', kind: 'zone', label: words.timeZone }}
            value={timeZone}
            hint={words.zoneHint}
            onChange={(told) => set({ timeZone: told })}
          />
          {isIncomplete && <Note tone="bad" title={words.needed} />}
        </CommandFlow>
        {calmPlan != null && <PlanPreview plan={calmPlan} />}
      </Page>
    </InZoneOf>
  );
}

function TakeOver({ serial, onTake }: { serial: string; onTake: (values: Record<string, string>) => void }) {
  const [{ data }] = useQuery({ query: planQuery, variables: { serial } });
  const plan = data?.charger?.chargePlan;
  if (plan == null) return null;
  const take = () => {
    const windows = plan.windows.map((each) =>
      newWindow({
        date: each.date ?? '',
        days: each.weekdays ?? [],
        start: each.start,
        stop: each.stop ?? '',
        limitAmps: each.limitAmps == null ? '' : String(each.limitAmps),
      }),
    );
    onTake({
      kind: plan.kind,
      timeZone: plan.timeZone,
      enabled: plan.enabled ? 'yes' : 'no',
      windows: JSON.stringify(windows),
    });
  };
  return (
    <div>
      <Button onClick={take}>{texts.plan.load}</Button>
    </div>
  );
}
