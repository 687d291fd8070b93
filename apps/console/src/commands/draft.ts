import { useCallback, useState } from 'react';
import { newCommandId } from './use-command';

/** What was typed into a form, and the key under which it is sent: both outlive a reload and a lost connection. */
export interface Draft {
  readonly values: Readonly<Record<string, string>>;
  /** Wall time in the form of a `datetime-local` field; empty means now. */
  readonly when: string;
  readonly reason: string;
}

interface Kept {
  readonly draft: Draft;
  readonly key?: { readonly of: string; readonly commandId: string };
}

function read(place: string): Kept | undefined {
  try {
    const told = sessionStorage.getItem(place);
    return told == null ? undefined : (JSON.parse(told) as Kept);
  } catch {
    return undefined;
  }
}

export function useDraft(name: string, known: Readonly<Record<string, string>>) {
  const place = `chargebook.draft.${name}.${JSON.stringify(known)}`;
  const empty: Draft = { values: known, when: '', reason: '' };
  const [draft, setDraft] = useState<Draft>(() => read(place)?.draft ?? empty);

  const change = useCallback(
    (next: Partial<Draft>) => {
      setDraft((now) => {
        const draftNow = { ...now, ...next };
        sessionStorage.setItem(place, JSON.stringify({ ...read(place), draft: draftNow }));
        return draftNow;
      });
    },
    [place],
  );
  const keyOf = useCallback(
    (of: string) => {
      const kept = read(place);
      if (kept?.key?.of === of) return kept.key.commandId;
      const commandId = newCommandId();
      sessionStorage.setItem(place, JSON.stringify({ draft: kept?.draft ?? draft, key: { of, commandId } }));
      return commandId;
    },
    [place, draft],
  );
  const forget = useCallback(() => sessionStorage.removeItem(place), [place]);
  const clear = () => {
    forget();
    setDraft(empty);
  };
  return { draft, change, keyOf, forget, clear };
}
