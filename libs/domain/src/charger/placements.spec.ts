import { describe, expect, it } from '@jest/globals';
import type { Entry } from '../book.fixtures';
import { at, told } from '../book.fixtures';
import { connected, dismounted, mounted, ofCharger } from '../events.fixtures';
import { factsInEffect } from '../facts/lifeline';
import type { Stay } from './placements';
import { gainedStays, staysOf } from './placements';

const history = (...entries: Entry[]) => staysOf(factsInEffect(told(...entries)));
const lines = (stays: readonly Stay[]) =>
  stays.map(
    ({ backplate, from, until }) => `${backplate} ${from.slice(11, 16)}-${until?.slice(11, 16) ?? ''}`,
  );

describe('where a charger has hung', () => {
  it.each<[what: string, Entry[], stays: string[]]>([
    ['nowhere', [], []],
    ['somewhere', [['08:00', mounted()]], ['P 08:00-']],
    [
      'somewhere until it was taken down',
      [
        ['08:00', mounted()],
        ['10:00', dismounted()],
      ],
      ['P 08:00-10:00'],
    ],
    [
      'at one place after the other',
      [
        ['08:00', mounted()],
        ['10:00', dismounted()],
        ['10:00', mounted('Q')],
      ],
      ['P 08:00-10:00', 'Q 10:00-'],
    ],
    [
      'in order of valid time, whenever it was told',
      [
        ['12:00', mounted('Q')],
        ['08:00', mounted()],
        ['10:00', dismounted()],
      ],
      ['P 08:00-10:00', 'Q 12:00-'],
    ],
    [
      'a dismount while it hangs nowhere does nothing',
      [
        ['07:00', dismounted()],
        ['08:00', mounted()],
        ['10:00', dismounted()],
        ['11:00', dismounted()],
      ],
      ['P 08:00-10:00'],
    ],
    [
      'nothing else moves it',
      [
        ['08:00', mounted()],
        ['09:00', connected('s1')],
        ['10:00', ofCharger('PowerLost')],
      ],
      ['P 08:00-'],
    ],
    [
      'a mount for no time',
      [
        ['08:00', mounted()],
        ['08:00', dismounted()],
      ],
      ['P 08:00-08:00'],
    ],
  ])('%s', (_what, entries, expected) => {
    expect(lines(history(...entries).stays)).toEqual(expected);
    expect(history(...entries).doubleMounts).toEqual([]);
  });

  it('tells by which facts it came and went, and where it went', () => {
    const [stay] = history(['08:00', mounted()], ['10:00', dismounted('P', 'C1', 'REPAIR')]).stays;
    expect([stay?.mountedBy.eventId, stay?.dismountedBy?.eventId, stay?.destination]).toEqual([
      'fact-1',
      'fact-2',
      'REPAIR',
    ]);
  });

  it('names each mount of a charger that hung somewhere already', () => {
    const { stays, doubleMounts } = history(
      ['08:00', mounted()],
      ['09:00', mounted('Q')],
      ['10:00', mounted()],
    );
    expect(lines(stays)).toEqual(['P 08:00-']);
    expect(doubleMounts.map(({ mount, stay }) => [mount.eventId, stay.from])).toEqual([
      ['fact-2', at('08:00')],
      ['fact-3', at('08:00')],
    ]);
  });
});

describe('what a charger gains by a move', () => {
  const gained = (before: Entry[], after: Entry[]) =>
    lines(gainedStays(history(...before).stays, history(...after).stays));
  const from8: Entry[] = [['08:00', mounted()]];
  const from8to10: Entry[] = [...from8, ['10:00', dismounted()]];

  it.each<[what: string, Entry[], Entry[], gained: string[]]>([
    ['all, where it had nothing', [], from8, ['P 08:00-']],
    ['nothing, where nothing changes', from8, from8, []],
    ['nothing by an end', from8, from8to10, []],
    ['the stay that grows at its end', from8to10, from8, ['P 08:00-']],
    [
      'the stay that grows at its start',
      from8to10,
      [
        ['07:00', mounted()],
        ['10:00', dismounted()],
      ],
      ['P 07:00-10:00'],
    ],
    [
      'nothing by a later start',
      from8to10,
      [
        ['09:00', mounted()],
        ['10:00', dismounted()],
      ],
      [],
    ],
    ['another place', from8, [['08:00', mounted('Q')]], ['Q 08:00-']],
    ['the new place alone by a move', from8, [...from8to10, ['10:00', mounted('Q')]], ['Q 10:00-']],
  ])('%s', (_what, before, after, expected) => {
    expect(gained(before, after)).toEqual(expected);
  });
});
