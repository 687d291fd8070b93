import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import type { ToldEntry } from '@chargebook/transparency';
import { Failure } from '../failures';

/** A checkpoint as a server tells it, with what is needed to check it. */
export interface ToldCheckpoint {
  readonly origin: string;
  readonly size: number;
  readonly note: string;
  readonly signedAt: string;
  readonly cosignatures: readonly { readonly witness: string; readonly line: string }[];
  readonly keys: readonly { readonly key: string; readonly introduction?: string }[];
}

/** An entry, and where the ledger's row is not what the event store gives, its columns; none where there is no row. */
export type CountedEntry = ToldEntry & { readonly ledger?: readonly string[] };

/** The server has no answer now; there may be one later. */
export class SilenceError extends Failure {
  override name = 'SilenceError';
}

const NOT_FOUND = 404;

/** A book as its server tells it over HTTP. Nothing of it is believed here. */
export class ToldBook {
  constructor(
    private readonly url: URL,
    private readonly token: string,
    private readonly signal?: AbortSignal,
  ) {}

  /** The last checkpoint. */
  checkpoint(): Promise<ToldCheckpoint> {
    return this.json<ToldCheckpoint>('audit/checkpoint');
  }

  /** The first checkpoint that covers a sequence; the server makes one where there is none. */
  checkpointCovering(sequence: number): Promise<ToldCheckpoint> {
    return this.json<ToldCheckpoint>(`audit/checkpoint?covering=${String(sequence)}`);
  }

  /** Leaves of the tree from an index to before another. */
  async *leaves(from: number, to: number): AsyncGenerator<Uint8Array, void, undefined> {
    if (from === to) return;
    yield* await this.stream(`audit/leaves?from=${String(from)}&to=${String(to)}`);
  }

  /** The root of the tree of so many leaves, hexadecimal; undefined where it is not so large. */
  async root(size: number): Promise<string | undefined> {
    const response = await this.send(`audit/root?size=${String(size)}`);
    if (response.status === NOT_FOUND) return undefined;
    return (await this.answered<{ root: string }>(response)).root;
  }

  /** Hashes that prove that the tree only grew, hexadecimal. */
  async consistency(from: number, to: number): Promise<string[]> {
    const path = `audit/consistency?from=${String(from)}&to=${String(to)}`;
    return (await this.json<{ hashes: string[] }>(path)).hashes;
  }

  /** Entries as the ledger has them. */
  entries(to: number): AsyncGenerator<ToldEntry, void, undefined> {
    return this.lines(`audit/entries?after=0&to=${String(to)}`);
  }

  /** Entries as the event store gives them, counted again. */
  recount(to: number): AsyncGenerator<CountedEntry, void, undefined> {
    return this.lines(`audit/recount?to=${String(to)}`);
  }

  async cosign(size: number, witness: string, line: string): Promise<void> {
    const body = JSON.stringify({ size, witness, line });
    const response = await this.send('audit/cosignatures', { method: 'POST', body });
    if (!response.ok) await this.refuse(response);
  }

  async rotateKey(isLost: boolean): Promise<ToldCheckpoint['keys']> {
    const response = await this.send('audit/rotate-key', {
      method: 'POST',
      body: JSON.stringify({ isLost }),
    });
    return this.answered<ToldCheckpoint['keys']>(response);
  }

  private async *lines(path: string): AsyncGenerator<CountedEntry, void, undefined> {
    const input = await this.stream(path);
    for await (const line of createInterface({ input, crlfDelay: Infinity }))
      yield JSON.parse(line) as CountedEntry;
    // A stream that breaks off ends the lines as if they were all.
    if (input.errored != null) throw new SilenceError(`${path} broke off: ${input.errored.message}.`);
  }

  private async stream(path: string): Promise<Readable> {
    const response = await this.send(path);
    if (!response.ok || response.body == null) return this.refuse(response);
    return Readable.fromWeb(response.body as ReadableStream);
  }

  private async json<Answer>(path: string): Promise<Answer> {
    return this.answered<Answer>(await this.send(path));
  }

  private async answered<Answer>(response: Response): Promise<Answer> {
    if (!response.ok) return this.refuse(response);
    return (await response.json()) as Answer;
  }

  private async send(path: string, how: { method?: string; body?: string } = {}): Promise<Response> {
    const headers: Record<string, string> = { authorization: `Bearer ${this.token}` };
    if (how.body != null) headers['content-type'] = 'application/json';
    const address = new URL(`/${path}`, this.url).href;
    return fetch(address, { ...how, headers, signal: this.signal }).catch((error: unknown) => {
      throw new SilenceError(`Nothing answers at ${address} (${String(error)}). Is the server running?`);
    });
  }

  private async refuse(response: Response): Promise<never> {
    const answer = (await response.json().catch(() => undefined)) as
      { errors?: { message: string }[] } | undefined;
    const message = answer?.errors?.[0]?.message ?? `HTTP status ${String(response.status)}`;
    throw response.status >= 500
      ? new SilenceError(`The server cannot answer now: ${message}`)
      : new Failure(`The server answers: ${message}`);
  }
}
