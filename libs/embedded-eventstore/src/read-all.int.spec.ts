import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AllStreamRecordedEvent, EventStoreDBClient } from '@eventstore/db-client';
import { collect, counted, openTestStore, type TestStore } from './event-store.fixtures';

describe('reading $all', () => {
  let store: TestStore;
  let client: EventStoreDBClient;
  let all: AllStreamRecordedEvent[];
  beforeAll(async () => {
    store = await openTestStore();
    client = store.client;
    expect(await collect(client.readAll())).toEqual([]);
    expect(await collect(client.readAll({ direction: 'backwards', fromPosition: 'end' }))).toEqual([]);
    for (let round = 0; round < 10; round++) {
      for (const stream of ['one', 'two', 'three']) await client.appendToStream(stream, counted(20));
    }
    all = (await collect(client.readAll())).map(({ event }) => event!);
  });
  afterAll(async () => store.close());

  const idsOf = async (options: Parameters<EventStoreDBClient['readAll']>[0]): Promise<string[]> =>
    (await collect(client.readAll(options))).map(({ event }) => event!.id);

  it('has every event once, in the order of its positions, and each stream in the order of its revisions', () => {
    const positions = all.map(({ position }) => position.commit);
    expect(all).toHaveLength(600);
    expect(positions).toEqual([...new Set(positions)].sort((a, b) => Number(a - b)));
    expect(all.every(({ position }) => position.commit === position.prepare)).toBe(true);
    const revisions = all
      .filter(({ streamId }) => streamId === 'two')
      .map(({ revision }) => Number(revision));
    expect(revisions).toEqual(Array.from({ length: 200 }, (_, index) => index));
  });

  it('reads forwards from a position, that event included', async () => {
    expect(await idsOf({ fromPosition: all[250]!.position })).toEqual(all.slice(250).map(({ id }) => id));
    expect(await idsOf({ fromPosition: all[250]!.position, maxCount: 3 })).toEqual(
      all.slice(250, 253).map(({ id }) => id),
    );
  });

  it('reads backwards from a position, that event not included', async () => {
    const before = all.slice(0, 300).reverse();
    expect(await idsOf({ direction: 'backwards', fromPosition: all[300]!.position })).toEqual(
      before.map(({ id }) => id),
    );
  });

  it('reads backwards from the end', async () => {
    const reversed = [...all].reverse().map(({ id }) => id);
    expect(await idsOf({ direction: 'backwards', fromPosition: 'end' })).toEqual(reversed);
    expect(await idsOf({ direction: 'backwards', fromPosition: 'end', maxCount: 1 })).toEqual(
      reversed.slice(0, 1),
    );
  });

  it('finds nothing at the end', async () => {
    expect(await idsOf({ fromPosition: 'end' })).toEqual([]);
  });

  it('goes on after a reader that left in the middle', async () => {
    const reading = client.readAll();
    for await (const { event } of reading) {
      expect(event).toBeDefined();
      break;
    }
    await reading.cancel();
    expect(await idsOf({ maxCount: 1 })).toEqual([all[0]!.id]);
  });

  it('keeps everything over a restart', async () => {
    await store.restart();
    client = store.client;
    expect(await idsOf({})).toEqual(all.map(({ id }) => id));
    const { position } = await client.appendToStream('one', counted(1), { expectedRevision: 199n });
    expect(position!.commit).toBeGreaterThan(all.at(-1)!.position.commit);
  });
});
