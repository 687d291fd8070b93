/** What went wrong, for programs; the message says it to people. */
export type EmbeddedPostgresErrorCode =
  /** The data folder cannot be made, entered or written by this user. */
  | 'DATA_DIRECTORY_NOT_WRITABLE'
  /** No PostgreSQL is installed for this platform, or this user cannot run it. */
  | 'POSTGRES_NOT_RUNNABLE'
  /** The data folder was written by another major version. */
  | 'POSTGRES_VERSION_MISMATCH'
  /** initdb or the server itself gave up; the message ends with what it said. */
  | 'POSTGRES_START_FAILED'
  /** Another live process owns the data folder. */
  | 'POSTGRES_IN_USE';

/** Every failure of this library that a person can do something about. */
export class EmbeddedPostgresError extends Error {
  override readonly name: string = 'EmbeddedPostgresError';

  constructor(
    readonly code: EmbeddedPostgresErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Another live Chargebook process owns this data folder. */
export class PostgresInUseError extends EmbeddedPostgresError {
  override readonly name = 'PostgresInUseError';

  constructor(
    readonly directory: string,
    /** The owner's process id, as the owner itself sees it. */
    readonly ownerPid: number,
  ) {
    super(
      'POSTGRES_IN_USE',
      `${directory} is in use by another Chargebook process (pid ${String(ownerPid)}): stop that one first, or give this one a data folder of its own`,
    );
  }
}

/** The errno name of a failed system call, such as `ENOENT`. */
export function errnoOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | null | undefined)?.code;
}
