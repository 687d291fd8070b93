import type { LedgerFact } from '../ledger/ledger';
import type { Transaction } from '../database/database';

/** A read model that is made from the ledger. Its rows about one thing depend on no other thing's rows. */
export interface Projection {
  /** Also the schema that holds its tables. */
  readonly name: string;
  /** Shape and meaning of the rows; when it differs from the stored one, the tables are filled anew. */
  readonly version: number;
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
  /** Forgets what it keeps in memory: a transaction was rolled back. */
  forget?(): void;
}

/** `charger:X` is the charger X. */
export function idsOfThings(things: Iterable<string>, kind: string): string[] {
  const prefix = `${kind}:`;
  return [...things].filter((thing) => thing.startsWith(prefix)).map((thing) => thing.slice(prefix.length));
}
