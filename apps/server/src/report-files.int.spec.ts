import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';
import { Book } from './book.fixtures';
import { Auditor, factsIn, linesIn, sha256 } from './reports.fixtures';
import { chargebook, cleanUp, ServerProcess, temporaryFolder } from './server-process.fixtures';

const run = promisify(execFile);
const SPAN = { from: '2026-01-01T00:00:00.000Z', to: '2126-01-01T00:00:00.000Z' };
const CHARGER = { scope: { charger: 'C' }, ...SPAN };

let server: ServerProcess;
let book: Book;
let auditor: Auditor;
let folder: string;

beforeAll(async () => {
  server = await ServerProcess.start();
  book = new Book(server);
  auditor = new Auditor(server);
  folder = temporaryFolder();
  const told = { occurredAt: '2026-01-02T00:00:00.000Z' };
  await book.record('registerSite', { id: 'yard', name: 'Yard', timeZone: 'UTC' }, told);
  await book.record('addCircuit', { id: 'row', site: 'yard', name: '=1+1', fuseRatingAmps: 32 }, told);
  for (const id of ['b1', 'b2']) await book.record('installBackplate', { id, circuit: 'row' }, told);
  await book.record('registerCharger', { serial: 'C', model: 'a "b",\nc', ratedCurrentAmps: 32 }, told);
  await book.record('mountCharger', { charger: 'C', backplate: 'b1' }, { ...told, reason: '=cmd|calc' });
  for (const [n, reason] of ['+1', '-1', '@SUM(A1)', '\t=1'].entries())
    await book.record('setMaxChargerCurrent', { charger: 'C', amps: 10 + n }, { reason });
  const session = { charger: 'C', sessionId: 's1' };
  await book.observe([
    { ...session, kind: 'CAR_CONNECTED', occurredAt: '2026-02-01T00:00:00Z' },
    { ...session, kind: 'CAR_DISCONNECTED', occurredAt: '2026-02-01T02:00:00Z', energyWattHours: 1500.5 },
  ]);
  await book.record('registerPartner', { id: 'app', name: 'App', operator: 'default' });
  await book.record('grantPartnerAccess', { partner: 'app', permissions: ['READ_HISTORY'], chargers: ['C'] });
  await book.caughtUp();
});

afterAll(cleanUp);

describe('comma-separated values', () => {
  it('tell what the lines tell, a row for each', async () => {
    const { asOfSequence } = await auditor.make(CHARGER);
    const asked = { ...CHARGER, asOfSequence };
    const facts = factsIn(await auditor.lines(asked));
    const text = (await auditor.download(asked, 'facts.csv')).toString();
    const rows = parse(text, { columns: true }) as Record<string, string>[];

    expect(text.split('\r\n').length).toBe(facts.length + 2);
    expect(rows.map((row) => [row['sequence'], row['eventId'], row['charger'], row['occurredAt']])).toEqual(
      facts.map(({ head, content }) => [String(head.sequence), content.id, 'C', head.occurredAt]),
    );
    expect(rows[1]).toMatchObject({ summary: 'Mounted on backplate b1', after: '{"backplate":"b1"}' });
    const [session] = parse(await auditor.download(asked, 'sessions.csv'), { columns: true }) as object[];
    expect(session).toMatchObject({ id: 's1', energyWattHours: '1500.5', cutByMove: 'false' });
  });

  it('are text where a spreadsheet would see a formula', async () => {
    const rows = parse(await auditor.download(CHARGER, 'facts.csv'), { columns: true }) as {
      reason: string;
    }[];
    const reasons = rows.map(({ reason }) => reason).filter((reason) => reason !== '');

    expect(reasons).toEqual(["'=cmd|calc", "'+1", "'-1", "'@SUM(A1)", expect.stringMatching(/^'/)]);
    const assets = parse(await auditor.download(CHARGER, 'assets.csv'), { columns: true }) as object[];
    expect(assets).toMatchObject([{ id: 'C', model: 'a "b",\nc' }]);
  });

  it('are there for sections that have something', async () => {
    const { downloads } = await auditor.make(CHARGER);
    const files = downloads.map(({ file }) => file);
    expect(files).toEqual(expect.arrayContaining(['report.jsonl', 'energy.csv', 'limits.csv']));
    expect(files).not.toContain('erasures.csv');
    const missing = downloads[0]!.url.replace('report.jsonl', 'erasures.csv');
    expect((await auditor.get(missing)).status).toBe(404);
  });
});

describe('a document to read', () => {
  async function pagesOf(bytes: Buffer): Promise<string[]> {
    const document = await getDocument({ data: new Uint8Array(bytes), verbosity: 0 }).promise;
    const pages: string[] = [];
    for (let number = 1; number <= document.numPages; number += 1) {
      const { items } = await (await document.getPage(number)).getTextContent();
      const words = items.map((item) => ('str' in item ? item.str : ''));
      pages.push(words.join(' ').replace(/\s+/g, ' '));
    }
    await document.destroy();
    return pages;
  }

  it('has a cover, contents, numbered pages with the digest, and what was believed before', async () => {
    const { digest, asOfSequence } = await auditor.make(CHARGER);
    const pages = await pagesOf(await auditor.download({ ...CHARGER, asOfSequence }, 'report.pdf'));

    expect(pages[0]).toContain('Report on charger:C');
    expect(pages[0]).toContain('1.5005 kWh');
    const contents = [...pages[1]!.matchAll(/(Charts|Facts|Register of assets|Sessions)\s+(\d+)/g)];
    expect(contents.map(([, title]) => title)).toEqual(['Charts', 'Facts', 'Register of assets', 'Sessions']);
    for (const [, title, page] of contents) expect(pages[Number(page) - 1]).toContain(title);
    pages.forEach((page, index) => {
      expect(page).toContain(`SHA-256 ${digest}`);
      expect(page).toContain(`Page ${String(index + 1)} of ${String(pages.length)}`);
    });
    expect(pages.join(' ')).toContain('before: maxChargerCurrentAmps 12');
    expect(pages.join(' ')).toContain('Energy by month');
  });

  it('is the same document each time', async () => {
    const asked = { ...CHARGER, asOfSequence: await book.head() };
    const before = await auditor.download(asked, 'report.pdf');
    rmSync(path.join(server.dataDirectory, 'reports'), { recursive: true });
    expect(sha256(await auditor.download(asked, 'report.pdf'))).toBe(sha256(before));
  });

  it.each([{ site: 'yard' }, { operator: 'default' }, { book: true }])('is made of %j', async (scope) => {
    const pages = await pagesOf(await auditor.download({ scope, ...SPAN }, 'report.pdf'));
    expect(pages.length).toBeGreaterThan(3);
  });
});

describe('on the command line', () => {
  it.each([
    ['jsonl', 'report.jsonl'],
    ['pdf', 'report.pdf'],
    ['bundle', 'report.tar.gz'],
  ])('a report comes as %s', async (format, file) => {
    const asOfSequence = await book.head();
    const out = path.join(folder, `by-hand.${format}`);
    const cut = ['--from', SPAN.from, '--to', SPAN.to, '--as-of-sequence', String(asOfSequence)];
    const said = await chargebook(server, 'report', 'charger', 'C', ...cut, '--format', format, '--out', out);

    expect(said).toMatchObject({ code: 0, stdout: expect.stringContaining('8 facts') as unknown });
    expect(sha256(readFileSync(out))).toBe(
      sha256(await auditor.download({ ...CHARGER, asOfSequence }, file)),
    );
  });

  it('an unknown thing is told as such', async () => {
    const said = await chargebook(server, 'report', 'site', 'nowhere', '--from', SPAN.from);
    expect(said).toMatchObject({ code: 1, stderr: expect.stringContaining('no site:nowhere') as unknown });
  });
});

describe('a bundle', () => {
  async function unpacked(asked: Parameters<Auditor['download']>[0], name: string): Promise<string> {
    const directory = path.join(folder, name);
    mkdirSync(directory);
    const archive = path.join(folder, `${name}.tar.gz`);
    writeFileSync(archive, await auditor.download(asked, 'report.tar.gz'));
    await run('tar', ['-xzf', archive, '-C', directory, '--strip-components=1']);
    return directory;
  }

  async function verify(directory: string) {
    const { book: told } = await book.query<{ book: { auditKeys: { key: string }[] } }>(
      '{ book { auditKeys { key } } }',
    );
    const args = [path.join(directory, 'verify.mjs'), '--key', told.auditKeys.at(-1)!.key];
    return run(process.execPath, args).then(
      ({ stdout }) => ({ code: 0, stdout }),
      ({ code, stdout }: { code: number; stdout: string }) => ({ code, stdout }),
    );
  }

  it.each([
    ['charger', { charger: 'C' }],
    ['backplate', { backplate: 'b1' }],
    ['circuit', { circuit: 'row' }],
    ['site', { site: 'yard' }],
    ['operator', { operator: 'default' }],
    ['partner', { partner: 'app' }],
    ['book', { book: true }],
  ])('of a %s is verified without the book', async (name, scope) => {
    const directory = await unpacked({ scope, ...SPAN }, name);

    expect(await verify(directory)).toMatchObject({ code: 0, stdout: expect.stringContaining('It holds') });
    expect(readdirSync(directory)).toEqual(
      expect.arrayContaining(['README.txt', 'facts.csv', 'manifest.json', 'proof.jsonl', 'report.jsonl']),
    );
    const report = readFileSync(path.join(directory, 'report.jsonl'));
    expect(sha256(report)).toBe(sha256(await auditor.download({ scope, ...SPAN })));
  });

  it('of a part of its time, cut before the end of the book, is verified', async () => {
    const asOfSequence = (await book.head()) - 2;
    const asked = { ...CHARGER, to: '2026-01-31T00:00:00.000Z', asOfSequence };
    const directory = await unpacked(asked, 'part');

    expect(await verify(directory)).toMatchObject({ code: 0 });
    expect(linesIn(readFileSync(path.join(directory, 'report.jsonl')))[0]).toMatchObject({ asOfSequence });
  });

  it('in which a fact is another is found out', async () => {
    const directory = await unpacked({ ...CHARGER, asOfSequence: await book.head() }, 'tampered');
    const file = path.join(directory, 'report.jsonl');
    writeFileSync(file, readFileSync(file, 'utf8').replace('=cmd|calc', '=cmd|kalk'));

    const { code, stdout } = await verify(directory);
    expect(code).toBe(1);
    expect(stdout).toContain('report.jsonl, line 3');
  });

  it('lies where its owner alone can read it', async () => {
    const { name } = await auditor.make(CHARGER);
    const spool = path.join(server.dataDirectory, 'reports');
    expect(statSync(spool).mode & 0o777).toBe(0o700);
    for (const file of readdirSync(path.join(spool, name)))
      expect(statSync(path.join(spool, name, file)).mode & 0o077).toBe(0);
  });
});
