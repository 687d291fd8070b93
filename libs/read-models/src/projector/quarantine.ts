import type { Transaction } from '../database/database';
import { isOurs, isUnfit } from '../database/faults';
import type { LedgerFact } from '../ledger/ledger';
import type { Projection } from './projection';

type News = ReadonlyMap<string, readonly LedgerFact[]>;
type OnQuarantine = (projection: string, thing: string, sequence: number, error: unknown) => void;

/**
 * Keeps one thing that cannot be brought up to date from stopping the others: it is set aside with the reason, and its
 * facts wait in the ledger until the projection's code is mended (and its version raised, which fills it anew).
 */
export class Quarantine {
  constructor(private readonly onQuarantine: OnQuarantine) {}

  async take(transaction: Transaction, projection: Projection, news: News, after: number): Promise<void> {
    const apart = await this.thingsApart(transaction, projection.name, [...news.keys()]);
    const sound = apart.size === 0 ? news : new Map([...news].filter(([thing]) => !apart.has(thing)));
    if (sound.size === 0) return;
    try {
      await transaction.attempt(() => projection.take(transaction, sound, after));
    } catch (error) {
      if (!isOfTheFact(error)) throw error;
      projection.forget?.();
      for (const [thing, facts] of sound) await this.takeOne(transaction, projection, thing, facts, after);
    }
  }

  async release(transaction: Transaction, projection: string): Promise<void> {
    await transaction.query('DELETE FROM book.quarantine WHERE projection = $1', [projection]);
  }

  private async takeOne(
    transaction: Transaction,
    projection: Projection,
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
        [projection.name, thing, sequence, error instanceof Error ? error.message : String(error)],
      );
      this.onQuarantine(projection.name, thing, sequence, error);
    }
  }

  private async thingsApart(
    transaction: Transaction,
    projection: string,
    things: string[],
  ): Promise<Set<string>> {
    const rows = await transaction.query<{ thing: string }>(
      'SELECT thing FROM book.quarantine WHERE projection = $1 AND thing = ANY($2)',
      [projection, things],
    );
    return new Set(rows.map(({ thing }) => thing));
  }
}

/** Whether the fact (or our code for it) is at fault, rather than the engine or the way to it. */
function isOfTheFact(error: unknown): boolean {
  return isUnfit(error) || isOurs(error);
}
