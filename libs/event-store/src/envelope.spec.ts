import { describe, expect, it } from '@jest/globals';
import type { NewFact } from '@chargebook/domain';
import fc from 'fast-check';
import { decodeEvent, encodeFact } from './envelope';
import { aFact } from './envelope.fixtures';
import type { BookEntry } from './event-store';
import { EVENT_TYPES } from './upcasting';

const instants = fc
  .date({
    min: new Date('0001-01-01T00:00:00.000Z'),
    max: new Date('9999-12-31T23:59:59.999Z'),
    noInvalidDate: true,
  })
  .map((date) => date.toISOString());

const facts = fc.record({
  type: fc.constantFrom(...EVENT_TYPES),
  data: fc.dictionary(fc.string(), fc.jsonValue({ noUnicodeString: false })),
  eventId: fc.uuid(),
  schemaVersion: fc.constant(1),
  metadata: fc.record(
    {
      occurredAt: instants,
      recordedAt: instants,
      actor: fc.record({ kind: fc.constantFrom('ADMIN', 'DEVICE', 'SYSTEM'), id: fc.string() }),
      channel: fc.constantFrom('PARTNER_API', 'OCPP', 'IMPORT'),
      commandId: fc.string(),
      inputHash: fc.string(),
      correlationId: fc.string(),
      causationId: fc.string(),
      reason: fc.string(),
      deviceSequence: fc.nat(),
      deviceTime: instants,
    },
    {
      requiredKeys: [
        'occurredAt',
        'recordedAt',
        'actor',
        'channel',
        'commandId',
        'inputHash',
        'correlationId',
        'causationId',
      ],
    },
  ),
}) as unknown as fc.Arbitrary<NewFact>;

describe('the envelope', () => {
  it('gives back every fact that it is given', () => {
    fc.assert(
      fc.property(
        facts,
        fc.bigInt({ min: 0n, max: 2n ** 53n - 1n }),
        fc.nat(),
        (fact, position, revision) => {
          const content = decodeEvent(stored(fact, { revision: BigInt(revision) }), position);

          expect(content).toStrictEqual({
            fact: { ...asJson(fact), stream: 'site-S1', revision, bookOrder: Number(position) },
          });
        },
      ),
    );
  });

  it("writes correlation and causation under the store's own names, and the schema version", () => {
    const { metadata } = encodeFact(aFact());

    expect(metadata).toMatchObject({
      $correlationId: 'request-1',
      $causationId: 'command-1',
      schemaVersion: 1,
    });
    expect(metadata).not.toHaveProperty('correlationId');
    expect(metadata).not.toHaveProperty('causationId');
  });

  it.each<[what: string, changes: object, problem: string]>([
    ['an unknown type', { type: 'SiteBlessed' }, 'unknown event type'],
    ['a type that is a name of Object', { type: 'constructor' }, 'unknown event type'],
    ['data that is a text', { data: '{broken' }, 'data is not a JSON object'],
    ['data that is a list', { data: [] }, 'data is not a JSON object'],
    ['data in bytes', { data: new Uint8Array(3) }, 'data is not a JSON object'],
    ['no metadata', { metadata: undefined }, 'metadata is not a JSON object'],
    ['metadata in bytes', { metadata: new Uint8Array(3) }, 'metadata is not a JSON object'],
  ])('says why it cannot read %s', (_, changes, problem) => {
    expect(problemOf(decodeEvent({ ...stored(aFact()), ...changes }, 7n))).toBe(problem);
  });

  it.each<[field: string, value: unknown, problem: string]>([
    ['schemaVersion', 2, 'schema version 2 is newer than 1, the newest known'],
    ['schemaVersion', 0, 'metadata.schemaVersion is not a positive whole number'],
    ['schemaVersion', undefined, 'metadata.schemaVersion is not a positive whole number'],
    ['occurredAt', undefined, 'metadata.occurredAt is not a text'],
    ['occurredAt', '2026-05-04', 'metadata.occurredAt is not a UTC instant with milliseconds'],
    ['occurredAt', '2026-02-30T00:00:00.000Z', 'metadata.occurredAt is not a UTC instant with milliseconds'],
    ['recordedAt', 1_777_888_000_000, 'metadata.recordedAt is not a text'],
    [
      'recordedAt',
      '2026-05-04T12:00:00.000+02:00',
      'metadata.recordedAt is not a UTC instant with milliseconds',
    ],
    ['actor', 'me', 'metadata.actor is not a JSON object'],
    ['actor', { kind: 'GHOST', id: 'x' }, 'metadata.actor.kind is GHOST, which is not known'],
    ['actor', { kind: 'ADMIN' }, 'metadata.actor.id is not a text'],
    ['channel', 'PIGEON', 'metadata.channel is PIGEON, which is not known'],
    ['commandId', 5, 'metadata.commandId is not a text'],
    ['inputHash', null, 'metadata.inputHash is not a text'],
    ['$correlationId', undefined, 'metadata.$correlationId is not a text'],
    ['$causationId', undefined, 'metadata.$causationId is not a text'],
    ['deviceSequence', '1', 'metadata.deviceSequence is not a number'],
    ['deviceTime', 'noon', 'metadata.deviceTime is not a UTC instant with milliseconds'],
  ])('says why it cannot read metadata whose %s is %j', (field, value, problem) => {
    const event = stored(aFact());

    const content = decodeEvent({ ...event, metadata: { ...event.metadata, [field]: value } }, 7n);

    expect(problemOf(content)).toBe(problem);
  });

  it('takes an instant in its one canonical spelling, and no other', () => {
    const two = fc.nat(99).map((part) => String(part).padStart(2, '0'));
    const spelled = fc
      .tuple(fc.constantFrom('0000', '1999', '2024', '2026'), two, two, two, two, two)
      .map(
        ([year, month, day, hour, minute, second]) =>
          `${year}-${month}-${day}T${hour}:${minute}:${second}.120Z`,
      );
    const near = fc
      .tuple(
        fc.integer({ min: 1, max: 13 }),
        fc.integer({ min: 27, max: 32 }),
        fc.integer({ min: 22, max: 25 }),
      )
      .map(
        ([month, day, hour]) =>
          `2026-${String(month).padStart(2, '0')}-${String(day)}T${String(hour)}:00:00.000Z`,
      );
    fc.assert(
      fc.property(fc.oneof(spelled, near, instants), (occurredAt) => {
        const date = new Date(occurredAt);
        const isCanonical = !Number.isNaN(date.getTime()) && date.toISOString() === occurredAt;
        const fact = aFact();
        const content = decodeEvent(stored({ ...fact, metadata: { ...fact.metadata, occurredAt } }), 1n);
        expect('fact' in content).toBe(isCanonical);
      }),
      { numRuns: 500 },
    );
  });

  it('names the event that it cannot read', () => {
    const fact = aFact();

    expect(decodeEvent({ ...stored(fact), type: 'SiteBlessed' }, 7n)).toStrictEqual({
      unreadable: {
        eventId: fact.eventId,
        stream: 'site-S1',
        revision: 3,
        type: 'SiteBlessed',
        problem: 'unknown event type',
      },
    });
  });

  it('throws on nothing that a store can hold', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('SiteRenamed', 'Unheard'),
        fc.jsonValue(),
        fc.jsonValue(),
        (type, data, metadata) => {
          expect(decodeEvent({ ...stored(aFact()), type, data, metadata }, 7n)).toHaveProperty('unreadable');
        },
      ),
    );
  });
});

function stored(fact: NewFact, changes: { revision?: bigint } = {}) {
  const { id, type, data, metadata } = encodeFact(fact);
  return {
    id,
    streamId: 'site-S1',
    revision: 3n,
    type,
    data: asJson(data),
    metadata: asJson(metadata),
    ...changes,
  };
}

function asJson<Value extends object>(value: Value): Value {
  return JSON.parse(JSON.stringify(value)) as Value;
}

function problemOf(content: BookEntry['content']): string | undefined {
  return 'unreadable' in content ? content.unreadable.problem : undefined;
}
