import type { Transaction } from '../database/database';
import { DatabaseUnavailableError } from '../database/database';
import { isOurs, isUnfit } from '../database/faults';
import type { LedgerFact } from '../ledger/ledger';
import { LeaseLostError } from './leases';
import type { Projection } from './projection';
import { newsFor } from './projection';

export type OnQuarantine = (projection: string, thing: string, sequence: number, error: unknown) => void;

/**
 * How a batch is taken in: quickly, where the first thing that cannot be brought up to date undoes all of it; or, after
 * that has happened, with care, so that only that thing is left out.
 */
export type Pace = 'quick' | 'careful';

/** A projection, and under which name the things that it sets aside are kept. */
export interface Setting {
  readonly projection: Projection;
  readonly name: string;
}

/** Takes a batch in quickly, and again with care where a fact is at fault. */
export async function atBothPaces<Result>(batch: (pace: Pace) => Promise<Result>): Promise<Result> {
  try {
    return await batch('quick');
  } catch (error) {
    if (!isOfTheFact(error)) throw error;
    return batch('careful');
  }
}

/**
 * Keeps one thing that cannot be brought up to date from stopping the others: it is set aside with the reason, and its
 * facts wait in the ledger until the projection's code is mended (and its version raised, which fills it anew).
 */
export class Quarantine {
  constructor(private readonly onQuarantine: OnQuarantine) {}

  /**
   * Takes facts into a projection.
   *
   * @param after sequence up to which the rows are made
   */
  async take(
    transaction: Transaction,
    { projection, name }: Setting,
    facts: readonly LedgerFact[],
    after: number,
    pace: Pace,
  ): Promise<void> {
    const news = newsFor(projection, facts);
    if (news.size === 0) return;
    const apart = await thingsApart(transaction, name, [...news.keys()]);
    const sound = apart.size === 0 ? news : new Map([...news].filter(([thing]) => !apart.has(thing)));
    if (sound.size === 0) return;
    if (pace === 'quick') return projection.take(transaction, sound, after);
    try {
      await transaction.attempt(() => projection.take(transaction, sound, after));
    } catch (error) {
      if (!isOfTheFact(error)) throw error;
      for (const [thing, own] of sound)
        await this.takeOne(transaction, { projection, name }, thing, own, after);
    }
  }

  private async takeOne(
    transaction: Transaction,
    { projection, name }: Setting,
    thing: string,
    facts: readonly LedgerFact[],
    after: number,
  ): Promise<void> {
    try {
      await transaction.attempt(() => projection.take(transaction, new Map([[thing, facts]]), after));
    } catch (error) {
      if (!isOfTheFact(error)) throw error;
      const sequence = facts[0]?.bookOrder ?? after + 1;
      await transaction.query(
        'INSERT INTO book.quarantine (projection, thing, sequence, problem) VALUES ($1, $2, $3, $4)',
        [name, thing, sequence, error instanceof Error ? error.message : String(error)],
      );
      this.onQuarantine(name, thing, sequence, error);
    }
  }
}

async function thingsApart(
  transaction: Transaction,
  name: string,
  things: readonly string[],
): Promise<Set<string>> {
  const rows = await transaction.query<{ thing: string }>(
    'SELECT thing FROM book.quarantine WHERE projection = $1 AND thing = ANY($2)',
    [name, things],
  );
  return new Set(rows.map(({ thing }) => thing));
}

/** Whether the fact (or our code for it) is at fault, rather than the engine or the way to it. */
function isOfTheFact(error: unknown): boolean {
  if (error instanceof LeaseLostError || error instanceof DatabaseUnavailableError) return false;
  return isUnfit(error) || isOurs(error);
}
