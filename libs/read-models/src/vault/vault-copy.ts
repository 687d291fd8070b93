import type { Database } from '../database/database';

/** A row of one of the vault's tables. */
export interface VaultRow {
  readonly table: string;
  readonly row: Readonly<Record<string, unknown>>;
}

/** The vault as a whole, for backups: nothing makes it again. */
export class VaultCopy {
  constructor(private readonly database: Database) {}

  /** All rows of all tables. */
  async rows(): Promise<VaultRow[]> {
    const rows: VaultRow[] = [];
    for (const table of await this.tables()) {
      const found = await this.database.query<{ row: VaultRow['row'] }>(
        `SELECT to_jsonb(stored) AS row FROM vault.${table} AS stored ORDER BY to_jsonb(stored)::text`,
      );
      rows.push(...found.map(({ row }) => ({ table, row })));
    }
    return rows;
  }

  /**
   * Takes a row in, unless it is there.
   *
   * @throws Error where the vault has no such table
   */
  async keep({ table, row }: VaultRow): Promise<void> {
    if (!(await this.tables()).includes(table)) throw new Error(`the vault has no table ${table}`);
    await this.database.query(
      `INSERT INTO vault.${table} SELECT * FROM jsonb_populate_record(null::vault.${table}, $1::jsonb)
       ON CONFLICT DO NOTHING`,
      [JSON.stringify(row)],
    );
  }

  private async tables(): Promise<string[]> {
    const rows = await this.database.query<{ name: string }>(
      `SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = 'vault' ORDER BY tablename`,
    );
    return rows.map(({ name }) => name);
  }
}
