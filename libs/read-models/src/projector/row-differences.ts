import type { Transaction } from '../database/database';
import { nextOf, tablesOf } from './shadow-tables';

/** Rows of a table that are not as the facts give them. */
export interface TableDifference {
  readonly table: string;
  /** Rows that should not be there, or are other ones than they should be. */
  readonly wrong: number;
  /** Rows that should be there. */
  readonly missing: number;
  /** One of the wrong rows, and one of those that should be there, as they are. */
  readonly examples: readonly Readonly<Record<string, unknown>>[];
}

/**
 * Compares the tables that serve with those that were filled anew, where the rebuild is to tell the differences. Both are as of one
 * sequence. After a change of the program that gives rows another meaning there is nothing to compare.
 */
export async function compareIfAsked(transaction: Transaction, schema: string): Promise<void> {
  const [asked] = await transaction.query<{ id: number }>(
    `SELECT rebuild.id FROM book.rebuild JOIN book.projection ON projection.name = rebuild.projection
     WHERE projection.name = $1 AND switched_at IS NULL AND is_compared AND rebuild.version = projection.version`,
    [schema],
  );
  if (asked == null) return;
  const differences: TableDifference[] = [];
  for (const { name } of await tablesOf(transaction, schema)) {
    const difference = await differenceIn(transaction, schema, name);
    if (difference != null) differences.push(difference);
  }
  await transaction.query('UPDATE book.rebuild SET differences = $2 WHERE id = $1', [
    asked.id,
    JSON.stringify(differences),
  ]);
}

async function differenceIn(
  transaction: Transaction,
  schema: string,
  table: string,
): Promise<TableDifference | undefined> {
  const rowsOf = (of: string) => `SELECT to_jsonb(one)::text AS row FROM ${of}.${table} AS one`;
  const [served, filled] = [rowsOf(schema), rowsOf(nextOf(schema))];
  const [found] = await transaction.query<{
    wrong: number;
    missing: number;
    example: string | null;
    right: string | null;
  }>(
    `WITH wrong AS (${served} EXCEPT ALL ${filled}), missing AS (${filled} EXCEPT ALL ${served})
     SELECT (SELECT count(*) FROM wrong) AS wrong, (SELECT count(*) FROM missing) AS missing,
       (SELECT min(row) FROM wrong) AS example, (SELECT min(row) FROM missing) AS right`,
  );
  if (found == null || (found.wrong === 0 && found.missing === 0)) return undefined;
  const examples = [found.example, found.right].flatMap((row) =>
    row == null ? [] : [JSON.parse(row) as Readonly<Record<string, unknown>>],
  );
  return { table: `${schema}.${table}`, wrong: found.wrong, missing: found.missing, examples };
}
