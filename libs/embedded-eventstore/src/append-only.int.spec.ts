import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AccessDeniedError, type EventStoreDBClient } from '@eventstore/db-client';
import { collect, counted, openTestStore, streamName, type TestStore } from './event-store.fixtures';

describe('a server that is told to keep everything', () => {
  let store: TestStore;
  let client: EventStoreDBClient;
  beforeAll(async () => {
    store = await openTestStore({ isAppendOnly: true });
    client = store.client;
  });
  afterAll(async () => store.close());

  it('refuses to delete, to close and to truncate, and goes on', async () => {
    const stream = streamName();
    await client.appendToStream(stream, counted(3));
    const truncating = { type: '$metadata', data: { $tb: 2 } };
    const attempts = [
      client.deleteStream(stream),
      client.deleteStream(stream, { expectedRevision: 2n }),
      client.tombstoneStream(stream),
      client.tombstoneStream(streamName(), { expectedRevision: 'no_stream' }),
      client.setStreamMetadata(stream, { maxCount: 1 }),
      client.setStreamMetadata(stream, { maxAge: 1 }),
      client.setStreamMetadata(stream, { truncateBefore: 1 }),
      client.appendToStream(`$$${stream}`, { ...counted(1)[0]!, ...truncating }),
    ];
    for (const { status, reason } of (await Promise.allSettled(attempts)) as PromiseRejectedResult[]) {
      expect(status).toBe('rejected');
      expect(reason).toBeInstanceOf(AccessDeniedError);
    }
    await client.appendToStream(stream, counted(1), { expectedRevision: 2n });
    expect(await collect(client.readStream(stream))).toHaveLength(4);
  });

  it('takes metadata that hides nothing', async () => {
    const stream = streamName();
    await client.setStreamMetadata(stream, { cacheControl: 5, acl: { readRoles: ['$all'] }, mine: 'ü' });
    expect((await client.getStreamMetadata(stream)).metadata).toMatchObject({
      cacheControl: 5,
      acl: { readRoles: ['$all'] },
      mine: 'ü',
    });
  });
});
