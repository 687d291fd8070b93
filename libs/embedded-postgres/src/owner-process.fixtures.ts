/**
 * The program of a process that owns a PostgreSQL, for tests that kill it. It is given its options as JSON, prints what it
 * got in one line of JSON, and stops when its standard input ends; it exits without stopping when it is given any input.
 */
import { startSupervised } from './embedded-postgres';
import type { SupervisionOptions } from './embedded-postgres';
import type { EmbeddedPostgresError } from './errors';

const options = JSON.parse(process.argv[2] ?? '{}') as SupervisionOptions;
try {
  const postgres = await startSupervised(options);
  process.stdout.write(`${JSON.stringify({ connection: postgres.connection, pid: postgres.pid })}\n`);
  process.stdin.once('data', () => process.exit());
  process.stdin.once('end', () => void postgres.stop());
} catch (error) {
  const { name, code, message } = error as EmbeddedPostgresError;
  process.stdout.write(`${JSON.stringify({ refusal: { name, code, message } })}\n`);
}
