import type { Database } from '../database/database';

/** What is known of persons. */
export class People {
  constructor(private readonly database: Database) {}

  async keepName(actorId: string, name: string, operator: string | undefined): Promise<void> {
    await this.database.query(
      `INSERT INTO vault.actor (id, name, operator) VALUES ($1, $2, $3)
       ON CONFLICT (id) DO UPDATE SET name = excluded.name, operator = excluded.operator`,
      [actorId, name, operator ?? null],
    );
  }
}
