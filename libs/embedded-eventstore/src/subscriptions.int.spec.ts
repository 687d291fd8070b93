import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  eventTypeFilter,
  excludeSystemEvents,
  jsonEvent,
  START,
  StreamDeletedError,
  streamNameFilter,
  type EventStoreDBClient,
  type Position,
} from '@eventstore/db-client';
import { counted, follow, openTestStore, streamName, type TestStore } from './event-store.fixtures';

describe('subscriptions', () => {
  let store: TestStore;
  let client: EventStoreDBClient;
  beforeAll(async () => {
    store = await openTestStore();
    client = store.client;
  });
  afterAll(async () => store.close());

  it('delivers a stream from its start and goes on with what is appended, without gap or duplicate', async () => {
    const stream = streamName();
    const writing = (async () => {
      for (let n = 0; n < 100; n++) await client.appendToStream(stream, counted(7));
    })();
    const followers = Array.from({ length: 3 }, () => follow(client.subscribeToStream(stream)));
    await writing;
    for (const follower of followers) {
      const events = await follower.take(700);
      expect(events.map(({ event }) => Number(event?.revision))).toEqual(
        Array.from({ length: 700 }, (_, n) => n),
      );
      await follower.leave();
    }
  });

  it('delivers $all while several writers append, in the order of the log', async () => {
    const { position } = await client.appendToStream(streamName(), counted(1));
    const follower = follow(client.subscribeToAll({ fromPosition: position! }));
    await Promise.all(
      Array.from({ length: 8 }, async () => {
        const stream = streamName();
        for (let n = 0; n < 25; n++) await client.appendToStream(stream, counted(4));
      }),
    );
    const events = await follower.take(800);
    const positions = events.map(({ event }) => event!.position!.commit);
    expect(positions).toEqual([...new Set(positions)].sort((a, b) => Number(a - b)));
    expect(positions.every((at) => at > position!.commit)).toBe(true);
    await follower.leave();
  });

  it('begins behind the revision or position that it names, or at the end', async () => {
    const stream = streamName();
    await client.appendToStream(stream, counted(5));
    const behind = follow(client.subscribeToStream(stream, { fromRevision: 2n }));
    expect((await behind.take(2)).map(({ event }) => event?.revision)).toEqual([3n, 4n]);
    const atStreamEnd = follow(client.subscribeToStream(stream, { fromRevision: 'end' }));
    const atEnd = follow(client.subscribeToAll({ fromPosition: 'end' }));
    await Promise.all([atStreamEnd.confirmed, atEnd.confirmed]);
    const [next] = counted(1);
    await client.appendToStream(stream, next!);
    for (const follower of [behind, atStreamEnd, atEnd]) {
      expect((await follower.take(1)).map(({ event }) => event?.id)).toEqual([next!.id]);
      await follower.leave();
    }
  });

  it('waits for a stream that is not there yet', async () => {
    const stream = streamName();
    const follower = follow(client.subscribeToStream(stream));
    await follower.caughtUp;
    await client.appendToStream(stream, counted(2));
    expect(await follower.take(2)).toHaveLength(2);
    await follower.leave();
  });

  it('says once when it has caught up', async () => {
    const stream = streamName();
    await client.appendToStream(stream, counted(300));
    const follower = follow(client.subscribeToStream(stream));
    await follower.caughtUp;
    expect(follower.delivered()).toBe(300);
    await follower.leave();
  });

  it('ends with an error when its stream is tombstoned', async () => {
    const stream = streamName();
    await client.appendToStream(stream, counted(1));
    const follower = follow(client.subscribeToStream(stream));
    await follower.take(1);
    await client.tombstoneStream(stream);
    await expect(follower.take(1)).rejects.toBeInstanceOf(StreamDeletedError);
    await expect(follow(client.subscribeToStream(stream)).take(1)).rejects.toBeInstanceOf(StreamDeletedError);
  });

  describe('filters', () => {
    it.each([
      [
        'stream name, prefix',
        streamNameFilter({ prefixes: ['apple-', 'pear-'] }),
        ['apple-1', 'pear-1', 'apple-2'],
      ],
      ['stream name, expression', streamNameFilter({ regex: '^[^-]+-2$' }), ['plum-2', 'apple-2']],
      ['event type, prefix', eventTypeFilter({ prefixes: ['grew'] }), ['apple-1', 'plum-2']],
      ['event type, expression', eventTypeFilter({ regex: '^(fell|rotted)$' }), ['pear-1', 'apple-2']],
    ])('by %s', async (_name, filter, streams) => {
      const { position } = await client.appendToStream(streamName(), counted(1));
      const plan = [
        ['apple-1', 'grew'],
        ['pear-1', 'fell'],
        ['plum-2', 'grew-big'],
        ['apple-2', 'rotted'],
      ] as const;
      for (const [stream, type] of plan) await client.appendToStream(stream, jsonEvent({ type, data: {} }));
      const follower = follow(client.subscribeToAll({ fromPosition: position!, filter }));
      await follower.caughtUp;
      const events = await follower.take(follower.delivered());
      expect(events.map(({ event }) => event?.streamId)).toEqual(streams);
      await follower.leave();
    });

    it('excludes what the store itself records', async () => {
      const stream = streamName();
      const { position } = await client.setStreamMetadata(stream, { maxCount: 5 });
      await client.setStreamMetadata(stream, { maxCount: 6 });
      await client.appendToStream(stream, counted(1));
      const follower = follow(
        client.subscribeToAll({ fromPosition: position!, filter: excludeSystemEvents() }),
      );
      await follower.caughtUp;
      expect((await follower.take(follower.delivered())).map(({ event }) => event?.type)).toEqual([
        'counted',
      ]);
      await follower.leave();
    });

    it('refuses an expression that is none', async () => {
      const follower = follow(client.subscribeToAll({ filter: eventTypeFilter({ regex: '(' }) }));
      await expect(follower.take(1)).rejects.toThrow(/INVALID_ARGUMENT/);
    });

    it('tells how far it has searched, from where a later subscription goes on', async () => {
      const { position } = await client.appendToStream(streamName(), counted(1));
      await client.appendToStream(streamName(), counted(200, 'noise'));
      const checkpoints: Position[] = [];
      const filter = eventTypeFilter({
        prefixes: ['signal'],
        maxSearchWindow: 16,
        checkpointInterval: 2,
        checkpointReached: (_subscription, reached) => void checkpoints.push(reached),
      });
      const follower = follow(client.subscribeToAll({ fromPosition: position!, filter }));
      await follower.caughtUp;
      // Every 32 of 200 events, and once at the end.
      expect(checkpoints).toHaveLength(7);
      await client.appendToStream(streamName(), [...counted(1, 'signal'), ...counted(31, 'noise')]);
      await follower.until(() => checkpoints.length === 8);
      await client.appendToStream(streamName(), counted(1, 'signal'));
      const [first, second] = await follower.take(2);
      expect(checkpoints.at(-1)!.commit).toBeGreaterThan(first!.event!.position!.commit);
      const later = follow(client.subscribeToAll({ fromPosition: checkpoints.at(-1)!, filter }));
      expect((await later.take(1)).map(({ event }) => event?.id)).toEqual([second!.event?.id]);
      await later.leave();
      await follower.leave();
    });
  });

  it('holds back for a slow subscriber, who hinders nobody and misses nothing', async () => {
    const { position } = await client.appendToStream(streamName(), counted(1));
    const slow = client.subscribeToAll({
      fromPosition: position!,
      filter: streamNameFilter({ prefixes: ['bulk-'] }),
    });
    let seen = 0;
    const firstSeen = new Promise<void>((resolve) => {
      slow.on('data', () => {
        if (++seen === 1) {
          slow.pause();
          resolve();
        }
      });
    });
    const bulk = (): ReturnType<typeof counted> =>
      Array.from({ length: 50 }, (_, n) =>
        jsonEvent({ type: 'bulk', data: { n, filler: 'x'.repeat(10_000) } }),
      );
    await client.appendToStream('bulk-1', bulk());
    await firstSeen;
    for (let n = 0; n < 40; n++) await client.appendToStream('bulk-1', bulk());
    // 20 MB are recorded: more than the wire between them can hold.
    expect(seen).toBeLessThan(2050);
    const done = new Promise<void>((resolve) =>
      slow.on('data', () => (seen === 2050 ? resolve() : undefined)),
    );
    slow.resume();
    await done;
    await slow.unsubscribe();
  });

  it('tells a live subscriber that it has fallen behind, and when it has caught up again', async () => {
    const stream = streamName();
    const told: string[] = [];
    const subscription = client.subscribeToStream(stream);
    for (const moment of ['caughtUp', 'fellBehind'] as const)
      subscription.on(moment, () => told.push(moment));
    const follower = follow(subscription);
    await follower.caughtUp;
    await client.appendToStream(stream, counted(3));
    await follower.take(3);
    expect(told).toEqual(['caughtUp']);
    await client.appendToStream(stream, counted(600));
    await follower.take(600);
    await follower.until(() => told.length === 3);
    expect(told).toEqual(['caughtUp', 'fellBehind', 'caughtUp']);
    await follower.leave();
  });

  it('forgets a subscriber that has left', async () => {
    for (let round = 0; round < 50; round++) {
      const follower = follow(client.subscribeToAll({ fromPosition: round % 2 === 0 ? START : 'end' }));
      await follower.confirmed;
      await follower.leave();
    }
    await client.appendToStream(streamName(), counted(1));
  });
});
