import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  jsonEvent,
  StreamDeletedError,
  StreamNotFoundError,
  WrongExpectedVersionError,
  type AppendExpectedRevision,
  type EventStoreDBClient,
  type ExpectedRevision,
} from '@eventstore/db-client';
import fc from 'fast-check';
import { collect, follow, openTestStore, type TestStore } from './event-store.fixtures';
import { ModelStore, type Expectation, type Outcome } from './model.fixtures';

/** Expectations are told relative to where the stream is, so that they are right often enough. */
type Told = 'any' | 'no_stream' | 'stream_exists' | { behindLast: number };

const told: fc.Arbitrary<Told> = fc.oneof(
  { weight: 3, arbitrary: fc.constant('any' as const) },
  fc.constant('no_stream' as const),
  fc.constant('stream_exists' as const),
  { weight: 4, arbitrary: fc.record({ behindLast: fc.integer({ min: -1, max: 6 }) }) },
);
/** The client does not say "stream exists" of a deletion. */
const toldOfDeletion = fc.oneof(
  { weight: 3, arbitrary: fc.constant('any' as const) },
  fc.constant('no_stream' as const),
  fc.record({ behindLast: fc.integer({ min: -1, max: 2 }) }),
);

const stream = fc.constantFrom('a', 'b', 'c');
/** Which ids a batch has: new ones, those of an earlier batch, or these and one more. */
const ids = fc.oneof(
  { weight: 3, arbitrary: fc.record({ fresh: fc.integer({ min: 1, max: 4 }) }) },
  fc.record({ again: fc.nat({ max: 5 }), plus: fc.nat({ max: 1 }) }),
);
const from = fc.oneof(fc.constantFrom('start' as const, 'end' as const), fc.nat({ max: 12 }));

const operation = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('append' as const), stream, ids, told }) },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('read' as const),
      stream,
      from,
      backwards: fc.boolean(),
      limit: fc.integer({ min: 1, max: 9 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record(
      {
        kind: fc.constant('metadata' as const),
        stream,
        maxCount: fc.integer({ min: 1, max: 5 }),
        truncateBefore: fc.nat({ max: 8 }),
      },
      { requiredKeys: ['kind', 'stream'] },
    ),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('softDelete' as const), stream, told: toldOfDeletion }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('tombstone' as const), stream, told: toldOfDeletion }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const) }) },
);

type Operation = typeof operation extends fc.Arbitrary<infer Value> ? Value : never;

/** A sample; the torture has 2,000. */
const RUNS =
  process.env['TORTURE_SCALE'] == null ? 25 : Math.ceil(2_000 * Number(process.env['TORTURE_SCALE']));

/** Both stores, side by side, with streams of this run alone. */
class Run {
  readonly model = new ModelStore();
  private readonly batches: string[][] = [];
  private readonly prefix = `${randomUUID()}-`;
  restarts = 0;

  constructor(private readonly store: TestStore) {}

  private get client(): EventStoreDBClient {
    return this.store.client;
  }

  /** What the model says, and what the store says. */
  async both(operation: Operation): Promise<[Outcome, Outcome]> {
    if (operation.kind === 'restart') {
      // Not each time: it takes as long as a hundred others.
      if (this.restarts++ === 0) await this.store.restart();
      return [{ kind: 'done' }, { kind: 'done' }];
    }
    const { stream } = operation;
    const name = this.prefix + stream;
    switch (operation.kind) {
      case 'append': {
        const ids = this.idsOf(operation.ids);
        const expected = this.expected(stream, operation.told);
        const events = ids.map((id) => jsonEvent({ id, type: 'tried', data: {} }));
        return [
          this.model.append(stream, ids, expected),
          await outcomeOf(async () => {
            const answer = await this.client.appendToStream(name, events, onWire(expected));
            return { kind: 'written', revision: Number(answer.nextExpectedRevision) };
          }),
        ];
      }
      case 'read': {
        const { from, backwards, limit } = operation;
        return [
          this.model.read(stream, from, backwards, limit),
          await outcomeOf(async () => {
            const events = await collect(
              this.client.readStream(name, {
                direction: backwards ? 'backwards' : 'forwards',
                fromRevision: typeof from === 'number' ? BigInt(from) : from,
                maxCount: limit,
              }),
            );
            return { kind: 'events', ids: events.map(({ event }) => event!.id) };
          }),
        ];
      }
      case 'metadata': {
        const { kind: _, stream: __, ...metadata } = operation;
        return [
          this.model.setMetadata(stream, metadata),
          await done(() => this.client.setStreamMetadata(name, metadata)),
        ];
      }
      case 'softDelete':
      case 'tombstone': {
        const expected = this.expected(stream, operation.told);
        const options = onWire(expected) as { expectedRevision: ExpectedRevision };
        const isSoft = operation.kind === 'softDelete';
        return [
          isSoft ? this.model.softDelete(stream, expected) : this.model.tombstone(stream, expected),
          await done(() =>
            isSoft ? this.client.deleteStream(name, options) : this.client.tombstoneStream(name, options),
          ),
        ];
      }
    }
  }

  /** The part of the log that is this run's, in the model's words. */
  async log(): Promise<string[]> {
    const all = await collect(this.client.readAll({ direction: 'backwards', fromPosition: 'end' }));
    return this.inWords(all.reverse().map(({ event }) => event!));
  }

  /** The same as a subscription tells it. */
  async followed(): Promise<string[]> {
    const follower = follow(this.client.subscribeToAll());
    await follower.caughtUp;
    const all = await follower.take(follower.delivered());
    await follower.leave();
    return this.inWords(all.map(({ event }) => event!));
  }

  private inWords(events: readonly { id: string; streamId: string; type: string }[]): string[] {
    return events
      .filter(({ streamId }) => streamId.includes(this.prefix))
      .map(({ id, streamId, type }) => {
        const stream = streamId.slice(-1);
        if (type === '$metadata') return `metadata of ${stream}`;
        return type === '$streamDeleted' ? `tombstone of ${stream}` : id;
      });
  }

  private idsOf(wanted: { fresh: number } | { again: number; plus: number }): string[] {
    const earlier = 'again' in wanted ? this.batches.at(-1 - wanted.again) : undefined;
    const fresh = 'fresh' in wanted ? wanted.fresh : wanted.plus;
    const ids = [...(earlier ?? []), ...Array.from({ length: fresh }, () => randomUUID())];
    const batch = ids.length === 0 ? [randomUUID()] : ids;
    this.batches.push(batch);
    return batch;
  }

  private expected(stream: string, told: Told): Expectation {
    if (typeof told === 'string') return told;
    const revision = this.model.lastRevision(stream) - told.behindLast;
    return revision < 0 ? 'no_stream' : revision;
  }
}

function onWire(expected: Expectation): { expectedRevision: AppendExpectedRevision } {
  return { expectedRevision: typeof expected === 'number' ? BigInt(expected) : expected };
}

async function done(act: () => Promise<unknown>): Promise<Outcome> {
  return outcomeOf(async () => {
    await act();
    return { kind: 'done' };
  });
}

async function outcomeOf(act: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof WrongExpectedVersionError) return { kind: 'wrongRevision' };
    if (error instanceof StreamDeletedError) return { kind: 'deleted' };
    if (error instanceof StreamNotFoundError) return { kind: 'notFound' };
    throw error;
  }
}

describe('any sequence of operations', () => {
  let store: TestStore;
  beforeAll(async () => {
    store = await openTestStore();
  });
  afterAll(async () => store.close());

  it('is answered as a simple model answers it, and leaves the log that the model has', async () => {
    const kinds = new Map<string, number>();
    const property = fc.asyncProperty(
      fc.array(operation, { minLength: 1, maxLength: 40 }),
      async (operations) => {
        const run = new Run(store);
        for (const operation of operations) {
          const [expected, answered] = await run.both(operation);
          kinds.set(expected.kind, (kinds.get(expected.kind) ?? 0) + 1);
          expect({ operation, answered }).toEqual({ operation, answered: expected });
        }
        expect(await run.log()).toEqual(run.model.log);
        expect(await run.followed()).toEqual(run.model.log);
      },
    );
    await fc.assert(property, { numRuns: RUNS });
    // Every kind of answer was asked for.
    expect([...kinds.keys()].sort()).toEqual(
      ['deleted', 'done', 'events', 'notFound', 'wrongRevision', 'written'].sort(),
    );
  }, 600_000);
});
