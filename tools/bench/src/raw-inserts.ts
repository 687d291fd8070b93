import type { Database } from '@chargebook/read-models';

const BATCH_ROWS = 5_000;

/** Writes all rows of some schemas once more, into tables with the same indexes, and drops them. */
export async function insertRaw(
  database: Database,
  schemas: readonly string[],
): Promise<{ rows: number; durationMs: number }> {
  const tables = await database.query<{ schema: string; name: string }>(
    'SELECT schemaname AS schema, tablename AS name FROM pg_tables WHERE schemaname = ANY($1)',
    [schemas],
  );
  await database.query('CREATE SCHEMA raw');
  let [rows, durationMs] = [0, 0];
  for (const { schema, name } of tables) {
    await database.query(`CREATE TABLE raw.${name} (LIKE ${schema}.${name} INCLUDING ALL)`);
    const found = await database.query<{ row: string }>(
      `SELECT to_jsonb(one)::text AS row FROM ${schema}.${name} AS one`,
    );
    const beganMs = performance.now();
    for (let next = 0; next < found.length; next += BATCH_ROWS) {
      const batch = found.slice(next, next + BATCH_ROWS).map(({ row }) => row);
      await database.transaction(
        async (transaction) => {
          await transaction.query(
            `INSERT INTO raw.${name} SELECT * FROM json_populate_recordset(null::raw.${name}, $1::json)`,
            [`[${batch.join(',')}]`],
          );
        },
        { settings: { synchronous_commit: 'off' } },
      );
    }
    durationMs += performance.now() - beganMs;
    rows += found.length;
  }
  await database.query('DROP SCHEMA raw CASCADE');
  return { rows, durationMs };
}
