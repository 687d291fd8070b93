import { parse } from 'csv-parse/sync';
import type { Line } from './text-lines';

/** One record of the file: its fields, or none where it cannot be read as the header says. */
export type CsvRecord = { line: number; text: string; fields: string[] | undefined; problem?: string };

/** A quoted field may hold line ends, but a quote that is never closed must not swallow the rest of the file. */
const maxLinesPerRecord = 20;

/** Cuts one record's text into trimmed fields; undefined when its quotes do not come to an end. */
export function splitFields(text: string, delimiter: string): string[] | undefined {
  if (!text.includes('"')) return text.split(delimiter).map((field) => field.trim());
  try {
    // A quote amid a field is a letter like others, but in a record of several lines it could swallow whole rows.
    const relaxed = !text.includes('\n');
    const records = parse(text, { delimiter, relax_quotes: relaxed, relax_column_count: true }) as string[][];
    return records.length === 1 ? records[0]?.map((field) => field.trim()) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Frames lines into records. A record that does not have the header's columns comes without fields and with the
 * problem in words, so that nothing is lost; blank lines are passed over. Columns too many are fine when empty.
 */
export async function* readRecords(
  lines: AsyncIterable<Line>,
  delimiter: string,
  columnCount: number,
): AsyncGenerator<CsvRecord> {
  let open: Line[] = [];
  const takeRecords = function* (atEnd: boolean): Generator<CsvRecord> {
    for (;;) {
      const taken = takeRecord(open, delimiter, columnCount, atEnd);
      if (taken == null) return;
      open = open.slice(taken.lineCount);
      if (taken.record != null) yield taken.record;
    }
  };
  for await (const line of lines) {
    open.push(line);
    yield* takeRecords(false);
  }
  yield* takeRecords(true);
}

type Taken = { lineCount: number; record: CsvRecord | undefined };

/** The first record of the lines, or undefined while it may go on in a line yet to come. */
function takeRecord(
  lines: Line[],
  delimiter: string,
  columnCount: number,
  atEnd: boolean,
): Taken | undefined {
  const first = lines[0];
  if (first == null) return undefined;
  if (first.text.trim() === '') return { lineCount: 1, record: undefined };
  const alone = toRecord(first, delimiter, columnCount);
  if (alone !== 'OPEN') return { lineCount: 1, record: alone };
  for (let lineCount = 2; lineCount <= lines.length; lineCount++) {
    const text = joinLines(lines.slice(0, lineCount));
    const record = toRecord({ line: first.line, text }, delimiter, columnCount);
    if (record !== 'OPEN' && record?.fields != null) return { lineCount, record };
  }
  if (lines.length < maxLinesPerRecord && !atEnd) return undefined;
  return { lineCount: 1, record: { ...first, fields: undefined, problem: 'a quotation mark is not closed' } };
}

function joinLines(lines: Line[]): string {
  return lines.map((line) => line.text).join('\n');
}

/** The record that a text is, none when it is blank, or OPEN when its quotes do not come to an end. */
function toRecord(line: Line, delimiter: string, columnCount: number): CsvRecord | undefined | 'OPEN' {
  const fields = splitFields(line.text, delimiter);
  if (fields == null) return 'OPEN';
  if (fields.every((field) => field === '')) return undefined;
  const fits = fields.length >= columnCount && fields.slice(columnCount).every((field) => field === '');
  if (fits) return { ...line, fields };
  const problem = `${fields.length} columns where the header has ${columnCount}`;
  return { ...line, fields: undefined, problem };
}
