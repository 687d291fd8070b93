import { describe, expect, it } from '@jest/globals';
import { at, late, moment, onlyEvent, verdictOn } from '../book.fixtures';
import { decideErasure } from './person.decide';

describe('forgetting a driver', () => {
  it('is on record, by the reference that leads nowhere from then on', () => {
    expect(onlyEvent(decideErasure('driver:1', {}, moment()))).toEqual({
      type: 'DriverErased',
      data: { driver: 'driver:1' },
    });
  });

  it('happens once, when it is told, and to somebody', () => {
    expect(verdictOn(decideErasure('driver:1', { erasedAt: at('10:00') }, moment()))).toBe('NOTHING_TO_DO');
    expect(verdictOn(decideErasure(undefined, {}, moment()))).toBe('NOT_FOUND');
    expect(verdictOn(decideErasure('driver:1', {}, late('10:00')))).toBe('INVALID_TIME');
  });
});
