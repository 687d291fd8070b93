import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** Where the embedded engines of a data directory answer: unix sockets, which only its owner can open. */
export interface SharedEngines {
  readonly eventStore?: { readonly endpoint: string };
  readonly database?: {
    readonly host: string;
    readonly port: number;
    readonly user: string;
    readonly database: string;
  };
}

/** Processes are often started together; whoever hosts the engines needs a moment. */
const HOST_STARTS_WITHIN_MS = 10_000;
const LOOK_EVERY_MS = 100;
const WATCH_EVERY_MS = 2_000;

/** Tells other processes on this machine where the engines of a data directory are. */
export async function announceEngines(dataDirectory: string, engines: SharedEngines): Promise<void> {
  const file = fileIn(dataDirectory);
  await writeFile(`${file}.new`, `${JSON.stringify(engines)}\n`, { mode: 0o600 });
  await rename(`${file}.new`, file);
}

export async function withdrawEngines(dataDirectory: string): Promise<void> {
  await rm(fileIn(dataDirectory), { force: true });
}

/**
 * Where another process has the engines of a data directory.
 *
 * @throws Error where none has said so in time
 */
export async function findEngines(dataDirectory: string): Promise<SharedEngines> {
  const patience = AbortSignal.timeout(HOST_STARTS_WITHIN_MS);
  for (;;) {
    const text = await textIn(dataDirectory);
    if (text != null) return JSON.parse(text) as SharedEngines;
    if (patience.aborted)
      throw new Error(
        'no process with ROLE=all hosts its engines; start that, or set EVENTSTORE_URL and DATABASE_URL',
      );
    await pause(LOOK_EVERY_MS);
  }
}

/** Resolves when the engines answer elsewhere than they did: a connection would wait for ever where they were. */
export async function untilEnginesMove(
  dataDirectory: string,
  known: SharedEngines,
  signal: AbortSignal,
): Promise<void> {
  const before = JSON.stringify(known);
  while (!signal.aborted) {
    await pause(WATCH_EVERY_MS, undefined, { signal, ref: false }).catch(() => undefined);
    const text = await textIn(dataDirectory);
    if (text != null && text.trim() !== before) return;
  }
  return new Promise(() => undefined);
}

function fileIn(dataDirectory: string): string {
  return path.join(dataDirectory, 'engines.json');
}

async function textIn(dataDirectory: string): Promise<string | undefined> {
  return readFile(fileIn(dataDirectory), 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  });
}
