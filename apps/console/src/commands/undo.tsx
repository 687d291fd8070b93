import { useState } from 'react';
import { texts } from '../texts';
import { Button, Failure, Note } from '../ui/parts';
import type { Receipt, Rejection } from './command-table';
import { useDirectCommand } from './use-command';

/** Facts that the book keeps for itself about a place; they follow from a charger's own. */
const FOLLOWING = /^Backplate(Reserved|Taken|Freed)$/;

type Undoing =
  'offered' | 'underWay' | 'done' | { readonly rejection: Rejection } | { readonly error: Error };

/** Takes back what was just recorded: each fact is retracted, the last first. Tried again, nothing is done twice. */
export function Undo({ receipt }: { receipt: Receipt }) {
  const send = useDirectCommand();
  const [state, setState] = useState<Undoing>('offered');
  const facts = receipt.events.filter(({ type }) => !FOLLOWING.test(type)).reverse();
  const { command: words } = texts;
  const undo = async () => {
    setState('underWay');
    for (const { eventId } of facts) {
      const { outcome, error } = await send(
        'correctFact',
        { eventId, reason: words.undoReason },
        { commandId: `undo-${eventId}` },
      );
      if (error != null) return setState({ error });
      if (outcome?.__typename === 'Rejection') return setState({ rejection: outcome });
    }
    setState('done');
  };
  if (facts.length === 0) return null;
  if (state === 'done') return <Note tone="good" title={words.undone} />;
  return (
    <>
      <Button disabled={state === 'underWay'} onClick={() => void undo()}>
        {state === 'underWay' ? words.undoing : words.undo}
      </Button>
      {typeof state === 'object' && 'rejection' in state && (
        <Note tone="bad" title={words.refused}>
          <p>{state.rejection.message}</p>
        </Note>
      )}
      {typeof state === 'object' && 'error' in state && (
        <Failure error={state.error as Parameters<typeof Failure>[0]['error']} />
      )}
    </>
  );
}
