import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Database } from './database';

/** The folder of our SQL files: beside the sources, or beside the program that was built of them. */
export function migrationsFolder(): string {
  const here = path.dirname(fileURLToPath(import.meta.url));
  const beside = path.join(here, 'migrations');
  return existsSync(beside) ? beside : path.join(here, '../migrations');
}

/** Any fixed number: one migration at a time on a database. */
const MIGRATION_LOCK = 4_207_201;

/**
 * Brings the tables up to date: runs the SQL files that have not run yet, in order of their names, each in a transaction
 * with its mark, under a lock that other processes wait for.
 *
 * @returns the names of the files that were run
 */
export async function migrate(database: Database, folder: string): Promise<string[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.sql')).sort();
  return database.transaction(async (transaction) => {
    await transaction.query('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
    await transaction.query(
      'CREATE TABLE IF NOT EXISTS public.migration (name text PRIMARY KEY, run_at timestamptz NOT NULL DEFAULT now())',
    );
    const done = new Set(
      (await transaction.query<{ name: string }>('SELECT name FROM public.migration')).map((row) => row.name),
    );
    const due = files.filter((file) => !done.has(file));
    for (const file of due) {
      for (const statement of statementsOf(await readFile(path.join(folder, file), 'utf8'))) {
        await transaction.query(statement);
      }
      await transaction.query('INSERT INTO public.migration (name) VALUES ($1)', [file]);
    }
    return due;
  });
}

/** Our files hold plain statements, each ending in a semicolon at the end of a line. */
function statementsOf(sql: string): string[] {
  return sql
    .split(/;\s*$/m)
    .map((statement) => statement.trim())
    .filter((statement) => statement.replace(/^\s*--.*$/gm, '').trim() !== '');
}
