import type { Instant } from '@chargebook/domain';
import type { BookEntry } from '@chargebook/event-store';
import type { Transaction } from '../database/database';
import type { LedgerHead } from '../ledger/ledger';
import { linkCorrections, writeDown } from '../ledger/ledger';
import { LEDGER, LEDGER_VERSION, lockMarks, markOf } from './marks';
import type { Pace } from './quarantine';
import { atBothPaces } from './quarantine';
import type { RebuilderEvents, RebuilderParts } from './rebuilder';
import { COMPARING_MS, putInPlace } from './rebuilder';
import type { OpenRebuild } from './rebuilds';
import {
  addNextIndexes,
  areNextTablesAlike,
  analyzeNextTables,
  makeNextTables,
  nextOf,
} from './shadow-tables';

const BATCH_SIZE = 2_000;
/** Indexes of a book of many years take their time. */
const INDEX_TIMEOUT_MS = 3_600_000;
/** So long at most the ledger stands still. */
const STANDSTILL_MS = 10_000;
const SETTINGS = { synchronous_commit: 'off', search_path: nextOf(LEDGER) };

interface Filled extends LedgerHead {
  readonly position?: bigint;
}

/** Makes the ledger anew from the event store, beside the one that serves. The same events are given the same sequences. */
export class LedgerRebuild {
  constructor(
    private readonly parts: RebuilderParts,
    private readonly events: RebuilderEvents,
  ) {}

  async run(rebuild: OpenRebuild, until: AbortSignal): Promise<void> {
    await this.prepare(rebuild);
    const filled = await this.fill(until);
    if (filled == null) return;
    await this.complete();
    await this.switch(filled);
  }

  private async prepare({ id, version }: OpenRebuild): Promise<void> {
    const isMade = await this.parts.leases.write([LEDGER], async (transaction) => {
      if (version === LEDGER_VERSION && (await areNextTablesAlike(transaction, LEDGER))) return true;
      await makeNextTables(transaction, LEDGER);
      await transaction.query(
        'UPDATE book.rebuild SET version = $2, sequence = 0, position = NULL WHERE id = $1',
        [id, LEDGER_VERSION],
      );
      return false;
    });
    if (!isMade) this.events.onRebuild?.(LEDGER, 'begun');
  }

  /** Fills the new table up to where the ledger is. @returns how far; undefined where the signal came first */
  private async fill(until: AbortSignal): Promise<Filled | undefined> {
    const { database, leases } = this.parts;
    let filled = await filledTo(database);
    const target = (await markOf(database, LEDGER))?.sequence ?? 0;
    for await (const entries of this.entriesAfter(filled, target, until)) {
      const before = filled;
      filled = await atBothPaces((pace) =>
        leases.write([LEDGER], (transaction) => take(transaction, entries, before, pace), {
          settings: SETTINGS,
        }),
      );
    }
    return until.aborted ? undefined : filled;
  }

  /** What a reader needs and the filling does not. */
  private async complete(): Promise<void> {
    await this.parts.leases.write(
      [LEDGER],
      async (transaction) => {
        await addNextIndexes(transaction, LEDGER);
        await linkCorrections(transaction, 0);
        await analyzeNextTables(transaction, LEDGER);
      },
      {
        settings: { ...SETTINGS, maintenance_work_mem: '256MB' },
        answerTimeoutMs: INDEX_TIMEOUT_MS,
      },
    );
  }

  /** Takes what has come since, while the ledger stands still for a moment, and switches. */
  private async switch(filled: Filled): Promise<void> {
    await atBothPaces((pace) =>
      this.parts.leases.write(
        [LEDGER],
        async (transaction) => {
          const [mark] = await lockMarks(transaction, [LEDGER]);
          const target = mark?.sequence ?? 0;
          const rest = this.entriesAfter(filled, target, AbortSignal.timeout(STANDSTILL_MS));
          let end = filled;
          for await (const entries of rest) end = await take(transaction, entries, end, pace);
          if (end.sequence !== target) throw new Error('the event store did not give the last facts in time');
          await linkCorrections(transaction, filled.sequence);
          await putInPlace(transaction, LEDGER, LEDGER_VERSION);
        },
        { settings: SETTINGS, answerTimeoutMs: COMPARING_MS },
      ),
    );
    this.events.onRebuild?.(LEDGER, 'switched');
  }

  /** What the store holds after some entries, in batches, up to a sequence that the ledger has reached. */
  private async *entriesAfter(
    { position, sequence }: Filled,
    upTo: number,
    until: AbortSignal,
  ): AsyncGenerator<readonly BookEntry[], void, undefined> {
    if (sequence >= upTo) return;
    const enough = new AbortController();
    const signal = AbortSignal.any([until, enough.signal]);
    let missing = upTo - sequence;
    try {
      for await (const { entries } of this.parts.store.follow({
        after: position,
        batchSize: BATCH_SIZE,
        signal,
      })) {
        if (entries.length > 0) yield entries.slice(0, missing);
        missing -= entries.length;
        if (missing <= 0) return;
      }
    } finally {
      enough.abort();
    }
  }
}

async function take(
  transaction: Transaction,
  entries: readonly BookEntry[],
  before: Filled,
  pace: Pace,
): Promise<Filled> {
  const { head } = await writeDown(transaction, entries, before, pace);
  const position = entries.at(-1)?.position ?? before.position;
  await transaction.query(
    'UPDATE book.rebuild SET sequence = $2, position = $3 WHERE switched_at IS NULL AND projection = $1',
    [LEDGER, head.sequence, position == null ? null : Number(position)],
  );
  return { ...head, position };
}

async function filledTo(database: RebuilderParts['database']): Promise<Filled> {
  const [row] = await database.query<{ sequence: number; position: number | null; at: Instant | null }>(
    `SELECT sequence, position, (SELECT recorded_at FROM ${nextOf(LEDGER)}.fact
       WHERE fact.sequence = rebuild.sequence) AS at
     FROM book.rebuild WHERE switched_at IS NULL AND projection = $1`,
    [LEDGER],
  );
  return {
    sequence: row?.sequence ?? 0,
    recordedAt: row?.at ?? undefined,
    position: row?.position == null ? undefined : BigInt(row.position),
  };
}
