import { describe, expect, it } from '@jest/globals';
import type { NewFact } from '@chargebook/domain';
import { isId } from '@chargebook/domain';
import { jsonOfTold, eventIdOf, inputHashOf, uuidOf } from './identity';

describe('the hash of an input', () => {
  it.each<[what: string, one: unknown, other: unknown]>([
    ['the order of fields', { a: 1, b: { c: 2, d: 3 } }, { b: { d: 3, c: 2 }, a: 1 }],
    ['absent and null', { a: 1, b: null, c: undefined }, { a: 1 }],
  ])('does not depend on %s', (_, one, other) => {
    expect(inputHashOf(one)).toBe(inputHashOf(other));
  });

  it.each<[what: string, one: unknown, other: unknown]>([
    ['0 and none', { amps: 0 }, {}],
    ['a number and a text', { amps: 1 }, { amps: '1' }],
    ['the order of a list', { list: [1, 2] }, { list: [2, 1] }],
    ['one level and two', { a: { b: 1 } }, { b: 1 }],
  ])('tells apart %s', (_, one, other) => {
    expect(inputHashOf(one)).not.toBe(inputHashOf(other));
  });

  it('is of the canonical text', () => {
    expect(jsonOfTold({ b: [{ d: 1, c: null }], a: 'x' })).toBe('{"a":"x","b":[{"d":1}]}');
    expect(inputHashOf({})).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('the id of an event', () => {
  const fact: Omit<NewFact, 'eventId'> = {
    type: 'ChargerDisabled',
    data: { charger: 'C1' },
    schemaVersion: 1,
    metadata: {
      occurredAt: '2026-05-04T12:00:00.000Z',
      recordedAt: '2026-05-04T12:00:00.000Z',
      actor: { kind: 'OPERATOR', id: 'harbour-office' },
      channel: 'CONSOLE',
      commandId: 'key-1',
      inputHash: '',
      correlationId: 'request-1',
      causationId: 'key-1',
    },
  };
  const place = { stream: 'charger-C1', expectedRevision: 3, index: 0 };

  it('is the same for the same fact at the same place', () => {
    expect(eventIdOf({ ...fact, metadata: { ...fact.metadata, reason: undefined } }, place)).toBe(
      eventIdOf(fact, place),
    );
  });

  it.each<[what: string, Omit<NewFact, 'eventId'>, typeof place]>([
    ['another revision', fact, { ...place, expectedRevision: 4 }],
    ['another place in the append', fact, { ...place, index: 1 }],
    ['another stream', fact, { ...place, stream: 'charger-C2' }],
    ['another type', { ...fact, type: 'ChargerEnabled' } as Omit<NewFact, 'eventId'>, place],
    [
      'the same command told at another moment',
      { ...fact, metadata: { ...fact.metadata, recordedAt: '2026-05-04T12:00:00.001Z' } },
      place,
    ],
    [
      'the same command told by another request',
      { ...fact, metadata: { ...fact.metadata, correlationId: 'request-2' } },
      place,
    ],
  ])('is another for %s', (_, other, there) => {
    expect(eventIdOf(other, there)).not.toBe(eventIdOf(fact, place));
  });

  it('is a UUID, and an id of the book', () => {
    const id = uuidOf('anything');
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(isId(id)).toBe(true);
  });
});
