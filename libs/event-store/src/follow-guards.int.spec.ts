import { describe, expect, it } from '@jest/globals';
import { startEmbeddedEventStore } from '@chargebook/embedded-eventstore';
import { eventually } from './conditions.fixtures';
import { idsOf } from './contract.fixtures';
import { DisturbedStore } from './disturbed-store.fixtures';
import { aFact } from './envelope.fixtures';
import type { EventStore, Position } from './event-store';
import { following } from './following.fixtures';

const ground = new DisturbedStore((directory) => startEmbeddedEventStore({ directory }));

/** Appends facts of a size to a stream of their own. */
async function append(count: number, sizeBytes = 10): Promise<{ ids: string[]; position: Position }> {
  const facts = Array.from({ length: count }, () =>
    aFact({ data: { site: 'S1', name: 'x'.repeat(sizeBytes) } } as object),
  );
  const { position } = await ground.witness.append(ground.aStream(), facts, 'NO_STREAM');
  return { ids: facts.map(({ eventId }) => eventId), position };
}

describe('a subscription that loses its server', () => {
  it('the bare client: tells one error and is never back', async () => {
    const proxy = await ground.aProxy();
    const client = await ground.aBareClient(proxy.endpoint);
    const { position } = await append(1);
    const subscribe = () => {
      const seen: string[] = [];
      const errors: Error[] = [];
      const subscription = client.subscribeToAll({ fromPosition: { commit: position, prepare: position } });
      subscription.on('data', ({ event }) => seen.push(event?.id ?? ''));
      subscription.on('error', (error) => errors.push(error));
      return { subscription, seen, errors };
    };
    const lost = subscribe();
    const { ids: before } = await append(1);
    await eventually(() => lost.seen.length === 1);

    proxy.cut();
    await eventually(() => lost.errors.length > 0);
    const { ids: after } = await append(1);
    const fresh = subscribe();
    await eventually(() => fresh.seen.length === 2);

    expect(fresh.seen).toStrictEqual([...before, ...after]);
    expect(lost.seen).toStrictEqual(before);
    expect(lost.errors).toHaveLength(1);
    await fresh.subscription.unsubscribe();
  });

  it('the adapter: goes on where it was, tells of the fault, and that it is over', async () => {
    const proxy = await ground.aProxy();
    const store = await ground.anAdapter(proxy.endpoint);
    const { position } = await append(1);
    const follower = following(store, { after: position });
    const { ids: before } = await append(3);
    await follower.until((entries) => entries.length === 3);

    proxy.refuse();
    await follower.untilFaults((faults) => faults.length > 0);
    const { ids: after } = await append(3);
    proxy.accept();
    const entries = await follower.until((all) => all.length >= 6);
    await follower.untilFaults((faults) => faults.at(-1) == null);
    await follower.end();

    expect(idsOf(entries)).toStrictEqual([...before, ...after]);
    expect(follower.faults[0]).toBeInstanceOf(Error);
  });

  it('the adapter: gives every entry once and in order, however often the wire breaks', async () => {
    const proxy = await ground.aProxy();
    const store = await ground.anAdapter(proxy.endpoint);
    const { position } = await append(1);
    const follower = following(store, { after: position, batchSize: 20 });
    const expected: string[] = [];

    for (let round = 1; round <= 15; round += 1) {
      expected.push(...(await append(40, 2_000)).ids);
      await follower.until((entries) => entries.length >= expected.length - 40 + round);
      proxy.cut();
    }
    const entries = await follower.until((all) => all.length >= expected.length);
    await follower.end();

    expect(idsOf(entries)).toStrictEqual(expected);
    expect(follower.faults.length).toBeGreaterThan(0);
  });

  it('the adapter: follows and appends on when the server was stopped and started again', async () => {
    const store = await ground.anAdapter(ground.endpoint);
    const { position } = await append(1);
    const follower = following(store, { after: position });
    const { ids: before } = await append(1);
    await follower.until((entries) => entries.length === 1);

    const start = await ground.stopServer();
    await follower.untilFaults((faults) => faults.length > 0);
    const fact = aFact();
    const appended = store.append(ground.aStream(), [fact], 'NO_STREAM');
    await start();

    expect(await appended).toMatchObject({ revision: 0 });
    const entries = await follower.until((all) => all.length >= 2);
    expect(idsOf(entries)).toStrictEqual([...before, fact.eventId]);
    await follower.end();
  });
});

describe('a subscription that is never answered', () => {
  it('the adapter: tells of it in time, and asks again', async () => {
    const proxy = await ground.aProxy();
    const store = await ground.anAdapter(proxy.endpoint, { attemptTimeoutMs: 100 });
    const { position } = await append(1);
    proxy.hold();
    const follower = following(store, { after: position });
    await follower.untilFaults((faults) => faults.length > 1);

    proxy.release();

    const { ids } = await append(1);
    expect(idsOf(await follower.until((entries) => entries.length >= 1))).toStrictEqual(ids);
    await follower.end();
  });
});

describe('leaving the iteration', () => {
  /** Bytes that still come to a client of which nobody reads any more, while others append. */
  async function bytesThatStillCome(
    leave: (endpoint: string, after: Position) => Promise<EventStore>,
  ): Promise<number> {
    const proxy = await ground.aProxy();
    const { position } = await append(1);
    await append(1);
    const store = await leave(proxy.endpoint, position);
    const beforeBytes = proxy.answeredBytes;
    await append(40, 5_000);
    await append(1);
    // Answers on the same wire, while whatever the subscription is still sent comes as well.
    for (let answer = 0; answer < 20; answer += 1) await store.head();
    return proxy.answeredBytes - beforeBytes;
  }

  it('the bare client: leaves the call open', async () => {
    const bytes = await bytesThatStillCome(async (endpoint, after) => {
      const client = await ground.aBareClient(endpoint);
      const fromPosition = { commit: after, prepare: after };
      for await (const _ of client.subscribeToAll({ fromPosition })) break;
      return ground.anAdapter(endpoint);
    });

    expect(bytes).toBeGreaterThan(50_000);
  });

  it('the adapter: ends the call', async () => {
    const bytes = await bytesThatStillCome(async (endpoint, after) => {
      const store = await ground.anAdapter(endpoint);
      for await (const _ of store.follow({ after, signal: new AbortController().signal })) break;
      return store;
    });

    expect(bytes).toBeLessThan(50_000);
  });
});

describe('a reader that is slower than the book', () => {
  it('the adapter: is sent no more than it takes', async () => {
    const proxy = await ground.aProxy();
    const store = await ground.anAdapter(proxy.endpoint);
    const { position } = await append(1);
    const expected: string[] = [];
    for (let part = 0; part < 40; part += 1) expected.push(...(await append(10, 90_000)).ids);

    const ids: string[] = [];
    const signal = new AbortController().signal;
    for await (const { entries } of store.follow({ after: position, batchSize: 5, signal })) {
      if (ids.length === 0) {
        await serverHasSentAllItMay(proxy);
        // What stands in the buffers is not in the way of other calls.
        expected.push(...(await appendThrough(store)));
        expect(await store.head()).toBeGreaterThan(position);
      }
      ids.push(...idsOf(entries));
      if (ids.length >= expected.length) break;
    }

    expect(ids).toStrictEqual(expected);
  });

  async function appendThrough(store: EventStore): Promise<string[]> {
    const fact = aFact();
    await store.append(ground.aStream(), [fact], 'NO_STREAM');
    return [fact.eventId];
  }

  /** Of 36 MB only what fits the windows and buffers on the way may have come, while nobody takes it. */
  async function serverHasSentAllItMay(proxy: { readonly answeredBytes: number }): Promise<void> {
    let lastBytes = -1;
    await eventually(() => {
      const isStill = proxy.answeredBytes === lastBytes;
      lastBytes = proxy.answeredBytes;
      return isStill;
    });
    expect(lastBytes).toBeLessThan(12_000_000);
  }
});

describe('the end of what was sent', () => {
  it('the bare client: tells a checkpoint before the entries that precede it are taken', async () => {
    const client = await ground.aBareClient(ground.endpoint);
    const { position } = await append(1);
    await append(10);
    const told: Position[] = [];
    const subscription = client.subscribeToAll({
      fromPosition: { commit: position, prepare: position },
      filter: {
        filterOn: 'eventType',
        regex: '^[^$]',
        checkpointInterval: 1,
        checkpointReached: (_, { commit }) => {
          told.push(commit);
        },
      },
    });
    subscription.on('error', () => undefined);
    await eventually(() => told.length > 0);

    const first = subscription.read() as { event: { position: { commit: Position } } };

    expect(told[0]).toBeGreaterThan(first.event.position.commit);
    await subscription.unsubscribe();
  });

  it('the adapter: never says that the book is known further than its entries were given', async () => {
    const { position } = await append(1);
    await append(50);
    const follower = following(ground.witness, { after: position, batchSize: 3 });
    const { ids } = await append(50);

    const entries = await follower.until((all) => all.length >= 100);
    await follower.end();

    expect(idsOf(entries).slice(50)).toStrictEqual(ids);
    let known = position;
    for (const batch of follower.batches) {
      for (const entry of batch.entries) expect(entry.position).toBeGreaterThan(known);
      expect(batch.position).toBeGreaterThan(known);
      known = batch.position;
    }
  });
});
