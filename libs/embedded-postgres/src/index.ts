export { startEmbeddedPostgres } from './embedded-postgres';
export type { EmbeddedPostgres, EmbeddedPostgresOptions } from './embedded-postgres';
export { EmbeddedPostgresError, PostgresInUseError } from './errors';
export type { EmbeddedPostgresErrorCode } from './errors';
export { startTemporaryPostgres } from './temporary-postgres';
export type { TemporaryPostgres } from './temporary-postgres';
