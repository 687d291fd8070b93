import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Book } from './book.fixtures';
import type { Made } from './reports.fixtures';
import { ALWAYS, Auditor, buildYards, CHARGER, forget, invite, sha256 } from './reports.fixtures';
import { cleanUp, eventually, ServerProcess } from './server-process.fixtures';

const at = (day: string, time = '10:00') => `2026-${day}T${time}:00.000Z`;

let server: ServerProcess;
let book: Book;
let auditor: Auditor;

beforeAll(async () => {
  server = await ServerProcess.start();
  book = new Book(server);
  auditor = new Auditor(server);
  await buildYards(book);
});

afterAll(cleanUp);

describe('a download', () => {
  let url: string;
  let whole: Buffer;

  beforeAll(async () => {
    const { downloads, asOfSequence } = await auditor.make(CHARGER);
    url = downloads[0]!.url;
    whole = await auditor.download({ ...CHARGER, asOfSequence });
  });

  it('that was cut goes on where it was', async () => {
    const first = await auditor.get(url, { range: 'bytes=0-99' });
    expect([first.status, first.headers.get('content-range')]).toEqual([
      206,
      `bytes 0-99/${String(whole.length)}`,
    ]);
    const etag = first.headers.get('etag')!;
    const rest = await auditor.get(url, { range: 'bytes=100-', 'if-range': etag });
    const parts = [await first.arrayBuffer(), await rest.arrayBuffer()].map((part) => Buffer.from(part));
    expect(Buffer.concat(parts)).toEqual(whole);
    expect((await auditor.get(url, { 'if-none-match': etag })).status).toBe(304);
  });

  it.each([
    ['of the last bytes', 'bytes=-10', 206, 10],
    ['of another file', 'bytes=100-', 200, undefined],
    ['of what cannot be read', 'lines=1-2', 200, undefined],
  ])('by a range %s', async (what, range, status, bytes) => {
    const headers: Record<string, string> = { range };
    if (what === 'of another file') headers['if-range'] = '"other"';
    const response = await auditor.get(url, headers);
    expect([response.status, (await response.arrayBuffer()).byteLength]).toEqual([
      status,
      bytes ?? whole.length,
    ]);
  });

  it('beyond the end is refused, with where that is', async () => {
    const response = await auditor.get(url, { range: `bytes=${String(whole.length)}-` });
    expect([response.status, response.headers.get('content-range')]).toEqual([
      416,
      `bytes */${String(whole.length)}`,
    ]);
  });

  it('is made again where it is not there any more', async () => {
    forget(server);
    const response = await auditor.get(url);
    expect(Buffer.from(await response.arrayBuffer())).toEqual(whole);
  });

  it('of another name, or of no file of a report, is not there', async () => {
    const other = url.replace(/reports\/[0-9a-f]+/, `reports/${'0'.repeat(64)}`);
    for (const wrong of [other, url.replace('report.jsonl', 'summary.json')])
      expect((await auditor.get(wrong)).status).toBe(404);
  });
});

describe('who asks', () => {
  const asks = async (input: object) =>
    new Auditor(server, await invite(book, { name: 'Somebody', ...input }));
  const statusOf = async (person: Auditor, scope: object) => (await person.post({ scope, ...ALWAYS })).status;

  it('has reports on what is theirs, and what is not is as if it were not there', async () => {
    const person = await asks({ role: 'AUDITOR', operator: 'north' });
    await eventually('the charger is theirs', async () => (await statusOf(person, { charger: 'C' })) < 300);
    for (const scope of [{ site: 'yard' }, { operator: 'north' }, { partner: 'app' }])
      expect([scope, [200, 202].includes(await statusOf(person, scope))]).toEqual([scope, true]);

    for (const [theirs, nobodys] of [
      [{ charger: 'D' }, { charger: 'X' }],
      [{ site: 'next-door' }, { site: 'X' }],
      [{ circuit: 'next-door-row' }, { circuit: 'X' }],
      [{ backplate: 'next-door-1' }, { backplate: 'X' }],
      [{ operator: 'west' }, { operator: 'X' }],
    ] as const) {
      const asked = [theirs, nobodys].map((scope) => person.refusals({ scope, ...ALWAYS }, book));
      const [one, other] = await Promise.all(asked);
      expect(one).toEqual({ status: 404, code: 'NOT_FOUND', graphql: 'NOT_FOUND' });
      expect(other).toEqual(one);
    }
    expect(await person.refusals({ scope: { book: true }, ...ALWAYS }, book)).toEqual({
      status: 403,
      code: 'FORBIDDEN',
      graphql: 'FORBIDDEN',
    });
  });

  it('as an app has what is granted, at the same bytes, until it is revoked: also a download that is half done', async () => {
    const app = await asks({ role: 'PARTNER', partner: 'app' });
    const { downloads } = await app.make(CHARGER);
    const bytes = await app.download(CHARGER);
    expect(sha256(bytes)).toBe(sha256(await auditor.download(CHARGER)));
    expect((await app.refusals({ scope: { site: 'yard' }, ...ALWAYS }, book)).code).toBe('NOT_FOUND');
    expect((await app.refusals({ scope: { book: true }, ...ALWAYS }, book)).code).toBe('FORBIDDEN');

    const revoked = { partner: 'app', ground: 'Misuse', extremeCase: true, justification: 'Sold it' };
    await book.record('revokePartnerAccess', revoked);
    await eventually('it is let in no more', async () => {
      const response = await app.get(downloads[0]!.url, { range: 'bytes=100-' });
      await response.arrayBuffer();
      return response.status === 403;
    });
  });

  it('as a charger’s user may not look so closely', async () => {
    const user = await asks({ role: 'USER', operator: 'north', chargers: ['C'] });
    await eventually('it is known to be there', async () => (await statusOf(user, { charger: 'C' })) === 403);
    expect(await statusOf(user, { charger: 'D' })).toBe(404);
  });

  it('without a credential has nothing', async () => {
    const nobody = new Auditor(server, 'nobody');
    expect((await nobody.post(CHARGER)).status).toBe(401);
    const { downloads } = await auditor.make(CHARGER);
    expect((await nobody.get(downloads[0]!.url)).status).toBe(401);
  });
});

describe('bad input', () => {
  const inFuture = () => new Date(Date.now() + 3_600_000).toISOString();

  it.each<[string, () => object]>([
    ['a reversed span', () => ({ ...CHARGER, from: ALWAYS.to, to: ALWAYS.from })],
    ['an empty span', () => ({ ...CHARGER, to: ALWAYS.from })],
    ['no instant', () => ({ ...CHARGER, from: 'yesterday' })],
    ['a day that is none', () => ({ ...CHARGER, to: '2026-02-30T00:00:00Z' })],
    ['no scope', () => ({ ...CHARGER, scope: {} })],
    ['two scopes', () => ({ ...CHARGER, scope: { charger: 'C', site: 'yard' } })],
    ['another scope', () => ({ ...CHARGER, scope: { galaxy: 'G' } })],
    ['what will be known', () => ({ ...CHARGER, knownAt: inFuture() })],
    ['a fact that is not there yet', () => ({ ...CHARGER, asOfSequence: 1_000_000 })],
    ['two places in the book', () => ({ ...CHARGER, asOfSequence: 5, knownAt: at('01-01') })],
  ])('such as %s is refused with what is wrong', async (_, asked) => {
    expect(await auditor.refusals(asked(), book)).toEqual({
      status: 400,
      code: 'BAD_USER_INPUT',
      graphql: 'BAD_USER_INPUT',
    });
  });

  it.each([
    ['nothing', null],
    ['a scope that is a text', { scope: 'charger', ...ALWAYS }],
    ['no book', { scope: { book: 'all' }, ...ALWAYS }],
    ['a number for a charger', { scope: { charger: 7 }, ...ALWAYS }],
    ['a place before all facts', { ...CHARGER, asOfSequence: 0 }],
  ])('such as %s is refused over HTTP', async (_, asked) => {
    const response = await auditor.post(asked as object);
    expect(response.status).toBe(400);
  });

  it('such as an id that nothing can have is as unknown as any other', async () => {
    const asked = { scope: { charger: 'two words' }, ...ALWAYS };
    expect(await auditor.refusals(asked, book)).toEqual({
      status: 404,
      code: 'NOT_FOUND',
      graphql: 'NOT_FOUND',
    });
  });

  it('that is a century before anything was known gives a report of nothing', async () => {
    const asked = {
      scope: { charger: 'C' },
      from: at('01-01').replace('2026', '1826'),
      to: at('01-01').replace('2026', '1926'),
    };
    const made: Made = await auditor.make(asked);
    expect(made.entryCount).toBe(0);
    expect(made.lines).toMatchObject({ omitted: expect.any(Number) as unknown, completeness: 1, end: 1 });
  });
});
