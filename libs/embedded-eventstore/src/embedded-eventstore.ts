import { accessSync, constants, existsSync, mkdirSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { FailureCode } from './failure';
import type { ListenSettings, ServerSettings } from './server';
import type { FromWorker } from './worker-messages';

export interface EmbeddedEventStoreOptions {
  /** Folder of the store; made with mode 0700 when absent. */
  directory: string;
  /**
   * Without it the server listens on a unix socket in the folder (in a short runtime folder of its own when the path
   * would exceed 107 bytes), which nobody but this user can open. With it, on TCP.
   */
  listen?: ListenSettings;
  /** Larger appends are refused; 1 MiB unless told, as EventStoreDB does. At most 16 MiB. */
  maxAppendSizeBytes?: number;
  /** An append that waited so long for those before it is refused (timeout), and not written. Without it, it waits. */
  writeTimeoutMs?: number;
  /**
   * Nothing that is recorded can be made to disappear: deletes, tombstones, and metadata that truncates are refused
   * (access denied). Off unless told, as in EventStoreDB.
   */
  isAppendOnly?: boolean;
}

export interface EmbeddedEventStore {
  /** What the client connects to, e.g. "unix:/path/events.sock" or "127.0.0.1:2113". */
  readonly endpoint: string;
  /** Resolves when the server has ended after `stop`; rejects when it ended by itself, saying why. */
  readonly ended: Promise<void>;
  /** Ends clients' calls as cancelled, once what they were writing is on disk, and closes the store. */
  stop(): Promise<void>;
}

/** The store cannot be served; `code` says why. */
export class EmbeddedEventStoreError extends Error {
  override readonly name: string = 'EmbeddedEventStoreError';

  constructor(
    readonly code: FailureCode,
    message: string,
  ) {
    super(message);
  }
}

/** Another process has the directory. */
export class EventStoreInUseError extends EmbeddedEventStoreError {
  override readonly name = 'EventStoreInUseError';

  constructor(
    message: string,
    /** The process that has it, where that is known. */
    readonly pid: number | undefined,
  ) {
    super('IN_USE', message);
  }
}

/** The store's file is not whole, or not a store. It is left as it is. */
export class EventStoreDamagedError extends EmbeddedEventStoreError {
  override readonly name = 'EventStoreDamagedError';

  constructor(message: string) {
    super('DAMAGED', message);
  }
}

const DEFAULT_MAX_APPEND_SIZE_BYTES = 1024 * 1024;
const STOP_WITHIN_MS = 10_000;

/**
 * Starts the server in a worker thread.
 *
 * @throws EventStoreInUseError, EventStoreDamagedError, or EmbeddedEventStoreError with code UNWRITABLE (the directory),
 *   ADDRESS_IN_USE (the port), BAD_CERTIFICATE or FAILED
 */
export async function startEmbeddedEventStore(
  options: EmbeddedEventStoreOptions,
): Promise<EmbeddedEventStore> {
  const settings: ServerSettings = {
    directory: prepareDirectory(options.directory),
    listen: options.listen,
    maxAppendSizeBytes: options.maxAppendSizeBytes ?? DEFAULT_MAX_APPEND_SIZE_BYTES,
    writeTimeoutMs: options.writeTimeoutMs ?? Infinity,
    isAppendOnly: options.isAppendOnly ?? false,
  };
  const worker = new Worker(workerFile(), { workerData: settings, execArgv: [] });
  const ended = untilEnded(worker);
  // Whoever does not look at it is not to be brought down by it.
  ended.catch(() => undefined);
  const endpoint = await Promise.race([untilListening(worker), ended.then(neverStarted)]);
  return { endpoint, ended, stop: async () => stopWorker(worker, ended) };
}

function prepareDirectory(directory: string): string {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    accessSync(directory, constants.R_OK | constants.W_OK | constants.X_OK);
    return realpathSync(directory);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new EmbeddedEventStoreError(
      'UNWRITABLE',
      `The store's directory ${directory} cannot be written: ${reason}`,
    );
  }
}

/** Where the worker listens; never, when it does not. */
async function untilListening(worker: Worker): Promise<string> {
  return new Promise((resolve) => {
    worker.on('message', (message: FromWorker) => {
      if (message.kind === 'listening') resolve(message.endpoint);
    });
  });
}

/** Rejects with the reason that the worker gave before it ended. */
async function untilEnded(worker: Worker): Promise<void> {
  return new Promise((resolve, reject) => {
    let reason: Error | undefined;
    worker.on('message', (message: FromWorker) => {
      if (message.kind === 'failed') reason = errorOf(message);
    });
    worker.once('error', (error) => (reason = failed(`The event store died: ${String(error)}`)));
    worker.once('exit', (exitCode) => {
      if (exitCode === 0 && reason == null) resolve();
      else reject(reason ?? failed(`The event store's thread ended with code ${exitCode}`));
    });
  });
}

function neverStarted(): never {
  throw failed('The event store ended before it was ready');
}

function failed(message: string): EmbeddedEventStoreError {
  return new EmbeddedEventStoreError('FAILED', message);
}

function errorOf({ code, message, pid }: FromWorker & { kind: 'failed' }): EmbeddedEventStoreError {
  if (code === 'IN_USE') return new EventStoreInUseError(message, pid);
  if (code === 'DAMAGED') return new EventStoreDamagedError(message);
  return new EmbeddedEventStoreError(code, message);
}

/** Also when it has ended by itself: `ended` tells that. */
async function stopWorker(worker: Worker, ended: Promise<void>): Promise<void> {
  worker.postMessage('stop');
  const timer = setTimeout(() => void worker.terminate(), STOP_WITHIN_MS);
  await ended.catch(() => undefined);
  clearTimeout(timer);
}

const BUNDLED_WORKER = 'event-store-worker.js';
const BUILT_WORKER = path.join('dist', 'embedded-eventstore', 'worker.js');

/** The worker is built JavaScript: beside the bundle that this runs in, or in the workspace's build folder. */
function workerFile(): string {
  const here = path.dirname(fileURLToPath(import.meta.url));
  const beside = path.join(here, BUNDLED_WORKER);
  if (existsSync(beside)) return beside;
  for (let folder = here; ; folder = path.dirname(folder)) {
    const built = path.join(folder, BUILT_WORKER);
    if (existsSync(built)) return built;
    if (folder === path.dirname(folder)) break;
  }
  throw failed(
    `The event store's worker is not built: no ${BUNDLED_WORKER} beside ${here}, no ${BUILT_WORKER} above it`,
  );
}
