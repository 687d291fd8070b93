import { useState } from 'react';
import { CommandFlow } from '../commands/command-flow';
import { useDraft } from '../commands/draft';
import { FormField } from '../commands/form-field';
import { useSubject } from '../commands/subject';
import { texts } from '../texts';
import { pathTo } from '../ui/links';
import { Note } from '../ui/parts';
import { useKnown } from './places-of';

/** Two chargers change places, as one plan: both moves, or none. */
export function Swap({ first, second }: { first: string; second: string }) {
  const { draft, change, keyOf, forget, clear } = useDraft('swap', { charger: first, other: second });
  const { charger = '', other = '' } = draft.values;
  const known = useKnown(
    [charger, other].filter((each) => each !== ''),
    [],
  );
  const subject = useSubject({ charger });
  const [isIncomplete, setIncomplete] = useState(false);
  const places = [known?.chargers.get(charger), known?.chargers.get(other)] as const;
  const inputNow = () => {
    const [here, there] = places;
    const isReady = here != null && there != null && charger !== other;
    setIncomplete(!isReady);
    if (!isReady) return undefined;
    return {
      moves: [
        { charger, backplate: there },
        { charger: other, backplate: here },
      ],
    };
  };
  const set = (name: string, value: string) => {
    setIncomplete(false);
    change({ values: { ...draft.values, [name]: value } });
  };
  const { moves: words } = texts;
  const hint = (serial: string) => {
    const place = known?.chargers.get(serial);
    return place == null ? undefined : words.hangsAt(place);
  };
  return (
    <CommandFlow
      name="relocateChargers"
      draft={draft}
      onChange={change}
      keyOf={keyOf}
      onDone={forget}
      onAnother={clear}
      inputNow={inputNow}
      siteZone={subject.siteZone}
      backTo={charger === '' ? undefined : { path: pathTo.charger(charger), label: charger }}
    >
      <div className="filters">
        <FormField
          spec={{ name: 'charger', kind: 'charger', label: words.firstUnit }}
          value={charger}
          hint={hint(charger)}
          onChange={(value) => set('charger', value)}
        />
        <FormField
          spec={{ name: 'other', kind: 'charger', label: words.secondUnit }}
          value={other}
          hint={hint(other)}
          onChange={(value) => set('other', value)}
        />
      </div>
      {isIncomplete && <Note tone="bad" title={words.bothMounted} />}
    </CommandFlow>
  );
}
