import { describe, expect, it } from '@jest/globals';
import { accepted, at, late, moment, noticesOf, refused, verdictOn } from '../book.fixtures';
import type { Moment } from '../decision';
import type { DomainEvent } from '../events';
import { connected, dismounted, mounted } from '../events.fixtures';
import type { PlacementCommand } from './placement.decide';
import type { Past, Yard } from './yard.fixtures';
import { dismount, mount, relocate, yardAfter } from './yard.fixtures';

const C1_ON_P: Past = ['08:00', mount('C1', 'P')];
const C2_ON_P: Past = ['08:00', mount('C2', 'P')];
const C2_ON_Q: Past = ['08:00', mount('C2', 'Q')];
const C1_OFF_AT_10: Past = ['10:00', dismount('C1')];
const NOON = moment();

const happens = (yard: Yard, charger: string, time: string, ...events: DomainEvent[]) => {
  yard.record(charger, events, at(time));
  return yard;
};
describe('a mount', () => {
  it('is recorded, and gains the place from then on', () => {
    const { events, gained } = accepted(yardAfter().decide(mount('C1', 'P'), late('08:00')));
    expect(events).toEqual([mounted('P', 'C1')]);
    expect(gained.map(({ charger, backplate, from, until }) => [charger, backplate, from, until])).toEqual([
      ['C1', 'P', at('08:00'), undefined],
    ]);
  });

  it.each<[why: string, Past[], PlacementCommand, Moment, verdict: string]>([
    ['the charger is unknown', [], mount('C9', 'P'), NOON, 'NOT_FOUND'],
    ['the place is unknown', [], mount('C1', 'X'), NOON, 'NOT_FOUND'],
    ['charger and place came later', [], mount('C1', 'P'), late('06:59'), 'NOT_FOUND'],
    ['it lies in the future', [], mount('C1', 'P'), moment('12:06'), 'IN_THE_FUTURE'],
    ['it lies a little in the future', [], mount('C1', 'P'), moment('12:05'), 'ACCEPTED'],
    ['it hangs there already', [C1_ON_P], mount('C1', 'P'), NOON, 'ALREADY_MOUNTED'],
    ['it hangs elsewhere', [C1_ON_P], mount('C1', 'Q'), NOON, 'ALREADY_MOUNTED'],
    [
      'it hung elsewhere as of then',
      [C1_ON_P, C1_OFF_AT_10],
      mount('C1', 'Q'),
      late('09:59'),
      'ALREADY_MOUNTED',
    ],
    [
      'it was taken down at that instant',
      [C1_ON_P, C1_OFF_AT_10],
      mount('C1', 'Q'),
      late('10:00'),
      'ACCEPTED',
    ],
    ['it comes back', [C1_ON_P, C1_OFF_AT_10], mount('C1', 'P'), late('10:00'), 'ACCEPTED'],
    ['another hangs there', [C2_ON_P], mount('C1', 'P'), NOON, 'BACKPLATE_OCCUPIED'],
    [
      'another hung there as of then',
      [C2_ON_P, ['10:00', dismount('C2')]],
      mount('C1', 'P'),
      late('09:59'),
      'BACKPLATE_OCCUPIED',
    ],
    [
      'another left at that instant',
      [C2_ON_P, ['10:00', dismount('C2')]],
      mount('C1', 'P'),
      late('10:00'),
      'ACCEPTED',
    ],
    [
      'another comes later',
      [['10:00', mount('C2', 'P')]],
      mount('C1', 'P'),
      late('09:00'),
      'PLACEMENT_OVERLAP',
    ],
    [
      'another came later and left',
      [
        ['10:00', mount('C2', 'P')],
        ['11:00', dismount('C2')],
      ],
      mount('C1', 'P'),
      late('09:00'),
      'PLACEMENT_OVERLAP',
    ],
    [
      'another came later for no time',
      [
        ['10:00', mount('C2', 'P')],
        ['10:00', dismount('C2')],
      ],
      mount('C1', 'P'),
      late('09:00'),
      'ACCEPTED',
    ],
    [
      'it is mounted elsewhere later',
      [['10:00', mount('C1', 'Q')]],
      mount('C1', 'P'),
      late('09:00'),
      'PLACEMENT_OVERLAP',
    ],
    [
      'it is mounted there later',
      [['10:00', mount('C1', 'P')]],
      mount('C1', 'P'),
      late('09:00'),
      'PLACEMENT_OVERLAP',
    ],
    [
      'the stay ends by a removal that was noted twice',
      [C1_ON_P, C1_OFF_AT_10, ['08:30', dismount('C1')]],
      mount('C1', 'Q'),
      late('09:00'),
      'ACCEPTED',
    ],
  ])('where %s', (_why, past, command, when, verdict) => {
    expect(verdictOn(yardAfter(...past).decide(command, when))).toBe(verdict);
  });

  it.each<[why: string, Past[], PlacementCommand, details: object]>([
    ['the charger', [C1_ON_P], mount('C1', 'Q'), { charger: 'C1', backplate: 'P', mountedAt: at('08:00') }],
    ['the other one', [C2_ON_P], mount('C1', 'P'), { backplate: 'P', charger: 'C2', from: at('08:00') }],
    [
      'the later stay of the other one',
      [['13:00', mount('C2', 'P')]],
      mount('C1', 'P'),
      { charger: 'C2', from: at('13:00') },
    ],
    [
      'the instant of its own later mount',
      [['13:00', mount('C1', 'Q')]],
      mount('C1', 'P'),
      { at: at('13:00'), backplate: 'P' },
    ],
  ])('that is refused names what is in the way: %s', (_why, past, command, details) => {
    expect(refused(yardAfter(...past).decide(command, late('12:00'))).details).toMatchObject(details);
  });

  it('ends a session that began while the charger hung nowhere, and says so', () => {
    const yard = happens(yardAfter(), 'C1', '09:00', connected('s1'));
    expect(noticesOf(yard.decide(mount('C1', 'P'), late('10:00')))).toEqual(['SESSION_ENDS']);
    expect(noticesOf(yard.decide(mount('C1', 'P'), late('09:00')))).toEqual([]);
    expect(noticesOf(yard.decide(mount('C1', 'P'), late('08:00')))).toEqual([]);
  });
});

describe('a dismount', () => {
  it.each([
    [undefined, 'STORE'],
    [null, 'STORE'],
    ['SCRAP', 'SCRAP'],
  ] as const)('to %s goes to %s', (destination, expected) => {
    const { events, gained } = accepted(
      yardAfter(C1_ON_P).decide({ ...dismount('C1'), destination } as PlacementCommand),
    );
    expect(events).toEqual([dismounted('P', 'C1', expected)]);
    expect(gained).toEqual([]);
  });

  it.each<[why: string, Past[], Moment, verdict: string]>([
    ['it hangs nowhere', [], NOON, 'NOT_MOUNTED'],
    ['it hung nowhere yet', [C1_ON_P], late('07:59'), 'NOT_MOUNTED'],
    ['it was taken down already', [C1_ON_P, C1_OFF_AT_10], late('10:00'), 'NOT_MOUNTED'],
    ['it is told late, before one that is recorded', [C1_ON_P, C1_OFF_AT_10], late('09:00'), 'ACCEPTED'],
    ['the charger came later', [], late('06:59'), 'NOT_FOUND'],
    ['it lies in the future', [C1_ON_P], moment('12:06'), 'IN_THE_FUTURE'],
  ])('where %s', (_why, past, when, verdict) => {
    expect(verdictOn(yardAfter(...past).decide(dismount('C1'), when))).toBe(verdict);
  });

  it('says that it ends the session under way as of then', () => {
    const yard = happens(yardAfter(C1_ON_P), 'C1', '09:00', connected('s1'));
    expect(noticesOf(yard.decide(dismount('C1'), late('10:00')))).toEqual(['SESSION_ENDS']);
    expect(noticesOf(yard.decide(dismount('C1'), late('08:30')))).toEqual([]);
  });
});

describe('a relocation', () => {
  it('is a dismount in transit and a mount', () => {
    const { events, gained } = accepted(yardAfter(C1_ON_P).decide(relocate('C1', 'Q'), late('10:00')));
    expect(events).toEqual([dismounted('P', 'C1', 'TRANSIT'), mounted('Q', 'C1')]);
    expect(gained.map(({ backplate, from }) => [backplate, from])).toEqual([['Q', at('10:00')]]);
  });

  it('of a charger that hangs nowhere is a mount', () => {
    expect(accepted(yardAfter().decide(relocate('C1', 'Q'))).events).toEqual([mounted('Q', 'C1')]);
  });

  it.each<[why: string, Past[], PlacementCommand, Moment, verdict: string]>([
    ['it hangs there already', [C1_ON_P], relocate('C1', 'P'), moment(), 'ALREADY_MOUNTED'],
    ['another hangs there', [C1_ON_P, C2_ON_Q], relocate('C1', 'Q'), moment(), 'BACKPLATE_OCCUPIED'],
    [
      'another comes there later',
      [C1_ON_P, ['11:00', mount('C2', 'Q')]],
      relocate('C1', 'Q'),
      late('10:00'),
      'PLACEMENT_OVERLAP',
    ],
    [
      'another comes there when it has gone on',
      [C1_ON_P, ['11:00', relocate('C1', 'R')], ['11:00', mount('C2', 'Q')]],
      relocate('C1', 'Q'),
      late('10:00'),
      'ACCEPTED',
    ],
    [
      'it is relocated again later',
      [C1_ON_P, ['11:00', relocate('C1', 'R')]],
      relocate('C1', 'Q'),
      late('10:00'),
      'ACCEPTED',
    ],
    [
      'it is relocated there later anyway',
      [C1_ON_P, ['11:00', relocate('C1', 'Q')]],
      relocate('C1', 'Q'),
      late('10:00'),
      'ACCEPTED',
    ],
    [
      'it hangs nowhere, and is mounted later',
      [['11:00', mount('C1', 'P')]],
      relocate('C1', 'Q'),
      late('10:00'),
      'PLACEMENT_OVERLAP',
    ],
    ['the place is unknown', [C1_ON_P], relocate('C1', 'X'), NOON, 'NOT_FOUND'],
  ])('where %s', (_why, past, command, when, verdict) => {
    expect(verdictOn(yardAfter(...past).decide(command, when))).toBe(verdict);
  });

  it('says that it ends the session under way', () => {
    const yard = happens(yardAfter(C1_ON_P), 'C1', '09:00', connected('s1'));
    expect(noticesOf(yard.decide(relocate('C1', 'Q')))).toEqual(['SESSION_ENDS']);
  });
});
