import type { Transaction } from '../database/database';

/** Beside the schema that serves: the one that is being filled, and the one that has served. */
export const nextOf = (schema: string) => `${schema}_next`;
const formerOf = (schema: string) => `${schema}_former`;

/** The tables that serve were given other columns while the next ones were filled: these have to be made again. */
export class OtherColumnsError extends Error {
  constructor(schema: string) {
    super(`the tables of ${schema} have other columns than those that were filled beside them`);
    this.name = 'OtherColumnsError';
  }
}

interface TableRow {
  readonly name: string;
}

/**
 * Makes the next tables of a schema, empty and without indexes beyond the primary keys. What was left of an earlier try is
 * dropped.
 */
export async function makeNextTables(transaction: Transaction, schema: string): Promise<void> {
  const next = nextOf(schema);
  await transaction.query(`DROP SCHEMA IF EXISTS ${next} CASCADE`);
  await transaction.query(`CREATE SCHEMA ${next}`);
  for (const { name } of await tablesOf(transaction, schema)) {
    await transaction.query(
      `CREATE TABLE ${next}.${name} (LIKE ${schema}.${name} INCLUDING ALL EXCLUDING INDEXES)`,
    );
  }
  for (const { table, column, options } of await columnOptionsOf(transaction, schema))
    await transaction.query(`ALTER TABLE ${next}.${table} ALTER COLUMN ${column} SET (${options})`);
  await addConstraints(transaction, schema, 'p');
}

/** What the planner is told of columns, which no copy of a table has by itself. */
function columnOptionsOf(
  transaction: Transaction,
  schema: string,
): Promise<{ table: string; column: string; options: string }[]> {
  return transaction.query(
    `SELECT relname AS table, attname AS column, array_to_string(attoptions, ', ') AS options
     FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
     WHERE relnamespace = $1::regnamespace AND relkind = 'r' AND attoptions IS NOT NULL`,
    [schema],
  );
}

/** Gives the next tables the indexes and constraints that are still missing, by the names that they have in the schema. */
export async function addNextIndexes(transaction: Transaction, schema: string): Promise<void> {
  await addConstraints(transaction, schema, 'u', 'x');
  const missing = await transaction.query<{ table: string; definition: string }>(
    `SELECT tablename AS table, indexdef AS definition FROM pg_indexes AS present
     WHERE schemaname = $1 AND NOT EXISTS (
       SELECT FROM pg_indexes AS next WHERE next.schemaname = $2 AND next.indexname = present.indexname)
     ORDER BY indexname`,
    [schema, nextOf(schema)],
  );
  for (const { table, definition } of missing) {
    await transaction.query(definition.replace(` ON ${schema}.${table} `, ` ON ${nextOf(schema)}.${table} `));
  }
}

/** Whether the next tables have the columns of the present ones: those may have been given others meanwhile. */
export async function areNextTablesAlike(transaction: Transaction, schema: string): Promise<boolean> {
  const columns =
    'SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema';
  const odd = await transaction.query(
    `(${columns} = $1 EXCEPT ${columns} = $2) UNION ALL (${columns} = $2 EXCEPT ${columns} = $1)`,
    [schema, nextOf(schema)],
  );
  return odd.length === 0;
}

/** Tells the planner what the next tables hold: they will be asked from one moment to the next. */
export async function analyzeNextTables(transaction: Transaction, schema: string): Promise<void> {
  for (const { name } of await tablesOf(transaction, schema))
    await transaction.query(`ANALYZE ${nextOf(schema)}.${name}`);
}

/** Puts the next tables in the place of the present ones, at once for everybody when the transaction is committed. */
export async function switchTables(transaction: Transaction, schema: string): Promise<void> {
  if (!(await areNextTablesAlike(transaction, schema))) throw new OtherColumnsError(schema);
  await transaction.query(`ALTER SCHEMA ${schema} RENAME TO ${formerOf(schema)}`);
  await transaction.query(`ALTER SCHEMA ${nextOf(schema)} RENAME TO ${schema}`);
}

/** Drops what has served, if it is still there. Readers that are still at it are not to be held up. */
export async function dropFormerTables(transaction: Transaction, schema: string): Promise<void> {
  const former = formerOf(schema);
  const tables = await tablesOf(transaction, former);
  // Without CASCADE: what somebody else has built on it is not ours to drop.
  if (tables.length > 0)
    await transaction.query(`DROP TABLE ${tables.map(({ name }) => `${former}.${name}`).join(', ')}`);
  await transaction.query(`DROP SCHEMA IF EXISTS ${former}`);
}

export function tablesOf(transaction: Transaction, schema: string): Promise<TableRow[]> {
  return transaction.query<TableRow>(
    'SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = $1 ORDER BY tablename',
    [schema],
  );
}

async function addConstraints(transaction: Transaction, schema: string, ...kinds: string[]): Promise<void> {
  const missing = await transaction.query<{ table: string; name: string; definition: string }>(
    `SELECT quote_ident(class.relname) AS table, quote_ident(conname) AS name,
       pg_get_constraintdef(present.oid) AS definition
     FROM pg_constraint AS present JOIN pg_class AS class ON class.oid = conrelid
     WHERE connamespace = $1::regnamespace AND contype::text = ANY($3) AND NOT EXISTS (
       SELECT FROM pg_constraint AS next WHERE next.connamespace = $2::regnamespace
         AND next.conname = present.conname)
     ORDER BY conname`,
    [schema, nextOf(schema), kinds],
  );
  for (const { table, name, definition } of missing) {
    await transaction.query(`ALTER TABLE ${nextOf(schema)}.${table} ADD CONSTRAINT ${name} ${definition}`);
  }
}
