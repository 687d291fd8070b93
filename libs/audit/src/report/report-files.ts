import type { MadeReport } from './report-text';

export const REPORT_FORMATS = ['JSONL', 'CSV', 'PDF', 'BUNDLE'] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

export const REPORT_FILE = 'report.jsonl';

/** A file in which a report can be had. */
export interface FileKind {
  readonly file: string;
  readonly format: ReportFormat;
  readonly mediaType: string;
  /** Whether there is anything in it. */
  readonly isFor: (report: MadeReport) => boolean;
  /** Made from the report's lines and nothing else, as it is read. */
  readonly content: (report: MadeReport) => AsyncIterable<string | Uint8Array>;
}
