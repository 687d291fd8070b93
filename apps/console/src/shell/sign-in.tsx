import type { FormEvent } from 'react';
import { useEffect, useState } from 'react';
import { headersFor } from '../api/headers';
import { requestByHash } from '../documents/by-hash';
import { signedOutBecause } from '../api/status';
import { useStore } from '../api/store';
import { texts } from '../texts';
import { Field } from '../ui/field';
import { Button, Note } from '../ui/parts';
import { Mark } from './mark';

const knownQuery = /* GraphQL */ `
  query AmIKnown {
    me {
      id
    }
  }
`;

/** Asks the server whether a token is one of its own; the token goes in a header, nowhere else. */
async function problemWith(token: string): Promise<string | undefined> {
  try {
    const response = await fetch('/graphql', {
      method: 'POST',
      headers: { ...headersFor(token, { waits: false }), 'content-type': 'application/json' },
      body: JSON.stringify(requestByHash(knownQuery)),
    });
    if (response.ok) return undefined;
    return response.status === 401 ? texts.signIn.unknown : texts.signIn.failed(response.status);
  } catch {
    return texts.signIn.away;
  }
}

export function SignIn({ onSignIn }: { onSignIn: (token: string) => void }) {
  const because = useStore(signedOutBecause);
  const [token, setToken] = useState('');
  const [problem, setProblem] = useState<string>();
  const [isAsking, setAsking] = useState(false);
  useEffect(() => {
    document.title = `${texts.signIn.title} · ${texts.product}`;
  }, []);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const told = token.trim();
    if (told === '') return setProblem(texts.signIn.missing);
    setAsking(true);
    const found = await problemWith(told);
    setAsking(false);
    setProblem(found);
    if (found == null) onSignIn(told);
  };
  return (
    <main className="sign-in">
      <form onSubmit={(event) => void submit(event)} noValidate>
        <Mark />
        <h1>{texts.signIn.title}</h1>
        <p className="lead">{texts.signIn.lead}</p>
        {because != null && problem == null && <Note tone="warn" title={because} />}
        <Field label={texts.signIn.token} hint={texts.signIn.hint} problem={problem}>
          {(wiring) => (
            <input
              {...wiring}
              type="password"
              autoComplete="off"
              autoFocus
              value={token}
              onChange={(event) => setToken(event.target.value)}
            />
          )}
        </Field>
        <Button type="submit" kind="primary" disabled={isAsking}>
          {isAsking ? texts.signIn.asking : texts.signIn.submit}
        </Button>
      </form>
    </main>
  );
}
