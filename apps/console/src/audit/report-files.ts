import { headersFor } from '../api/headers';
import { tokenOfTab } from '../api/token';

/** What a report is to be about, as the API takes it. */
export interface Asked {
  readonly scope: Readonly<Record<string, string | true>>;
  readonly from: string;
  readonly to: string;
  readonly knownAt?: string;
  readonly asOfSequence?: string;
}

/** How far something is, of how much. */
export interface Progress {
  readonly done: number;
  readonly all: number;
}

/** It cannot be had; the message is the server's. */
export class RefusedError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'RefusedError';
  }
}

const ASK_AGAIN_MS = 1_000;

/**
 * Has a report made, and waits for it.
 *
 * @returns the fact at which it is cut, so that everything else is asked of the same report
 * @throws RefusedError
 */
export async function makeReport(
  asked: Asked,
  onProgress: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<{ readonly asOfSequence: string }> {
  let pinned = asked;
  for (;;) {
    const response = await request('/audit/reports', {
      method: 'POST',
      body: JSON.stringify(pinned),
      signal,
    });
    const told = (await response.json()) as {
      asOfSequence: number;
      progress?: { reachedSequence: number; ofSequence: number };
    };
    const { knownAt: _, ...rest } = asked;
    pinned = { ...rest, asOfSequence: String(told.asOfSequence) };
    if (response.status === 200) return { asOfSequence: String(told.asOfSequence) };
    if (told.progress != null)
      onProgress({ done: told.progress.reachedSequence, all: told.progress.ofSequence });
    await pause(signal);
  }
}

/**
 * Downloads a file of a report; where it is still being made, it is waited for.
 *
 * @throws RefusedError
 */
export async function fetchFile(
  url: string,
  onProgress: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<Blob> {
  const response = await request(url, { signal });
  const all = Number(response.headers.get('content-length') ?? 0);
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let done = 0;
  const reader = response.body?.getReader();
  for (let part = await reader?.read(); part?.value != null; part = await reader?.read()) {
    parts.push(part.value);
    done += part.value.length;
    onProgress({ done, all });
  }
  return new Blob(parts, { type: response.headers.get('content-type') ?? '' });
}

/** Sends it again for as long as the server says that it is being made. */
async function request(url: string, init: RequestInit): Promise<Response> {
  for (;;) {
    const headers = {
      ...headersFor(tokenOfTab() ?? '', { waits: false }),
      ...(init.body == null ? {} : { 'content-type': 'application/json' }),
    };
    const response = await fetch(url, { ...init, headers });
    if (response.ok) return response;
    const told = (await response.json().catch(() => ({}))) as {
      errors?: { message: string; extensions?: { code?: string } }[];
    };
    const problem = told.errors?.[0];
    if (problem?.extensions?.code !== 'REPORT_IN_PROGRESS')
      throw new RefusedError(problem?.message ?? String(response.status));
    await pause(init.signal ?? undefined);
  }
}

function pause(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ASK_AGAIN_MS);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(new DOMException('Aborted', 'AbortError'));
    });
  });
}
