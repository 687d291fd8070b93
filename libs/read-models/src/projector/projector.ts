import type { Instant } from '@chargebook/domain';
import type { EventStore, Batch } from '@chargebook/event-store';
import { setTimeout as pause } from 'node:timers/promises';
import type { Database, Transaction } from '../database/database';
import type { LedgerFact, LedgerHead } from '../ledger/ledger';
import { appendToLedger, factsAfter } from '../ledger/ledger';
import type { Projection } from './projection';
import { PROGRESS_CHANNEL } from './progress';
import { Quarantine } from './quarantine';

export const LEDGER = 'ledger';
const LEDGER_VERSION = 1;
const BATCH_SIZE = 1_000;
const LONGEST_BACK_OFF_MS = 2_000;

export interface ProjectorEvents {
  /** Reading or writing failed; it is tried again. */
  onFault?(error: unknown): void;
  /** A thing could not be brought up to date in a projection; the rest goes on. */
  onQuarantine?(projection: string, thing: string, sequence: number, error: unknown): void;
}

/**
 * Keeps the read models up to date with the event store. The ledger takes every event in and gives it its sequence;
 * all other projections are made from the ledger. A batch is one transaction: rows and how far they go, so that each
 * event counts exactly once.
 */
export class Projector {
  private readonly quarantine: Quarantine;

  constructor(
    private readonly database: Database,
    private readonly store: EventStore,
    private readonly projections: readonly Projection[],
    private readonly events: ProjectorEvents = {},
  ) {
    this.quarantine = new Quarantine((...told) => this.events.onQuarantine?.(...told));
  }

  /** Works until the signal; faults are told and tried again. */
  async run(signal: AbortSignal): Promise<void> {
    for (let backOffMs = 50; !signal.aborted; backOffMs = Math.min(backOffMs * 2, LONGEST_BACK_OFF_MS)) {
      try {
        await this.begin();
        await this.catchUp(signal);
        await this.follow(signal, () => (backOffMs = 50));
      } catch (error) {
        for (const projection of this.projections) projection.forget?.();
        this.events.onFault?.(error);
        await pause(backOffMs, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  /** Makes sure that every projection has its mark; one whose rows have another meaning now begins anew. */
  private async begin(): Promise<void> {
    await this.database.transaction(async (transaction) => {
      await mark(transaction, LEDGER, LEDGER_VERSION);
      for (const projection of this.projections) {
        const isCurrent = await mark(transaction, projection.name, projection.version);
        if (isCurrent) continue;
        const tables = projection.tables.map((table) => `${projection.name}.${table}`);
        await transaction.query(`TRUNCATE ${tables.join(', ')}`);
        await this.quarantine.release(transaction, projection.name);
      }
    });
  }

  /** Brings projections that are behind the ledger up to it. */
  private async catchUp(signal: AbortSignal): Promise<void> {
    for (const projection of this.projections) {
      while (!signal.aborted) {
        const isThere = await this.database.transaction(async (transaction) => {
          const [sequence = 0] = await lockProgress(transaction, [projection.name]);
          const { facts, last } = await factsAfter(transaction, sequence, BATCH_SIZE);
          if (last == null) return true;
          await this.take(transaction, projection, facts, sequence, last);
          await notify(transaction, last);
          return false;
        });
        if (isThere) break;
      }
    }
  }

  private async follow(signal: AbortSignal, onProgress: () => void): Promise<void> {
    const { position, head } = await this.ledgerEnd();
    let end = head;
    const stream = this.store.follow({
      after: position,
      batchSize: BATCH_SIZE,
      signal,
      onFault: (fault) => {
        if (fault != null) this.events.onFault?.(fault);
      },
    });
    for await (const batch of stream) {
      end = await this.takeBatch(batch, end);
      onProgress();
    }
  }

  private async ledgerEnd(): Promise<{ position: bigint | undefined; head: LedgerHead }> {
    const { sequence, position } = await progressOf(this.database, LEDGER);
    const last = await this.database.query<{ recorded_at: Instant }>(
      'SELECT recorded_at FROM ledger.fact WHERE sequence = $1',
      [sequence],
    );
    return {
      position: position == null ? undefined : BigInt(position),
      head: { sequence, recordedAt: last[0]?.recorded_at },
    };
  }

  private takeBatch(batch: Batch, before: LedgerHead): Promise<LedgerHead> {
    return this.database.transaction(async (transaction) => {
      // Read models are made again from the store after a crash: their commits need not wait for the disk.
      await transaction.query('SET LOCAL synchronous_commit = off');
      const sequences = await lockProgress(transaction, [
        LEDGER,
        ...this.projections.map(({ name }) => name),
      ]);
      if (sequences.some((sequence) => sequence !== before.sequence))
        throw new Error('another projector has gone on meanwhile');
      if (batch.entries.length === 0) {
        await advance(transaction, LEDGER, before.sequence, batch.position);
        await notify(transaction, before.sequence);
        return before;
      }
      const { facts, head } = await appendToLedger(transaction, batch.entries, before);
      await advance(transaction, LEDGER, head.sequence, batch.position);
      for (const projection of this.projections) {
        await this.take(transaction, projection, facts, before.sequence, head.sequence);
      }
      await notify(transaction, head.sequence);
      return head;
    });
  }

  private async take(
    transaction: Transaction,
    projection: Projection,
    facts: readonly LedgerFact[],
    after: number,
    upTo: number,
  ): Promise<void> {
    const news = newsOf(projection, facts);
    if (news.size > 0) {
      await transaction.query(`SET LOCAL search_path TO ${projection.name}`);
      await this.quarantine.take(transaction, projection, news, after);
    }
    await advance(transaction, projection.name, upTo);
  }
}

function newsOf(projection: Projection, facts: readonly LedgerFact[]): Map<string, LedgerFact[]> {
  const news = new Map<string, LedgerFact[]>();
  for (const fact of facts) {
    for (const thing of projection.thingsOf(fact)) {
      const known = news.get(thing);
      if (known == null) news.set(thing, [fact]);
      else known.push(fact);
    }
  }
  return news;
}

async function mark(transaction: Transaction, name: string, version: number): Promise<boolean> {
  const stored = await transaction.query<{ version: number }>(
    `INSERT INTO book.projection (name, version) VALUES ($1, $2)
     ON CONFLICT (name) DO UPDATE SET name = excluded.name RETURNING version`,
    [name, version],
  );
  if (stored[0]?.version === version) return true;
  if (name === LEDGER)
    throw new Error('the ledger is of another version; it must be made anew from the event store');
  await transaction.query('UPDATE book.projection SET version = $2, sequence = 0 WHERE name = $1', [
    name,
    version,
  ]);
  return false;
}

async function progressOf(database: Pick<Database, 'query'>, name: string) {
  const rows = await database.query<{ sequence: number; position: number | null }>(
    'SELECT sequence, position FROM book.projection WHERE name = $1',
    [name],
  );
  return rows[0] ?? { sequence: 0, position: null };
}

/** How far projections are; nobody else moves them until the transaction ends. */
async function lockProgress(transaction: Transaction, names: readonly string[]): Promise<number[]> {
  const rows = await transaction.query<{ sequence: number }>(
    'SELECT sequence FROM book.projection WHERE name = ANY($1) ORDER BY name FOR UPDATE',
    [names],
  );
  return rows.map(({ sequence }) => sequence);
}

async function advance(
  transaction: Transaction,
  name: string,
  sequence: number,
  position?: bigint,
): Promise<void> {
  await transaction.query(
    `UPDATE book.projection SET sequence = $2, position = coalesce($3, position), updated_at = clock_timestamp()
     WHERE name = $1`,
    [name, sequence, position == null ? null : Number(position)],
  );
}

async function notify(transaction: Transaction, sequence: number): Promise<void> {
  await transaction.query('SELECT pg_notify($1, $2)', [PROGRESS_CHANNEL, String(sequence)]);
}
