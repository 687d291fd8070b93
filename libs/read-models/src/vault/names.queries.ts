import type { AccessScope } from '../access/access-scope';
import type { Database } from '../database/database';

/** Names of those who did something, to those of the same operator. */
export class NameQueries {
  constructor(
    private readonly database: Database,
    private readonly scope: AccessScope,
  ) {}

  /** Names by the actor's id; those that are erased, or not for who asks, are left out. */
  async ofActors(ids: readonly string[]): Promise<Map<string, string>> {
    const values: unknown[] = [ids];
    const condition = this.scope.personCondition('actor', values);
    const rows = await this.database.query<{ id: string; name: string }>(
      `SELECT id, name FROM vault.actor WHERE id = ANY($1) AND ${condition}`,
      values,
    );
    return new Map(rows.map(({ id, name }) => [id, name]));
  }
}
