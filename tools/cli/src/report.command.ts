import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import { Option } from 'commander';
import type { TypedConnection } from './connection';
import { addConnectionOptions, serverOf } from './connection';
import { Failure, UsageError } from './failures';
import { startProgress } from './import-sessions/progress';
import type { Surroundings } from './main';
import type { AskedReport, Download, MadeReport } from './report/report-client';
import { ReportClient } from './report/report-client';

const KINDS = ['charger', 'backplate', 'circuit', 'site', 'operator', 'partner', 'book'];
const FORMATS = ['jsonl', 'csv', 'pdf', 'bundle'];

const description = [
  'Report what happened to a charger, backplate, circuit, site, operator, partner, or in the whole book, between two instants.',
  'The same arguments give the same report for ever: who did what, when, when the book learned of it, what was believed before, and what is ' +
    'proved to be complete. A report is cut at a fact of the book; without --known-at and --as-of-sequence at the last one.',
].join('\n\n');

const details = `
Instants are ISO 8601, such as 2026-05-04T10:00:00Z; a day means its midnight in UTC. Facts at --to are not in it.

Formats: jsonl (the report itself), csv (a directory with a file for each section), pdf, and bundle (a .tar.gz with the proof and a
script that verifies it without the book).

A download that was cut goes on where it was; if the command was ended, the same command goes on, given the same cut.

The token is read from --token-file, else from CHARGEBOOK_TOKEN, else from DATA_DIR/admin.token (./.chargebook).

Exit codes: 0 done; 1 failed; 2 wrong usage.

Example:
  chargebook report charger CB-1001 --from 2026-01-01 --to 2027-01-01 --format pdf --out cb-1001.pdf
`;

interface TypedReport extends TypedConnection {
  readonly from: string;
  readonly to?: string;
  readonly knownAt?: string;
  readonly asOfSequence?: string;
  readonly format: string;
  readonly out?: string;
}

/** Adds the command \`report\`. */
export function addReport(parent: Command, surroundings: Surroundings): void {
  const command = parent
    .command('report')
    .summary('report what happened, completely and for ever the same')
    .description(description)
    .argument('<kind>', KINDS.join(', '))
    .argument('[id]', 'which one; none for the book')
    .requiredOption('--from <instant>', 'the beginning of the span in which things happened')
    .option('--to <instant>', 'its end (default: now)')
    .option('--known-at <instant>', 'as the book knew it then')
    .option('--as-of-sequence <number>', 'as the book knew it at that fact')
    .addOption(new Option('--format <format>').choices(FORMATS).default('jsonl'))
    .option('--out <path>', 'a file, or for csv a directory (default: named after the report)');
  addConnectionOptions(command)
    .addHelpText('after', details)
    .action(async (kind: string, id: string | undefined, typed: TypedReport) => {
      await runReport(kind, id, typed, surroundings);
    });
}

async function runReport(
  kind: string,
  id: string | undefined,
  typed: TypedReport,
  surroundings: Surroundings,
): Promise<void> {
  const { stdout, stderr, env, nowMs, interrupted } = surroundings;
  const asked = askedReport(kind, id, typed, nowMs());
  const { url, token } = await serverOf(typed, env);
  const client = new ReportClient(url, token, interrupted);
  const made = await withProgress(stderr, (onProgress) => client.made(asked, onProgress));
  const wanted = made.downloads.filter(({ format }) => format.toLowerCase() === typed.format);
  if (wanted.length === 0) throw new Failure(`The server does not give reports as ${typed.format}.`);
  const out = typed.out ?? ['report', kind, ...(id == null ? [] : [fileNameOf(id)])].join('-');
  const files = await targetsOf(wanted, typed, out);
  let bytes = 0;
  for (const [download, file] of files) {
    await client.download(download, file, (more) => (bytes += more));
  }
  stdout.write(summaryOf(made, files.length === 1 ? (files[0]?.[1] ?? out) : out, bytes));
}

function summaryOf(
  { entryCount, asOfSequence, knownAt, digest }: MadeReport,
  out: string,
  bytes: number,
): string {
  return [
    `${String(entryCount)} facts, as known at ${knownAt} (--as-of-sequence ${String(asOfSequence)})`,
    `digest ${digest}`,
    `${out}: ${String(bytes)} bytes`,
    '',
  ].join('\n');
}

/** Where each download goes. */
async function targetsOf(
  wanted: readonly Download[],
  { format, out: typed }: TypedReport,
  out: string,
): Promise<[Download, string][]> {
  if (format !== 'csv') {
    const [only] = wanted;
    if (only == null) return [];
    return [[only, typed ?? `${out}${only.file.slice(only.file.indexOf('.'))}`]];
  }
  await mkdir(out, { recursive: true });
  return wanted.map((download) => [download, path.join(out, fileNameOf(download.file))]);
}

/** What a server or an id says is no way to another directory. */
function fileNameOf(name: string): string {
  return name.replace(/[^\w.-]/g, '_').replace(/^\.+/, '_');
}

async function withProgress(
  stderr: Surroundings['stderr'],
  work: (
    onProgress: (making: { reachedSequence: number; ofSequence: number }) => void,
  ) => Promise<MadeReport>,
): Promise<MadeReport> {
  let progress: ReturnType<typeof startProgress> | undefined;
  let shown = 0;
  try {
    return await work(({ reachedSequence, ofSequence }) => {
      progress ??= startProgress(ofSequence, stderr, 'facts');
      if (reachedSequence > shown) progress.advance(reachedSequence - shown);
      shown = Math.max(shown, reachedSequence);
    });
  } finally {
    progress?.stop();
  }
}

function askedReport(kind: string, id: string | undefined, typed: TypedReport, nowMs: number): AskedReport {
  if (!KINDS.includes(kind))
    throw new UsageError(`A report is about one of ${KINDS.join(', ')}, not "${kind}".`);
  if (kind === 'book' ? id != null : id == null)
    throw new UsageError(kind === 'book' ? 'The book needs no id.' : `Say which ${kind}.`);
  if (typed.knownAt != null && typed.asOfSequence != null)
    throw new UsageError('Say either --known-at or --as-of-sequence.');
  return {
    scope: { [kind]: id ?? true },
    from: instantOf('--from', typed.from),
    to: typed.to == null ? new Date(nowMs).toISOString() : instantOf('--to', typed.to),
    knownAt: typed.knownAt == null ? undefined : instantOf('--known-at', typed.knownAt),
    asOfSequence: typed.asOfSequence,
  };
}

function instantOf(option: string, typed: string): string {
  const told = /^\d{4}-\d{2}-\d{2}$/.test(typed) ? `${typed}T00:00:00Z` : typed;
  if (/T.*(Z|[+-]\d{2}:\d{2})$/.test(told) && !Number.isNaN(Date.parse(told))) return told;
  throw new UsageError(`${option}: "${typed}" is not an instant such as 2026-05-04T10:00:00Z.`);
}
