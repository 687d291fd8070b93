import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { jsonEvent, type EventStoreDBClient } from '@eventstore/db-client';
import { openTestStore, streamName, type TestStore } from './event-store.fixtures';

describe('appending and reading', () => {
  let store: TestStore;
  let client: EventStoreDBClient;
  beforeAll(async () => {
    store = await openTestStore();
    client = store.client;
  });
  afterAll(async () => store.close());

  it('reads what was appended, with its revisions and positions', async () => {
    const stream = streamName();
    const appended = await client.appendToStream(
      stream,
      [1, 2, 3].map((n) => jsonEvent({ type: 'counted', data: { n }, metadata: { by: 'test' } })),
      { expectedRevision: 'no_stream' },
    );
    const events = [];
    for await (const { event } of client.readStream(stream)) events.push(event!);
    expect(events.map(({ revision, type, data, metadata }) => ({ revision, type, data, metadata }))).toEqual(
      [1, 2, 3].map((n) => ({
        revision: BigInt(n - 1),
        type: 'counted',
        data: { n },
        metadata: { by: 'test' },
      })),
    );
    expect(appended.nextExpectedRevision).toBe(2n);
    expect(events[2]!.position).toEqual(appended.position);
  });
});
