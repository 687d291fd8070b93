import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { NewFact } from '@chargebook/domain';
import { faultOf } from './conditions.fixtures';
import {
  aFactOfBytes,
  anUnreadableFact,
  appendOneByOne,
  aStream,
  aSystemFact,
  expectInOrder,
  idsOf,
  somewhere,
} from './contract.fixtures';
import { aFact } from './envelope.fixtures';
import type { EventStore } from './event-store';
import { AppendTooLargeError, UnreadableFactError, WrongExpectedRevisionError } from './event-store';
import { following } from './following.fixtures';

/** A store to be tried, which may hold other facts already, and how to be rid of it. */
export interface ContractSubject {
  readonly store: EventStore;
  stop(): Promise<void>;
}

/** What every event store behind the port must do. To be called in a test file. */
export function eventStoreContract(name: string, start: () => Promise<ContractSubject>): void {
  describe(`the event store contract: ${name}`, () => {
    let subject: ContractSubject;
    const store = () => subject.store;

    beforeAll(async () => {
      subject = await start();
    });
    afterAll(async () => {
      await subject.stop();
    });

    describe('append', () => {
      appendContract(store);
    });
    describe('read', () => {
      readContract(store);
    });
    describe('follow', () => {
      followContract(store);
    });
    describe('head', () => {
      headContract(store);
    });
  });
}

function appendContract(store: () => EventStore): void {
  it('begins a stream and continues it, and tells revision and position of the last fact', async () => {
    const [stream, facts] = [aStream(), [aFact(), aFact(), aFact()]];

    const first = await store().append(stream, facts.slice(0, 2), 'NO_STREAM');
    const second = await store().append(stream, facts.slice(2), 1);

    expect([first.revision, second.revision]).toStrictEqual([1, 2]);
    expect(second.position).toBeGreaterThan(first.position);
    const read = await store().read(stream);
    expect(read.map(({ eventId }) => eventId)).toStrictEqual(facts.map(({ eventId }) => eventId));
    expect(read.map(({ bookOrder }) => BigInt(bookOrder)).slice(1)).toStrictEqual([
      first.position,
      second.position,
    ]);
  });

  it.each<[state: string, existing: number, expected: 'NO_STREAM' | number, actual: number | undefined]>([
    ['absent is expected and it is there', 2, 'NO_STREAM', 1],
    ['an earlier revision is expected', 3, 1, 2],
    ['a later revision is expected', 1, 4, 0],
    ['a revision is expected and there is no stream', 0, 0, undefined],
  ])('refuses, and records nothing, where %s', async (_, existing, expected, actual) => {
    const stream = aStream();
    const facts = Array.from({ length: existing }, () => aFact());
    if (existing > 0) await store().append(stream, facts, 'NO_STREAM');

    const refusal = await faultOf(store().append(stream, [aFact(), aFact()], expected));

    expect(refusal).toBeInstanceOf(WrongExpectedRevisionError);
    expect(refusal).toMatchObject({ stream, expected, actual });
    expect(await store().read(stream)).toHaveLength(existing);
  });

  it('answers a repeated append as the first time, also when others came after it', async () => {
    const [stream, facts] = [aStream(), [aFact(), aFact()]];
    const first = await store().append(stream, facts, 'NO_STREAM');

    const atOnce = await store().append(stream, facts, 'NO_STREAM');
    await store().append(stream, [aFact()], 1);
    const later = await store().append(stream, facts, 'NO_STREAM');

    expect(atOnce).toStrictEqual(first);
    expect(later).toStrictEqual(first);
    expect(await store().read(stream)).toHaveLength(3);
  });

  it('lets exactly one of many writers at the same revision win', async () => {
    const stream = aStream();
    const facts = Array.from({ length: 20 }, () => aFact());

    const outcomes = await Promise.allSettled(
      facts.map((fact) => store().append(stream, [fact], 'NO_STREAM')),
    );

    const winners = facts.filter((_, index) => outcomes[index]?.status === 'fulfilled');
    expect(winners).toHaveLength(1);
    expect((await store().read(stream)).map(({ eventId }) => eventId)).toStrictEqual([winners[0]?.eventId]);
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(WrongExpectedRevisionError);
    }
  });

  it('takes many appends at once, each with its own answer', async () => {
    const streams = Array.from({ length: 200 }, aStream);

    const appended = await Promise.all(
      streams.map((stream, index) =>
        store().append(
          stream,
          Array.from({ length: (index % 3) + 1 }, () => aFact()),
          'NO_STREAM',
        ),
      ),
    );

    expect(appended.map(({ revision }) => revision)).toStrictEqual(streams.map((_, index) => index % 3));
    expect(new Set(appended.map(({ position }) => position)).size).toBe(streams.length);
  });

  it('refuses what is too large, and goes on', async () => {
    const stream = aStream();
    const large = Array.from({ length: 17 }, () => aFactOfBytes(1_000_000));

    expect(await faultOf(store().append(stream, large, 'NO_STREAM'))).toBeInstanceOf(AppendTooLargeError);
    expect(await store().read(stream)).toStrictEqual([]);
    expect(await store().append(stream, [aFact()], 'NO_STREAM')).toMatchObject({ revision: 0 });
  });
}

function readContract(store: () => EventStore): void {
  it('gives back what was appended', async () => {
    const stream = aStream();
    const fact = aFact({ data: { site: 'S1', name: 'Grünerløkka ⚡ "7"\n' } } as Partial<NewFact>);

    const { position } = await store().append(stream, [fact], 'NO_STREAM');

    expect(await store().read(stream)).toStrictEqual([
      { ...fact, stream, revision: 0, bookOrder: Number(position) },
    ]);
  });

  it('gives nothing of a stream that is not there, or of after its end', async () => {
    const stream = aStream();
    expect(await store().read(stream)).toStrictEqual([]);
    expect(await store().read(stream, 5)).toStrictEqual([]);

    await store().append(stream, [aFact()], 'NO_STREAM');
    expect(await store().read(stream, 1)).toStrictEqual([]);
  });

  it('gives a long stream in order, and its tail', async () => {
    const stream = aStream();
    const facts = Array.from({ length: 1_200 }, () => aFact());
    await store().append(stream, facts.slice(0, 700), 'NO_STREAM');
    await store().append(stream, facts.slice(700), 699);

    expect((await store().read(stream)).map(({ eventId }) => eventId)).toStrictEqual(
      facts.map(({ eventId }) => eventId),
    );
    expect((await store().read(stream, 1_198)).map(({ revision }) => revision)).toStrictEqual([1_198, 1_199]);
  });

  it('says which event it cannot read', async () => {
    const [stream, fact] = [aStream(), anUnreadableFact()];
    await store().append(stream, [aFact(), fact], 'NO_STREAM');

    const fault = await faultOf(store().read(stream));

    expect(fault).toBeInstanceOf(UnreadableFactError);
    expect(fault).toMatchObject({
      fact: {
        eventId: fact.eventId,
        stream,
        revision: 1,
        type: 'SiteBlessed',
        problem: 'unknown event type',
      },
    });
  });
}

function followContract(store: () => EventStore): void {
  it('gives what is there after a position, then what comes, once and in order', async () => {
    const before = await somewhere(store());
    const past = await appendOneByOne(store(), 30);
    const follower = following(store(), { after: before, batchSize: 7 });

    await follower.until((entries) => entries.length >= 30);
    const coming = await appendOneByOne(store(), 30);
    const entries = await follower.until((all) => all.length >= 60);
    await follower.end();

    expect(idsOf(entries)).toStrictEqual([...past, ...coming]);
    expectInOrder(entries);
    expect(Math.max(...follower.batches.map((batch) => batch.entries.length))).toBeLessThanOrEqual(7);
  });

  it('gives each entry the position that its append was answered with', async () => {
    const [before, stream] = [await somewhere(store()), aStream()];
    const { position } = await store().append(stream, [aFact(), aFact()], 'NO_STREAM');
    const follower = following(store(), { after: before });

    const entries = await follower.until((all) => all.length >= 2);
    await follower.end();

    expect(entries[1]?.position).toBe(position);
    expect(entries[1]?.content).toMatchObject({ fact: { stream, revision: 1, bookOrder: Number(position) } });
    expect(follower.batches.at(-1)?.position).toBeGreaterThanOrEqual(position);
  });

  it('begins at the beginning', async () => {
    const { position } = await store().append(aStream(), [aFact()], 'NO_STREAM');
    const follower = following(store(), {});

    const entries = await follower.until((all) => (all.at(-1)?.position ?? 0n) >= position);
    await follower.end();

    expectInOrder(entries);
  });

  it('gives an event that it cannot read its place', async () => {
    const before = await somewhere(store());
    const facts = [aFact(), anUnreadableFact(), aFact()];
    const stream = aStream();
    await store().append(stream, facts, 'NO_STREAM');
    const follower = following(store(), { after: before });

    const entries = await follower.until((all) => all.length >= 3);
    await follower.end();

    expect(idsOf(entries)).toStrictEqual(facts.map(({ eventId }) => eventId));
    expect(entries[1]?.content).toMatchObject({ unreadable: { stream, revision: 1, type: 'SiteBlessed' } });
  });

  it('leaves out system events, and says how far the book is known past many of them', async () => {
    const before = await somewhere(store());
    const facts = [aFact(), aSystemFact(), aFact()];
    await store().append(aStream(), facts, 'NO_STREAM');
    const { position } = await store().append(
      aStream(),
      Array.from({ length: 1_500 }, aSystemFact),
      'NO_STREAM',
    );
    const follower = following(store(), { after: before });

    // How often the server says it is its own choice: past half of them it must have.
    await follower.untilBatch((batch) => batch.position > position - (position - before) / 2n);
    await follower.end();

    expect(idsOf(follower.entries)).toStrictEqual([facts[0]?.eventId, facts[2]?.eventId]);
    const positions = follower.batches.map((batch) => batch.position);
    expect(positions).toStrictEqual([...new Set(positions)].sort((a, b) => (a < b ? -1 : 1)));
  });

  it('ends when it is told to, while it waits and before it has begun', async () => {
    const waiting = following(store(), { after: await somewhere(store()) });
    await store().append(aStream(), [aFact()], 'NO_STREAM');
    await waiting.until((entries) => entries.length >= 1);
    await waiting.end();

    const signal = AbortSignal.abort();
    for await (const _ of store().follow({ signal })) throw new Error('a batch after the end');
  });

  it('serves followers that are at different places', async () => {
    const before = await somewhere(store());
    const [first, second] = await appendOneByOne(store(), 2);
    const followers = [following(store(), { after: before }), following(store(), { after: before })];

    for (const follower of followers) {
      expect(idsOf(await follower.until((all) => all.length >= 2))).toStrictEqual([first, second]);
      await follower.end();
    }
  });
}

function headContract(store: () => EventStore): void {
  it('is the position of the last event, system events included', async () => {
    const { position } = await store().append(aStream(), [aFact()], 'NO_STREAM');
    expect(await store().head()).toBeGreaterThanOrEqual(position);

    const system = await store().append(aStream(), [aSystemFact()], 'NO_STREAM');
    expect(await store().head()).toBeGreaterThanOrEqual(system.position);
  });
}
