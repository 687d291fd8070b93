import { setTimeout as delay } from 'node:timers/promises';

import type { Cluster } from './cluster';
import { startPostmaster } from './postmaster';
import type { Postmaster } from './postmaster';
import type { ServerLog } from './server-log';

const firstRestartDelayMs = 100;
const maxRestartDelayMs = 10_000;
/** After a server that ran this long, the back-off begins anew. */
const settledMs = 30_000;

/** Starts the postmaster again, with back-off, whenever it dies before it is told to stop. */
export class Supervisor {
  #postmaster: Postmaster | undefined;
  #watching: Promise<void> = Promise.resolve();
  readonly #stopping = new AbortController();

  constructor(
    readonly cluster: Cluster,
    private readonly serverLog: ServerLog,
    private readonly log: (line: string) => void,
  ) {}

  /** The postmaster's process id; while it is down, that of the last one. */
  get pid(): number {
    return this.#postmaster?.pid ?? 0;
  }

  async start(): Promise<void> {
    this.#watching = this.#watch(await this.#startPostmaster());
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#postmaster?.stop();
    await this.#watching;
    // A restart that was under way when we were told to stop.
    await this.#postmaster?.stop();
  }

  async #watch(first: Postmaster): Promise<void> {
    let postmaster: Postmaster | undefined = first;
    let restartDelayMs = firstRestartDelayMs;
    for (;;) {
      const sinceMs = performance.now();
      const end = await postmaster?.exited;
      if (this.#isStopping) return;
      if (performance.now() - sinceMs > settledMs) restartDelayMs = firstRestartDelayMs;
      if (end != null)
        this.log(`PostgreSQL died (${end}); it is started again in ${String(restartDelayMs)} ms`);
      await delay(restartDelayMs, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
      if (this.#isStopping) return;
      restartDelayMs = Math.min(restartDelayMs * 2, maxRestartDelayMs);
      postmaster = await this.#startPostmaster().catch((error: unknown) => {
        if (!this.#isStopping) this.log(`${String(error)}; the next try is in ${String(restartDelayMs)} ms`);
        return undefined;
      });
    }
  }

  get #isStopping(): boolean {
    return this.#stopping.signal.aborted;
  }

  async #startPostmaster(): Promise<Postmaster> {
    const postmaster = await startPostmaster(this.cluster, this.serverLog, (spawned) => {
      this.#postmaster = spawned;
      if (this.#isStopping) void spawned.stop();
    });
    this.log(`PostgreSQL runs in ${this.cluster.path} (pid ${String(postmaster.pid)})`);
    return postmaster;
  }
}
