import { mkdtempSync, readdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { TestTree } from '../checkpoints/tree.fixtures';
import type { ReportArguments } from './report-arguments';
import { nameOfReport } from './report-arguments';
import type { FileKind } from './report-files';
import { ReportSpool } from './report-spool';
import { ReportInProgressError, ReportNotPossibleError, Reports } from './reports';

let tree: TestTree;
let folder: string;
let reports: Reports;

const NOTHING_KNOWN: ReportArguments = {
  origin: 'chargebook/harbour',
  scope: { kind: 'book' },
  from: '2026-01-01T00:00:00.000Z',
  to: '2027-01-01T00:00:00.000Z',
  asOfSequence: 0,
  knownAt: '2026-06-01T00:00:00.000Z',
};

beforeAll(async () => {
  tree = await TestTree.start();
});
afterAll(() => tree.stop());

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'chargebook-reports-'));
  reports = reportsIn(new ReportSpool(folder, 1_000_000));
});

afterEach(async () => {
  await reports.stop();
  rmSync(folder, { recursive: true });
});

function reportsIn(spool: ReportSpool): Reports {
  const at = (sequence: number) => Promise.resolve(sequence);
  const book = {
    head: () => at(0),
    cutAt: () => at(0),
    wholeCut: at,
    latest: () => at(0),
    recordedAt: () => Promise.resolve(undefined),
  };
  const origin = () => Promise.resolve('chargebook/harbour');
  return new Reports({ database: tree.database, book, spool, origin, files: [] });
}

/** A file that is as long as it takes. */
function fileKind(file: string, content: () => AsyncIterable<string>): FileKind {
  return { file, format: 'CSV', mediaType: 'text/plain', isFor: () => true, content };
}

async function* text(...parts: readonly string[]): AsyncGenerator<string, void, undefined> {
  for (const part of parts) {
    await turn();
    yield part;
  }
}

describe('a report', () => {
  it('is made once for all who ask for it at the same time', async () => {
    const [one, other] = await Promise.all([1, 2].map(() => reports.made(NOTHING_KNOWN, 30_000)));
    expect(one?.summary).toEqual(other?.summary);
    expect(one?.summary).toMatchObject({ entryCount: 0, lines: { report: 1, completeness: 1, end: 1 } });
    let made = 0;
    const kind = fileKind('slow.txt', () => text(`made ${String(++made)} times`));
    const files = await Promise.all([1, 2, 3].map(() => reports.file(one!, kind, 30_000)));
    expect(new Set(files.map(({ sha256 }) => sha256)).size).toBe(1);
    expect(made).toBe(1);
  });

  it('goes on being made for who could not wait, and says how far it is', async () => {
    await expect(reports.made(NOTHING_KNOWN, 0)).rejects.toThrow(ReportInProgressError);
    await expect(reports.made(NOTHING_KNOWN, 0)).rejects.toMatchObject({
      progress: { reachedSequence: 0, ofSequence: 0 },
    });
    expect((await reports.made(NOTHING_KNOWN, 30_000)).file.bytes).toBeGreaterThan(100);
  });

  it('is not made before the tree of hashes has its facts', async () => {
    const later = { ...NOTHING_KNOWN, asOfSequence: 5 };
    await expect(reports.made(later, 30_000)).rejects.toThrow(ReportNotPossibleError);
    await expect(reports.made(later, 30_000)).rejects.toThrow('it has 0 of 5 facts');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is not made while something is set aside that it would have to tell', async () => {
    await tree.database.query(
      `INSERT INTO book.quarantine (projection, thing, sequence, problem) VALUES ('sessions', 'charger:C', 0, 'odd')`,
    );
    try {
      await expect(reports.made(NOTHING_KNOWN, 30_000)).rejects.toThrow(ReportNotPossibleError);
    } finally {
      await tree.database.query('DELETE FROM book.quarantine');
    }
    expect((await reports.made(NOTHING_KNOWN, 30_000)).summary.entryCount).toBe(0);
  });

  it('is given up when the server stops, and leaves nothing unfinished', async () => {
    const made = await reports.made(NOTHING_KNOWN, 30_000);
    const endless = async function* () {
      for (;;) {
        await turn();
        yield 'more';
      }
    };
    await expect(reports.file(made, fileKind('endless.txt', endless), 0)).rejects.toThrow(
      ReportInProgressError,
    );
    await reports.stop();
    const names = readdirSync(path.join(folder, nameOfReport(NOTHING_KNOWN)));
    expect(names.filter((name) => name.includes('endless'))).toEqual([]);
  });
});

describe('what was made', () => {
  it('is kept as long as there is room: what was not asked for longest goes first', async () => {
    const spool = new ReportSpool(folder, 2_500);
    const file = 'a thousand.txt';
    for (const [nth, report] of ['a', 'b', 'c'].entries()) {
      await spool.write(report, file, text('x'.repeat(1_000)));
      utimesSync(path.join(folder, report), nth + 1, nth + 1);
    }
    expect(readdirSync(folder).sort()).toEqual(['b', 'c']);
    // Being asked for counts as being of use.
    expect(await spool.find('b', file)).toMatchObject({ bytes: 1_000 });
    await spool.write('d', file, text('x'.repeat(1_000)));
    expect(readdirSync(folder).sort()).toEqual(['b', 'd']);
    expect(await spool.find('c', file)).toBeUndefined();
  });

  it('never goes because of itself', async () => {
    const spool = new ReportSpool(folder, 10);
    await spool.write('large', 'file.txt', text('more than there is room for'));
    expect(await spool.find('large', 'file.txt')).toMatchObject({ bytes: 27 });
  });

  it('has its name only once it is whole', async () => {
    const spool = new ReportSpool(folder, 1_000);
    const broken = async function* () {
      yield* text('half');
      throw new Error('the other half is lost');
    };
    await expect(spool.write('r', 'file.txt', broken())).rejects.toThrow('the other half');
    expect(await spool.find('r', 'file.txt')).toBeUndefined();
    expect(readdirSync(path.join(folder, 'r'))).toEqual([]);
    expect(statSync(path.join(folder, 'r')).mode & 0o777).toBe(0o700);
  });
});
