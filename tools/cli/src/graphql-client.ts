import { setTimeout as delay } from 'node:timers/promises';
import { Failure } from './failures';

export type GraphqlClientOptions = {
  url: string;
  token: string;
  /** Through which things are told, such as IMPORT, CONSOLE or DEVICE. */
  channel?: string;
  /** Waits between attempts after a fault of the connection or an overloaded server; as many retries as waits. */
  retryDelaysMs?: number[];
  timeoutMs?: number;
  /** Once aborted, what is under way still gets its answer, but nothing more is sent. */
  interrupted?: AbortSignal;
};

type Answer = {
  data?: unknown;
  errors?: { message: string; extensions?: { code?: string } }[];
};

const defaultRetryDelaysMs = [200, 400, 800, 1_600, 3_200, 5_000];
const retriedStatuses = new Set([408, 429, 502, 503, 504]);
const retriedCodes = new Set(['PROJECTION_BEHIND', 'OVERLOADED', 'SERVICE_UNAVAILABLE', 'RATE_LIMITED']);

/** The request did not get through, and sending it again may help. */
class PassingFault extends Error {}

/**
 * Speaks GraphQL over HTTP with a bearer token. A request that did not get through is sent again unchanged, so every
 * mutation must carry an idempotency key.
 */
export class GraphqlClient {
  readonly url: string;
  private readonly headers: Record<string, string>;
  private readonly retryDelaysMs: number[];
  private readonly timeoutMs: number;
  private readonly interrupted: AbortSignal | undefined;

  constructor(options: GraphqlClientOptions) {
    this.url = options.url;
    this.headers = {
      'content-type': 'application/json',
      accept: 'application/json',
      authorization: `Bearer ${options.token}`,
      'x-chargebook-channel': options.channel ?? 'IMPORT',
    };
    this.retryDelaysMs = options.retryDelaysMs ?? defaultRetryDelaysMs;
    this.timeoutMs = options.timeoutMs ?? 60_000;
    this.interrupted = options.interrupted;
  }

  /**
   * Sends one operation and returns its data.
   *
   * @throws Failure with a sentence for people: unreachable, not let in, refused as malformed, or a fault inside
   */
  async request<T>(document: string, variables: Record<string, unknown>, retry = true): Promise<T> {
    const body = JSON.stringify({ query: document, variables });
    const waits = retry ? this.retryDelaysMs : [];
    for (let attempt = 0; ; attempt++) {
      if (this.interrupted?.aborted) throw new Failure('Interrupted.');
      try {
        return (await this.send(body)) as T;
      } catch (error) {
        if (!(error instanceof PassingFault)) throw error;
        const waitMs = waits[attempt];
        if (waitMs == null) throw new Failure(error.message);
        await delay(waitMs, undefined, { signal: this.interrupted }).catch(() => undefined);
      }
    }
  }

  private async send(body: string): Promise<unknown> {
    const { status, text } = await this.post(body);
    const answer = readAnswer(text);
    const [error] = answer?.errors ?? [];
    const code = error?.extensions?.code;
    if (status === 401 || code === 'UNAUTHENTICATED') {
      throw new Failure(`${this.url} does not know this token. Is it the one of this server?`);
    }
    if (retriedStatuses.has(status) || (code != null && retriedCodes.has(code))) {
      throw new PassingFault(`${this.url} is overloaded: ${error?.message ?? `HTTP status ${status}`}`);
    }
    if (error != null)
      throw new Failure(`The book answers: ${error.message}${code == null ? '' : ` (${code})`}`);
    if (answer?.data == null)
      throw new Failure(`${this.url} gives no GraphQL answer (HTTP status ${status}).`);
    return answer.data;
  }

  private async post(body: string): Promise<{ status: number; text: string }> {
    try {
      const signal = AbortSignal.timeout(this.timeoutMs);
      const response = await fetch(this.url, { method: 'POST', headers: this.headers, body, signal });
      return { status: response.status, text: await response.text() };
    } catch (error) {
      throw new PassingFault(`Nothing answers at ${this.url} (${reasonOf(error)}). Is the server running?`);
    }
  }
}

function readAnswer(text: string): Answer | undefined {
  try {
    const answer: unknown = JSON.parse(text);
    return typeof answer === 'object' && answer != null ? answer : undefined;
  } catch {
    return undefined;
  }
}

function reasonOf(error: unknown): string {
  const { name, message, cause } = error as Partial<Error>;
  if (name === 'TimeoutError') return 'no answer in time';
  const { code, message: deeper } = (cause ?? {}) as Partial<NodeJS.ErrnoException>;
  return code ?? deeper ?? message ?? String(error);
}
