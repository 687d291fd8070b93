import { UsageError } from '../failures';
import type { ColumnRole, Columns } from './columns';
import { mapColumns } from './columns';
import type { DecimalMark } from './numbers';
import { readRecords, splitFields } from './records';
import type { Encoding, Line } from './text-lines';
import { readLines, sniffEncoding } from './text-lines';
import type { DateOrder, WrittenTime } from './wall-time';
import { readWrittenTime } from './wall-time';

/** What a person told about the file; all else is sniffed. */
export type ToldFormat = {
  map: [ColumnRole, string][];
  delimiter?: string;
  decimalMark?: DecimalMark;
  dateOrder?: DateOrder;
};

/** How to read the file. */
export type FileFormat = {
  encoding: Encoding;
  delimiter: string;
  header: string[];
  /** The line on which the header stands; the rows come after it. */
  headerLine: number;
  columns: Columns;
  decimalMark: DecimalMark;
  dateOrder: DateOrder;
  /** Some of the first times have no offset from UTC of their own, so that they mean nothing without a time zone. */
  needsTimeZone: boolean;
};

const sampleLines = 5_000;
const delimiters = [',', ';', '\t', '|'];

/**
 * Finds out how a file is written from its first lines.
 *
 * @throws UsageError where it can be read in two ways, naming the option that settles it
 */
export async function sniffFormat(file: string, told: ToldFormat): Promise<FileFormat> {
  const encoding = await sniffEncoding(file);
  const sample = await firstLines(readLines(file, encoding));
  // Spreadsheets write and read a first line such as "sep=;" to tell the delimiter.
  const sepLine = /^"?sep=(.)"?$/i.exec(sample[0]?.text ?? '');
  const lines = sample.slice(sepLine == null ? 0 : 1).filter((line) => line.text.trim() !== '');
  const headerLine = lines[0];
  if (headerLine == null) throw new UsageError('The file is empty.');
  const delimiter = told.delimiter ?? sepLine?.[1] ?? sniffDelimiter(lines.map((line) => line.text));
  const header = splitFields(headerLine.text, delimiter) ?? [];
  while (header.at(-1) === '') header.pop();
  const columns = mapColumns(header, told.map);
  const rows = await fieldsOf(lines.slice(1), delimiter, header.length);
  const times = rows
    .flatMap((fields) => [fields[columns.start] ?? '', fields[columns.end] ?? ''])
    .flatMap((text) => readWrittenTime(text) ?? []);
  const energyColumn = columns.energyKwh ?? columns.energyWh;
  const energies = energyColumn == null ? [] : rows.map((fields) => fields[energyColumn] ?? '');
  return {
    encoding,
    delimiter,
    header,
    headerLine: headerLine.line,
    columns,
    decimalMark: told.decimalMark ?? sniffDecimalMark(energies, delimiter),
    dateOrder: told.dateOrder ?? sniffDateOrder(times),
    needsTimeZone: times.some((time) => time.offsetMinutes == null),
  };
}

async function firstLines(lines: AsyncIterable<Line>): Promise<Line[]> {
  const taken: Line[] = [];
  for await (const line of lines) {
    taken.push(line);
    if (taken.length >= sampleLines) break;
  }
  return taken;
}

async function fieldsOf(lines: Line[], delimiter: string, columnCount: number): Promise<string[][]> {
  const rows: string[][] = [];
  const source = (async function* () {
    yield* lines;
  })();
  for await (const record of readRecords(source, delimiter, columnCount)) {
    if (record.fields != null) rows.push(record.fields);
  }
  return rows;
}

/** The delimiter that cuts the header into columns and most rows into as many. */
export function sniffDelimiter(lines: string[]): string {
  const [header = '', ...rows] = lines.slice(0, 100);
  let best: { delimiter: string; agreement: number; columnCount: number } | undefined;
  for (const delimiter of delimiters) {
    const columnCount = splitFields(header, delimiter)?.length ?? 1;
    if (columnCount < 2) continue;
    const agreeing = rows.filter((row) => splitFields(row, delimiter)?.length === columnCount).length;
    const agreement = rows.length === 0 ? 1 : agreeing / rows.length;
    const better =
      best == null ||
      agreement > best.agreement ||
      (agreement === best.agreement && columnCount > best.columnCount);
    if (better) best = { delimiter, agreement, columnCount };
  }
  if (best == null)
    throw new UsageError('The header has one column only: tell the delimiter with --delimiter.');
  return best.delimiter;
}

/** Day-first or month-first, by the values that can only be the one; dots have always meant day-first. */
export function sniffDateOrder(times: WrittenTime[]): DateOrder {
  const yearLast = times.filter((time) => !time.yearFirst);
  if (yearLast.length === 0) return 'year-first';
  const dayFirst = yearLast.some((time) => time.parts[0] > 12);
  const monthFirst = yearLast.some((time) => time.parts[1] > 12);
  const settle = 'Tell it with --date-format day-first or --date-format month-first.';
  if (dayFirst && monthFirst) throw new UsageError(`Some dates are day-first, others month-first. ${settle}`);
  if (dayFirst) return 'day-first';
  if (monthFirst) return 'month-first';
  if (yearLast.every((time) => time.separator === '.')) return 'day-first';
  throw new UsageError(`No date shows whether the day or the month comes first. ${settle}`);
}

/** The decimal mark of numbers; a lone "1,234" in a comma-separated file could be either. */
export function sniffDecimalMark(numbers: string[], delimiter: string): DecimalMark {
  const commas = numbers.filter((text) => text.includes(','));
  const dots = numbers.filter((text) => text.includes('.'));
  if (commas.length === 0) return '.';
  const both = commas.find((text) => text.includes('.'));
  if (both != null) return both.lastIndexOf(',') > both.lastIndexOf('.') ? ',' : '.';
  if (commas.some((text) => !/,\d{3}$/.test(text))) return ',';
  if (dots.length > 0) return '.';
  if (delimiter === ';') return ',';
  throw new UsageError(`Does "${commas[0] ?? ''}" have decimals or thousands? Tell it with --decimal-mark.`);
}
