import type { Command } from 'commander';
import { InvalidArgumentError, Option } from 'commander';
import { GraphqlBookClient } from './book-client';
import type { TypedConnection } from './connection';
import { addConnectionOptions, connect } from './connection';
import { columnRoles, readMapOption } from './import-sessions/columns';
import type { ImportOptions } from './import-sessions/import-sessions';
import { importSessions } from './import-sessions/import-sessions';
import type { DecimalMark } from './import-sessions/numbers';
import { summarise } from './import-sessions/summary';
import type { DateOrder } from './import-sessions/wall-time';
import { isTimeZone } from './import-sessions/wall-time';
import type { Surroundings } from './main';

/** The options as commander hands them over. */
type Typed = TypedConnection & {
  map?: string[];
  delimiter?: string;
  decimalMark?: DecimalMark;
  dateFormat?: DateOrder;
  timeZone?: string;
  siteTimeZone?: string;
  site?: string;
  deriveIds?: boolean;
  since?: number;
  rejects?: string;
  batchSize: number;
  concurrency: number;
  dryRun?: boolean;
};

/** Exit code of an import that is done, but with rows in the rejects file. */
const doneWithRejects = 3;

const description = [
  'Record the charging sessions of a CSV file.',
  'Sites, circuits (fuse unknown), backplates and chargers that the book does not have are registered on the way, with ' +
    "one place per charger and site. A charger that turns up at another site is relocated there at that session's " +
    'start. Rows that cannot be true, or that the book refuses, go to a rejects file with line number and reason; all ' +
    'others are recorded. The same file again, or a longer one, records nothing twice.',
].join('\n\n');

const details = `
Roles of columns (--map): ${columnRoles.join(', ')}.
  charger, start and end are needed, and site (or --site); energyKwh or energyWh is the session's energy. These are
  found by their usual names where they are not told. driver (personal data, goes to the book alone), backplate and
  circuit (the places themselves) and session (the session's id) are only taken when told.

Times are ISO 8601, or "YYYY-MM-DD HH:mm[:ss]", "DD.MM.YYYY HH:mm", "DD/MM/YYYY HH:mm", "MM/DD/YYYY hh:mm AM". Times
without an offset from UTC need --time-zone. A time that the clock change skips is moved forward by the gap; of one that
it repeats the first is taken; the summary counts both.

The token is read from --token-file, else from CHARGEBOOK_TOKEN, else from DATA_DIR/admin.token (./.chargebook).

Exit codes: 0 all recorded; 1 failed or broken off (run it again to go on); 2 wrong usage; 3 done, with rejects.

Example:
  chargebook import sessions sessions.csv --time-zone Europe/Berlin \\
    --map charger=charger_id,site=location_id,start=start_time,end=end_time
`;

/** Adds \`sessions FILE\` to the command \`import\`. */
export function addImportSessions(
  parent: Command,
  surroundings: Surroundings,
  exitWith: (code: number) => void,
): void {
  const command = parent
    .command('sessions')
    .summary('record the charging sessions of a CSV file')
    .description(description)
    .argument('<file>', 'the CSV file; its first line names the columns');
  addConnectionOptions(command)
    .option('--map <role=column,...>', 'which column is what; may be given several times', collect)
    .option('--delimiter <mark>', 'comma, semicolon, tab, pipe, or the character itself', readDelimiter)
    .addOption(new Option('--decimal-mark <mark>', 'of numbers').choices(['.', ',']))
    .addOption(
      new Option('--date-format <order>', 'of dates').choices(['year-first', 'day-first', 'month-first']),
    )
    .option('--time-zone <zone>', 'IANA zone of times without an offset, such as Europe/Berlin', readZone)
    .option('--site-time-zone <zone>', 'IANA zone of new sites (default: as --time-zone)', readZone)
    .option('--site <id>', 'the site of all rows, for a file without a column for it')
    .option(
      '--derive-ids',
      'make an id of a name or address that cannot be one, instead of rejecting the row',
    )
    .option(
      '--since <day>',
      'take new things as there since this day (UTC), for files of earlier times to come',
      readDay,
    )
    .option('--rejects <path>', 'where rejected rows go (default: FILE.rejects.csv)')
    .option('--batch-size <count>', 'observations in one request', countFrom(2, 500), 500)
    .option('--concurrency <count>', 'requests under way at once', countFrom(1, 64), 8)
    .option('--dry-run', 'read and check the file, say what would be done, send nothing')
    .addHelpText('after', details)
    .action(async (file: string, typed: Typed) => {
      exitWith(await runImport(file, typed, surroundings));
    });
}

async function runImport(file: string, typed: Typed, surroundings: Surroundings): Promise<number> {
  const options = importOptions(file, typed);
  const client = typed.dryRun ? undefined : new GraphqlBookClient(await connect(typed, surroundings));
  const report = await importSessions(options, client, surroundings.stderr, surroundings.nowMs());
  surroundings.stdout.write(summarise(report));
  return report.execution.rejects.length === 0 ? 0 : doneWithRejects;
}

function importOptions(file: string, typed: Typed): ImportOptions {
  const { delimiter, decimalMark, dateFormat: dateOrder, timeZone, siteTimeZone, site } = typed;
  const map = (typed.map ?? []).flatMap(readMapOption);
  return {
    file,
    format: { map, delimiter, decimalMark, dateOrder },
    timeZone,
    siteTimeZone,
    site,
    deriveIds: typed.deriveIds ?? false,
    sinceMs: typed.since,
    rejectsFile: typed.rejects ?? `${file}.rejects.csv`,
    batchSize: typed.batchSize,
    concurrency: typed.concurrency,
  };
}

function collect(value: string, before: string[] = []): string[] {
  return [...before, value];
}

function readDelimiter(text: string): string {
  const named: Record<string, string> = { comma: ',', semicolon: ';', tab: '\t', '\\t': '\t', pipe: '|' };
  const mark = named[text] ?? text;
  if (mark.length !== 1 || mark === '"') throw new InvalidArgumentError('It is one character.');
  return mark;
}

function readZone(name: string): string {
  if (!isTimeZone(name)) throw new InvalidArgumentError('No such IANA time zone.');
  return name;
}

/** The day's first instant, in epoch milliseconds. */
function readDay(text: string): number {
  const instantMs = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(instantMs)) throw new InvalidArgumentError('It is a day such as 2020-01-31.');
  return instantMs;
}

function countFrom(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (Number.isInteger(value) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It is a whole number from ${least} to ${most}.`);
  };
}
