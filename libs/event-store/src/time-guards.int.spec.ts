import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { startEmbeddedEventStore } from '@chargebook/embedded-eventstore';
import { UnavailableError } from '@eventstore/db-client';
import { anEvent } from './bare-client.fixtures';
import { eventually, faultOf, stateAfter } from './conditions.fixtures';
import { DisturbedStore, SHORT_PATIENCE } from './disturbed-store.fixtures';
import { aFact } from './envelope.fixtures';
import type { EventStore } from './event-store';
import { EventStoreUnavailableError } from './event-store';
import { connectEventStore } from './eventstoredb';

const ground = new DisturbedStore((directory) => startEmbeddedEventStore({ directory }));

describe('a server that does not answer', () => {
  it('the bare client: waits longer than its deadline says', async () => {
    const proxy = await ground.aProxy();
    const client = await ground.aBareClient(proxy.endpoint);
    proxy.hold();

    const append = client.appendToStream(ground.aStream(), anEvent(), { deadline: 100 });

    expect(await stateAfter(600, append)).toBe('pending');
    proxy.cut();
    expect(await faultOf(append)).toBeInstanceOf(UnavailableError);
  });

  it.each<[call: string, make: (store: EventStore) => Promise<unknown>]>([
    ['an append', (store) => store.append(ground.aStream(), [aFact()], 'NO_STREAM')],
    ['a read', (store) => store.read(ground.aStream())],
    ['a read of the head', (store) => store.head()],
  ])('the adapter: gives up %s in time', async (_, make) => {
    const proxy = await ground.aProxy();
    const store = await ground.anAdapter(proxy.endpoint, { attemptTimeoutMs: 200, retryBudgetMs: 500 });
    proxy.hold();

    const fault = await faultOf(make(store));

    expect(fault).toBeInstanceOf(EventStoreUnavailableError);
    expect(fault).toHaveProperty('cause', expect.any(Error));
  });
});

describe('a server that is not there', () => {
  const nowhere = `unix:${path.join(tmpdir(), 'chargebook-nobody-listens.sock')}`;

  it('the bare client: rejects with errors that are none of its own', async () => {
    const fault = await faultOf(
      ground.aBareClientNotYetConnected(nowhere).appendToStream(ground.aStream(), anEvent()),
    );

    expect(fault).toMatchObject({ code: 14 });
    expect(fault).not.toHaveProperty('type');
  });

  it('the adapter: says so', async () => {
    const store = connectEventStore({ endpoint: nowhere }, { ...SHORT_PATIENCE, retryBudgetMs: 50 });

    expect(await faultOf(store.append(ground.aStream(), [aFact()], 'NO_STREAM'))).toBeInstanceOf(
      EventStoreUnavailableError,
    );
    await store.close();
  });
});

describe('closing', () => {
  it('the bare client: waits for ever for a call that nobody reads', async () => {
    const stream = ground.aStream();
    const facts = Array.from({ length: 40 }, () => aFact());
    await ground.witness.append(stream, facts, 'NO_STREAM');
    const client = ground.aBareClientNotYetConnected(ground.endpoint);
    const unread = client.readStream(stream, { maxCount: 40 });
    await eventually(() => unread.readableLength >= unread.readableHighWaterMark);
    // Behind these on the same wire, all of it has come and stands in buffers: also the end of the call.
    for (let read = 0; read < 10; read += 1) for await (const _ of client.readStream(stream)) continue;

    expect(await stateAfter(500, client.dispose())).toBe('pending');

    for await (const _ of unread) continue;
  });

  it('the adapter: ends what is under way, and takes nothing more', async () => {
    const proxy = await ground.aProxy();
    const store = await ground.anAdapter(proxy.endpoint);
    proxy.hold();
    const append = faultOf(store.append(ground.aStream(), [aFact()], 'NO_STREAM'));
    const read = faultOf(store.read(ground.aStream()));

    await store.close();

    expect(await append).toBeInstanceOf(EventStoreUnavailableError);
    expect(await read).toBeInstanceOf(EventStoreUnavailableError);
    expect(await faultOf(store.head())).toBeInstanceOf(EventStoreUnavailableError);
    proxy.release();
    await eventually(() => proxy.connections === 0);
  });
});
