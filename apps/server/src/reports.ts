import path from 'node:path';
import { AuditRecord, Reports, ReportSpool } from '@chargebook/audit';
import type { BookQueries } from '@chargebook/read-models';
import { Database } from '@chargebook/read-models';
import type { Logger } from 'pino';
import type { Config } from './config';
import type { Engines } from './engines/engines';

/** Reports that were made, at most; the oldest go first. */
const MOST_SPOOLED_BYTES = 8 * 1024 ** 3;
/** Reports have connections of their own, so that nobody else waits for them. */
const CONNECTIONS = 3;

/** Makes and keeps reports, in the data directory. */
export function startReports(
  engines: Pick<Engines, 'database'>,
  { dataDirectory }: Pick<Config, 'dataDirectory'>,
  book: BookQueries,
  log: Logger,
): { readonly reports: Reports; stop(): Promise<void> } {
  const database = new Database({ ...engines.database, max: CONNECTIONS }, (error) => {
    log.warn({ err: error }, 'a connection to the database broke');
  });
  const record = new AuditRecord(database);
  const reports = new Reports({
    database,
    book,
    spool: new ReportSpool(path.join(dataDirectory, 'reports'), MOST_SPOOLED_BYTES),
    origin: () => record.origin(),
  });
  return {
    reports,
    stop: async () => {
      await reports.stop();
      await database.close();
    },
  };
}
