import type { Instant } from '@chargebook/domain';
import type { Database, Queryable, Transaction } from '../database/database';
import { LEDGER } from './marks';
import type { TableDifference } from './row-differences';

/** New tables that are filled beside those of a projection, and take their place once they are complete. */
export interface Rebuild {
  readonly id: number;
  readonly projection: string;
  readonly requestedAt: Instant;
  /** How far the new tables are; 0 before they are made. */
  readonly sequence: number;
  /** How far they have to get, as of now. */
  readonly ofSequence: number;
  /** When they took the place of the old ones. */
  readonly switchedAt?: Instant;
  /** What the old tables had otherwise, where that was asked for and could be told. */
  readonly differences?: readonly TableDifference[];
}

/** A rebuild that is not done yet. */
export interface OpenRebuild {
  readonly id: number;
  readonly projection: string;
  /** What its tables are made for; null before they are made. */
  readonly version: number | null;
  readonly sequence: number | null;
  readonly position: number | null;
}

/** There is no such projection. */
export class UnknownProjectionError extends Error {
  constructor(
    readonly projection: string,
    readonly known: readonly string[],
  ) {
    super(`there is no projection "${projection}"; there are ${known.join(', ')}`);
    this.name = 'UnknownProjectionError';
  }
}

/** Asks for rebuilds and tells how they go on, from whichever process they are made. */
export class Rebuilds {
  constructor(private readonly database: Database) {}

  /**
   * Asks for the new making of one projection, or of the ledger and then all others. One that is under way is not begun
   * again.
   *
   * @param isCompared the old tables are compared with the new ones, while the projection stands still
   * @throws UnknownProjectionError
   */
  async request(projection?: string, isCompared = false): Promise<Rebuild[]> {
    const marks = await this.database.query<{ name: string }>(
      'SELECT name FROM book.projection ORDER BY name',
    );
    const known = marks.map(({ name }) => name);
    if (projection != null && !known.includes(projection))
      throw new UnknownProjectionError(projection, known);
    const names = projection == null ? known : [projection];
    await this.database.transaction((transaction) => requestRebuilds(transaction, names, isCompared));
    const latest = await this.latest();
    return latest.filter((rebuild) => names.includes(rebuild.projection));
  }

  /** The last rebuild of each projection that had one. */
  async latest(): Promise<Rebuild[]> {
    const rows = await this.database.query<{
      id: number;
      projection: string;
      requested_at: Instant;
      sequence: number | null;
      of_sequence: number | null;
      switched_at: Instant | null;
      differences: TableDifference[] | null;
    }>(
      `SELECT DISTINCT ON (projection) id, projection, requested_at, sequence, switched_at, differences,
         (SELECT sequence FROM book.projection WHERE name = '${LEDGER}') AS of_sequence
       FROM book.rebuild ORDER BY projection, id DESC`,
    );
    return rows.map((row) => ({
      id: row.id,
      projection: row.projection,
      requestedAt: row.requested_at,
      sequence: row.sequence ?? 0,
      ofSequence: Math.max(row.of_sequence ?? 0, row.sequence ?? 0),
      ...(row.switched_at == null ? {} : { switchedAt: row.switched_at }),
      ...(row.differences == null ? {} : { differences: row.differences }),
    }));
  }
}

/** One that is under way stays as it is. */
export async function requestRebuilds(
  transaction: Transaction,
  names: readonly string[],
  isCompared = false,
): Promise<void> {
  if (names.length === 0) return;
  await transaction.query(
    `INSERT INTO book.rebuild (projection, is_compared) SELECT unnest($1::text[]), $2
     ON CONFLICT (projection) WHERE switched_at IS NULL
       DO UPDATE SET is_compared = rebuild.is_compared OR excluded.is_compared`,
    [names, isCompared],
  );
}

export async function openRebuilds(database: Queryable): Promise<OpenRebuild[]> {
  return database.query<OpenRebuild>(
    `SELECT id, projection, version, sequence, position FROM book.rebuild
     WHERE switched_at IS NULL ORDER BY projection`,
  );
}
