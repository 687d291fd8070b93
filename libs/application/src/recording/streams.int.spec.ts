import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { chargerEvolution } from '@chargebook/domain';
import { noted } from '../disturbed-store.fixtures';
import type { Book } from '../write-side.fixtures';
import { accepted, nodeOn, startBook } from '../write-side.fixtures';
import { anId } from '../yard.fixtures';
import { NO_FACTS, Streams } from './streams';

let book: Book;
let notes: ReturnType<typeof noted>;

beforeAll(async () => {
  book = await startBook();
});
afterAll(async () => {
  await book.stop();
});
beforeEach(() => {
  notes = noted(book.store);
});

/** A charger's stream with some facts. */
async function aStream(facts: number): Promise<string> {
  const charger = anId('C');
  const node = nodeOn(book.store);
  accepted(await node.charger({ type: 'registerCharger', serial: charger }));
  for (let amps = 1; amps < facts; amps++)
    accepted(await node.charger({ type: 'setMaxChargerCurrent', charger, amps }));
  return `charger-${charger}`;
}

describe('streams that are kept', () => {
  it('cost only what is new', async () => {
    const stream = await aStream(3);
    const streams = new Streams(notes.store);

    const first = await streams.load(stream, chargerEvolution);
    expect(await streams.load(stream, chargerEvolution)).toBe(first);
    const charger = stream.slice('charger-'.length);
    accepted(await nodeOn(book.store).charger({ type: 'disableCharger', charger }));
    const { revision, life } = await streams.load(stream, chargerEvolution);

    expect(notes.reads.map(([, facts]) => facts)).toEqual([3, 0, 1]);
    expect([revision, life.head.enabled, life.recorded.length]).toEqual([3, false, 4]);
  });

  it('are forgotten where they take too much room, those first that were not used for long', async () => {
    const [a, b, c] = [await aStream(5), await aStream(5), await aStream(5)];
    const streams = new Streams(notes.store, 35);

    for (const stream of [a, b, a, c]) await streams.load(stream, chargerEvolution);

    const isKept = (stream: string) => streams.peek(stream, chargerEvolution) != null;
    expect([a, b, c].map(isKept)).toEqual([true, false, true]);
    expect((await streams.load(b, chargerEvolution)).life.recorded).toHaveLength(5);
  });

  it('are not kept where one alone takes too much', async () => {
    const stream = await aStream(6);
    const streams = new Streams(notes.store, 15);

    for (let time = 0; time < 2; time++)
      expect((await streams.load(stream, chargerEvolution)).revision).toBe(5);

    expect(notes.reads.map(([, facts]) => facts)).toEqual([6, 6]);
  });

  it('are known to hold nothing where nothing is there, until something is', async () => {
    const streams = new Streams(notes.store);
    const stream = `charger-${anId('unknown')}`;
    const empty = await streams.load(stream, chargerEvolution);
    expect([empty.revision, empty.life.recorded]).toEqual([NO_FACTS, []]);

    const there = nodeOn(book.store);
    accepted(await there.charger({ type: 'registerCharger', serial: stream.slice('charger-'.length) }));

    expect((await streams.load(stream, chargerEvolution)).revision).toBe(0);
  });
});
