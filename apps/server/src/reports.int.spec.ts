import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { canonicalJson } from '@chargebook/transparency';
import type { JsonValue } from '@chargebook/transparency';
import { Book } from './book.fixtures';
import type { FactLine } from './reports.fixtures';
import { ALWAYS, Auditor, buildYards, CHARGER, factsIn, forget, linesIn, sha256 } from './reports.fixtures';
import { chargebook, cleanUp, ServerProcess, temporaryFolder } from './server-process.fixtures';

const at = (day: string, time = '10:00') => `2026-${day}T${time}:00.000Z`;

let server: ServerProcess;
let book: Book;
let auditor: Auditor;
let known: Awaited<ReturnType<typeof buildYards>>;

beforeAll(async () => {
  server = await ServerProcess.start();
  book = new Book(server);
  auditor = new Auditor(server);
  known = await buildYards(book);
});

afterAll(cleanUp);

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

describe('a report on an operator', () => {
  const of = (operator: string) => auditor.lines({ scope: { operator }, ...ALWAYS });
  const ofKind = (lines: Awaited<ReturnType<typeof of>>, kind: string) =>
    lines.filter((line) => line.kind === kind);

  it('tells where its chargers hung and who hung at its sites, limits, sessions and energy by place', async () => {
    const lines = await of('north');

    expect(ofKind(lines, 'placement')).toMatchObject([
      { charger: 'C', backplate: 'yard-1', site: 'yard', from: at('01-03'), until: at('02-01') },
      { charger: 'C', backplate: 'yard-2', site: 'yard', from: at('02-01') },
    ]);
    expect(ofKind(lines, 'limit').map(({ thing, source, amps }) => [thing, source, amps])).toEqual([
      ['site:yard', 'SITE_RATED', 63],
      ['circuit:yard-row', 'CIRCUIT_FUSE', 32],
      ['charger:C', 'CHARGER_RATED', 32],
      ['charger:C', 'MAX_CHARGER', 20],
      ['charger:C', 'MAX_CHARGER', 10],
    ]);
    expect(ofKind(lines, 'session')).toMatchObject([
      { id: 's1', backplate: 'yard-1', driver: expect.stringMatching(/^driver:/) as unknown },
      { id: 's2', backplate: 'yard-2', driver: expect.stringMatching(/^driver:/) as unknown },
    ]);
    expect(ofKind(lines, 'energy')).toMatchObject([
      { month: '2026-01', backplate: 'yard-1', energyWattHours: 7_000 },
      { month: '2026-02', backplate: 'yard-2', energyWattHours: 9_000 },
    ]);
    expect(JSON.stringify(lines)).not.toContain('next-door');
  });

  it('tells of a charger that changed hands what happened while it had it, or at its site', async () => {
    const early = { scope: { operator: 'north' }, ...ALWAYS, asOfSequence: await book.head() };
    const before = await auditor.download(early);
    await book.record('transferChargerControl', { charger: 'C', operator: 'west' });
    await book.caughtUp();

    const [north, west] = [await of('north'), await of('west')];
    const control = ofKind(west, 'control').find(({ thing }) => thing === 'charger:C');
    const since = control?.['since'];
    expect(ofKind(north, 'control')).toMatchObject([
      { thing: 'charger:C', operator: 'north', until: since },
      { thing: 'site:yard', operator: 'north' },
    ]);
    expect(ofKind(north, 'asset')).toMatchObject([{ id: 'yard' }]);
    // It still hangs in the yard; who charged there is not for those of the yard any more.
    expect(ofKind(north, 'placement')).toHaveLength(2);
    expect(ofKind(north, 'session').map(({ id, driver }) => [id, driver])).toEqual([
      ['s1', undefined],
      ['s2', undefined],
    ]);
    expect(ofKind(west, 'placement')).toMatchObject([
      { charger: 'C', backplate: 'yard-2', from: since },
      { charger: 'D', backplate: 'next-door-1', from: at('01-03') },
    ]);
    expect(ofKind(west, 'session')).toEqual([]);
    expect(await auditor.download(early)).toEqual(before);
    await book.record('transferChargerControl', { charger: 'C', operator: 'north' });
    await book.caughtUp();
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

  it('give the same bytes after a driver is forgotten, which is in later ones, by reference', async () => {
    const early = { ...CHARGER, asOfSequence: await book.head() };
    const before = await auditor.download(early);
    await book.record('eraseDriver', { driverReference: 'token-of-somebody' });
    await book.caughtUp();
    forget(server);

    expect(await auditor.download(early)).toEqual(before);
    const lines = await auditor.lines(CHARGER);
    const [erasure] = lines.filter(({ kind }) => kind === 'erasure');
    expect(erasure?.['driver']).toBe(lines.find(({ kind }) => kind === 'session')?.['driver']);
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
