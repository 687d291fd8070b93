import type { EventStore } from '@chargebook/event-store';
import { setTimeout as pause } from 'node:timers/promises';
import type { Database, Transaction } from '../database/database';
import { factsAfter } from '../ledger/ledger';
import { LedgerRebuild } from './ledger-rebuild';
import type { Leases } from './leases';
import { LeaseLostError } from './leases';
import { LEDGER, lockMarks } from './marks';
import type { Projection } from './projection';
import type { Pace, Quarantine } from './quarantine';
import { atBothPaces } from './quarantine';
import type { OpenRebuild } from './rebuilds';
import { openRebuilds } from './rebuilds';
import { compareIfAsked } from './row-differences';
import {
  addNextIndexes,
  areNextTablesAlike,
  analyzeNextTables,
  dropFormerTables,
  makeNextTables,
  nextOf,
  switchTables,
} from './shadow-tables';

/** What is looked up for each thing in a batch is looked up more seldom in large ones. */
const BATCH_SIZE = 20_000;
/** So few facts are taken in while the old tables stand still. */
const REST = 500;
/** Comparing tables of many years takes its time. */
export const COMPARING_MS = 3_600_000;
const LOOK_EVERY_MS = 500;
const BACK_OFF_MS = 1_000;
/** So long at most readers wait behind the dropping of tables that they do not ask any more. */
const IN_THE_WAY_MS = 100;

export interface RebuilderParts {
  readonly database: Database;
  readonly store: EventStore;
  readonly leases: Leases;
  readonly quarantine: Quarantine;
}

export interface RebuilderEvents {
  onFault?(error: unknown): void;
  onRebuild?(projection: string, what: 'begun' | 'switched'): void;
}

/**
 * Fills new tables of projections beside those that serve, and puts them in their place at once. It is done by whoever
 * holds the leases; how far the new tables are stands in the same transactions as their rows, so that another process
 * goes on where one has died.
 */
export class Rebuilder {
  private readonly ledger: LedgerRebuild;
  /** Projections whose former tables may still be there. */
  private readonly former = new Set<string>();

  constructor(
    private readonly parts: RebuilderParts,
    private readonly projections: readonly Projection[],
    private readonly events: RebuilderEvents,
  ) {
    this.ledger = new LedgerRebuild(parts, events);
  }

  /** Does what is asked for until the signal; faults are told and tried again. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const { fences, changed } = this.parts.leases.holding;
      const until = AbortSignal.any([signal, changed]);
      try {
        for (const name of fences.keys()) this.former.add(name);
        while (!until.aborted) {
          await this.dropFormer(fences);
          if (!(await this.work(fences, until))) await patiently(LOOK_EVERY_MS, until);
        }
      } catch (error) {
        if (error instanceof LeaseLostError) continue;
        this.events.onFault?.(error);
        await patiently(BACK_OFF_MS, until);
      }
    }
  }

  /** @returns whether there was anything to do */
  private async work(held: ReadonlyMap<string, number>, until: AbortSignal): Promise<boolean> {
    const open = await openRebuilds(this.parts.database);
    const ofLedger = open.find(({ projection }) => projection === LEDGER);
    // The ledger comes first: all others are made from it.
    if (ofLedger != null) {
      if (!held.has(LEDGER)) return false;
      await this.ledger.run(ofLedger, until);
      this.former.add(LEDGER);
      return true;
    }
    const due = this.projections.flatMap((projection) => {
      const rebuild = open.find((one) => one.projection === projection.name);
      return rebuild == null || !held.has(projection.name) ? [] : [{ projection, rebuild }];
    });
    if (due.length === 0) return false;
    for (const { projection, rebuild } of due) await this.prepare(projection, rebuild);
    const projections = due.map(({ projection }) => projection);
    await this.fill(projections, until);
    if (until.aborted) return true;
    await this.switch(projections);
    for (const { name } of projections) this.former.add(name);
    return true;
  }

  /** Makes the new tables, unless they are there and of this program's version. */
  private async prepare({ name, version }: Projection, rebuild: OpenRebuild): Promise<void> {
    const isMade = await this.parts.leases.write([name], async (transaction) => {
      if (rebuild.version === version && (await areNextTablesAlike(transaction, name))) return true;
      await makeNextTables(transaction, name);
      await addNextIndexes(transaction, name);
      await transaction.query('DELETE FROM book.quarantine WHERE projection = $1', [nextOf(name)]);
      await transaction.query('UPDATE book.rebuild SET version = $2, sequence = 0 WHERE id = $1', [
        rebuild.id,
        version,
      ]);
      return false;
    });
    if (!isMade) this.events.onRebuild?.(name, 'begun');
  }

  /** Takes what the ledger holds into the new tables, but for a rest that a moment will do for. */
  private async fill(projections: readonly Projection[], until: AbortSignal): Promise<void> {
    const names = namesOf(projections);
    const ahead = new ReadAhead(this.parts.database);
    for (let taken = Infinity; taken > REST && !until.aborted;) {
      taken = await atBothPaces((pace) =>
        this.parts.leases.write(
          names,
          (transaction) => this.take(transaction, projections, pace, (after) => ahead.read(after)),
          { settings: fillSettings(names) },
        ),
      );
    }
  }

  /** Takes the next facts into the new tables. @returns how many sequences further they are */
  private async take(
    transaction: Transaction,
    projections: readonly Projection[],
    pace: Pace,
    read: (after: number) => ReturnType<typeof factsAfter>,
  ): Promise<number> {
    const filled = await filledTo(transaction, namesOf(projections));
    const least = Math.min(...filled.values());
    const { facts, last } = await read(least);
    if (last == null) return 0;
    const behind = projections.filter(({ name }) => (filled.get(name) ?? 0) < last);
    for (const projection of behind) {
      const after = filled.get(projection.name) ?? 0;
      const setting = { projection, name: nextOf(projection.name) };
      const news = after === least ? facts : facts.filter(({ bookOrder }) => bookOrder > after);
      await this.parts.quarantine.take(transaction, setting, news, after, pace);
    }
    await transaction.query(
      'UPDATE book.rebuild SET sequence = $2 WHERE switched_at IS NULL AND projection = ANY($1)',
      [namesOf(behind), last],
    );
    return last - least;
  }

  /** Takes what has come since, while the old tables stand still for a moment, and switches. */
  private async switch(projections: readonly Projection[]): Promise<void> {
    const names = namesOf(projections);
    const { leases } = this.parts;
    await leases.write(names, async (transaction) => {
      for (const name of names) {
        await addNextIndexes(transaction, name);
        await analyzeNextTables(transaction, name);
      }
    });
    await atBothPaces((pace) =>
      leases.write(
        names,
        async (transaction) => {
          const marks = await lockMarks(transaction, names);
          const upTo = Math.max(...marks.map(({ sequence }) => sequence));
          const rest = (after: number) =>
            factsAfter(transaction, after, Math.max(0, Math.min(BATCH_SIZE, upTo - after)));
          while ((await this.take(transaction, projections, pace, rest)) > 0);
          for (const { name, version } of projections) await putInPlace(transaction, name, version);
        },
        { settings: fillSettings(names), answerTimeoutMs: COMPARING_MS },
      ),
    );
    for (const name of names) this.events.onRebuild?.(name, 'switched');
  }

  /** Drops what nobody asks any more; where somebody is still at it, later. */
  private async dropFormer(held: ReadonlyMap<string, number>): Promise<void> {
    const settings = { lock_timeout: `${String(IN_THE_WAY_MS)}ms` };
    for (const name of this.former) {
      if (!held.has(name)) continue;
      try {
        await this.parts.leases.write([name], (transaction) => dropFormerTables(transaction, name), {
          settings,
        });
      } catch (error) {
        if ((error as { code?: string }).code === LOCK_NOT_AVAILABLE) continue;
        throw error;
      }
      this.former.delete(name);
    }
  }
}

/** The ledger's facts in batches: each is read while the one before is written. */
class ReadAhead {
  private next: { readonly after: number; readonly batch: ReturnType<typeof factsAfter> } | undefined;

  constructor(private readonly database: Database) {}

  async read(after: number): ReturnType<typeof factsAfter> {
    const batch = await (this.next?.after === after ? this.next.batch : this.begin(after));
    if (batch.last == null) this.next = undefined;
    else this.next = { after: batch.last, batch: this.begin(batch.last) };
    return batch;
  }

  private begin(after: number): ReturnType<typeof factsAfter> {
    const batch = factsAfter(this.database, after, BATCH_SIZE);
    // Whoever needs it is told; where nobody does any more, it is of no interest.
    batch.catch(() => undefined);
    return batch;
  }
}

const LOCK_NOT_AVAILABLE = '55P03';

/** Switches to the new tables and to what they set aside. Their mark goes as far as they do. */
export async function putInPlace(transaction: Transaction, name: string, version: number): Promise<void> {
  await compareIfAsked(transaction, name);
  await dropFormerTables(transaction, name);
  await switchTables(transaction, name);
  await transaction.query('DELETE FROM book.quarantine WHERE projection = $1', [name]);
  await transaction.query('UPDATE book.quarantine SET projection = $1 WHERE projection = $2', [
    name,
    nextOf(name),
  ]);
  await transaction.query(
    `WITH done AS (
       UPDATE book.rebuild SET switched_at = clock_timestamp()
       WHERE projection = $1 AND switched_at IS NULL RETURNING sequence)
     UPDATE book.projection SET version = $2, sequence = greatest(projection.sequence, done.sequence)
     FROM done WHERE name = $1`,
    [name, version],
  );
}

async function filledTo(transaction: Transaction, names: readonly string[]): Promise<Map<string, number>> {
  const rows = await transaction.query<{ projection: string; sequence: number }>(
    `SELECT projection, coalesce(sequence, 0) AS sequence FROM book.rebuild
     WHERE switched_at IS NULL AND projection = ANY($1) ORDER BY projection FOR UPDATE`,
    [names],
  );
  if (rows.length < names.length) throw new Error('a rebuild is not open any more');
  return new Map(rows.map(({ projection, sequence }) => [projection, sequence]));
}

function namesOf(projections: readonly Projection[]): string[] {
  return projections.map(({ name }) => name);
}

function fillSettings(names: readonly string[]): Readonly<Record<string, string>> {
  return { synchronous_commit: 'off', search_path: names.map(nextOf).join(', ') };
}

async function patiently(durationMs: number, until: AbortSignal): Promise<void> {
  await pause(durationMs, undefined, { signal: until }).catch(() => undefined);
}
