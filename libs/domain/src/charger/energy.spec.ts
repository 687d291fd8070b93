import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Entry } from '../book.fixtures';
import { at, atMinute, told } from '../book.fixtures';
import { connected, disconnected, reading } from '../events.fixtures';
import { factsInEffect } from '../facts/lifeline';
import type { EnergyReading } from './energy';
import { energyIncrementsOf, readingsOf } from './energy';
import type { Session } from './sessions';
import { sessionsOf } from './sessions';

const SESSION: Session = {
  id: 's1',
  charger: 'C1',
  startedAt: at('09:00'),
  endedAt: at('12:00'),
  cutByMove: false,
};
const read = (...readings: [time: string, energyWattHours: number][]): EnergyReading[] =>
  readings.map(([time, energyWattHours]) => ({ at: at(time), energyWattHours }));

describe('readings of a session', () => {
  const readingsFrom = (session: Session, ...entries: Entry[]) =>
    readingsOf(session, factsInEffect(told(...entries))).map(({ energyWattHours }) => energyWattHours);

  it('are those that name it, also after its end, and none of others', () => {
    const named: Entry[] = [
      ['09:00', reading(1, 's1')],
      ['11:59', reading(2, 's1')],
      ['12:00', reading(3, 's1')],
      ['15:00', reading(4, 's1')],
      ['10:00', reading(5, 's2')],
    ];
    expect(readingsFrom(SESSION, ...named)).toEqual([1, 2, 3, 4]);
  });

  it('are those that name none and fall into it', () => {
    const unnamed: Entry[] = [
      ['08:59', reading(1)],
      ['09:00', reading(2)],
      ['11:59', reading(3)],
      ['12:00', reading(4)],
    ];
    expect(readingsFrom(SESSION, ...unnamed)).toEqual([2, 3]);
    expect(readingsFrom({ ...SESSION, endedAt: undefined }, ...unnamed)).toEqual([2, 3, 4]);
  });

  it('never lie before its start', () => {
    expect(readingsFrom(SESSION, ['08:59', reading(1, 's1')])).toEqual([]);
  });

  it('are facts of that kind only', () => {
    expect(readingsFrom(SESSION, ['09:00', connected('s1')], ['10:00', disconnected('s1', 7)])).toEqual([]);
  });

  it('that name none go over to the session that a late fact puts around them', () => {
    const entries: Entry[] = [
      ['09:00', connected('s1')],
      ['11:00', reading(7)],
      ['12:00', disconnected()],
      ['10:00', connected('s2')],
    ];
    const facts = factsInEffect(told(...entries));
    const counts = sessionsOf(facts).map((session) => [session.id, readingsOf(session, facts).length]);
    expect(counts).toEqual([
      ['s1', 0],
      ['s2', 1],
    ]);
  });
});

describe('the energy of a session', () => {
  const inLines = (session: Session, readings: EnergyReading[]) =>
    energyIncrementsOf(session, readings).map(
      ({ at: when, placedAt, wattHours }) =>
        `${when.slice(11, 16)} @${placedAt.slice(11, 16)} ${String(wattHours)}`,
    );
  const telling = (toldEnergyWattHours?: number, endedAt: string | undefined = at('12:00')): Session => ({
    ...SESSION,
    endedAt,
    toldEnergyWattHours,
  });

  it.each<[what: string, Session, EnergyReading[], increments: string[]]>([
    ['nothing told', telling(), [], []],
    ['readings', telling(), read(['10:00', 100], ['11:00', 250]), ['10:00 @10:00 100', '11:00 @11:00 150']],
    [
      'readings out of order',
      telling(),
      read(['11:00', 250], ['10:00', 100]),
      ['10:00 @10:00 100', '11:00 @11:00 150'],
    ],
    ['a reading of 0', telling(), read(['10:00', 0]), []],
    ['the same reading twice', telling(), read(['10:00', 100], ['11:00', 100]), ['10:00 @10:00 100']],
    [
      'a meter that falls back',
      telling(),
      read(['10:00', 100], ['10:30', 20], ['11:00', 90], ['11:30', 130]),
      ['10:00 @10:00 100', '11:30 @11:30 30'],
    ],
    ['the end alone', telling(500), [], ['12:00 @09:00 500']],
    [
      'the end beyond the readings',
      telling(500),
      read(['10:00', 100]),
      ['10:00 @10:00 100', '12:00 @09:00 400'],
    ],
    ['the end as the readings have it', telling(100), read(['10:00', 100]), ['10:00 @10:00 100']],
    [
      'the end below the readings',
      telling(60),
      read(['10:00', 100]),
      ['10:00 @10:00 100', '12:00 @09:00 -40'],
    ],
    ['an end of 0', telling(0), read(['10:00', 100]), ['10:00 @10:00 100', '12:00 @09:00 -100']],
    ['figures of a session under way', { ...telling(500), endedAt: undefined }, [], ['09:00 @09:00 500']],
    ['a reading after the end', telling(), read(['13:00', 100]), ['13:00 @13:00 100']],
  ])('%s', (_what, session, readings, increments) => {
    expect(inLines(session, readings)).toEqual(increments);
  });

  it('adds up: to what the end told, or else to the highest reading, in whichever order readings come', () => {
    const chance = fc.tuple(fc.integer({ min: 540, max: 800 }), fc.nat({ max: 1000 }));
    const figure = fc.option(fc.nat({ max: 1000 }), { nil: undefined });
    fc.assert(
      fc.property(fc.array(chance), figure, (chances, toldEnergy) => {
        const readings = chances.map(([minute, energyWattHours]) => ({
          at: atMinute(minute),
          energyWattHours,
        }));
        const increments = energyIncrementsOf(telling(toldEnergy), readings);
        const sum = increments.reduce((total, { wattHours }) => total + wattHours, 0);
        expect(sum).toBe(
          toldEnergy ?? Math.max(0, ...readings.map(({ energyWattHours }) => energyWattHours)),
        );
        const negative = increments.filter(({ wattHours }) => wattHours <= 0);
        expect(negative.length === 0 || (negative.length === 1 && increments.at(-1) === negative[0])).toBe(
          true,
        );
        const byTime = new Map(readings.map((each) => [each.at, each]));
        if (byTime.size === readings.length)
          expect(energyIncrementsOf(telling(toldEnergy), [...readings].reverse())).toEqual(increments);
      }),
    );
  });
});
