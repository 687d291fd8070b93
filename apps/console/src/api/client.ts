import type { Client, CombinedError } from 'urql';
import { cacheExchange, createClient, fetchExchange, mapExchange } from 'urql';
import { operationByHash } from '../documents/by-hash';
import { headersFor } from './headers';
import { status } from './status';

/** The code of a failed request; undefined where the server did not answer at all. */
export function codeOf(error: CombinedError): string | undefined {
  return error.graphQLErrors
    .map(({ extensions }) => extensions['code'])
    .find((code) => typeof code === 'string');
}

const BUSY_STATUSES: readonly number[] = [429, 503];
const BUSY_TRIES = 20;
const LONGEST_WAIT_MS = 5_000;

/** Sends it again where the server says that it has too much to do: then it has done nothing, and says when to ask again. */
const patientFetch: typeof fetch = async (input, init) => patiently(() => fetch(input, init), init);

/** The same for what was asked ahead: its answer is the first try, unless there was none. */
export function fetchFrom(ahead: Promise<Response>): typeof fetch {
  let first: Promise<Response> | undefined = ahead;
  return async (input, init) => {
    const send = () => {
      const sent = first?.catch(() => fetch(input, init)) ?? fetch(input, init);
      first = undefined;
      return sent;
    };
    return patiently(send, init);
  };
}

async function patiently(send: () => Promise<Response>, init: RequestInit | undefined): Promise<Response> {
  for (let tries = 1; ; tries += 1) {
    const response = await send();
    const waitSeconds = Number(response.headers.get('retry-after') ?? NaN);
    if (!BUSY_STATUSES.includes(response.status) || Number.isNaN(waitSeconds) || tries === BUSY_TRIES)
      return response;
    await new Promise((resolve) => setTimeout(resolve, Math.min(LONGEST_WAIT_MS, waitSeconds * 1_000)));
    init?.signal?.throwIfAborted();
  }
}

/** The way to the book; `onTokenRefused` is called once the server no longer takes the token. */
export function clientWith(token: string, onTokenRefused: () => void): Client {
  return createClient({
    url: '/graphql',
    fetch: patientFetch,
    requestPolicy: 'cache-and-network',
    preferGetMethod: false,
    fetchOptions: () => ({ headers: headersFor(token, { waits: true }) }),
    exchanges: [
      mapExchange({
        onResult: ({ error }) => {
          const isAway = error?.networkError != null && error.response == null;
          if (status.get().isAway !== isAway) status.set({ ...status.get(), isAway });
          const code = error == null ? undefined : codeOf(error);
          if (code === 'UNAUTHENTICATED') onTokenRefused();
          if (code === 'PERSISTED_QUERY_NOT_FOUND') status.set({ ...status.get(), isOutdated: true });
        },
      }),
      cacheExchange,
      mapExchange({ onOperation: operationByHash }),
      fetchExchange,
    ],
  });
}
