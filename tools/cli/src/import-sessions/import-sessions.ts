import type { BookClient } from '../book-client';
import { Failure, UsageError } from '../failures';
import { describeColumns } from './columns';
import type { Execution } from './execute';
import { emptyExecution, execute } from './execute';
import { lookUp } from './look-up';
import type { KnownThings, Plan } from './plan';
import { nothingKnown, planImport } from './plan';
import type { Terminal } from './progress';
import { startProgress } from './progress';
import { reconcile } from './reconcile';
import { readRecords } from './records';
import { checkRejectsFile, writeRejects } from './rejects-file';
import type { RowRules } from './rows';
import { isReject, readRow } from './rows';
import type { Reject, SessionRow } from './session-row';
import type { FileFormat, ToldFormat } from './sniff';
import { sniffFormat } from './sniff';
import type { ImportReport } from './summary';
import { readLines } from './text-lines';
import { WallClock } from './wall-time';

export type ImportOptions = {
  file: string;
  format: ToldFormat;
  /** IANA zone of times without an offset of their own. */
  timeZone?: string;
  siteTimeZone?: string;
  /** The site of every row, for a file without a column for it. */
  site?: string;
  deriveIds: boolean;
  /** New things are taken as there since this instant, for files of earlier times that are yet to come. */
  sinceMs?: number;
  rejectsFile: string;
  batchSize: number;
  concurrency: number;
};

/**
 * Imports a file of charging sessions into a book, or without a book only says what it would do.
 *
 * @throws UsageError where the file can be read in two ways or not at all
 * @throws Failure when the import breaks off; what was recorded stays, and the same import again goes on from there
 */
export async function importSessions(
  options: ImportOptions,
  book: BookClient | undefined,
  terminal: Terminal,
  nowMs: number,
): Promise<ImportReport> {
  const startedAt = performance.now();
  const format = await sniffFormat(options.file, options.format);
  await checkRejectsFile(options.rejectsFile, options.file);
  const siteTimeZone = checkAgainstFile(options, format);
  await book?.greet();
  const rules = rowRules(options, format, nowMs);
  const { rows, unreadable, rowCount } = await readSessions(options.file, format, rules);
  const known = book == null ? nothingKnown() : await lookUp(rows, book, options.concurrency);
  const reconciled = reconcileEach(rows, known);
  const plan = planImport(reconciled.fresh, known, options.sinceMs);
  const rejects = [...unreadable, ...reconciled.rejects, ...plan.rejects];
  const execution = emptyExecution(rejects);
  if (book != null) await carryOut(plan, book, { ...options, siteTimeZone }, execution, terminal);
  return {
    dryRun: book == null,
    columns: describeColumns(format.columns, format.header),
    timeZone: options.timeZone,
    rowCount,
    accepted: [...reconciled.fresh, ...reconciled.alreadyThere],
    alreadyThereCount: reconciled.alreadyThere.length,
    plan,
    execution,
    rejectsFile: book != null && rejects.length > 0 ? options.rejectsFile : undefined,
    clockNotes: rules.clockNotes,
    tookMs: performance.now() - startedAt,
  };
}

/** Carries the plan out and writes the rejects, also when it breaks off. */
async function carryOut(
  plan: Plan,
  book: BookClient,
  options: ImportOptions & { siteTimeZone: string },
  execution: Execution,
  terminal: Terminal,
): Promise<void> {
  const { batchSize, concurrency, siteTimeZone, rejectsFile } = options;
  const progress = startProgress(plan.sessionCount, terminal);
  try {
    await execute(
      plan,
      book,
      { batchSize, concurrency, siteTimeZone, onSettled: progress.advance },
      execution,
    );
  } catch (error) {
    throw brokenOff(error, execution);
  } finally {
    progress.stop();
    if (execution.rejects.length > 0) await writeRejects(rejectsFile, execution.rejects);
  }
}

/** Settles what only the file shows to be missing; returns the zone for the sites that are registered. */
function checkAgainstFile(options: ImportOptions, format: FileFormat): string {
  if (format.columns.site == null && options.site == null) {
    throw new UsageError(
      'Which column is the site? Tell it with --map site=COLUMN, or one site for all rows with --site.',
    );
  }
  if (format.columns.site != null && options.site != null) {
    throw new UsageError('--site is for files without a column for the site; this one has it.');
  }
  if (format.needsTimeZone && options.timeZone == null) {
    throw new UsageError(
      'The times have no offset from UTC. Tell their time zone, such as --time-zone Europe/Berlin.',
    );
  }
  const siteTimeZone = options.siteTimeZone ?? options.timeZone;
  if (siteTimeZone == null) {
    throw new UsageError('Sites need a time zone. Tell it, such as --site-time-zone Europe/Berlin.');
  }
  return siteTimeZone;
}

function rowRules(options: ImportOptions, format: FileFormat, nowMs: number): RowRules {
  return {
    columns: format.columns,
    decimalMark: format.decimalMark,
    dateOrder: format.dateOrder,
    clock: options.timeZone == null ? undefined : new WallClock(options.timeZone),
    site: options.site,
    deriveIds: options.deriveIds,
    nowMs,
    clockNotes: { missing: 0, repeatedFirst: 0, repeatedSecond: 0 },
  };
}

async function readSessions(file: string, format: FileFormat, rules: RowRules) {
  const rows: SessionRow[] = [];
  const unreadable: Reject[] = [];
  const lines = (async function* () {
    for await (const line of readLines(file, format.encoding)) if (line.line > format.headerLine) yield line;
  })();
  for await (const record of readRecords(lines, format.delimiter, format.header.length)) {
    const read = readRow(record, rules);
    if (isReject(read)) unreadable.push(read);
    else rows.push(read);
  }
  return { rows, unreadable, rowCount: rows.length + unreadable.length };
}

function reconcileEach(rows: SessionRow[], known: KnownThings) {
  const byCharger = new Map<string, SessionRow[]>();
  for (const row of rows) {
    const others = byCharger.get(row.charger);
    if (others == null) byCharger.set(row.charger, [row]);
    else others.push(row);
  }
  const all = [...byCharger].map(([charger, own]) =>
    reconcile(own, known.chargers.get(charger)?.sessions ?? []),
  );
  return {
    fresh: all.flatMap(({ fresh }) => fresh),
    alreadyThere: all.flatMap(({ alreadyThere }) => alreadyThere),
    rejects: all.flatMap(({ rejects }) => rejects),
  };
}

function brokenOff(error: unknown, execution: Execution): unknown {
  if (!(error instanceof Failure)) return error;
  const recorded = `${execution.recordedCount} sessions were recorded before.`;
  return new Failure(`${error.message} ${recorded} Run the same command again to go on.`);
}
