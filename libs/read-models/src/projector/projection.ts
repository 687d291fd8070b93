import type { LedgerFact } from '../ledger/ledger';
import type { Transaction } from '../database/database';

/**
 * A read model that is made from the ledger. Its rows about one thing depend on no other thing's rows, and on nothing
 * that is kept in memory: they are the same in whatever batches the facts come.
 */
export interface Projection {
  /** Also the schema that holds its tables. */
  readonly name: string;
  /** Shape and meaning of the rows; when it differs from the stored one, the tables are filled anew. */
  readonly version: number;
  /** No two projections have a table of the same name. */
  readonly tables: readonly string[];
  /** Things that a fact concerns here, such as `charger:X`; none when the fact is of no interest. */
  thingsOf(fact: LedgerFact): readonly string[];
  /**
   * Takes in new facts, each of which counts at its own sequence. Table names are without a schema: the transaction's
   * search path says which is meant.
   *
   * @param news the new facts in order, by thing
   * @param after sequence up to which the rows are made
   */
  take(
    transaction: Transaction,
    news: ReadonlyMap<string, readonly LedgerFact[]>,
    after: number,
  ): Promise<void>;
}

/** `charger:X` is the charger X. */
export function idsOfThings(things: Iterable<string>, kind: string): string[] {
  const prefix = `${kind}:`;
  return [...things].filter((thing) => thing.startsWith(prefix)).map((thing) => thing.slice(prefix.length));
}

/** The facts that concern a projection, by the thing that they concern. */
export function newsFor(projection: Projection, facts: readonly LedgerFact[]): Map<string, LedgerFact[]> {
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
