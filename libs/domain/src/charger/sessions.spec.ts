import { describe, expect, it } from '@jest/globals';
import type { Entry } from '../book.fixtures';
import { told } from '../book.fixtures';
import {
  amended,
  chargerRegistered,
  connected,
  disconnected,
  dismounted,
  mounted,
  ofCharger,
} from '../events.fixtures';
import { factsInEffect } from '../facts/lifeline';
import type { Session } from './sessions';
import { sessionsOf } from './sessions';

const MOUNTED: Entry[] = [
  ['07:00', chargerRegistered()],
  ['08:00', mounted()],
];
const S1: Entry = ['09:00', connected('s1')];
const powerLost = ofCharger('PowerLost');

/** Sessions in a line each: `s1 09:00-10:00 UNPLUGGED`, the energy told in watt-hours, CUT where a late move cut it. */
function linesOf(sessions: readonly Session[]): string[] {
  const time = (instant?: string) => instant?.slice(11, 16) ?? '';
  return sessions.map(({ id, startedAt, endedAt, endCause, toldEnergyWattHours, cutByMove }) =>
    [
      id,
      `${time(startedAt)}-${time(endedAt)}`,
      endCause,
      toldEnergyWattHours == null ? undefined : `${String(toldEnergyWattHours)} Wh`,
      cutByMove ? 'CUT' : undefined,
    ]
      .filter((part) => part != null)
      .join(' '),
  );
}
const linesFrom = (...entries: Entry[]) => linesOf(sessionsOf(factsInEffect(told(...entries))));

describe('sessions', () => {
  it.each<[what: string, Entry[], sessions: string[]]>([
    ['none', MOUNTED, []],
    ['one under way', [...MOUNTED, S1], ['s1 09:00-']],
    ['one that was unplugged', [...MOUNTED, S1, ['10:00', disconnected('s1')]], ['s1 09:00-10:00 UNPLUGGED']],
    [
      'one with energy; 0 Wh is energy',
      [...MOUNTED, S1, ['10:00', disconnected('s1', 0)]],
      ['s1 09:00-10:00 UNPLUGGED 0 Wh'],
    ],
    [
      'a second car ends the first session',
      [...MOUNTED, S1, ['10:00', connected('s2')], ['11:00', disconnected('s2', 5)]],
      ['s1 09:00-10:00 UNKNOWN', 's2 10:00-11:00 UNPLUGGED 5 Wh'],
    ],
    [
      'a disconnect that names another session ends the one under way',
      [...MOUNTED, S1, ['10:00', disconnected('s9')]],
      ['s1 09:00-10:00 UNPLUGGED'],
    ],
    [
      'a disconnect that names none ends the one under way',
      [...MOUNTED, S1, ['10:00', disconnected(undefined, 7)]],
      ['s1 09:00-10:00 UNPLUGGED 7 Wh'],
    ],
    [
      'a disconnect without a session is none',
      [...MOUNTED, ['09:00', disconnected(undefined, 7)], ['10:00', disconnected('s1', 7)]],
      [],
    ],
    [
      'a second disconnect changes nothing',
      [...MOUNTED, S1, ['10:00', disconnected('s1', 7)], ['11:00', disconnected('s1', 9)]],
      ['s1 09:00-10:00 UNPLUGGED 7 Wh'],
    ],
    [
      'power loss ends it, and restoring does not bring it back',
      [...MOUNTED, S1, ['10:00', powerLost], ['11:00', ofCharger('PowerRestored')]],
      ['s1 09:00-10:00 POWER_LOSS'],
    ],
    [
      'after a power loss the disconnect moves no end, and its figures count',
      [...MOUNTED, S1, ['10:00', powerLost], ['11:00', disconnected('s1', 7)]],
      ['s1 09:00-10:00 POWER_LOSS 7 Wh'],
    ],
    ['dismount ends it', [...MOUNTED, S1, ['10:00', dismounted()]], ['s1 09:00-10:00 DISMOUNTED']],
    [
      'a dismount, and a disconnect told after it: the move was not late',
      [...MOUNTED, S1, ['10:00', dismounted()], ['11:00', disconnected('s1', 7)]],
      ['s1 09:00-10:00 DISMOUNTED 7 Wh'],
    ],
    [
      'a relocation ends it, once',
      [...MOUNTED, S1, ['10:00', dismounted()], ['10:00', mounted('Q')]],
      ['s1 09:00-10:00 DISMOUNTED'],
    ],
    [
      'lost power, restored, connected anew: two sessions',
      [...MOUNTED, S1, ['10:00', powerLost], ['11:00', connected('s2')]],
      ['s1 09:00-10:00 POWER_LOSS', 's2 11:00-'],
    ],
  ])('%s', (_what, entries, sessions) => {
    expect(linesFrom(...entries)).toEqual(sessions);
  });

  it('keep the driver that was told at their start', () => {
    const facts = factsInEffect(
      told(...MOUNTED, ['09:00', connected('s1', 'd1')], ['10:00', connected('s2')]),
    );
    expect(sessionsOf(facts).map(({ driverReference }) => driverReference)).toEqual(['d1', undefined]);
  });
});

describe('sessions on a charger that hangs nowhere', () => {
  it.each<[what: string, Entry[], sessions: string[]]>([
    ['are recorded', [S1, ['10:00', disconnected('s1')]], ['s1 09:00-10:00 UNPLUGGED']],
    ['never cross a mount', [S1, ['10:00', mounted()]], ['s1 09:00-10:00 UNKNOWN']],
    [
      'are cut by a late mount within',
      [S1, ['11:00', disconnected('s1')], ['10:00', mounted()]],
      ['s1 09:00-10:00 UNKNOWN CUT'],
    ],
    ['are given their place by a mount before', [S1, ['08:00', mounted()]], ['s1 09:00-']],
    [
      'are given their place by a mount at the very instant of their start',
      [S1, ['09:00', mounted()], ['10:00', disconnected('s1')]],
      ['s1 09:00-10:00 UNPLUGGED'],
    ],
    [
      'are not ended by a dismount that an earlier one made void',
      [
        ['08:00', mounted()],
        ['12:00', dismounted()],
        ['11:00', connected('s1')],
        ['10:00', dismounted()],
      ],
      ['s1 11:00-'],
    ],
  ])('%s', (_what, entries, sessions) => {
    expect(linesFrom(...entries)).toEqual(sessions);
  });
});

describe('a session that a late move cuts', () => {
  const recorded: Entry[] = [...MOUNTED, S1, ['12:00', disconnected('s1', 7)]];
  const lateMove: Entry = ['10:00', dismounted()];

  it.each<[what: string, Entry[], sessions: string[]]>([
    [
      'ends with it, is marked, and keeps its figures',
      [...recorded, lateMove],
      ['s1 09:00-10:00 DISMOUNTED 7 Wh CUT'],
    ],
    [
      'whose disconnect told no figures',
      [...MOUNTED, S1, ['12:00', disconnected()], lateMove],
      ['s1 09:00-10:00 DISMOUNTED CUT'],
    ],
    [
      'whose disconnect named another',
      [...MOUNTED, S1, ['12:00', disconnected('s9')], lateMove],
      ['s1 09:00-10:00 DISMOUNTED CUT'],
    ],
    [
      'by a relocation',
      [...recorded, lateMove, ['10:00', mounted('Q')]],
      ['s1 09:00-10:00 DISMOUNTED 7 Wh CUT'],
    ],
    [
      'and that had been ended by the next car',
      [...MOUNTED, S1, ['12:00', connected('s2')], lateMove, ['11:00', mounted('Q')]],
      ['s1 09:00-10:00 DISMOUNTED CUT', 's2 12:00-'],
    ],
    [
      'and that had been ended by power loss',
      [...MOUNTED, S1, ['12:00', powerLost], lateMove],
      ['s1 09:00-10:00 DISMOUNTED CUT'],
    ],
    [
      'and that had been ended by a later dismount',
      [...MOUNTED, S1, ['12:00', dismounted()], lateMove],
      ['s1 09:00-10:00 DISMOUNTED CUT'],
    ],
    [
      'and that had been ended by a later relocation',
      [...MOUNTED, S1, ['12:00', dismounted()], ['12:00', mounted('R')], lateMove],
      ['s1 09:00-10:00 DISMOUNTED CUT'],
    ],
    [
      'is not one that late power loss ends',
      [...recorded, ['10:00', powerLost]],
      ['s1 09:00-10:00 POWER_LOSS 7 Wh'],
    ],
    [
      'is not one that is over before',
      [...recorded, ['12:30', dismounted()]],
      ['s1 09:00-12:00 UNPLUGGED 7 Wh'],
    ],
    [
      'is not one that is over at that instant',
      [...recorded, ['12:00', dismounted()]],
      ['s1 09:00-12:00 UNPLUGGED 7 Wh'],
    ],
    [
      'is marked whatever is told of the time after it later',
      [...recorded, lateMove, ['11:00', powerLost]],
      ['s1 09:00-10:00 DISMOUNTED 7 Wh CUT'],
    ],
    [
      'is whole again where the move is retracted',
      [...recorded, lateMove, ['20:00', { type: 'FactRetracted', data: { corrects: 'fact-5' } }]],
      ['s1 09:00-12:00 UNPLUGGED 7 Wh'],
    ],
  ])('%s', (_what, entries, sessions) => {
    expect(linesFrom(...entries)).toEqual(sessions);
  });
});

describe('figures that are amended', () => {
  const two: Entry[] = [...MOUNTED, S1, ['10:00', disconnected('s1', 5)], ['11:00', connected('s2')]];
  it.each<[what: string, Entry[], sessions: string[]]>([
    [
      'while it is under way',
      [...two, ['12:00', amended('s2', 3)]],
      ['s1 09:00-10:00 UNPLUGGED 5 Wh', 's2 11:00- 3 Wh'],
    ],
    [
      'while it is under way, and told anew at the end',
      [...two, ['12:00', amended('s2', 3)], ['13:00', disconnected('s2', 4)]],
      ['s1 09:00-10:00 UNPLUGGED 5 Wh', 's2 11:00-13:00 UNPLUGGED 4 Wh'],
    ],
    [
      'while it is under way, and not told at the end',
      [...two, ['12:00', amended('s2', 3)], ['13:00', disconnected('s2')]],
      ['s1 09:00-10:00 UNPLUGGED 5 Wh', 's2 11:00-13:00 UNPLUGGED 3 Wh'],
    ],
    ['of the last', [...two.slice(0, 4), ['10:30', amended('s1', 0)]], ['s1 09:00-10:00 UNPLUGGED 0 Wh']],
    [
      'of an older one',
      [...two, ['12:00', amended('s1', 6)]],
      ['s1 09:00-10:00 UNPLUGGED 6 Wh', 's2 11:00-'],
    ],
    ['to none', [...two, ['12:00', amended('s1')]], ['s1 09:00-10:00 UNPLUGGED', 's2 11:00-']],
    [
      'of one that is not known',
      [...two, ['12:00', amended('s9', 6)]],
      ['s1 09:00-10:00 UNPLUGGED 5 Wh', 's2 11:00-'],
    ],
    [
      'by the disconnect of an older one that comes when none is under way',
      [...two, ['12:00', powerLost], ['13:00', disconnected('s1', 6)]],
      ['s1 09:00-10:00 UNPLUGGED 6 Wh', 's2 11:00-12:00 POWER_LOSS'],
    ],
  ])('%s', (_what, entries, sessions) => {
    expect(linesFrom(...entries)).toEqual(sessions);
  });
});
