import { describe, expect, it } from '@jest/globals';
import { startEmbeddedEventStore } from '@chargebook/embedded-eventstore';
import { EventStoreDBClient, UnavailableError } from '@eventstore/db-client';
import { anEvent } from './bare-client.fixtures';
import { eventually, faultOf, stateAfter } from './conditions.fixtures';
import { DisturbedStore, SHORT_PATIENCE } from './disturbed-store.fixtures';
import { aFact } from './envelope.fixtures';
import { WrongExpectedRevisionError } from './event-store';
import { connectEventStore } from './eventstoredb';

const ground = new DisturbedStore((directory) => startEmbeddedEventStore({ directory, listen: { port: 0 } }));

const isRecorded = async (stream: string) => (await ground.eventsIn(stream)) > 0;

describe("a fault on another client's wire", () => {
  it('the bare client: rejects an append whose own wire is whole', async () => {
    const [ours, theirs] = [await ground.aProxy(), await ground.aProxy()];
    const client = await ground.aBareClient(ours.endpoint);
    await ground.aBareClient(theirs.endpoint);
    ours.hold('answers');
    const append = faultOf(client.appendToStream(ground.aStream(), anEvent()));

    theirs.cut();

    expect(await append).toBeInstanceOf(UnavailableError);
    expect(ours.connections).toBe(1);
  });

  it('the bare client: brings down the process when the answer comes all the same', async () => {
    const [ours, theirs] = [await ground.aProxy(), await ground.aProxy()];
    const outsider = ground.anOutsider(`
      const [ours, theirs] = [bareClient('${ours.endpoint}'), bareClient('${theirs.endpoint}')];
      await ours.appendToStream('warm', anEvent());
      await theirs.appendToStream('warm', anEvent());
      say('connected');
      await told();
      await ours.appendToStream('slow', anEvent()).catch(() => say('rejected'));
      await told();
    `);
    await outsider.said('connected');
    ours.hold('answers');
    outsider.tell();
    await eventually(() => isRecorded('slow'));

    theirs.cut();
    await outsider.said('rejected');
    ours.release();

    const { exitCode, complaint } = await outsider.ended();
    expect(exitCode).not.toBe(0);
    expect(complaint).toContain('TypeError');
  });

  it('the adapter: is not touched', async () => {
    const [ours, theirs] = [await ground.aProxy(), await ground.aProxy()];
    const store = await ground.anAdapter(ours.endpoint);
    await ground.anAdapter(theirs.endpoint);
    const stream = ground.aStream();
    ours.hold('answers');
    const append = store.append(stream, [aFact()], 'NO_STREAM');
    await eventually(() => isRecorded(stream));

    theirs.cut();
    ours.release();

    expect(await append).toMatchObject({ revision: 0 });
  });
});

describe('a wire that breaks before the answer', () => {
  it('the bare client: fails although the event is recorded', async () => {
    const [proxy, stream] = [await ground.aProxy(), ground.aStream()];
    const client = await ground.aBareClient(proxy.endpoint);
    proxy.hold('answers');
    const append = faultOf(client.appendToStream(stream, anEvent(), { expectedRevision: 'no_stream' }));
    await eventually(() => isRecorded(stream));

    proxy.cut();

    expect(await append).toBeInstanceOf(UnavailableError);
    expect(await ground.eventsIn(stream)).toBe(1);
  });

  it('the adapter: answers as if nothing had been, and records once', async () => {
    const [proxy, stream] = [await ground.aProxy(), ground.aStream()];
    const store = await ground.anAdapter(proxy.endpoint);
    proxy.hold('answers');
    const append = store.append(stream, [aFact(), aFact()], 'NO_STREAM');
    await eventually(() => isRecorded(stream));

    proxy.release();
    proxy.cut();

    const { revision, position } = await append;
    const facts = await ground.witness.read(stream);
    expect(facts).toHaveLength(2);
    expect([revision, Number(position)]).toStrictEqual([1, facts[1]?.bookOrder]);
  });

  it('the adapter: takes its own first try for no conflict, when another writer has gone on after it', async () => {
    const [proxy, stream] = [await ground.aProxy(), ground.aStream()];
    const store = await ground.anAdapter(proxy.endpoint);
    proxy.hold('answers');
    const append = store.append(stream, [aFact()], 'NO_STREAM');
    await eventually(() => isRecorded(stream));
    await ground.witness.append(stream, [aFact(), aFact()], 0);

    proxy.release();
    proxy.cut();

    expect(await append).toMatchObject({ revision: 0 });
    expect(await ground.witness.read(stream)).toHaveLength(3);
  });

  it('the adapter: tells of a conflict when the first try never arrived and another writer did', async () => {
    const [proxy, stream] = [await ground.aProxy(), ground.aStream()];
    const store = await ground.anAdapter(proxy.endpoint);
    proxy.hold('requests');
    const append = faultOf(store.append(stream, [aFact()], 'NO_STREAM'));
    await ground.witness.append(stream, [aFact()], 'NO_STREAM');

    proxy.release();
    proxy.cut();

    expect(await append).toBeInstanceOf(WrongExpectedRevisionError);
    expect(await append).toMatchObject({ actual: 0 });
    expect(await ground.witness.read(stream)).toHaveLength(1);
  });

  it('the adapter: waits for a server that is away for a while', async () => {
    const [proxy, stream] = [await ground.aProxy(), ground.aStream()];
    const store = await ground.anAdapter(proxy.endpoint);
    proxy.refuse();
    const append = store.append(stream, [aFact()], 'NO_STREAM');
    expect(await stateAfter(200, append)).toBe('pending');

    proxy.accept();

    expect(await append).toMatchObject({ revision: 0 });
  });
});

describe('many appends in the queue of a wire that breaks', () => {
  it('the bare client: brings down the process', async () => {
    const proxy = await ground.aProxy();
    const outsider = ground.anOutsider(`
      const client = bareClient('${proxy.endpoint}');
      await client.appendToStream('warm', anEvent());
      say('connected');
      await told();
      const appends = Array.from({ length: 300 }, () =>
        client.appendToStream('queued', anEvent(50_000)).catch(() => undefined));
      for (let turn = 0; turn < 100; turn += 1) await new Promise(setImmediate);
      say('queued');
      await Promise.all(appends);
      await told();
    `);
    await outsider.said('connected');
    proxy.hold('requests');
    outsider.tell();
    await outsider.said('queued');

    proxy.cut();

    const { exitCode, complaint } = await outsider.ended();
    expect(exitCode).not.toBe(0);
    expect(complaint).toContain('UNAVAILABLE');
  });

  it('the adapter: records all of them, once each', async () => {
    const proxy = await ground.aProxy();
    const store = await ground.anAdapter(proxy.endpoint, { attemptTimeoutMs: 5_000, retryBudgetMs: 20_000 });
    const queued = Array.from({ length: 300 }, () => ground.aStream());
    const large = () => aFact({ data: { site: 'S1', name: 'x'.repeat(50_000) } } as object);
    proxy.hold('requests');
    const appends = queued.map((stream) => store.append(stream, [large()], 'NO_STREAM'));
    expect(await stateAfter(100, Promise.race(appends))).toBe('pending');

    proxy.release();
    proxy.cut();

    expect(new Set((await Promise.all(appends)).map(({ revision }) => revision))).toStrictEqual(new Set([0]));
    expect(await Promise.all(queued.map((stream) => ground.eventsIn(stream)))).toStrictEqual(
      queued.map(() => 1),
    );
  });
});

describe('a conflict', () => {
  it('the bare client: tells a wrong revision when it is not to throw', async () => {
    const stream = ground.aStream();
    await ground.witness.append(stream, [aFact(), aFact(), aFact()], 'NO_STREAM');
    const client = new EventStoreDBClient(
      { endpoint: ground.endpoint, throwOnAppendFailure: false },
      { insecure: true },
    );

    const answer = await client.appendToStream(stream, anEvent(), { expectedRevision: 'no_stream' });

    expect(answer).toMatchObject({ success: false, nextExpectedRevision: 1n });
    await client.dispose();
  });

  it('the adapter: tells the right one, also where the address says not to throw', async () => {
    const stream = ground.aStream();
    await ground.witness.append(stream, [aFact(), aFact(), aFact()], 'NO_STREAM');
    const connectionString = `esdb://${ground.endpoint}?tls=false&throwOnAppendFailure=false`;
    const store = connectEventStore({ connectionString }, SHORT_PATIENCE);

    const refusal = await faultOf(store.append(stream, [aFact()], 'NO_STREAM'));

    expect(refusal).toBeInstanceOf(WrongExpectedRevisionError);
    expect(refusal).toMatchObject({ actual: 2 });
    await store.close();
  });
});
