import { useMemo, useState } from 'react';
import { CommandFlow } from '../commands/command-flow';
import { useDraft } from '../commands/draft';
import { formatCount } from '../format/format';
import { texts } from '../texts';
import { Field } from '../ui/field';
import { Note, Table } from '../ui/parts';
import type { Move } from './pasted-list';
import { MOST_MOVES, readMoves } from './pasted-list';
import type { Known } from './places-of';
import { useKnown } from './places-of';

/** Many moves from a list that is pasted or dropped, as one plan: all are possible together, or none is done. */
export function BulkMoves() {
  const { draft, change, keyOf, forget, clear } = useDraft('bulk', {});
  const text = draft.values['list'] ?? '';
  const moves = useMemo(() => readMoves(text), [text]);
  const told = moves.filter(({ problem }) => problem == null);
  const known = useKnown(
    told.map(({ charger }) => charger),
    told.map(({ backplate }) => backplate),
  );
  const [isRefused, setRefused] = useState(false);
  const { moves: words } = texts;
  const judged = moves.map((move) => ({ move, problem: problemOf(move, known) }));
  const isSound =
    judged.length > 0 && judged.length <= MOST_MOVES && judged.every(({ problem }) => problem == null);
  const inputNow = () => {
    const isReady = isSound && known != null;
    setRefused(!isReady);
    return isReady ? { moves: moves.map(({ charger, backplate }) => ({ charger, backplate })) } : undefined;
  };
  const set = (list: string) => {
    setRefused(false);
    change({ values: { list } });
  };
  const faults = judged.filter(({ problem }) => problem != null).length;
  return (
    <CommandFlow
      name="relocateChargers"
      draft={draft}
      onChange={change}
      keyOf={keyOf}
      onDone={forget}
      onAnother={clear}
      inputNow={inputNow}
      siteZone={undefined}
    >
      <Field label={words.list} hint={words.listHint}>
        {(wiring) => (
          <textarea
            {...wiring}
            rows={8}
            spellCheck={false}
            value={text}
            onChange={(event) => set(event.target.value)}
            onDragOver={(event) => event.preventDefault()}
            onDrop={(event) => {
              const file = event.dataTransfer.files[0];
              if (file == null) return;
              event.preventDefault();
              void file.text().then(set);
            }}
          />
        )}
      </Field>
      <Field label={words.file}>
        {(wiring) => (
          <input
            {...wiring}
            type="file"
            accept=".csv,.txt,text/csv,text/plain"
            onChange={(event) => {
              void event.target.files?.[0]?.text().then(set);
            }}
          />
        )}
      </Field>
      {moves.length > MOST_MOVES && <Note tone="bad" title={words.tooMany(formatCount(MOST_MOVES))} />}
      {isRefused && (
        <Note
          tone="bad"
          title={moves.length === 0 ? words.emptyList : words.mendFirst(formatCount(faults))}
        />
      )}
      {judged.length > 0 && <Judged judged={judged} known={known} />}
    </CommandFlow>
  );
}

type ListProblem = NonNullable<Move['problem']> | 'unknownCharger' | 'unknownPlace' | 'thereAlready';

function problemOf(move: Move, known: Known | undefined): ListProblem | undefined {
  if (move.problem != null || known == null) return move.problem;
  if (!known.chargers.has(move.charger)) return 'unknownCharger';
  if (!known.places.has(move.backplate)) return 'unknownPlace';
  return known.chargers.get(move.charger) === move.backplate ? 'thereAlready' : undefined;
}

function Judged({
  judged,
  known,
}: {
  judged: readonly { move: Move; problem: ListProblem | undefined }[];
  known: Known | undefined;
}) {
  const { columns, problems, fine, looking } = texts.moves;
  return (
    <Table
      kind="list"
      caption={texts.moves.list}
      columns={[columns.line, columns.charger, columns.from, columns.to, columns.state]}
    >
      {judged.slice(0, MOST_MOVES).map(({ move, problem }) => (
        <tr key={move.line} className={problem == null ? undefined : 'row-bad'}>
          <td data-label={columns.line}>{move.line}</td>
          <td>{move.charger}</td>
          <td data-label={columns.from}>{known?.chargers.get(move.charger) ?? texts.none}</td>
          <td data-label={columns.to}>{move.backplate}</td>
          <td>{problem != null ? problems[problem] : known == null ? looking : fine}</td>
        </tr>
      ))}
    </Table>
  );
}
