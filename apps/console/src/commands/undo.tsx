import { useState } from 'react';
import type { CombinedError } from 'urql';
import { texts } from '../texts';
import { Button, Failure, Note } from '../ui/parts';
import type { Outcome, Receipt } from './command-table';
import { Effects, OutcomeView } from './outcome';
import { useDirectCommand } from './use-command';

/** Facts that the book keeps for itself about a place; they follow from a charger's own. */
const FOLLOWING = /^Backplate(Reserved|Taken|Freed)$/;

type Undoing =
  | { readonly at: 'offered' | 'checking' | 'done' }
  /** What taking back the last fact would do; nothing is recorded yet. */
  | { readonly at: 'checked' | 'underWay'; readonly outcome: Outcome }
  | { readonly at: 'refused'; readonly outcome: Outcome }
  | { readonly at: 'failed'; readonly error: CombinedError };

/**
 * Takes back what was just recorded, after it has shown what that does: each fact is retracted, the last first. Tried
 * again, nothing is done twice.
 */
export function Undo({ receipt }: { receipt: Receipt }) {
  const send = useDirectCommand();
  const [state, setState] = useState<Undoing>({ at: 'offered' });
  const facts = receipt.events.filter(({ type }) => !FOLLOWING.test(type)).reverse();
  const { command: words } = texts;
  const retract = (eventId: string, dryRun: boolean) =>
    send(
      'correctFact',
      { eventId, reason: words.undoReason },
      dryRun ? { dryRun } : { commandId: `undo-${eventId}` },
    );
  const check = async () => {
    const [last] = facts;
    if (last == null) return;
    setState({ at: 'checking' });
    const { outcome, error } = await retract(last.eventId, true);
    if (outcome != null)
      setState({ at: outcome.__typename === 'Rejection' ? 'refused' : 'checked', outcome });
    else if (error != null) setState({ at: 'failed', error });
  };
  const undo = async (checked: Outcome) => {
    setState({ at: 'underWay', outcome: checked });
    for (const { eventId } of facts) {
      const { outcome, error } = await retract(eventId, false);
      if (error != null) return setState({ at: 'failed', error });
      if (outcome?.__typename === 'Rejection') return setState({ at: 'refused', outcome });
    }
    setState({ at: 'done' });
  };
  if (facts.length === 0) return null;
  if (state.at === 'done') return <Note tone="good" title={words.undone} />;
  if (state.at === 'checked' || state.at === 'underWay') {
    const { outcome } = state;
    return (
      <section className="panel undo" aria-label={words.undo}>
        {facts.length > 1 ? <TakenBack receipt={receipt} /> : <OutcomeView outcome={outcome} sent={{}} />}
        <div className="actions">
          <Button kind="danger" disabled={state.at === 'underWay'} onClick={() => void undo(outcome)}>
            {state.at === 'underWay' ? words.undoing : words.undoIt}
          </Button>
          <Button onClick={() => setState({ at: 'offered' })}>{words.leaveIt}</Button>
        </div>
      </section>
    );
  }
  return (
    <>
      <Button disabled={state.at === 'checking'} onClick={() => void check()}>
        {words.undo}
      </Button>
      {state.at === 'refused' && <OutcomeView outcome={state.outcome} sent={{}} />}
      {state.at === 'failed' && <Failure error={state.error} />}
    </>
  );
}

/** Several facts that were recorded as one are taken back as one: things are as they were before. */
function TakenBack({ receipt }: { receipt: Receipt }) {
  const { command: words } = texts;
  const effects = receipt.effects.map((effect) => ({
    ...effect,
    before: effect.after,
    after: effect.before,
    explanation: words.asBefore,
  }));
  return (
    <div className="outcome">
      <section>
        <h2>{words.willTakeBack}</h2>
        <ul className="will-record">
          {receipt.events
            .filter(({ type }) => !FOLLOWING.test(type))
            .map(({ eventId, summary }) => (
              <li key={eventId}>{summary}</li>
            ))}
        </ul>
      </section>
      <section>
        <h2>{words.effects}</h2>
        {receipt.effectCount === 0 ? <p>{words.noEffects}</p> : <Effects receipt={{ ...receipt, effects }} />}
      </section>
    </div>
  );
}
