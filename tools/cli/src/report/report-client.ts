import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { Failure } from '../failures';

/** What a report is to be about, as the server wants it. */
export interface AskedReport {
  readonly scope: Readonly<Record<string, string | true>>;
  readonly from: string;
  readonly to: string;
  readonly knownAt?: string;
  readonly asOfSequence?: string;
}

export interface Download {
  readonly format: string;
  readonly file: string;
  readonly url: string;
}

/** A report that the server has made. */
export interface MadeReport {
  readonly asOfSequence: number;
  readonly knownAt: string;
  readonly digest: string;
  readonly entryCount: number;
  readonly downloads: readonly Download[];
}

/** How far the making of a report is. */
export interface Making {
  readonly reachedSequence: number;
  readonly ofSequence: number;
}

/** The connection broke, or the server is busy: the same may go well in a moment. */
class Interruption extends Failure {}

const LOOK_AGAIN_MS = 100;
/** So long nothing may come before it is given up. */
const LONGEST_SILENCE_MS = 120_000;

/** Has reports made by a server, and brings them here. */
export class ReportClient {
  constructor(
    private readonly server: URL,
    private readonly token: string,
    private readonly interrupted?: AbortSignal,
  ) {}

  /**
   * Asks until the report is made.
   *
   * @throws Failure in the server's own words
   */
  async made(asked: AskedReport, onProgress: (making: Making) => void): Promise<MadeReport> {
    const body = JSON.stringify(asked);
    // While it is made the book goes on: from the first answer on it is asked for at one place in it.
    let pinned = body;
    for (;;) {
      const response = await this.patiently(() =>
        this.ask('/audit/reports', { method: 'POST', body: pinned }),
      );
      const told = (await response.json()) as MadeReport & { progress?: Making };
      if (response.status === 200) return told;
      if (told.progress != null) onProgress(told.progress);
      const { knownAt: _, ...rest } = asked;
      pinned = JSON.stringify({ ...rest, asOfSequence: told.asOfSequence });
      await this.rest();
    }
  }

  /**
   * Brings a file here. What an earlier try has brought is gone on with.
   *
   * @param file under its own name only once it is whole
   * @throws Failure
   */
  async download({ url }: Download, file: string, onBytes: (bytes: number) => void): Promise<void> {
    const part = `${file}.part`;
    const etagFile = `${part}.etag`;
    const whole = await this.patiently(() => this.fetchInto(url, part, etagFile, onBytes));
    if ((await sha256Of(part)) !== whole.replaceAll('"', '')) {
      await Promise.all([part, etagFile].map((one) => rm(one, { force: true })));
      throw new Failure(`What was downloaded is not what the server has: ask again for ${file}.`);
    }
    await rename(part, file);
    await rm(etagFile, { force: true });
  }

  /** @returns the file's entity tag */
  private async fetchInto(
    url: string,
    part: string,
    etagFile: string,
    onBytes: (bytes: number) => void,
  ): Promise<string> {
    const begun = await sizeOf(part);
    const known = begun === 0 ? undefined : await readFile(etagFile, 'utf8').catch(() => undefined);
    const headers: Record<string, string> =
      known == null ? {} : { range: `bytes=${String(begun)}-`, 'if-range': known };
    const response = await this.ask(url, { headers });
    if (response.status === 416 && known != null) return known;
    const etag = response.headers.get('etag') ?? '';
    const isRest = response.status === 206;
    await writeFile(etagFile, etag, { mode: 0o600 });
    const out = await open(part, isRest ? 'a' : 'w', 0o600);
    try {
      for await (const piece of response.body ?? []) {
        await out.write(piece as Uint8Array);
        onBytes((piece as Uint8Array).length);
      }
    } catch (error) {
      throw new Interruption(`The download was cut: ${String(error)}`);
    } finally {
      await out.close();
    }
    return etag;
  }

  private async ask(path: string, how: RequestInit): Promise<Response> {
    const address = new URL(path, this.server);
    // The token is for this server alone.
    if (address.origin !== this.server.origin) throw new Failure(`${address.href} is another server.`);
    const headers = {
      ...(how.headers as object),
      authorization: `Bearer ${this.token}`,
      ...(how.body == null ? {} : { 'content-type': 'application/json' }),
    };
    const response = await fetch(address, { ...how, headers, signal: this.interrupted }).catch(
      (error: unknown) => {
        throw new Interruption(
          `Nothing answers at ${address.href} (${String(error)}). Is the server running?`,
        );
      },
    );
    if (response.ok || response.status === 416) return response;
    const answer = (await response.json().catch(() => undefined)) as
      { errors?: { message: string; extensions?: { code?: string } }[] } | undefined;
    const [fault] = answer?.errors ?? [];
    const message = fault?.message ?? `${address.href} answers with HTTP status ${String(response.status)}.`;
    const isPassing = response.status >= 500 && fault?.extensions?.code !== 'REPORT_NOT_POSSIBLE';
    throw isPassing ? new Interruption(message) : new Failure(message);
  }

  /** Tries again for a while where the way to the server broke, or it is busy. */
  private async patiently<Result>(attempt: () => Promise<Result>): Promise<Result> {
    const patience = AbortSignal.timeout(LONGEST_SILENCE_MS);
    for (;;) {
      try {
        return await attempt();
      } catch (error) {
        if (this.interrupted?.aborted === true)
          throw new Failure('Interrupted; the same command goes on later.');
        if (!(error instanceof Interruption) || patience.aborted) throw error;
        await this.rest();
      }
    }
  }

  private async rest(): Promise<void> {
    await delay(LOOK_AGAIN_MS, undefined, { signal: this.interrupted }).catch(() => {
      throw new Failure('Interrupted; the same command goes on later.');
    });
  }
}

async function sizeOf(file: string): Promise<number> {
  return stat(file).then(
    ({ size }) => size,
    () => 0,
  );
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(file)) hash.update(piece as Uint8Array);
  return hash.digest('hex');
}
