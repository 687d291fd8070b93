import type { Queryable, Transaction } from '../database/database';
import type { Projection } from './projection';
import { PROGRESS_CHANNEL } from './progress';

/** The name of the ledger among the projections. */
export const LEDGER = 'ledger';
/** Shape and meaning of the ledger's rows. */
export const LEDGER_VERSION = 2;

/** How far a projection is. */
export interface Mark {
  readonly name: string;
  readonly version: number;
  readonly sequence: number;
  /** Place in the event store; the ledger's alone. */
  readonly position: number | null;
}

/** Makes marks for projections that have none, and gives the marks of all of them. */
export async function marksOf(
  transaction: Transaction,
  projections: readonly Pick<Projection, 'name' | 'version'>[],
): Promise<Mark[]> {
  const names = projections.map(({ name }) => name);
  await transaction.query(
    `INSERT INTO book.projection (name, version) SELECT * FROM unnest($1::text[], $2::integer[])
     ON CONFLICT (name) DO NOTHING`,
    [names, projections.map(({ version }) => version)],
  );
  return transaction.query<Mark>(
    'SELECT name, version, sequence, position FROM book.projection WHERE name = ANY($1) ORDER BY name',
    [names],
  );
}

/** How far projections are; nobody else moves them until the transaction ends. */
export async function lockMarks(transaction: Transaction, names: readonly string[]): Promise<Mark[]> {
  return transaction.query<Mark>(
    `SELECT name, version, sequence, position FROM book.projection WHERE name = ANY($1)
     ORDER BY name FOR NO KEY UPDATE`,
    [names],
  );
}

/** Moves projections on, and tells everybody once the transaction is committed. */
export async function advance(
  transaction: Transaction,
  names: readonly string[],
  sequence: number,
  ledgerPosition?: bigint,
): Promise<void> {
  await transaction.query(
    `WITH moved AS (
       UPDATE book.projection SET sequence = $2, updated_at = clock_timestamp(),
         position = CASE WHEN name = '${LEDGER}' THEN coalesce($3, position) END
       WHERE name = ANY($1) RETURNING sequence)
     SELECT pg_notify('${PROGRESS_CHANNEL}', max(sequence)::text) FROM moved`,
    [names, sequence, ledgerPosition == null ? null : Number(ledgerPosition)],
  );
}

export async function markOf(database: Queryable, name: string): Promise<Mark | undefined> {
  const rows = await database.query<Mark>(
    'SELECT name, version, sequence, position FROM book.projection WHERE name = $1',
    [name],
  );
  return rows[0];
}
