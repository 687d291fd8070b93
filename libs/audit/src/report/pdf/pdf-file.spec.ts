import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { PDFDocumentProxy } from 'pdfjs-dist/legacy/build/pdf.mjs';
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';
import type { Workshop } from '../report-files';
import type { MadeReport } from '../report-text';
import { PDF_FILE } from './pdf-file';

const ERASURES = 10_003;
let folder: string;
let document: PDFDocumentProxy;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'chargebook-pdf-'));
  const file = path.join(folder, 'report.jsonl');
  const line = (nth: number) =>
    `{"driver":"driver:${String(nth)}","kind":"erasure","sequence":${String(nth)}}\n`;
  writeFileSync(file, Array.from({ length: ERASURES }, (_, nth) => line(nth + 1)).join(''));
  const report: MadeReport = {
    arguments: {
      origin: 'chargebook/harbour',
      scope: { kind: 'book' },
      from: '2026-01-01T00:00:00.000Z',
      to: '2027-01-01T00:00:00.000Z',
      asOfSequence: ERASURES,
      knownAt: '2026-06-01T00:00:00.000Z',
    },
    name: 'report',
    summary: {
      report: {},
      digest: 'd'.repeat(64),
      entryCount: 0,
      chain: ERASURES,
      lines: { erasure: ERASURES },
    },
    file: { path: file, bytes: 0, sha256: '' },
  };
  const parts: Buffer[] = [];
  for await (const part of PDF_FILE.content(report, {} as Workshop)) parts.push(Buffer.from(part));
  document = await getDocument({ data: new Uint8Array(Buffer.concat(parts)), verbosity: 0 }).promise;
}, 60_000);

afterAll(async () => {
  await document.destroy();
  rmSync(folder, { recursive: true });
});

async function wordsOn(page: number): Promise<string> {
  const { items } = await (await document.getPage(page)).getTextContent();
  return items
    .map((item) => ('str' in item ? item.str : ''))
    .join(' ')
    .replace(/\s+/g, ' ');
}

describe('a section that is longer than a document', () => {
  it('says where it begins how much of it is left out, and where that is', async () => {
    const first = await wordsOn(3);

    expect(first).toContain('Erasures');
    expect(first).toContain(
      'The first 10,000 of 10,003 are shown; the other 3 are in report.jsonl and erasures.csv.',
    );
    expect(first).toContain('driver:1 ');
  });

  it('ends with the last row that is shown, and says so again', async () => {
    const last = await wordsOn(document.numPages);

    expect(last).toContain('driver:10000');
    expect(last).not.toContain('driver:10001');
    expect(last).toContain('the other 3 are in report.jsonl');
  });
});
