import { useCallback, useState } from 'react';
import { useSearchParams } from 'wouter';
import { instantOfWallTime, zoneOfMine } from '../format/wall-time';
import { InZoneOf } from '../format/zone';
import { texts } from '../texts';
import { Page } from '../ui/parts';
import { CommandFlow } from './command-flow';
import { useDraft } from './draft';
import type { Problem } from './form-fields';
import { inputOf, isAsked, valueOf } from './form-fields';
import { FormField } from './form-field';
import { forms } from './forms';
import { useSubject } from './subject';

/** The page of a command by its name; what is known already stands in the address. */
export function CommandPage({ name }: { name: keyof typeof forms }) {
  const [params] = useSearchParams();
  const known = Object.fromEntries(params);
  const form = forms[name];
  const { draft, change, keyOf, forget, clear } = useDraft(name, known);
  const [problems, setProblems] = useState<readonly Problem[]>([]);
  const subject = useSubject(draft.values);
  const zone = subject.siteZone ?? zoneOfMine();

  const inputNow = useCallback(() => {
    const { input, problems: found } = inputOf(form.fields, draft.values, (wall) =>
      instantOfWallTime(wall, zone),
    );
    setProblems(found);
    return found.length === 0 ? input : undefined;
  }, [form, draft.values, zone]);
  const set = (field: string, value: string) => {
    setProblems((now) => now.filter((each) => each.field !== field));
    change({ values: { ...draft.values, [field]: value } });
  };
  return (
    <InZoneOf zone={subject.siteZone}>
      <Page title={form.title} lead={form.lead}>
        <CommandFlow
          name={name}
          draft={draft}
          onChange={change}
          keyOf={keyOf}
          onDone={forget}
          onAnother={clear}
          inputNow={inputNow}
          siteZone={subject.siteZone}
          backTo={subject.backTo}
          isTimeless={form.isTimeless}
          hasOwnReason={form.hasOwnReason}
        >
          {form.fields
            .filter((field) => isAsked(field, draft.values, form.fields))
            .map((field) => {
              const problem = problems.find((each) => each.field === field.name)?.problem;
              return (
                <FormField
                  key={field.name}
                  spec={field}
                  value={valueOf(draft.values, field)}
                  hint={hintOf(field.name, field.kind, subject.hangsAt, zone)}
                  problem={problem == null ? undefined : texts.command.problems[problem]}
                  onChange={(value) => set(field.name, value)}
                />
              );
            })}
        </CommandFlow>
      </Page>
    </InZoneOf>
  );
}

function hintOf(name: string, kind: string, hangsAt: string | undefined, zone: string): string | undefined {
  if (name === 'charger' && hangsAt != null) return texts.moves.hangsAt(hangsAt);
  return kind === 'instant' ? texts.command.inZone(zone) : undefined;
}
