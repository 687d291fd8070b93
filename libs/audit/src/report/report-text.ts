import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { JsonValue } from '@chargebook/transparency';
import type { ReportArguments } from './report-arguments';
import type { LineKind, ReportLine } from './report-line';
import type { ReportPart } from './report-lines';
import type { SpooledFile } from './report-spool';

/** Bytes of a file, from the first to before the last. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** What is known of a report once it is made. */
export interface ReportSummary {
  /** Its first line. */
  readonly report: Readonly<Record<string, JsonValue>>;
  /** SHA-256 over the lines of facts, told and omitted; hexadecimal. */
  readonly digest: string;
  /** How many facts are told. */
  readonly entryCount: number;
  /** How many facts name the scope; of the whole book, how many there are. */
  readonly chain: number;
  readonly lines: Readonly<Partial<Record<LineKind, number>>>;
  /** Between which bytes of the report all lines of a kind stand; absent in reports of earlier versions. */
  readonly ranges?: Readonly<Partial<Record<LineKind, ByteRange>>>;
  /** Absent where nobody told any. */
  readonly energyWattHours?: number;
}

/** A report that is made: its files can be opened. */
export interface MadeReport {
  readonly arguments: ReportArguments;
  readonly name: string;
  readonly summary: ReportSummary;
  readonly file: SpooledFile;
}

/** Turns lines into bytes, and sums up what they tell. */
export class ReportText {
  private readonly digest = createHash('sha256');
  private readonly counts: Partial<Record<LineKind, number>> = {};
  private readonly ranges: Partial<Record<LineKind, ByteRange>> = {};
  private bytes = 0;
  private head = '{}';
  private completeness = '{}';
  private energyWattHours: number | undefined;

  constructor(private readonly onReached: (sequence: number) => void) {}

  async *bytesOf(parts: AsyncIterable<ReportPart>): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const { lines, upTo } of parts) {
      this.onReached(upTo);
      for (const run of runsOf(lines)) {
        const bytes = Buffer.from(run.map(({ text }) => `${text}\n`).join(''));
        // What is digested and what is written are the same bytes, made once.
        if (run.some(isDigested)) this.digest.update(bytes);
        const end = this.bytes + bytes.length;
        for (const line of run) {
          this.take(line);
          this.ranges[line.kind] = { start: this.ranges[line.kind]?.start ?? this.bytes, end };
        }
        this.bytes = end;
        yield bytes;
      }
    }
  }

  private take({ kind, text, energyWattHours }: ReportLine): void {
    this.counts[kind] = (this.counts[kind] ?? 0) + 1;
    if (kind === 'report') this.head = text;
    if (kind === 'completeness') this.completeness = text;
    if (energyWattHours != null) this.energyWattHours = (this.energyWattHours ?? 0) + energyWattHours;
  }

  summary(): ReportSummary {
    const { things, toSequence } = JSON.parse(this.completeness) as {
      toSequence?: number;
      things?: Record<string, { last: number }>;
    };
    const report = JSON.parse(this.head) as Record<string, JsonValue> & { scope: object };
    const [thing] = Object.values(things ?? {});
    return {
      report,
      digest: this.digest.digest('hex'),
      entryCount: this.counts.fact ?? 0,
      chain: 'book' in report.scope ? (toSequence ?? 0) : (thing?.last ?? 0),
      lines: this.counts,
      ranges: this.ranges,
      energyWattHours: this.energyWattHours,
    };
  }
}

function isDigested({ kind }: ReportLine): boolean {
  return kind === 'fact' || kind === 'omitted';
}

/** Neighbours that are digested, or are not. */
function* runsOf(lines: readonly ReportLine[]): Generator<readonly ReportLine[]> {
  for (let from = 0; from < lines.length;) {
    const first = isDigested(lines[from] as ReportLine);
    const end = lines.findIndex((line, index) => index > from && isDigested(line) !== first);
    const to = end < 0 ? lines.length : end;
    yield lines.slice(from, to);
    from = to;
  }
}

/** The lines of a report that is made, of some kinds or all. Only that part of it is read in which they stand. */
export async function* linesIn(
  { file, summary: { ranges } }: Pick<MadeReport, 'file' | 'summary'>,
  ...kinds: readonly LineKind[]
): AsyncGenerator<Readonly<Record<string, JsonValue>>, void, undefined> {
  const part =
    ranges == null || kinds.length === 0 ? {} : partOf(kinds.flatMap((kind) => ranges[kind] ?? []));
  if (part == null) return;
  // Most lines need not be read as JSON to see that they are of another kind.
  const marks = kinds.map((kind) => `"kind":"${kind}"`);
  for await (const lines of textLines(file.path, part)) {
    for (const text of lines) {
      if (marks.length > 0 && !marks.some((mark) => text.includes(mark))) continue;
      const line = JSON.parse(text) as Record<string, JsonValue>;
      if (kinds.length === 0 || kinds.includes(line['kind'] as LineKind)) yield line;
    }
  }
}

/** What a stream of some ranges of a file is asked for by: its last byte is one of them. */
function partOf(ranges: readonly ByteRange[]): { start: number; end: number } | undefined {
  if (ranges.length === 0) return undefined;
  const start = Math.min(...ranges.map((range) => range.start));
  return { start, end: Math.max(...ranges.map((range) => range.end)) - 1 };
}

const READ_AT_ONCE_BYTES = 256 * 1024;

/** The whole lines of a part of a file, some at a time. */
async function* textLines(path: string, part: { start?: number; end?: number }): AsyncGenerator<string[]> {
  const input = createReadStream(path, { ...part, highWaterMark: READ_AT_ONCE_BYTES, encoding: 'utf8' });
  let rest = '';
  for await (const piece of input as AsyncIterable<string>) {
    const lines = (rest + piece).split('\n');
    rest = lines.pop() ?? '';
    yield lines;
  }
}
