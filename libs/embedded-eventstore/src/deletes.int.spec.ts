import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  StreamDeletedError,
  StreamNotFoundError,
  WrongExpectedVersionError,
  type EventStoreDBClient,
} from '@eventstore/db-client';
import { collect, counted, openTestStore, streamName, type TestStore } from './event-store.fixtures';

describe('deleting and truncating', () => {
  let store: TestStore;
  let client: EventStoreDBClient;
  beforeAll(async () => {
    store = await openTestStore();
    client = store.client;
  });
  afterAll(async () => store.close());

  const revisionsOf = async (stream: string): Promise<number[]> =>
    (await collect(client.readStream(stream))).map(({ event }) => Number(event?.revision));
  const streamOf = async (count: number): Promise<string> => {
    const stream = streamName();
    await client.appendToStream(stream, counted(count));
    return stream;
  };

  describe('soft', () => {
    it('hides the stream until it is written to again, which goes on where it ended', async () => {
      const stream = await streamOf(4);
      const { position } = await client.deleteStream(stream);
      expect(position!.commit).toBeGreaterThan(0n);
      await expect(revisionsOf(stream)).rejects.toBeInstanceOf(StreamNotFoundError);
      await expect(
        client.appendToStream(stream, counted(1), { expectedRevision: 'stream_exists' }),
      ).rejects.toBeInstanceOf(StreamDeletedError);
      await client.appendToStream(stream, counted(2), { expectedRevision: 'no_stream' });
      expect(await revisionsOf(stream)).toEqual([4, 5]);
      await client.appendToStream(stream, counted(1), { expectedRevision: 5n });
      expect(await revisionsOf(stream)).toEqual([4, 5, 6]);
    });

    it('leaves the events in $all, and the rest of the metadata', async () => {
      const stream = streamName();
      await client.setStreamMetadata(stream, { maxCount: 100, mine: 'ü' });
      const { position } = await client.appendToStream(stream, counted(1));
      await client.deleteStream(stream);
      const [kept] = await collect(client.readAll({ fromPosition: position!, maxCount: 1 }));
      expect(kept?.event?.streamId).toBe(stream);
      expect(await client.getStreamMetadata(stream)).toMatchObject({
        metadata: { maxCount: 100, mine: 'ü' },
      });
      await client.appendToStream(stream, counted(1));
      expect(await client.getStreamMetadata(stream)).toMatchObject({
        metadata: { maxCount: 100, mine: 'ü', truncateBefore: 1 },
      });
    });

    it('checks what its sender expects', async () => {
      const stream = await streamOf(4);
      const missing = streamName();
      const refusal = await client
        .deleteStream(stream, { expectedRevision: 2n })
        .catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(WrongExpectedVersionError);
      expect(refusal).toMatchObject({ streamName: stream, expectedVersion: 2n, actualVersion: 3n });
      for (const attempt of [
        client.deleteStream(stream, { expectedRevision: 'no_stream' }),
        client.deleteStream(missing),
        client.deleteStream(missing, { expectedRevision: 'no_stream' }),
      ]) {
        await expect(attempt).rejects.toBeInstanceOf(WrongExpectedVersionError);
      }
      await client.deleteStream(stream, { expectedRevision: 3n });
      await expect(client.deleteStream(stream)).rejects.toBeInstanceOf(StreamDeletedError);
    });

    it('takes a stream that has metadata only for one that exists', async () => {
      const stream = streamName();
      await client.setStreamMetadata(stream, { maxCount: 1 });
      await expect(client.deleteStream(stream, { expectedRevision: 'no_stream' })).resolves.toBeDefined();
    });
  });

  describe('tombstone', () => {
    it('closes the stream for ever, also over a restart', async () => {
      const stream = await streamOf(2);
      await client.tombstoneStream(stream, { expectedRevision: 1n });
      const closed = async (): Promise<void> => {
        const failure = await revisionsOf(stream).catch((error: unknown) => error);
        expect(failure).toBeInstanceOf(StreamDeletedError);
        expect(failure).toMatchObject({ streamName: stream });
        for (const expectedRevision of ['any', 'no_stream', 'stream_exists', 1n] as const) {
          const append = client.appendToStream(stream, counted(1), { expectedRevision });
          await expect(append).rejects.toMatchObject({ type: 'stream-deleted', streamName: stream });
        }
        const credentials = { username: 'nobody', password: 'nothing' };
        const unary = client.appendToStream(stream, counted(1), { credentials });
        await expect(unary).rejects.toBeInstanceOf(StreamDeletedError);
        // Its metadata goes with it.
        await expect(client.getStreamMetadata(stream)).rejects.toBeInstanceOf(StreamDeletedError);
        const metadata = client.setStreamMetadata(stream, { maxCount: 1 });
        await expect(metadata).rejects.toBeInstanceOf(StreamDeletedError);
        await expect(client.deleteStream(stream)).rejects.toBeInstanceOf(StreamDeletedError);
        await expect(client.tombstoneStream(stream)).rejects.toBeInstanceOf(StreamDeletedError);
      };
      await closed();
      await store.restart();
      client = store.client;
      await closed();
    });

    it('stands in $all', async () => {
      const stream = await streamOf(1);
      const { position } = await client.tombstoneStream(stream);
      const [tombstone] = await collect(client.readAll({ fromPosition: position!, maxCount: 1 }));
      expect(tombstone?.event).toMatchObject({ type: '$streamDeleted', streamId: stream });
    });

    it('is refused of a stream that has no name, or too long a one', async () => {
      for (const name of ['', 'x'.repeat(1025)]) {
        await expect(client.tombstoneStream(name)).rejects.toThrow(/INVALID_ARGUMENT/);
        await expect(client.deleteStream(name)).rejects.toThrow(/INVALID_ARGUMENT/);
      }
    });

    it('checks what its sender expects, and takes a stream that never was', async () => {
      const stream = await streamOf(1);
      for (const expectedRevision of ['no_stream', 2n] as const) {
        const refusal = client.tombstoneStream(stream, { expectedRevision });
        await expect(refusal).rejects.toBeInstanceOf(WrongExpectedVersionError);
      }
      const never = streamName();
      await client.tombstoneStream(never, { expectedRevision: 'no_stream' });
      await expect(revisionsOf(never)).rejects.toBeInstanceOf(StreamDeletedError);
    });
  });

  describe('metadata', () => {
    it('truncates before a revision', async () => {
      const stream = await streamOf(10);
      await client.setStreamMetadata(stream, { truncateBefore: 7 });
      expect(await revisionsOf(stream)).toEqual([7, 8, 9]);
      const backwards = await collect(
        client.readStream(stream, { direction: 'backwards', fromRevision: 'end' }),
      );
      expect(backwards.map(({ event }) => event?.revision)).toEqual([9n, 8n, 7n]);
      await client.setStreamMetadata(stream, { truncateBefore: 100 });
      expect(await revisionsOf(stream)).toEqual([]);
    });

    it('keeps the last so many', async () => {
      const stream = await streamOf(600);
      await client.setStreamMetadata(stream, { maxCount: 2 });
      expect(await revisionsOf(stream)).toEqual([598, 599]);
      await client.appendToStream(stream, counted(1));
      expect(await revisionsOf(stream)).toEqual([599, 600]);
    });

    it('shows nothing older than it says', async () => {
      const stream = await streamOf(3);
      await client.setStreamMetadata(stream, { maxAge: 3600 });
      expect(await revisionsOf(stream)).toEqual([0, 1, 2]);
      await client.setStreamMetadata(stream, { maxAge: 0 });
      expect(await revisionsOf(stream)).toEqual([]);
    });

    it('is there before its stream, and is read back with what is not the server’s own', async () => {
      const stream = streamName();
      expect(await client.getStreamMetadata(stream)).toEqual({ streamName: stream });
      await client.setStreamMetadata(
        stream,
        { maxCount: 3, mine: { deep: [1] } },
        { expectedRevision: 'no_stream' },
      );
      await client.appendToStream(stream, counted(5), { expectedRevision: 'stream_exists' });
      expect(await revisionsOf(stream)).toEqual([2, 3, 4]);
      expect(await client.getStreamMetadata(stream)).toMatchObject({
        metadata: { maxCount: 3, mine: { deep: [1] } },
      });
    });

    it('that nobody can read hides nothing', async () => {
      const stream = await streamOf(2);
      await client.appendToStream(`$$${stream}`, { ...counted(1, '$metadata')[0]!, data: 'not an object' });
      expect(await revisionsOf(stream)).toEqual([0, 1]);
    });
  });
});
