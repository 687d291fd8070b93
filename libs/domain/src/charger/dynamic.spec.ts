import { describe, expect, it } from '@jest/globals';
import type { Entry } from '../book.fixtures';
import { at, told } from '../book.fixtures';
import type { DomainEvent } from '../events';
import { connected, disconnected, dismounted, mounted, ofCharger } from '../events.fixtures';
import { factsInEffect } from '../facts/lifeline';
import { isInForce, lastDynamicReset } from './dynamic';

const set = (timeToLiveSeconds?: number): DomainEvent => ({
  type: 'DynamicChargerCurrentSet',
  data: { charger: 'C1', amps: 0, timeToLiveSeconds },
});
const cleared: DomainEvent = { type: 'DynamicChargerCurrentCleared', data: { charger: 'C1' } };
const factOf = (event: DomainEvent) => factsInEffect(told(['10:00', event]))[0];

describe('whether the newest dynamic current is in force', () => {
  it.each<[what: string, DomainEvent, instant: string, boolean]>([
    ['without a time-to-live for ever', set(), '9999-01-01T00:00:00.000Z', true],
    ['from the very instant', set(60), at('10:00'), true],
    ['to the last millisecond', set(60), '2026-05-04T10:00:59.999Z', true],
    ['not at the end', set(60), at('10:01'), false],
    ['not once it is cleared', cleared, at('10:00'), false],
  ])('%s', (_what, event, instant, expected) => {
    expect(isInForce(factOf(event), instant)).toBe(expected);
  });

  it('not where nothing was told', () => {
    expect(isInForce(undefined, at('10:00'))).toBe(false);
  });
});

describe('the last reset of a dynamic charger current', () => {
  it.each<[what: string, Entry[], reset: string | undefined]>([
    ['none', [['09:00', mounted()]], undefined],
    [
      'power loss',
      [
        ['09:00', ofCharger('PowerLost')],
        ['10:00', ofCharger('PowerRestored')],
      ],
      '09:00',
    ],
    [
      'a car is connected',
      [
        ['09:00', connected('s1')],
        ['10:00', disconnected()],
      ],
      '09:00',
    ],
    [
      'dismount',
      [
        ['08:00', mounted()],
        ['09:00', dismounted()],
      ],
      '09:00',
    ],
    [
      'the last of them',
      [
        ['09:00', connected('s1')],
        ['10:00', ofCharger('PowerLost')],
      ],
      '10:00',
    ],
    ['one at that very instant', [['12:00', ofCharger('PowerLost')]], '12:00'],
    ['none that came later', [['12:01', ofCharger('PowerLost')]], undefined],
  ])('%s', (_what, entries, reset) => {
    const expected = reset == null ? undefined : at(reset);
    expect(lastDynamicReset(factsInEffect(told(...entries)), at('12:00'))).toBe(expected);
  });
});
