import { OtherKeyError } from '@chargebook/audit';
import { DatabaseUnavailableError } from '@chargebook/read-models';
import { AuditKeyError } from './audit-key';
import { ConfigError, DataDirectoryError, isLoopback, readConfig } from './config';
import { showDemo } from './demo/show-demo';
import { createLogger } from './log';
import { startServer } from './server';

/** SQLSTATE classes 28 and 3D: unknown user or password, no such database. */
const NOT_LET_IN = /^(28|3D)[0-9A-Z]{3}$/;

/** Faults that the person at the keyboard can mend: the message is enough. */
function plainMessageOf(error: unknown): string | undefined {
  if (error instanceof ConfigError || error instanceof DataDirectoryError) return error.message;
  if (error instanceof AuditKeyError) return error.message;
  if (error instanceof OtherKeyError) return `AUDIT_KEY_FILE: ${error.message}.`;
  const { code, syscall, port, message, cause } = error as NodeJS.ErrnoException & { port?: number };
  if (error instanceof DatabaseUnavailableError)
    return `DATABASE_URL: the database is out of reach${cause instanceof Error ? `: ${cause.message}` : ''}`;
  if (code != null && NOT_LET_IN.test(code)) return `DATABASE_URL: ${message}`;
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') return 'HOST is not an address of this machine.';
  if (syscall !== 'listen') return undefined;
  if (code === 'EADDRINUSE')
    return `The port ${String(port)} is in use by another program; choose another one with PORT.`;
  if (code === 'EACCES')
    return `The port ${String(port)} is not for everyone to listen on; choose one above 1023 with PORT.`;
  return undefined;
}

async function main(): Promise<void> {
  const isDemo = readArguments(process.argv.slice(2));
  const config = readConfig(process.env);
  const log = createLogger(config.logLevel);
  const server = await startServer(config, log);
  if (!isLoopback(config.host)) {
    log.warn({ host: config.host }, 'answering to other machines over plain HTTP: put TLS in front of it');
  }
  const graphql = config.role === 'projector' ? '' : `  GraphQL      ${server.url}/graphql\n`;
  process.stdout.write(
    `\nChargebook answers at ${server.url}\n${graphql}  admin token  ${server.adminTokenFile}\n\n`,
  );
  if (isDemo) await showDemo(server, process.stdout);
  const why = await Promise.race([server.lost, untilSignal()]);
  if (why instanceof Error) log.fatal({ err: why }, 'stopping: an embedded engine is gone');
  else log.info({ signal: why }, 'stopping');
  await server.stop();
  log.info('stopped');
  process.exitCode = why instanceof Error ? 1 : 0;
}

/** @returns whether the demo fleet is asked for */
function readArguments(args: readonly string[]): boolean {
  const unknown = args.find((arg) => arg !== '--demo');
  if (unknown != null)
    throw new ConfigError([
      `${unknown} is not known; the only argument is --demo, which fills an empty book`,
    ]);
  return args.length > 0;
}

/** The first signal asks to stop; a second one is not waited for. */
function untilSignal(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        resolve(signal);
        process.once(signal, () => process.exit(130));
      });
    }
  });
}

main().catch((error: unknown) => {
  const message = plainMessageOf(error);
  process.stderr.write(
    `${message ?? (error instanceof Error ? (error.stack ?? error.message) : String(error))}\n`,
  );
  process.exit(1);
});
