import { randomUUID } from 'node:crypto';
import type { Database } from '../database/database';

/** What is known of persons: written by whoever records facts that refer to them. */
export class People {
  constructor(private readonly database: Database) {}

  async keepName(actorId: string, name: string, operator: string | undefined): Promise<void> {
    await this.database.query(
      `INSERT INTO vault.actor (id, name, operator) VALUES ($1, $2, $3)
       ON CONFLICT (id) DO UPDATE SET name = excluded.name, operator = excluded.operator`,
      [actorId, name, operator ?? null],
    );
  }

  /** References by what drivers were told as. They are random: nothing can be made of them but what is kept here. */
  async referencesOf(drivers: readonly string[]): Promise<Map<string, string>> {
    const told = [...new Set(drivers)].sort();
    if (told.length === 0) return new Map();
    await this.database.query(
      `INSERT INTO vault.driver (reference, told) SELECT * FROM unnest($1::text[], $2::text[])
       ON CONFLICT (told) DO NOTHING`,
      [told.map(() => `driver:${randomUUID()}`), told],
    );
    const rows = await this.database.query<{ reference: string; told: string }>(
      'SELECT reference, told FROM vault.driver WHERE told = ANY($1)',
      [told],
    );
    return new Map(rows.map((row) => [row.told, row.reference]));
  }

  async findDriver(told: string): Promise<string | undefined> {
    const rows = await this.database.query<{ reference: string }>(
      'SELECT reference FROM vault.driver WHERE told = $1 OR reference = $1',
      [told],
    );
    return rows[0]?.reference;
  }

  async eraseDriver(reference: string): Promise<void> {
    await this.database.query('DELETE FROM vault.driver WHERE reference = $1', [reference]);
  }

  /** Does what was told, and not done because somebody died in between, or a backup brought it back. */
  async eraseAllTold(): Promise<void> {
    await this.database.query(
      `DELETE FROM vault.driver USING ledger.fact
       WHERE fact.type = 'DriverErased' AND fact.data ->> 'driver' = driver.reference`,
    );
  }
}
