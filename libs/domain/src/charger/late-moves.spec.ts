import { describe, expect, it } from '@jest/globals';
import { accepted, at, late, refused, verdictOn } from '../book.fixtures';
import type { Past } from './yard.fixtures';
import { dismount, mount, relocate, staysIn, yardAfter } from './yard.fixtures';

const C1_ON_P: Past = ['08:00', mount('C1', 'P')];
const C2_ON_Q: Past = ['08:00', mount('C2', 'Q')];
const C1_OFF_AT_10: Past = ['10:00', dismount('C1')];
const C1_OFF_AT_12: Past = ['12:00', dismount('C1')];

describe('moves told late', () => {
  it.each<[what: string, Past[], stays: string[]]>([
    [
      'a dismount before the recorded one: that does nothing',
      [C1_ON_P, C1_OFF_AT_12, C1_OFF_AT_10],
      ['P 08:00-10:00'],
    ],
    [
      'a dismount before a recorded relocation',
      [C1_ON_P, ['12:00', relocate('C1', 'Q')], C1_OFF_AT_10],
      ['P 08:00-10:00', 'Q 12:00-'],
    ],
    [
      'a relocation before a recorded dismount',
      [C1_ON_P, C1_OFF_AT_12, ['10:00', relocate('C1', 'Q')]],
      ['P 08:00-10:00', 'Q 10:00-12:00'],
    ],
    [
      'a relocation between two',
      [C1_ON_P, ['12:00', relocate('C1', 'R')], ['10:00', relocate('C1', 'Q')]],
      ['P 08:00-10:00', 'Q 10:00-12:00', 'R 12:00-'],
    ],
    [
      'a relocation to where it was relocated anyway',
      [C1_ON_P, ['12:00', relocate('C1', 'Q')], ['10:00', relocate('C1', 'Q')]],
      ['P 08:00-10:00', 'Q 10:00-12:00', 'Q 12:00-'],
    ],
    [
      'a mount that a void dismount ends',
      [C1_ON_P, C1_OFF_AT_12, C1_OFF_AT_10, ['11:00', mount('C1', 'Q')]],
      ['P 08:00-10:00', 'Q 11:00-12:00'],
    ],
    [
      'there and back in one instant',
      [C1_ON_P, ['10:00', relocate('C1', 'Q')], ['10:00', relocate('C1', 'P')]],
      ['P 08:00-10:00', 'Q 10:00-10:00', 'P 10:00-'],
    ],
  ])('%s', (_what, past, stays) => {
    expect(staysIn(yardAfter(...past))).toEqual(stays);
  });

  it('give the place to another from then on', () => {
    const yard = yardAfter(C1_ON_P, C1_OFF_AT_12, C1_OFF_AT_10);
    expect(verdictOn(yard.decide(mount('C2', 'P'), late('10:00')))).toBe('ACCEPTED');
    expect(verdictOn(yard.decide(mount('C2', 'P'), late('09:59')))).toBe('BACKPLATE_OCCUPIED');
  });

  it('swap two chargers in one instant', () => {
    const yard = yardAfter(
      C1_ON_P,
      C2_ON_Q,
      C1_OFF_AT_10,
      ['10:00', relocate('C2', 'P')],
      ['10:00', mount('C1', 'Q')],
    );
    expect([staysIn(yard, 'C1'), staysIn(yard, 'C2')]).toEqual([
      ['P 08:00-10:00', 'Q 10:00-'],
      ['Q 08:00-10:00', 'P 10:00-'],
    ]);
  });
});

describe('what is gone', () => {
  it('is no place for a charger, before its end neither where the charger would still hang there', () => {
    const yard = yardAfter();
    accepted(yard.remove('P', late('10:00')));
    expect(verdictOn(yard.decide(mount('C1', 'P'), late('10:00')))).toBe('RETIRED');
    const refusal = refused(yard.decide(mount('C1', 'P'), late('09:00')));
    expect(refusal).toMatchObject({
      code: 'PLACEMENT_OVERLAP',
      details: { backplate: 'P', removedAt: at('10:00') },
    });
  });

  it('takes a relocation that is over when it ends', () => {
    const yard = yardAfter(C1_ON_P, ['10:00', relocate('C1', 'Q')]);
    accepted(yard.remove('R', late('10:00')));
    expect(verdictOn(yard.decide(relocate('C1', 'R'), late('09:00')))).toBe('ACCEPTED');
  });

  it('is no charger to hang up, before its end neither where it would still hang then', () => {
    const yard = yardAfter();
    accepted(yard.retire('C1', late('10:00')));
    expect(verdictOn(yard.decide(mount('C1', 'P'), late('10:00')))).toBe('RETIRED');
    const refusal = refused(yard.decide(mount('C1', 'P'), late('09:00')));
    expect(refusal).toMatchObject({
      code: 'PLACEMENT_OVERLAP',
      details: { charger: 'C1', retiredAt: at('10:00') },
    });
  });

  it('may have been moved before it was retired', () => {
    const yard = yardAfter(C1_ON_P, C1_OFF_AT_10);
    accepted(yard.retire('C1', late('10:00')));
    expect(verdictOn(yard.decide(relocate('C1', 'Q'), late('09:00')))).toBe('ACCEPTED');
  });
});
