import type { Database } from '@chargebook/read-models';

/** A row of one of the tables of the schema `audit`. */
export interface AuditRow {
  readonly table: 'book' | 'key' | 'checkpoint' | 'cosignature';
  readonly row: Readonly<Record<string, unknown>>;
}

/** The book has a name and checkpoints of its own: those of another one are not put in their place. */
export class OtherAuditError extends Error {
  constructor() {
    super('The book holds facts under a name of its own: restore into an empty book.');
    this.name = 'OtherAuditError';
  }
}

const ROWS_AT_ONCE = 1_000;

/** By what rows are found again: in this order they are read. */
const KEYS: Readonly<Record<AuditRow['table'], string>> = {
  book: 'id',
  key: 'number',
  checkpoint: 'size',
  cosignature: 'size, witness',
};

/** What the book has said of itself as a whole, for backups. Private keys are not in it. */
export class AuditCopy {
  constructor(private readonly database: Database) {}

  /** All rows; checkpoints cover no facts that are recorded later. */
  async *rows(): AsyncGenerator<AuditRow, void, undefined> {
    for (const [table, key] of Object.entries(KEYS) as [AuditRow['table'], string][]) {
      for (let after: readonly unknown[] | undefined; ;) {
        const { sql, values } = page(table, key, after);
        const found = await this.database.query<{ row: AuditRow['row']; key: unknown[] }>(sql, values);
        for (const { row } of found) yield { table, row };
        if (found.length < ROWS_AT_ONCE) break;
        after = found.at(-1)?.key;
      }
    }
  }

  /**
   * Takes a row in, unless it is there. Another book's name takes the place of ours where that has no facts yet.
   *
   * @throws OtherAuditError
   */
  async keep({ table, row }: AuditRow, isEmpty: boolean): Promise<void> {
    if (!Object.hasOwn(KEYS, table)) throw new Error(`there is no table ${String(table)}`);
    if (table === 'book') await this.becomeBook(String(row['id']), isEmpty);
    else
      await this.database.query(
        `INSERT INTO audit.${table} SELECT * FROM jsonb_populate_record(null::audit.${table}, $1::jsonb)
         ON CONFLICT DO NOTHING`,
        [JSON.stringify(row)],
      );
  }

  private async becomeBook(id: string, isEmpty: boolean): Promise<void> {
    await this.database.transaction(async (transaction) => {
      const [book] = await transaction.query<{ id: string }>('SELECT id FROM audit.book FOR UPDATE');
      if (book?.id === id) return;
      if (!isEmpty) throw new OtherAuditError();
      await transaction.query('TRUNCATE audit.cosignature, audit.checkpoint, audit.key');
      await transaction.query('UPDATE audit.book SET id = $1', [id]);
    });
  }
}

function page(table: string, key: string, after: readonly unknown[] | undefined) {
  const columns = key.split(', ');
  const beyond =
    after == null ? '' : `WHERE (${key}) > (${columns.map((_, n) => `$${String(n + 1)}`).join(', ')})`;
  const sql = `SELECT to_jsonb(stored) AS row, jsonb_build_array(${key}) AS key FROM audit.${table} AS stored
    ${beyond} ORDER BY ${key} LIMIT ${String(ROWS_AT_ONCE)}`;
  return { sql, values: after ?? [] };
}
