import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import type { Database, Transaction, TransactionOptions } from '../database/database';
import { decideShares } from './lease-shares.decide';

/** For how long a projection stays with a process that says nothing. */
const LEASE_MS = 5_000;
const RENEWAL_MS = 1_000;
/** How long a newcomer waits for the last transaction of whoever had the lease before. */
const LAST_TRANSACTION_MS = 500;

export interface LeaseEvents {
  /** This process keeps the projection from now on. */
  onLease?(projection: string): void;
  /** This process does not keep the projection any more: another one has taken it over. */
  onLeaseLost?(projection: string): void;
  /** Leases could not be looked after; it is tried again. */
  onFault?(error: unknown): void;
}

/** What a process keeps, with the fences that prove it. */
export interface Holding {
  readonly fences: ReadonlyMap<string, number>;
  /** Aborted as soon as something else is held. */
  readonly changed: AbortSignal;
}

/** Another process keeps that projection now; nothing was written. */
export class LeaseLostError extends Error {
  constructor(readonly projections: readonly string[]) {
    super(`the lease of ${projections.join(', ')} is with another process`);
    this.name = 'LeaseLostError';
  }
}

interface LeaseRow {
  projection: string;
  holder: string | null;
  fence: number;
  is_over: boolean;
  projectors: number;
}

/**
 * Shares projections out among processes. A lease holds for some seconds and is renewed every second; one that is not
 * renewed goes to another process. What is written under a lease carries its fence, in the same transaction: a process
 * that slept through its lease writes nothing.
 */
export class Leases {
  private readonly id = randomUUID();
  private held = holding(new Map());

  /** @param projections all that this process can keep, in the same order in every process */
  constructor(
    private readonly database: Database,
    private readonly projections: readonly string[],
    private readonly events: LeaseEvents = {},
  ) {}

  get holding(): Holding {
    return this.held;
  }

  /** Takes and renews leases until the signal; what is held then stays so until `release`. */
  async keep(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.look();
      } catch (error) {
        this.events.onFault?.(error);
      }
      await pause(RENEWAL_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Gives everything back; to be called when nothing is written any more. */
  async release(): Promise<void> {
    try {
      await this.give([...this.held.fences.keys()]);
      // With it those that went without a word, long ago.
      await this.database.query(
        "DELETE FROM book.projector WHERE id = $1 OR seen_until < clock_timestamp() - interval '1 hour'",
        [this.id],
      );
    } catch {
      // Leases that nobody renews end by themselves.
    }
    this.hold(new Map());
  }

  /**
   * Runs a job in a transaction that is only committed while this process keeps these projections: nobody can take them
   * over until it ends.
   *
   * @throws LeaseLostError
   */
  async write<Result>(
    names: readonly string[],
    job: (transaction: Transaction) => Promise<Result>,
    options: TransactionOptions = {},
  ): Promise<Result> {
    const { fences } = this.held;
    // By its name, whoever takes over finds a transaction that will never go on.
    const settings = { ...options.settings, application_name: nameOfTransactions(this.id) };
    return this.database.transaction(
      async (transaction) => {
        const rows = await transaction.query<Pick<LeaseRow, 'projection' | 'holder' | 'fence'>>(
          `SELECT projection, holder, fence FROM book.lease WHERE projection = ANY($1)
           ORDER BY projection FOR KEY SHARE`,
          [names],
        );
        const ours = new Set(
          rows
            .filter(({ projection, holder, fence }) => holder === this.id && fence === fences.get(projection))
            .map(({ projection }) => projection),
        );
        const lost = names.filter((name) => !ours.has(name));
        if (lost.length > 0) {
          this.lose(lost, fences);
          throw new LeaseLostError(lost);
        }
        return job(transaction);
      },
      { ...options, settings },
    );
  }

  private async look(): Promise<void> {
    const rows = await this.renew();
    const kept = new Map(
      rows
        .filter(({ projection, holder, fence }) => {
          return holder === this.id && fence === this.held.fences.get(projection);
        })
        .map(({ projection, fence }) => [projection, fence]),
    );
    const lost = [...this.held.fences.keys()].filter((projection) => !kept.has(projection));
    this.lose(lost, this.held.fences);
    const states = this.projections.map((projection) => {
      const row = rows.find((one) => one.projection === projection);
      return { projection, isMine: kept.has(projection), isFree: row?.is_over ?? false };
    });
    const { give, take } = decideShares(states, rows[0]?.projectors ?? 1);
    await this.give(give);
    for (const projection of give) kept.delete(projection);
    try {
      for (const projection of take) {
        const fence = await this.take(projection);
        if (fence == null) continue;
        kept.set(projection, fence);
        this.events.onLease?.(projection);
      }
    } finally {
      this.hold(kept);
    }
  }

  private lose(lost: readonly string[], fences: Holding['fences']): void {
    const kept = new Map(this.held.fences);
    for (const projection of lost) {
      if (!kept.has(projection) || kept.get(projection) !== fences.get(projection)) continue;
      kept.delete(projection);
      this.events.onLeaseLost?.(projection);
    }
    this.hold(kept);
  }

  private hold(fences: ReadonlyMap<string, number>): void {
    const before = this.held;
    const isSame =
      before.fences.size === fences.size &&
      [...fences].every(([projection, fence]) => before.fences.get(projection) === fence);
    if (isSame) return;
    this.held = holding(fences);
    before.stop.abort();
  }

  /** Says that this process is there, renews what it holds, and gives the leases as they are then. */
  private async renew(): Promise<LeaseRow[]> {
    return this.database.transaction(async (transaction) => {
      const until = `clock_timestamp() + interval '${String(LEASE_MS)} ms'`;
      await transaction.query(
        `INSERT INTO book.projector (id, name, seen_until) VALUES ($1, $2, ${until})
         ON CONFLICT (id) DO UPDATE SET seen_until = excluded.seen_until`,
        [this.id, `${hostname()} process ${String(process.pid)}`],
      );
      await transaction.query(
        `INSERT INTO book.lease (projection) SELECT unnest($1::text[]) EXCEPT SELECT projection FROM book.lease
         ON CONFLICT DO NOTHING`,
        [this.projections],
      );
      await transaction.query(
        `UPDATE book.lease SET expires_at = ${until} WHERE holder = $1 AND projection = ANY($2)`,
        [this.id, [...this.held.fences.keys()]],
      );
      return transaction.query<LeaseRow>(
        `SELECT projection, holder, fence, expires_at <= clock_timestamp() AS is_over,
           (SELECT count(*) FROM book.projector WHERE seen_until > clock_timestamp()) AS projectors
         FROM book.lease WHERE projection = ANY($1)`,
        [this.projections],
      );
    });
  }

  /** The transaction that is under way in this process, if any, still ends before another one can take over. */
  private async give(projections: readonly string[]): Promise<void> {
    if (projections.length === 0) return;
    await this.database.query(
      `UPDATE book.lease SET expires_at = '-infinity' WHERE holder = $1 AND projection = ANY($2)`,
      [this.id, projections],
    );
  }

  /** @returns the new fence; undefined where somebody else was faster */
  private async take(projection: string): Promise<number | undefined> {
    for (const isLastTry of [false, true]) {
      try {
        return await this.tryToTake(projection);
      } catch (error) {
        if ((error as { code?: string }).code !== LOCK_NOT_AVAILABLE || isLastTry) throw error;
        // A process that sleeps or hangs in the middle of a transaction would hold on to it for ever.
        await this.endTransactionsOf(projection);
      }
    }
    return undefined;
  }

  private tryToTake(projection: string): Promise<number | undefined> {
    return this.database.transaction(
      async (transaction) => {
        const free = await transaction.query(
          'SELECT FROM book.lease WHERE projection = $1 AND expires_at <= clock_timestamp() FOR UPDATE',
          [projection],
        );
        if (free.length === 0) return undefined;
        const taken = await transaction.query<{ fence: number }>(
          `UPDATE book.lease SET holder = $2, fence = fence + 1,
             expires_at = clock_timestamp() + interval '${String(LEASE_MS)} ms'
           WHERE projection = $1 RETURNING fence`,
          [projection, this.id],
        );
        return taken[0]?.fence;
      },
      { settings: { lock_timeout: `${String(LAST_TRANSACTION_MS)}ms` } },
    );
  }

  private async endTransactionsOf(projection: string): Promise<void> {
    await this.database.query(
      `SELECT pg_terminate_backend(activity.pid, 2000) FROM book.lease JOIN pg_stat_activity AS activity
         ON activity.application_name = '${TRANSACTIONS_OF}' || lease.holder
       WHERE lease.projection = $1 AND lease.holder <> $2 AND lease.expires_at <= clock_timestamp()`,
      [projection, this.id],
    );
  }
}

const LOCK_NOT_AVAILABLE = '55P03';
const TRANSACTIONS_OF = 'chargebook projector ';

function nameOfTransactions(id: string): string {
  return `${TRANSACTIONS_OF}${id}`;
}

function holding(fences: ReadonlyMap<string, number>): Holding & { readonly stop: AbortController } {
  const stop = new AbortController();
  return { fences, changed: stop.signal, stop };
}
