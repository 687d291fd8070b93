import path from 'node:path';
import { readFile } from 'node:fs/promises';
import type { CheckpointKeeper, KeyRing, Signing } from '@chargebook/audit';
import {
  AuditRecord,
  bundleFile,
  CSV_FILES,
  NoCheckpointError,
  PDF_FILE,
  Reports,
  ReportSpool,
} from '@chargebook/audit';
import type { BookQueries } from '@chargebook/read-models';
import { Database } from '@chargebook/read-models';
import type { SignerKey } from '@chargebook/transparency';
import { formatVerifierKey, introduceKey, signNote } from '@chargebook/transparency';
import type { Logger } from 'pino';
import { AuditKeyFile } from './audit-key';
import type { Config } from './config';
import type { Engines } from './engines/engines';

/** Reports that were made, at most; the oldest go first. */
const MOST_SPOOLED_BYTES = 8 * 1024 ** 3;
/** Reports have connections of their own, so that nobody else waits for them. */
const CONNECTIONS = 3;

/** Makes and keeps reports, in the data directory. */
export function startReports(
  engines: Pick<Engines, 'database'>,
  { dataDirectory, auditKeyFile }: Pick<Config, 'dataDirectory' | 'auditKeyFile'>,
  { book, keeper }: { readonly book: BookQueries; readonly keeper: CheckpointKeeper },
  log: Logger,
): { readonly reports: Reports; stop(): Promise<void> } {
  const database = new Database({ ...engines.database, max: CONNECTIONS }, (error) => {
    log.warn({ err: error }, 'a connection to the database broke');
  });
  const record = new AuditRecord(database);
  const signing = signingWith(keeper, record, new AuditKeyFile(auditKeyFile));
  const reports = new Reports({
    database,
    book,
    spool: new ReportSpool(path.join(dataDirectory, 'reports'), MOST_SPOOLED_BYTES),
    origin: () => record.origin(),
    files: [...CSV_FILES, PDF_FILE, bundleFile({ database, signing, beside: CSV_FILES })],
  });
  return {
    reports,
    stop: async () => {
      await reports.stop();
      await database.close();
    },
  };
}

/** Beside the program. */
const VERIFIER = new URL('verify.mjs', import.meta.url);

function signingWith(keeper: CheckpointKeeper, record: AuditRecord, ring: KeyRing): Signing {
  const present = async (): Promise<SignerKey> => {
    const booked = (await record.keys()).at(-1)?.key;
    const signers = await ring.signers(await record.origin());
    const signer = signers.find((held) => formatVerifierKey(held) === booked);
    if (signer != null) return signer;
    throw new NoCheckpointError(
      'This process does not hold the book’s key: ask one that does for the bundle.',
    );
  };
  return {
    checkpointFor: (sequence) => keeper.checkpointFor(sequence),
    sign: async (text) => signNote(text, await present()),
    introductions: async ({ size, root }) => {
      const introductions = (await record.keys()).flatMap(({ introduction }) => introduction ?? []);
      if (introductions.length > 0) return introductions.join('');
      const checkpoint = { origin: await record.origin(), size, root: Buffer.from(root, 'hex') };
      return introduceKey(checkpoint, await present());
    },
    verifier: () => readFile(VERIFIER),
  };
}
