/** What was typed cannot be carried out; the person can mend it by other arguments. Exit code 2. */
export class UsageError extends Error {
  override name = 'UsageError';
}

/** What was typed is fine, but it could not be done: an unreachable server, an unreadable file. Exit code 1. */
export class Failure extends Error {
  override name = 'Failure';
}
