import { createReadStream } from 'node:fs';
import { nameOfScope } from './report-arguments';
import type { SpooledFile } from './report-spool';
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
  readonly content: (report: MadeReport, workshop: Workshop) => AsyncIterable<string | Uint8Array>;
}

/** Where files lie from which others are put together. */
export interface Workshop {
  write(file: string, content: AsyncIterable<string | Uint8Array>): Promise<SpooledFile>;
  /** Another file of the same report, made if it is not there. */
  file(kind: FileKind): Promise<SpooledFile>;
}

/** The report itself, of which all other files are made. */
export const REPORT: FileKind = {
  file: REPORT_FILE,
  format: 'JSONL',
  mediaType: 'application/x-ndjson',
  isFor: () => true,
  content: (report) => createReadStream(report.file.path),
};

/** Where a file of a report can be had: the address says all of it, so that any node can make it. */
export interface Download {
  readonly format: ReportFormat;
  readonly file: string;
  readonly url: string;
}

export function downloadsOf(report: MadeReport, kinds: readonly FileKind[]): Download[] {
  const { scope, from, to, asOfSequence } = report.arguments;
  const asked = new URLSearchParams({
    scope: nameOfScope(scope),
    from,
    to,
    asOfSequence: String(asOfSequence),
  });
  return kinds
    .filter((kind) => kind.isFor(report))
    .map(({ format, file }) => {
      const url = `/audit/reports/${report.name}/${file}?${asked.toString()}`;
      return { format, file, url };
    });
}
