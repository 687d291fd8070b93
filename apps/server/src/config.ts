import path from 'node:path';
import type { EventStoreAddress } from '@chargebook/event-store';

export type Role = 'all' | 'api' | 'projector';

/** Everything that can be configured, read once. */
export interface Config {
  readonly port: number;
  readonly host: string;
  /** Absolute path of the folder that holds the embedded engines' data and the admin token. */
  readonly dataDirectory: string;
  /** Absolute path of the private key that signs the book's checkpoints. */
  readonly auditKeyFile: string;
  /** A cluster instead of the embedded event store. */
  readonly eventStore?: EventStoreAddress;
  /** A PostgreSQL instead of the embedded one. */
  readonly databaseUrl?: string;
  readonly role: Role;
  /** An issuer whose JWTs are taken beside what the book has issued. */
  readonly oidc?: { readonly issuer: string; readonly audience: string };
  /** Whether people may send the console's documents alone. */
  readonly isTrustedOnly: boolean;
  readonly logLevel: string;
  /** Whether traces are sent, to where OpenTelemetry's own variables say. */
  readonly isTraced: boolean;
}

/** The configuration cannot be used; the message lists every fault. */
export class ConfigError extends Error {
  constructor(readonly faults: readonly string[]) {
    super(`The configuration cannot be used:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
    this.name = 'ConfigError';
  }
}

/** The data directory, or what lies in it, cannot be used; the message says why. */
export class DataDirectoryError extends Error {
  constructor(directory: string, options: { cause: unknown }) {
    const { cause } = options;
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(`The data directory ${directory} cannot be used: ${reason}`, options);
    this.name = 'DataDirectoryError';
  }
}

const ROLES: readonly string[] = ['all', 'api', 'projector'];
const LOG_LEVELS: readonly string[] = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'];
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1)$/;

/**
 * Reads the configuration from environment variables.
 *
 * @throws ConfigError
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const faults: string[] = [];
  const told = (name: string) => {
    const value = environment[name]?.trim();
    return value === '' ? undefined : value;
  };
  const oneOf = (name: string, allowed: readonly string[], otherwise: string) => {
    const value = told(name) ?? otherwise;
    if (!allowed.includes(value))
      faults.push(`${name} is "${value}"; it must be one of ${allowed.join(', ')}`);
    return value;
  };
  const urlOf = (name: string, schemes: RegExp) => {
    const value = told(name);
    if (value != null && !schemes.test(value)) faults.push(`${name} does not begin as such an address does`);
    return value;
  };
  const port = Number(told('PORT') ?? '4000');
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    faults.push(`PORT is "${told('PORT') ?? ''}"; it must be a whole number from 0 to 65535`);
  }
  const role = oneOf('ROLE', ROLES, 'all') as Role;
  const logLevel = oneOf('LOG_LEVEL', LOG_LEVELS, 'info');
  const trusted = oneOf('TRUSTED_DOCUMENTS', ['any', 'only'], 'any');
  const connectionString = urlOf('EVENTSTORE_URL', /^(esdb|kurrentdb)(\+discover)?:\/\//);
  const databaseUrl = urlOf('DATABASE_URL', /^postgres(ql)?:\/\//);
  const issuer = urlOf('OIDC_ISSUER', /^(https:\/\/|http:\/\/(localhost|127\.0\.0\.1|\[::1\])[:/])/);
  const tracesTo =
    urlOf('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', /^https?:\/\//) ??
    urlOf('OTEL_EXPORTER_OTLP_ENDPOINT', /^https?:\/\//);
  const host = told('HOST') ?? '127.0.0.1';
  if (/\s/.test(host)) faults.push(`HOST is "${host}"; it must be a name or an address`);
  if (faults.length > 0) throw new ConfigError(faults);
  const dataDirectory = path.resolve(told('DATA_DIR') ?? '.chargebook');
  return {
    port,
    host,
    dataDirectory,
    auditKeyFile: path.resolve(told('AUDIT_KEY_FILE') ?? path.join(dataDirectory, 'audit.key')),
    eventStore: connectionString == null ? undefined : { connectionString },
    databaseUrl,
    role,
    oidc: issuer == null ? undefined : { issuer, audience: told('OIDC_AUDIENCE') ?? 'chargebook' },
    isTrustedOnly: trusted === 'only',
    logLevel,
    isTraced: tracesTo != null,
  };
}

/** Whether an address is reached from this machine only. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.test(host);
}
