import { describe, expect, it } from '@jest/globals';
import { at, lifeOf } from '../book.fixtures';
import type { DomainEvent } from '../events';
import { installed } from '../events.fixtures';
import type { ReservedMove } from './backplate';
import { backplateEvolution, reservationsOf } from './backplate';

const MOVE: ReservedMove = { expectedRevision: 3, facts: [] };
const reserved = (reservation: string, from: string, until?: string, charger = 'C1'): DomainEvent => ({
  type: 'BackplateReserved',
  data: {
    backplate: 'P',
    reservation,
    charger,
    from: at(from),
    until: until == null ? undefined : at(until),
    move: MOVE,
  },
});
const taken = (reservation: string): DomainEvent => ({
  type: 'BackplateTaken',
  data: { backplate: 'P', reservation, charger: 'C1' },
});
const freed = (reservation: string, freeFrom: string): DomainEvent => ({
  type: 'BackplateFreed',
  data: { backplate: 'P', reservation, charger: 'C1', freeFrom: at(freeFrom) },
});
const standing = (...events: DomainEvent[]) =>
  reservationsOf(events).map(({ id, from, until, settled }) => [id, from, until, settled]);

describe('reservations of a backplate', () => {
  it('hold all that is needed to finish the move', () => {
    const expected = {
      id: 'r1',
      charger: 'C1',
      from: at('10:00'),
      until: at('12:00'),
      move: MOVE,
      settled: false,
    };
    expect(reservationsOf([reserved('r1', '10:00', '12:00')])).toEqual([expected]);
  });

  it.each<[what: string, DomainEvent[], ReturnType<typeof standing>]>([
    ['none', [], []],
    ['facts of other kinds', [installed()], []],
    ['one that is open', [reserved('r1', '10:00')], [['r1', at('10:00'), undefined, false]]],
    ['one that is taken', [reserved('r1', '10:00'), taken('r1')], [['r1', at('10:00'), undefined, true]]],
    [
      'one taken twice',
      [reserved('r1', '10:00'), taken('r1'), taken('r1')],
      [['r1', at('10:00'), undefined, true]],
    ],
    ['a taking of none', [taken('r1')], []],
    ['a freeing of none', [freed('r1', '10:00')], []],
    ['one given up', [reserved('r1', '10:00'), freed('r1', '10:00')], []],
    ['one freed from before its start', [reserved('r1', '10:00'), taken('r1'), freed('r1', '09:00')], []],
    ['one taken after it was given up', [reserved('r1', '10:00'), freed('r1', '10:00'), taken('r1')], []],
    [
      'one freed from within',
      [reserved('r1', '10:00'), taken('r1'), freed('r1', '11:00')],
      [['r1', at('10:00'), at('11:00'), true]],
    ],
    [
      'one freed from within its span',
      [reserved('r1', '10:00', '12:00'), freed('r1', '11:00')],
      [['r1', at('10:00'), at('11:00'), false]],
    ],
    [
      'one freed from its end',
      [reserved('r1', '10:00', '12:00'), freed('r1', '12:00')],
      [['r1', at('10:00'), at('12:00'), false]],
    ],
    [
      'one freed from after its end: it never grows',
      [reserved('r1', '10:00', '12:00'), freed('r1', '13:00')],
      [['r1', at('10:00'), at('12:00'), false]],
    ],
    [
      'one freed twice, the later end first',
      [reserved('r1', '10:00'), freed('r1', '12:00'), freed('r1', '11:00')],
      [['r1', at('10:00'), at('11:00'), false]],
    ],
    [
      'one freed twice, the earlier end first',
      [reserved('r1', '10:00'), freed('r1', '11:00'), freed('r1', '12:00')],
      [['r1', at('10:00'), at('11:00'), false]],
    ],
    [
      'several, in the order in which they were made',
      [reserved('r2', '12:00'), reserved('r1', '10:00', '12:00', 'C2'), taken('r2')],
      [
        ['r2', at('12:00'), undefined, true],
        ['r1', at('10:00'), at('12:00'), false],
      ],
    ],
  ])('%s', (_what, events, expected) => {
    expect(standing(...events)).toEqual(expected);
  });

  it('are no state as of an instant: they change nothing in the life of the backplate', () => {
    const life = lifeOf(backplateEvolution, ['08:00', installed()]);
    const reservedToo = lifeOf(
      backplateEvolution,
      ['08:00', installed()],
      ['07:00', reserved('r1', '10:00')],
      ['09:00', taken('r1')],
      ['10:00', freed('r1', '11:00')],
    );
    expect(reservedToo.head).toEqual(life.head);
  });
});
