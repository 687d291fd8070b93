import { createReadStream } from 'node:fs';
import { nameOfScope } from './report-arguments';
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

const REPORT: FileKind = {
  file: REPORT_FILE,
  format: 'JSONL',
  mediaType: 'application/x-ndjson',
  isFor: () => true,
  // It is what all others are made from, and there from the beginning.
  content: (report) => createReadStream(report.file.path),
};

const FILE_KINDS: readonly FileKind[] = [REPORT];

export function fileKindNamed(file: string): FileKind | undefined {
  return FILE_KINDS.find((kind) => kind.file === file);
}

/** Where a file of a report can be had: the address says all of it, so that any node can make it. */
export interface Download {
  readonly format: ReportFormat;
  readonly file: string;
  readonly url: string;
}

export function downloadsOf(report: MadeReport): Download[] {
  const { scope, from, to, asOfSequence } = report.arguments;
  const asked = new URLSearchParams({
    scope: nameOfScope(scope),
    from,
    to,
    asOfSequence: String(asOfSequence),
  });
  return FILE_KINDS.filter((kind) => kind.isFor(report)).map(({ format, file }) => {
    const url = `/audit/reports/${report.name}/${file}?${asked.toString()}`;
    return { format, file, url };
  });
}
