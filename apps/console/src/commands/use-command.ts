import { useCallback, useEffect, useRef, useState } from 'react';
import type { Client, CombinedError } from 'urql';
import { useClient } from 'urql';
import { headersFor, readAtLeast } from '../api/headers';
import { status } from '../api/status';
import { useStore } from '../api/store';
import { tokenOfTab } from '../api/token';
import type { CommandOptions, Outcome } from './command-table';
import { documentOfCommand } from './command-table';
import type { CommandName } from './command-texts';

/** How far a command has come. `of` is what was asked, so that an answer to something else is not shown. */
export type Phase =
  | { readonly at: 'idle' }
  | { readonly at: 'checking' }
  | { readonly at: 'checked'; readonly of: string; readonly outcome: Outcome }
  | { readonly at: 'recording'; readonly of: string; readonly outcome: Outcome }
  /** The answer got lost: it may or may not be recorded. The same key makes another try safe. */
  | { readonly at: 'unsure'; readonly of: string; readonly outcome: Outcome }
  | { readonly at: 'done'; readonly outcome: Outcome }
  | { readonly at: 'failed'; readonly error: CombinedError };

/** An idempotency key; `randomUUID` is not there on plain HTTP but from this machine. */
export function newCommandId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return `console-${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

async function send(client: Client, name: CommandName, input: object, options: CommandOptions) {
  const headers = headersFor(tokenOfTab() ?? '', { waits: false });
  const { data, error } = await client
    .mutation(documentOfCommand(name), { input, options }, { fetchOptions: { headers } })
    .toPromise();
  const outcome = data?.outcome;
  if (outcome?.__typename === 'Receipt' && outcome.position != null) readAtLeast(outcome.position);
  return { outcome, error };
}

interface Asked {
  readonly input: object;
  readonly options: CommandOptions;
}

/**
 * Checks a command by a dry run, then records it. What was checked and what is recorded are the same; one key is used
 * for as long as they are.
 *
 * @param keyOf the key kept for what is asked, so that it outlives a reload of the page
 */
export function useCommand(name: CommandName, keyOf: (asked: string) => string) {
  const client = useClient();
  const [phase, setPhase] = useState<Phase>({ at: 'idle' });
  const asked = useRef<Asked>(undefined);

  const check = useCallback(
    async (input: object, options: CommandOptions) => {
      setPhase({ at: 'checking' });
      asked.current = { input, options };
      const { outcome, error } = await send(client, name, input, { ...options, dryRun: true });
      if (outcome != null) setPhase({ at: 'checked', of: JSON.stringify({ input, options }), outcome });
      else if (error != null) setPhase({ at: 'failed', error });
    },
    [client, name],
  );

  const confirm = useCallback(async () => {
    if (asked.current == null || (phase.at !== 'checked' && phase.at !== 'unsure')) return;
    const { of, outcome: checked } = phase;
    setPhase({ at: 'recording', of, outcome: checked });
    const { input, options } = asked.current;
    const { outcome, error } = await send(client, name, input, { ...options, commandId: keyOf(of) });
    if (outcome?.__typename === 'Rejection') setPhase({ at: 'checked', of, outcome });
    else if (outcome != null) setPhase({ at: 'done', outcome });
    else if (error?.networkError != null) setPhase({ at: 'unsure', of, outcome: checked });
    else if (error != null) setPhase({ at: 'failed', error });
  }, [client, name, keyOf, phase]);

  // As soon as the server is back, what is unsure is made sure.
  const { isAway } = useStore(status);
  const wasAway = useRef(isAway);
  useEffect(() => {
    const isBack = wasAway.current && !isAway;
    wasAway.current = isAway;
    if (isBack && phase.at === 'unsure') void confirm();
  }, [isAway, phase.at, confirm]);

  const reset = useCallback(() => setPhase({ at: 'idle' }), []);
  return { phase, check, confirm, reset };
}

/** Records one command without a dry run; for what was shown already, such as undoing what was just done. */
export function useDirectCommand() {
  const client = useClient();
  return useCallback(
    (name: CommandName, input: object, options: CommandOptions) => send(client, name, input, options),
    [client],
  );
}
