import pg from 'pg';

/** Class 08: connection exceptions; 57P: the server goes down or comes up; 53: out of resources. */
const OUT_OF_REACH = /^(08|57P|53)/;
const NETWORK_FAULTS = ['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND'];
const WORDS_OF_THE_CLIENT =
  /Connection terminated|timeout exceeded when trying to connect|Query read timeout|not queryable/;

/** Whether the database or the way to it is at fault, so that the same may succeed later. */
export function isOutOfReach(error: unknown): boolean {
  const { code, message } = error as { code?: unknown; message?: string };
  if (typeof code === 'string' && (OUT_OF_REACH.test(code) || NETWORK_FAULTS.includes(code))) return true;
  return WORDS_OF_THE_CLIENT.test(message ?? '');
}

/** Whether a statement was cancelled because it took as long as one may. */
export function isOutOfTime(error: unknown): boolean {
  return (error as { code?: unknown }).code === '57014';
}

/** Class 22 and 23: a value, or several together, are not as they must be; 54: too large. */
const UNFIT = /^(22|23|54)/;

/** Whether the database can never hold what it was given. */
export function isUnfit(error: unknown): boolean {
  return error instanceof pg.DatabaseError ? UNFIT.test(error.code ?? '') : error instanceof RangeError;
}

/** Whether our own code has failed: before it came to the database, or with a statement that makes no sense there. */
export function isOurs(error: unknown): boolean {
  if (error instanceof pg.DatabaseError) return (error.code ?? '').startsWith('42');
  return !isOutOfReach(error);
}
