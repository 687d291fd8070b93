import { rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { canonicalJson } from '@chargebook/transparency';
import type { JsonValue } from '@chargebook/transparency';
import { Book } from './book.fixtures';
import type { FactLine, Made } from './reports.fixtures';
import { Auditor, factsIn, invite, linesIn, sha256 } from './reports.fixtures';
import { chargebook, cleanUp, eventually, ServerProcess, temporaryFolder } from './server-process.fixtures';

const at = (day: string, time = '10:00') => `2026-${day}T${time}:00.000Z`;
const ALWAYS = { from: '1926-01-01T00:00:00.000Z', to: '2126-01-01T00:00:00.000Z' };

let server: ServerProcess;
let book: Book;
let auditor: Auditor;
const known = { beforeMove: 0, wrongFact: '' };

const tell = (name: string, input: object, occurredAt?: string, reason?: string) =>
  book.record(name, input, { occurredAt, reason });

/** A charger that hung in two places of north's yard, told on time but for the move; and the yard of west next door. */
beforeAll(async () => {
  server = await ServerProcess.start();
  book = new Book(server);
  auditor = new Auditor(server);
  for (const id of ['north', 'west']) await tell('registerOperator', { id, name: id });
  for (const [site, operator] of [
    ['yard', 'north'],
    ['next-door', 'west'],
  ]) {
    const told = { id: site, name: `The ${site!}`, timeZone: 'Europe/Oslo', ratedCurrentAmps: 63, operator };
    await tell('registerSite', told, at('01-01'));
    await tell('addCircuit', { id: `${site!}-row`, site, fuseRatingAmps: 32 }, at('01-01'));
    for (const n of ['1', '2'])
      await tell('installBackplate', { id: `${site!}-${n}`, circuit: `${site!}-row` }, at('01-01'));
  }
  await tell('registerCharger', { serial: 'C', ratedCurrentAmps: 32, operator: 'north' }, at('01-02'));
  await tell('registerCharger', { serial: 'D', ratedCurrentAmps: 16, operator: 'west' }, at('01-02'));
  await tell('mountCharger', { charger: 'C', backplate: 'yard-1' }, at('01-03'), 'as planned');
  await tell('mountCharger', { charger: 'D', backplate: 'next-door-1' }, at('01-03'));
  await tell('setMaxChargerCurrent', { charger: 'C', amps: 20 }, at('01-10'));
  await session('C', 's1', at('01-20', '08:00'), at('01-20', '12:00'), 7_000);
  await session('C', 's2', at('02-20', '08:00'), at('02-20', '12:00'), 9_000);
  await tell('registerPartner', { id: 'app', name: 'App', operator: 'north' });
  await tell('grantPartnerAccess', { partner: 'app', permissions: ['READ_HISTORY'], chargers: ['C'] });
  await book.caughtUp();
  known.beforeMove = await book.head();
  // The move of February is told only now.
  await tell('relocateCharger', { charger: 'C', backplate: 'yard-2' }, at('02-01'), 'told late');
  const wrong = await tell('setMaxChargerCurrent', { charger: 'C', amps: 10 }, at('03-01'));
  known.wrongFact = wrong.events[0]!.eventId;
  await book.caughtUp();
});

afterAll(cleanUp);

async function session(
  charger: string,
  sessionId: string,
  from: string,
  to: string,
  energyWattHours: number,
) {
  const outcomes = await book.observe([
    { charger, kind: 'CAR_CONNECTED', occurredAt: from, sessionId, driverReference: 'token-of-somebody' },
    { charger, kind: 'CAR_DISCONNECTED', occurredAt: to, sessionId, energyWattHours },
  ]);
  for (const outcome of outcomes) if (outcome.__typename === 'Rejection') throw new Error(outcome.message);
}

const CHARGER = { scope: { charger: 'C' }, ...ALWAYS };

describe('a report', () => {
  it('tells each fact as it was written, in lines that everybody writes alike', async () => {
    const text = (await auditor.download(CHARGER)).toString();
    const lines = linesIn(Buffer.from(text));

    expect(text).toBe(lines.map((line) => `${canonicalJson(line as JsonValue)}\n`).join(''));
    for (const { head, content } of factsIn(lines))
      expect(sha256(canonicalJson(content as unknown as JsonValue))).toBe(head.content);
    expect(factsIn(lines).map(({ head }) => head.things['charger:C'])).toEqual(
      factsIn(lines).map((_, index) => index + 1),
    );
    expect(lines[0]).toMatchObject({
      kind: 'report',
      format: 'chargebook-report/1',
      scope: { charger: 'C' },
      ...ALWAYS,
    });
    expect(lines.at(-2)).toMatchObject({
      kind: 'completeness',
      fromSequence: 1,
      things: { 'charger:C': { first: 1, last: factsIn(lines).length } },
    });
    expect(lines.at(-1)).toMatchObject({ kind: 'end', facts: factsIn(lines).length });
  });

  it('has a digest over the lines of its facts, the same over GraphQL', async () => {
    const { asOfSequence, digest, entryCount } = await auditor.make(CHARGER);
    const bytes = await auditor.download({ ...CHARGER, asOfSequence });
    const facts = bytes.toString().match(/^.*"kind":"(fact|omitted)".*\n/gm) ?? [];

    expect(digest).toBe(sha256(facts.join('')));
    const { auditReport } = await book.query<{ auditReport: object }>(
      `query ($from: DateTime!, $to: DateTime!, $asOfSequence: Sequence) {
        auditReport(scope: {charger: "C"}, from: $from, to: $to, asOfSequence: $asOfSequence) {
          scope asOfSequence digest entryCount energyWattHours placements { backplateId siteName mountedAt }
          entries(first: 1) { totalCount nodes { sequence } } downloads { format url } } }`,
      { ...ALWAYS, asOfSequence: String(asOfSequence) },
    );
    expect(auditReport).toMatchObject({
      scope: 'charger:C',
      asOfSequence: String(asOfSequence),
      digest,
      entryCount,
      energyWattHours: 16_000,
      placements: [
        { backplateId: 'yard-1', siteName: 'The yard', mountedAt: at('01-03') },
        { backplateId: 'yard-2', siteName: 'The yard', mountedAt: at('02-01') },
      ],
      entries: { totalCount: entryCount },
    });
  });

  it('says what was believed before, and marks what was told late', async () => {
    const facts = factsIn(await auditor.lines(CHARGER));
    const moved = facts.filter(({ content }) => content.type === 'ChargerMounted').at(-1)!;
    const set = facts.filter(({ content }) => content.type === 'MaxChargerCurrentSet').at(-1)!;

    expect(moved.marks.backDatedSeconds).toBeGreaterThan(300);
    expect(moved.after).toEqual({ backplate: 'yard-2' });
    expect(set.before).toEqual({ maxChargerCurrentAmps: 20 });
    expect(set.after).toEqual({ maxChargerCurrentAmps: 10 });
  });

  it('shows of facts outside its span that there are such, and no more', async () => {
    const lines = await auditor.lines({ ...CHARGER, from: at('01-10'), to: at('02-01') });
    const numbers = lines
      .filter(({ kind }) => kind === 'fact' || kind === 'omitted')
      .map((line) => (line as FactLine).head.things['charger:C']);

    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
    expect(factsIn(lines).map(({ content }) => content.type)).toEqual([
      'MaxChargerCurrentSet',
      'SessionStarted',
      'SessionEnded',
    ]);
    for (const omitted of factsIn(lines, 'omitted')) expect(Object.keys(omitted)).toEqual(['head', 'kind']);
    expect(lines.filter(({ kind }) => kind === 'energy')).toMatchObject([
      { month: '2026-01', backplate: 'yard-1', energyWattHours: 7_000 },
    ]);
  });

  it('tells who had it, where it hung, its limits, sessions and energy by place, and what it is', async () => {
    const lines = await auditor.lines(CHARGER);
    const ofKind = (kind: string) => lines.filter((line) => line.kind === kind);

    expect(ofKind('asset')).toMatchObject([{ asset: 'charger', id: 'C', operator: 'north', site: 'yard' }]);
    expect(ofKind('control')).toMatchObject([{ thing: 'charger:C', operator: 'north' }]);
    expect(ofKind('placement')).toMatchObject([
      { backplate: 'yard-1', from: at('01-03'), until: at('02-01') },
      { backplate: 'yard-2', from: at('02-01'), circuit: 'yard-row', site: 'yard' },
    ]);
    expect(ofKind('session')).toMatchObject([
      { id: 's1', backplate: 'yard-1', energyWattHours: 7_000 },
      { id: 's2', backplate: 'yard-2', energyWattHours: 9_000 },
    ]);
    expect(ofKind('energy')).toMatchObject([
      { month: '2026-01', backplate: 'yard-1', energyWattHours: 7_000 },
      { month: '2026-02', backplate: 'yard-2', energyWattHours: 9_000 },
    ]);
    const effective = ofKind('limit').filter(({ source }) => source === 'EFFECTIVE');
    expect(new Set(effective.map(({ amps }) => amps))).toEqual(new Set([undefined, 32, 20, 10]));
    expect(JSON.stringify(lines)).not.toContain('token-of-somebody');
    expect(ofKind('session')[0]!['driver']).toMatch(/^driver:/);
  });

  it('of the whole book tells every fact', async () => {
    const { asOfSequence } = await auditor.make({ scope: { book: true }, ...ALWAYS });
    const lines = await auditor.lines({ scope: { book: true }, ...ALWAYS, asOfSequence });

    expect(factsIn(lines).map(({ head }) => head.sequence)).toEqual(
      Array.from({ length: asOfSequence }, (_, index) => index + 1),
    );
    expect(lines.filter(({ kind }) => kind === 'access')).toMatchObject([
      { act: 'REGISTERED', partner: 'app' },
      { act: 'GRANTED', partner: 'app', told: { permissions: ['READ_HISTORY'] } },
    ]);
  });

  it.each([
    ['site', 'yard'],
    ['circuit', 'yard-row'],
    ['backplate', 'yard-1'],
  ])('of a %s tells what happened there, and not where else its chargers were', async (kind, id) => {
    const lines = await auditor.lines({ scope: { [kind]: id }, ...ALWAYS });

    expect(lines.filter((line) => line.kind === 'session').map((line) => line['id'])).toEqual(
      kind === 'backplate' ? ['s1'] : ['s1', 's2'],
    );
    expect(lines.filter((line) => line.kind === 'placement')[0]).toMatchObject({ charger: 'C' });
    expect(factsIn(lines).map(({ content }) => content.type)).toContain('ChargerMounted');
    expect(factsIn(lines).map(({ content }) => content.type)).not.toContain('BackplateReserved');
    expect(JSON.stringify(lines)).not.toContain('next-door');
    const numbers = [...factsIn(lines), ...factsIn(lines, 'omitted')]
      .flatMap(({ head }) => head.things[`${kind}:${id}`] ?? [])
      .sort((a, b) => a - b);
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
  });

  it.each([
    ['operator', 'north', 'control'],
    ['partner', 'app', 'access'],
  ])('of an %s tells its %s', async (kind, id, section) => {
    const lines = await auditor.lines({ scope: { [kind]: id }, ...ALWAYS });
    expect(factsIn(lines).length).toBeGreaterThan(0);
    expect(lines.filter((line) => line.kind === section).length).toBeGreaterThan(0);
  });
});

describe('the same arguments', () => {
  it('give the same bytes, whatever is told afterwards; a later knownAt shows it', async () => {
    const early = { ...CHARGER, asOfSequence: known.beforeMove };
    const before = await auditor.download(early);
    const { knownAt } = await auditor.make(early);
    await book.record('correctFact', { eventId: known.wrongFact, reason: 'it was another unit' });
    await book.caughtUp();

    expect(await auditor.download(early)).toEqual(before);
    expect(await auditor.download({ ...CHARGER, knownAt })).toEqual(before);
    expect(before.toString()).not.toContain('yard-2');
    const later = await auditor.lines({ ...CHARGER, knownAt: new Date().toISOString() });
    const wrong = factsIn(later).find(({ content }) => content.id === known.wrongFact);
    const correction = factsIn(later).find(({ marks }) => marks.corrects === known.wrongFact)!;
    expect(wrong?.marks.correctedBy).toEqual({
      eventId: correction.content.id,
      sequence: correction.head.sequence,
    });
    expect(correction).toMatchObject({ after: null, before: { type: 'MaxChargerCurrentSet' } });
  });

  it('bring a correction to a span in which it did not happen', async () => {
    const lines = await auditor.lines({ ...CHARGER, from: at('03-01', '00:00'), to: at('03-02', '00:00') });

    expect(factsIn(lines).map(({ content }) => content.id)).toEqual([known.wrongFact]);
    expect(factsIn(lines, 'correction').map(({ marks }) => marks.corrects)).toEqual([known.wrongFact]);
  });

  it('give the same bytes after the read models were made anew', async () => {
    const asked = { scope: { book: true }, ...ALWAYS, asOfSequence: await book.head() };
    const before = await auditor.download(asked);
    forget(server);
    expect(await chargebook(server, 'rebuild')).toMatchObject({ code: 0 });

    expect(sha256(await auditor.download(asked))).toBe(sha256(before));
  });

  it('give the same bytes on another server, to which the book was brought', async () => {
    const saved = path.join(temporaryFolder(), 'book.jsonl');
    const asOfSequence = await book.head();
    expect(await chargebook(server, 'backup', saved)).toMatchObject({ code: 0 });
    const other = await ServerProcess.start();
    expect(await chargebook(other, 'restore', saved)).toMatchObject({ code: 0 });
    await new Book(other).caughtUp();
    const elsewhere = new Auditor(other);

    for (const scope of [{ charger: 'C' }, { site: 'yard' }, { book: true }]) {
      const asked = { scope, ...ALWAYS, asOfSequence };
      expect((await elsewhere.make(asked)).name).toBe((await auditor.make(asked)).name);
      expect(sha256(await elsewhere.download(asked))).toBe(sha256(await auditor.download(asked)));
    }
    await other.stop();
  });
});

/** Takes away what was made, so that it has to be made again. */
function forget({ dataDirectory }: ServerProcess): void {
  rmSync(path.join(dataDirectory, 'reports'), { recursive: true });
}

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
    await tell('revokePartnerAccess', revoked);
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
