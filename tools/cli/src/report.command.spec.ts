import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { run } from './main';

const CONTENT = Buffer.from(Array.from({ length: 20_000 }, (_, n) => `line ${String(n)}\n`).join(''));
const ETAG = `"${createHash('sha256').update(CONTENT).digest('hex')}"`;

/** A server of one report, whose connections break when they are told to. */
class ReportServer {
  readonly asked: Record<string, unknown>[] = [];
  readonly ranges: (string | undefined)[] = [];
  /** How often it says that it is still at it. */
  makings = 0;
  /** After so many bytes a download breaks; one for each of the next downloads. */
  cuts: number[] = [];
  downloads = [
    { format: 'JSONL', file: 'report.jsonl', url: '/files/report.jsonl' },
    { format: 'PDF', file: 'report.pdf', url: '/files/report.pdf' },
    { format: 'CSV', file: 'facts.csv', url: '/files/facts.csv' },
    { format: 'CSV', file: '../energy.csv', url: '/files/energy.csv' },
  ];
  refusal: string | undefined;
  etag = ETAG;
  private readonly http: Server = createServer((request, response) => {
    void this.answer(request, response);
  });

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.http.listen(0, '127.0.0.1', resolve));
  }

  get url(): string {
    return `http://127.0.0.1:${String((this.http.address() as AddressInfo).port)}/graphql`;
  }

  async stop(): Promise<void> {
    this.http.closeAllConnections();
    await new Promise((resolve) => this.http.close(resolve));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const piece of request) body += String(piece);
    if (request.url?.startsWith('/files') === true) {
      this.send(request, response);
      return;
    }
    this.asked.push(JSON.parse(body) as Record<string, unknown>);
    const json = (status: number, told: object) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(told));
    if (this.refusal != null) {
      json(404, { errors: [{ message: this.refusal, extensions: { code: 'NOT_FOUND' } }] });
      return;
    }
    const told = { asOfSequence: 42, knownAt: '2026-05-04T10:00:00.000Z' };
    if (this.makings > 0) {
      this.makings -= 1;
      json(202, { ...told, state: 'MAKING', progress: { reachedSequence: 20, ofSequence: 42 } });
      return;
    }
    json(200, { ...told, state: 'MADE', digest: 'd1e5', entryCount: 7, downloads: this.downloads });
  }

  private send({ headers }: IncomingMessage, response: ServerResponse): void {
    this.ranges.push(headers.range);
    const isRest = headers['if-range'] === this.etag && headers.range != null;
    const start = isRest ? Number(/\d+/.exec(headers.range ?? '')?.[0]) : 0;
    const content = CONTENT.subarray(start);
    response.writeHead(isRest ? 206 : 200, { etag: this.etag, 'content-length': content.length });
    const cut = this.cuts.shift();
    if (cut == null) response.end(content);
    else response.write(content.subarray(0, cut), () => response.socket?.end());
  }
}

describe('chargebook report', () => {
  let server: ReportServer;
  let folder: string;
  let [out, complaints] = ['', ''];

  beforeEach(async () => {
    server = new ReportServer();
    await server.start();
    folder = mkdtempSync(path.join(tmpdir(), 'chargebook-cli-'));
    [out, complaints] = ['', ''];
  });

  afterEach(async () => {
    await server.stop();
    rmSync(folder, { recursive: true });
  });

  const person = (...args: string[]) =>
    run(['report', ...args], {
      stdout: { write: (text) => (out += text) },
      stderr: { write: (text) => (complaints += text) },
      env: { CHARGEBOOK_URL: server.url, CHARGEBOOK_TOKEN: 'a-token' },
      nowMs: () => Date.parse('2026-06-01T00:00:00Z'),
      version: '1.2.3',
    });
  const inFolder = (name: string) => path.join(folder, name);

  it('waits until the report is made, at one place in the book, and brings it here', async () => {
    server.makings = 2;
    const file = inFolder('cb.pdf');

    expect(await person('charger', 'CB-1', '--from', '2026-01-01', '--format', 'pdf', '--out', file)).toBe(0);

    expect(readFileSync(file)).toEqual(CONTENT);
    expect(readdirSync(folder)).toEqual(['cb.pdf']);
    expect(out).toBe(
      '7 facts, as known at 2026-05-04T10:00:00.000Z (--as-of-sequence 42)\n' +
        `digest d1e5\n${file}: ${String(CONTENT.length)} bytes\n`,
    );
    const first = {
      scope: { charger: 'CB-1' },
      from: '2026-01-01T00:00:00Z',
      to: '2026-06-01T00:00:00.000Z',
    };
    expect(server.asked).toEqual([first, { ...first, asOfSequence: 42 }, { ...first, asOfSequence: 42 }]);
  });

  it('goes on with a download that is cut, as often as it is', async () => {
    server.cuts = [1_000, 70_000];

    expect(await person('book', '--from', '2026-01-01', '--out', inFolder('book.jsonl'))).toBe(0);

    expect(readFileSync(inFolder('book.jsonl'))).toEqual(CONTENT);
    expect(server.ranges.length).toBe(3);
    expect(server.asked[0]).toMatchObject({ scope: { book: true } });
  });

  it('goes on with what an earlier command has brought, if it is of the same file', async () => {
    writeFileSync(inFolder('r.jsonl.part'), CONTENT.subarray(0, 5_000));
    writeFileSync(inFolder('r.jsonl.part.etag'), ETAG);
    writeFileSync(inFolder('s.jsonl.part'), 'of another report');
    writeFileSync(inFolder('s.jsonl.part.etag'), '"other"');
    for (const name of ['r.jsonl', 's.jsonl']) {
      expect(await person('site', 's1', '--from', '2026-01-01', '--out', inFolder(name))).toBe(0);
      expect(readFileSync(inFolder(name))).toEqual(CONTENT);
    }
    expect(server.ranges).toEqual(['bytes=5000-', 'bytes=17-']);
  });

  it('keeps nothing that is not what the server has', async () => {
    server.etag = `"${'0'.repeat(64)}"`;
    expect(await person('site', 's1', '--from', '2026-01-01', '--out', inFolder('r.jsonl'))).toBe(1);
    expect(complaints).toContain('not what the server has');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('puts tables into a directory, whatever the server calls them', async () => {
    const directory = inFolder('tables');
    expect(await person('site', 's1', '--from', '2026-01-01', '--format', 'csv', '--out', directory)).toBe(0);
    expect(readdirSync(directory).sort()).toEqual(['__energy.csv', 'facts.csv']);
  });

  it('sends its token to no other server', async () => {
    server.downloads = [{ format: 'JSONL', file: 'report.jsonl', url: 'http://127.0.0.1:1/elsewhere' }];
    expect(await person('site', 's1', '--from', '2026-01-01', '--out', inFolder('r'))).toBe(1);
    expect(complaints).toContain('another server');
  });

  it('says why the server refuses', async () => {
    server.refusal = 'There is no charger:X that you may look at.';
    expect(await person('charger', 'X', '--from', '2026-01-01')).toBe(1);
    expect(complaints).toContain(server.refusal);
  });

  it.each([
    ['another kind', ['galaxy', 'G', '--from', '2026-01-01'], 'not "galaxy"'],
    ['no id', ['charger', '--from', '2026-01-01'], 'Say which charger'],
    ['an id for the book', ['book', 'B', '--from', '2026-01-01'], 'needs no id'],
    ['no instant', ['book', '--from', 'yesterday'], '--from: "yesterday"'],
    ['no beginning', ['book'], '--from'],
    ['another format', ['book', '--from', '2026-01-01', '--format', 'doc'], 'doc'],
    [
      'two cuts',
      ['book', '--from', '2026-01-01', '--known-at', '2026-01-01', '--as-of-sequence', '4'],
      'either',
    ],
  ])('does not take %s', async (_, args, words) => {
    expect(await person(...args)).toBe(2);
    expect(complaints).toContain(words);
    expect(server.asked).toEqual([]);
  });
});
