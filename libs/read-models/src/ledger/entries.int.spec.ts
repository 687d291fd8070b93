import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Fact } from '@chargebook/domain';
import { areSame, canonicalJson, rootOf, sha256, TreeBuilder } from '@chargebook/transparency';
import type { BookEntry } from '@chargebook/event-store';
import type { TestBook } from '../book.fixtures';
import { startBook, startProjector, untilRebuilt, writtenAs } from '../book.fixtures';
import type { Untold } from '../facts.fixtures';
import {
  aSite,
  fact,
  mounted,
  chargerRegistered,
  connected,
  retraction,
  siteRegistered,
} from '../facts.fixtures';
import { leafOf } from './entries';
import { Recount } from './recount';
import { thingsNamed } from './things-named';
import { TreeQueries } from './tree.queries';

const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

/** Facts whose every field is known, so that their leaves are. */
function knownFacts(): Untold[] {
  let nth = 0;
  const known = (untold: Untold): Untold => {
    nth += 1;
    const id = `00000000-0000-4000-8000-${String(nth).padStart(12, '0')}`;
    const commandId = `command-${String(nth)}`;
    const metadata = { ...untold.metadata, commandId, correlationId: 'c', causationId: commandId };
    return { ...untold, eventId: id, metadata };
  };
  const [site, ...parts] = aSite('08:00', 'harbour', ['left']).map(known);
  const charger = known(fact('08:10', chargerRegistered('CB-1')));
  const mount = known(fact('08:20', mounted('CB-1', 'left')));
  const session = known(fact('09:00', connected('CB-1', 's-1', 'driver-7')));
  return [site!, ...parts, charger, mount, session, known(retraction('09:30', session))];
}

async function leavesOf(book: TestBook) {
  const entries = await new TreeQueries(book.database).entriesAfter(0, 10_000);
  return entries.map(({ head }) => leafOf(head));
}

describe('the tree of hashes over the book', () => {
  let book: TestBook;

  beforeAll(async () => {
    book = await startBook();
    await book.tell(...knownFacts());
  });
  afterAll(() => book.stop());

  it('has leaves that never change: those of a known book', async () => {
    const tree = new TreeQueries(book.database);

    const [first, , , , , mount] = await tree.entriesAfter(0, 100);

    expect(first?.content).toMatch(/^\{"data":\{"gridType":"TN","name":"Site harbour",/);
    expect(mount?.head).toMatchObject({
      occurredAt: '2026-05-04T08:20:00.000Z',
      recordedAt: '2026-05-04T08:20:00.000Z',
      sequence: 6,
      things: { 'charger:CB-1': 2, 'backplate:left': 2 },
    });
    expect(mount?.head.content).toBe(hexOf(sha256(mount?.content ?? '')));
    expect(hexOf(await rootOf(8, tree.readHash))).toBe(
      '97be8023125a6cf6c5733ec993340af61b68f9cf4ae89a6c6a7707bed16cafc8',
    );
  });

  it('numbers the facts of each thing without a gap', async () => {
    const entries = await new TreeQueries(book.database).entriesAfter(0, 100);
    const numbers = (name: string) => entries.flatMap(({ head }) => head.things[name] ?? []);

    expect(numbers('charger:CB-1')).toEqual([1, 2, 3, 4]);
    expect(numbers('site:harbour')).toEqual([1, 2, 3]);
    expect(numbers('backplate:left')).toEqual([1, 2]);
  });

  it('grows with the ledger, batch by batch, into the tree of all its leaves', async () => {
    for (let size = 1; size <= 400; size = size * 3 + 1) {
      const sites = Array.from({ length: size }, (_, nth) => `s${String(size)}-${String(nth)}`);
      await book.tell(...sites.map((site) => fact('10:00', siteRegistered(site))));
    }
    const builder = new TreeBuilder();
    for (const leaf of await leavesOf(book)) builder.append(leaf);
    const tree = new TreeQueries(book.database);

    expect(await tree.size()).toBe(builder.size);
    expect(builder.size).toBeGreaterThan(256);
    expect(areSame(await rootOf(builder.size, tree.readHash), builder.root)).toBe(true);
  });

  it('has a leaf for what cannot be read', async () => {
    const before = await new TreeQueries(book.database).size();
    const unreadable = {
      eventId: '00000000-0000-4000-9000-000000000001',
      stream: 'charger-CB-1',
      revision: 99,
      type: 'FromTheFuture',
      problem: 'no such type',
    };
    const position = book.store.add([{ unreadable }]);
    await book.progress.reached(position, 10_000);

    const [entry] = await new TreeQueries(book.database).entriesAfter(before, 1);

    expect(entry?.head).toMatchObject({
      occurredAt: null,
      sequence: before + 1,
      things: { 'charger:CB-1': 5 },
    });
    expect(entry?.content).toContain('"type":"FromTheFuture"');
  });

  it('has the leaf that a version which can read it will give it', () => {
    const told = fact('08:00', chargerRegistered('CB-9'), { recordedAt: '2026-05-04T08:00:01.000Z' });
    const known = { ...told, revision: 0, bookOrder: 1 } as Fact;
    const { eventId, stream, type } = told;
    const contents: BookEntry['content'][] = [
      { unreadable: { eventId, stream, revision: 0, type, problem: 'no such type' } },
      { fact: known },
    ];
    const written = writtenAs({ fact: known });

    const [now, later] = contents.map((content) =>
      new Recount().take([{ position: 1n, written, content }]).map(({ head }) => head),
    );

    expect(now).toMatchObject([
      { occurredAt: '2026-05-04T08:00:00.000Z', recordedAt: '2026-05-04T08:00:01.000Z' },
    ]);
    expect(now).toEqual(later);
  });

  it('is the same after a rebuild', async () => {
    const before = (await leavesOf(book)).map(hexOf);

    await book.database.query("UPDATE book.projection SET version = 1 WHERE name = 'ledger'");
    await book.projector.stop();
    const again = startProjector(book.database, book.store, []);
    await untilRebuilt(book.database, 'ledger');
    await again.stop();

    expect((await leavesOf(book)).map(hexOf)).toEqual(before);
  });

  it('is begun by a rebuild where an earlier version has written the ledger', async () => {
    const before = (await leavesOf(book)).map(hexOf);
    await book.database.query('TRUNCATE ledger.entry, ledger.thing, ledger.tile');
    await book.database.query("UPDATE book.projection SET version = 1 WHERE name = 'ledger'");

    const again = startProjector(book.database, book.store, []);
    book.store.tell([fact('11:00', siteRegistered('meanwhile'))]);
    await untilRebuilt(book.database, 'ledger', 1);
    await again.stop();

    const tree = new TreeQueries(book.database);
    const size = await tree.size();
    expect((await leavesOf(book)).slice(0, before.length).map(hexOf)).toEqual(before);
    expect(size).toBe(before.length + 1);
    expect(hexOf(await rootOf(size, tree.readHash))).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('what a fact names', () => {
  const written = (stream: string, data: object) => ({
    id: '',
    stream,
    revision: 0,
    type: '',
    data,
    metadata: {},
  });

  it.each([
    ['charger-CB-1', { backplate: 'left' }, ['charger:CB-1', 'backplate:left']],
    ['device-CB-1-2026-05', { charger: 'CB-1' }, ['charger:CB-1']],
    ['load-k1-2026-05', {}, ['circuit:k1']],
    ['backplate-left', { charger: 'CB-1', circuit: 'k1' }, ['backplate:left', 'circuit:k1']],
    ['partner-app', { operator: 'north' }, ['operator:north', 'partner:app']],
    ['relocation-1', { charger: 'CB-1' }, []],
    ['site-s', { site: 7 }, ['site:s']],
  ])('%s with %j', (stream, data, names) => {
    expect(thingsNamed(written(stream, data))).toEqual(names);
  });

  it('is nothing where the event is not an object', () => {
    expect(thingsNamed({ ...written('odd', {}), data: null })).toEqual([]);
    expect(canonicalJson(thingsNamed({ ...written('odd', {}), data: { base64: 'AA==' } }))).toBe('[]');
  });
});
