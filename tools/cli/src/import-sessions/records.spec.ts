import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import type { CsvRecord } from './records';
import { readRecords } from './records';
import { readLines, sniffEncoding } from './text-lines';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'chargebook-records-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

async function recordsOf(bytes: string | Buffer, columnCount = 2): Promise<CsvRecord[]> {
  const file = path.join(folder, 'file.csv');
  writeFileSync(file, bytes);
  const records: CsvRecord[] = [];
  const lines = readLines(file, await sniffEncoding(file));
  for await (const record of readRecords(lines, ',', columnCount)) records.push(record);
  return records;
}

describe('records', () => {
  it('have their line, their own text and trimmed fields; blank lines are passed over', async () => {
    expect(await recordsOf('a, b \r\n\r\n,\n"c, ""d""",e,\nf,g')).toEqual([
      { line: 1, text: 'a, b ', fields: ['a', 'b'] },
      { line: 4, text: '"c, ""d""",e,', fields: ['c, "d"', 'e', ''] },
      { line: 5, text: 'f,g', fields: ['f', 'g'] },
    ]);
  });

  it('may go over several lines in quotes', async () => {
    expect(await recordsOf('a,"b\nc"\nd,e\n')).toEqual([
      { line: 1, text: 'a,"b\nc"', fields: ['a', 'b\nc'] },
      { line: 3, text: 'd,e', fields: ['d', 'e'] },
    ]);
  });

  it('lose one line alone to a quote that is never closed', async () => {
    const rest = Array.from({ length: 30 }, (_, i) => `r${i},s`);
    const records = await recordsOf(['a,"b', ...rest].join('\n'));
    expect(records[0]).toMatchObject({
      line: 1,
      fields: undefined,
      problem: 'a quotation mark is not closed',
    });
    expect(records.slice(1).map(({ text }) => text)).toEqual(rest);
  });

  it('keep the lines between two stray quotes', async () => {
    const records = await recordsOf('a,"5 b\nc,d,e\nf,"7 g\nh,i\n', 2);
    expect(records.map(({ fields }) => fields?.[0])).toEqual([undefined, undefined, undefined, 'h']);
  });

  it('may have quotes within a field, as in inches', async () => {
    const records = await recordsOf('a,5" b\nc,d\ne,7" f\n');
    expect(records.map(({ fields }) => fields)).toEqual([
      ['a', '5" b'],
      ['c', 'd'],
      ['e', '7" f'],
    ]);
  });

  it('with other columns than the header come without fields', async () => {
    const problems = (await recordsOf('a\nb,c,d\n')).map(({ problem }) => problem);
    expect(problems).toEqual(['1 columns where the header has 2', '3 columns where the header has 2']);
  });

  it.each<[string, Buffer]>([
    ['UTF-8', Buffer.from('ä,€\n')],
    ['UTF-8 with a byte-order mark', Buffer.from('\ufeffä,€\n')],
    ['UTF-16, little end first', Buffer.from('\ufeffä,€\n', 'utf16le')],
    ['UTF-16, big end first', Buffer.from('\ufeffä,€\n', 'utf16le').swap16()],
    ['Windows-1252', Buffer.from([0xe4, 0x2c, 0x80, 0x0a])],
  ])('are read from %s', async (_, bytes) => {
    expect((await recordsOf(bytes)).map(({ fields }) => fields)).toEqual([['ä', '€']]);
  });

  it('are read with old line ends of a single carriage return', async () => {
    expect((await recordsOf('a,b\rc,d\r')).map(({ line, fields }) => [line, fields])).toEqual([
      [1, ['a', 'b']],
      [2, ['c', 'd']],
    ]);
  });

  it('never lose a line that is not blank, whatever stands in it', async () => {
    const line = fc.string({ unit: fc.constantFrom('a', '"', ',', ' ', 'ß'), maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 40 }), async (lines) => {
        const records = await recordsOf(lines.join('\n'));
        const told = records.flatMap(({ text }) => text.split('\n'));
        const isBlank = (text: string) => /^[\s,"]*$/.test(text);
        expect(told.filter((text) => !isBlank(text))).toEqual(lines.filter((text) => !isBlank(text)));
      }),
    );
  });
});
