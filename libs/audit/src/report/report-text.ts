import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { JsonValue } from '@chargebook/transparency';
import type { ReportArguments } from './report-arguments';
import type { LineKind, ReportLine } from './report-line';
import type { ReportPart } from './report-lines';
import type { SpooledFile } from './report-spool';

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
        run.forEach((line) => {
          this.take(line);
        });
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

/** The lines of a report that is made. */
export async function* linesIn(
  { file }: Pick<MadeReport, 'file'>,
  ...kinds: readonly LineKind[]
): AsyncGenerator<Readonly<Record<string, JsonValue>>, void, undefined> {
  const input = createReadStream(file.path);
  // Most lines need not be read as JSON to see that they are of another kind.
  const marks = kinds.map((kind) => `"kind":"${kind}"`);
  try {
    for await (const text of createInterface({ input, crlfDelay: Infinity })) {
      if (marks.length > 0 && !marks.some((mark) => text.includes(mark))) continue;
      const line = JSON.parse(text) as Record<string, JsonValue>;
      if (kinds.length === 0 || kinds.includes(line['kind'] as LineKind)) yield line;
    }
  } finally {
    input.destroy();
  }
}
