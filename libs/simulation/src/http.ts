import { setTimeout as pause } from 'node:timers/promises';
import type { Send } from './play';
import type { GraphqlRequest } from './requests';

/** The book answers that a request cannot be carried out, and would answer the same again. */
export class RequestError extends Error {
  override readonly name = 'RequestError';

  constructor(
    message: string,
    readonly code?: string,
  ) {
    super(message);
  }
}

const WAITS_MS = [200, 400, 800, 1_600, 3_200];
const BUSY_WAIT_MS = 1_000;
const TIMEOUT_MS = 60_000;
const PASSING = new Set(['SERVICE_UNAVAILABLE', 'PROJECTION_BEHIND']);
/** The server goes on, and has done nothing for this request: it takes it when it has less to do. */
const BUSY = new Set(['OVERLOADED', 'RATE_LIMITED']);

interface Answer {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[];
}

/**
 * Sends operations to a server's GraphQL address. What does not get through is sent again some times, for
 * as long as the server is merely busy.
 *
 * @throws RequestError
 */
export function overHttp(url: string, token: string, signal?: AbortSignal): Send {
  return async (request) => {
    for (let attempt = 0; ;) {
      const { data, errors } = await post(url, token, request).catch((error: unknown): Answer => {
        const extensions = { code: 'SERVICE_UNAVAILABLE' };
        return { errors: [{ message: `${url} does not answer: ${String(error)}`, extensions }] };
      });
      const error = errors?.[0];
      if (error == null && data != null) return data;
      const { message = 'no data', extensions } = error ?? {};
      const code = extensions?.code ?? '';
      if (BUSY.has(code) && signal?.aborted !== true) {
        await pause(BUSY_WAIT_MS);
        continue;
      }
      const waitMs = WAITS_MS[attempt];
      attempt += 1;
      if (waitMs == null || signal?.aborted || !PASSING.has(code))
        throw new RequestError(message, extensions?.code);
      await pause(waitMs);
    }
  };
}

async function post(url: string, token: string, request: GraphqlRequest): Promise<Answer> {
  const { query, variables, channel } = request;
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'x-chargebook-channel': channel,
    },
    body: JSON.stringify({ query, variables }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  return (await response.json()) as Answer;
}
