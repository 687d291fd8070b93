import { extensionsOf } from '../documents/extensions-of';
import { headersFor } from './headers';
import { tokenOfTab } from './token';

/** A question that is under way before the code that will ask it is there. */
interface Asked {
  readonly question: string;
  readonly token: string;
  readonly answer: Promise<Response>;
}

let asked: Asked | undefined;

/** Asks what the page will ask first. Without a token, or where the server must be told the text, nothing is asked. */
export function askAhead(operationName: string, variables: object): void {
  const token = tokenOfTab();
  const extensions = extensionsOf(operationName);
  if (token == null || extensions == null) return;
  const answer = fetch('/graphql', {
    method: 'POST',
    headers: {
      ...headersFor(token, { waits: false }),
      accept: 'application/graphql-response+json, application/json',
      'content-type': 'application/json',
    },
    body: JSON.stringify({ operationName, variables, extensions }),
  });
  // Whoever takes it is told; where nobody does, nobody has to be.
  answer.catch(() => undefined);
  asked = { question: questionOf(operationName, variables), token, answer };
}

/** The answer under way, for who asks first, and the very same; later it would be old. */
export function takeAhead(operationName: string, variables: object): Promise<Response> | undefined {
  const taken = asked;
  asked = undefined;
  const isSame = taken?.question === questionOf(operationName, variables) && taken.token === tokenOfTab();
  return isSame ? taken.answer : undefined;
}

function questionOf(operationName: string, variables: object): string {
  return JSON.stringify([operationName, variables]);
}
