import type { Position } from '@chargebook/event-store';
import type { Database } from '../database/database';

export const PROGRESS_CHANNEL = 'chargebook_progress';

/** The read models have not yet taken in what the reader wants to see. */
export class ProjectionBehindError extends Error {
  constructor(readonly position: Position) {
    super('the read models have not taken in that position yet');
    this.name = 'ProjectionBehindError';
  }
}

/** How far all projections are: what a reader may see. */
export interface ProgressMark {
  /** Sequence that every projection has reached, and at which no plan of several moves is half done. */
  readonly sequence: number;
  /** Position in the event store that the ledger has reached; what the others still lack shows in the sequence. */
  readonly position: Position | undefined;
  /** Sequence of the ledger. */
  readonly ledger: number;
}

/** Watches how far the read models are, from whichever process they are kept. */
export class Progress {
  private readonly waiting = new Set<() => void>();
  private readonly stopped = new AbortController();
  private listening: Promise<void> | undefined;

  constructor(private readonly database: Database) {}

  start(): void {
    this.listening ??= this.database.listen(PROGRESS_CHANNEL, () => this.wake(), this.stopped.signal);
  }

  async stop(): Promise<void> {
    this.stopped.abort();
    this.wake();
    await this.listening;
  }

  async mark(): Promise<ProgressMark> {
    const rows = await this.database.query<{
      sequence: number | null;
      ledger: number | null;
      position: number | null;
    }>(
      `SELECT book.whole_cut(coalesce(min(sequence), 0)) AS sequence, max(sequence) FILTER (WHERE name = 'ledger') AS ledger,
              max(position) AS position FROM book.projection`,
    );
    const { sequence, ledger, position } = rows[0] ?? { sequence: 0, ledger: 0, position: null };
    return {
      sequence: sequence ?? 0,
      ledger: ledger ?? 0,
      position: position == null ? undefined : BigInt(position),
    };
  }

  /**
   * Waits until every projection has taken in a position of the event store.
   *
   * @throws ProjectionBehindError when that does not come about in time
   */
  async reached(position: Position, timeoutMs: number): Promise<ProgressMark> {
    const deadlineMs = Date.now() + timeoutMs;
    for (;;) {
      const woken = this.nextChange(Math.max(1, deadlineMs - Date.now()));
      const mark = await this.mark();
      if (mark.position != null && mark.position >= position && mark.sequence >= mark.ledger) {
        woken.cancel();
        return mark;
      }
      if (Date.now() >= deadlineMs) {
        woken.cancel();
        throw new ProjectionBehindError(position);
      }
      await woken.promise;
    }
  }

  /** Resolves when the read models may have gone on, or after a while. */
  changed(mostMs: number): Promise<void> {
    return this.nextChange(mostMs).promise;
  }

  /** Notices can be lost with a connection, so that waiting also looks by itself now and then. */
  private nextChange(mostMs: number): { promise: Promise<void>; cancel: () => void } {
    let cancel = (): void => undefined;
    const promise = new Promise<void>((resolve) => {
      const timer = setTimeout(done, Math.min(mostMs, 250));
      const { waiting } = this;
      function done(): void {
        clearTimeout(timer);
        waiting.delete(done);
        resolve();
      }
      waiting.add(done);
      cancel = done;
    });
    return { promise, cancel };
  }

  private wake(): void {
    for (const wake of [...this.waiting]) wake();
  }
}
