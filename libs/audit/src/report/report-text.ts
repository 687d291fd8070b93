import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { JsonValue } from '@chargebook/transparency';
import type { ReportArguments } from './report-arguments';
import type { LineKind } from './report-line';
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

/** Turns lines into text, and sums up what they tell. */
export class ReportText {
  private readonly digest = createHash('sha256');
  private readonly counts: Partial<Record<LineKind, number>> = {};
  private head = '{}';
  private completeness = '{}';
  private energyWattHours: number | undefined;

  constructor(private readonly onReached: (sequence: number) => void) {}

  async *textOf(parts: AsyncIterable<ReportPart>): AsyncGenerator<string, void, undefined> {
    for await (const { lines, upTo } of parts) {
      let text = '';
      let digested = '';
      for (const line of lines) {
        const { kind } = line;
        this.counts[kind] = (this.counts[kind] ?? 0) + 1;
        text += `${line.text}\n`;
        if (kind === 'fact' || kind === 'omitted') digested += `${line.text}\n`;
        else if (kind === 'report') this.head = line.text;
        else if (kind === 'completeness') this.completeness = line.text;
        if (line.energyWattHours != null)
          this.energyWattHours = (this.energyWattHours ?? 0) + line.energyWattHours;
      }
      this.digest.update(digested);
      this.onReached(upTo);
      if (text !== '') yield text;
    }
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
