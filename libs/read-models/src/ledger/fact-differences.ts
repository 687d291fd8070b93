import type { JsonValue } from '@chargebook/transparency';
import { canonicalJson } from '@chargebook/transparency';
import type { Queryable } from '../database/database';
import type { FactRow } from './ledger';

/** A row of the ledger that is not what the event store gives for its place. */
export interface FactDifference {
  readonly sequence: number;
  /** Names of the columns that differ; none where there is no such row. */
  readonly columns: readonly string[];
}

/** A copy of the store on another engine has other positions; what corrects a fact comes later and is looked at apart. */
const LEFT_OUT: readonly string[] = ['position', 'corrected_by'];
/** What the database cannot hold stands there with its place only. */
const CANNOT_HOLD = /^the database cannot hold it: /;

/** Compares the ledger's facts with what the event store gives for some neighbouring places. */
export async function factDifferences(
  database: Queryable,
  expected: readonly FactRow[],
): Promise<FactDifference[]> {
  const [first, last] = [expected[0], expected.at(-1)];
  if (first == null || last == null) return [];
  const rows = await database.query<FactRow>(
    'SELECT * FROM ledger.fact WHERE sequence BETWEEN $1 AND $2 ORDER BY sequence',
    [first.sequence, last.sequence],
  );
  const found = new Map(rows.map((row) => [row.sequence, row]));
  return expected.flatMap((row): FactDifference[] => {
    const { sequence } = row;
    const stored = found.get(sequence);
    if (stored == null) return [{ sequence, columns: [] }];
    if (stored.problem != null && CANNOT_HOLD.test(stored.problem)) return [];
    const columns = Object.keys(row).filter(
      (column) => !LEFT_OUT.includes(column) && textOf(row, column) !== textOf(stored, column),
    );
    return columns.length === 0 ? [] : [{ sequence, columns }];
  });
}

/** The first fact of which the ledger does not say rightly what corrects it; the first correction stands. */
export async function wrongCorrection(database: Queryable, upTo: number): Promise<number | undefined> {
  const [row] = await database.query<{ sequence: number }>(
    `SELECT fact.sequence FROM ledger.fact LEFT JOIN (
         SELECT corrects, min(sequence) AS sequence FROM ledger.fact WHERE corrects IS NOT NULL GROUP BY corrects
       ) AS correction ON correction.corrects = fact.event_id
     WHERE fact.sequence <= $1 AND fact.corrected_by IS DISTINCT FROM correction.sequence
     ORDER BY fact.sequence LIMIT 1`,
    [upTo],
  );
  return row?.sequence;
}

function textOf(row: FactRow, column: string): string {
  return canonicalJson((row as unknown as Record<string, JsonValue>)[column] ?? null);
}
