import { describe, expect, it } from '@jest/globals';
import { isAmps } from './amps';
import { at } from './book.fixtures';
import {
  checkAmps,
  checkExists,
  checkId,
  checkName,
  checkPhaseAmps,
  checkTimeToLive,
  checkTimeZone,
} from './checks';
import type { Refusal } from './refusal';

const BAD_AMPS = [-1, -0.001, 1000.001, NaN, Infinity, -Infinity];

describe('currents', () => {
  it.each([0, 0.5, 5.999, 6, 16, 1000])('%s A is one', (amps) => {
    expect(isAmps(amps)).toBe(true);
    expect(checkAmps(amps, 'amps')).toBeUndefined();
  });
  it.each(BAD_AMPS)('%s A is refused, and the field named', (amps) => {
    const refusal = checkAmps(amps, 'ratedCurrentAmps');
    expect(refusal).toMatchObject({ code: 'INVALID_AMPS', inputPath: ['input', 'ratedCurrentAmps'] });
    // NaN and infinity would be lost in JSON.
    expect(refusal?.details).toEqual({ ratedCurrentAmps: String(amps) });
  });
  it.each(BAD_AMPS.flatMap((amps) => (['l1', 'l2', 'l3'] as const).map((phase) => ({ amps, phase }))))(
    '$amps A on $phase is refused',
    ({ amps, phase }) => {
      const refusal = checkPhaseAmps({ l1: 0, l2: 16, l3: 1000, [phase]: amps }, 'amps');
      expect(refusal).toMatchObject({ code: 'INVALID_AMPS', inputPath: ['input', 'amps'] });
    },
  );
  it('on three phases may differ, 0 and 1000 A among them', () => {
    expect(checkPhaseAmps({ l1: 0, l2: 16, l3: 1000 }, 'amps')).toBeUndefined();
  });
  it.each([null, undefined])('may be absent: %s', (absent) => {
    expect(checkAmps(absent, 'amps')).toBeUndefined();
    expect(checkPhaseAmps(absent, 'amps')).toBeUndefined();
  });
});

describe('other values', () => {
  const YEAR_SECONDS = 366 * 86_400;
  it.each<[what: string, refusal: Refusal | undefined, code: string | undefined]>([
    ['an id', checkId('C:1', 'charger'), undefined],
    ['an odd id', checkId('C 1', 'charger'), 'INVALID_ID'],
    ['a name', checkName('Harbour', 'name'), undefined],
    ['no name', checkName(null, 'name'), undefined],
    ['a name of 200 characters', checkName('x'.repeat(200), 'name'), undefined],
    ['a name of 201 characters', checkName('x'.repeat(201), 'name'), 'INVALID_NAME'],
    ['an empty name', checkName('', 'name'), 'INVALID_NAME'],
    ['a blank name', checkName(' \t', 'name'), 'INVALID_NAME'],
    ['a time zone', checkTimeZone('Europe/Oslo'), undefined],
    ['an unknown time zone', checkTimeZone('Mars/Olympus'), 'INVALID_TIME_ZONE'],
    ['a time-to-live', checkTimeToLive(1), undefined],
    ['no time-to-live', checkTimeToLive(null), undefined],
    ['a time-to-live of a year', checkTimeToLive(YEAR_SECONDS), undefined],
    ['a time-to-live of more', checkTimeToLive(YEAR_SECONDS + 1), 'INVALID_TTL'],
    ['a time-to-live of 0', checkTimeToLive(0), 'INVALID_TTL'],
    ['a negative time-to-live', checkTimeToLive(-60), 'INVALID_TTL'],
    ['half a second', checkTimeToLive(0.5), 'INVALID_TTL'],
    ['an endless time-to-live', checkTimeToLive(Infinity), 'INVALID_TTL'],
  ])('%s', (_what, refusal, code) => {
    expect(refusal?.code).toBe(code);
  });

  it('are quoted no longer than an id could be', () => {
    expect(String(checkId('x'.repeat(10_000), 'charger')?.details.charger)).toHaveLength(80);
  });
});

describe('a thing that a command names', () => {
  const box = { noun: 'backplate', id: 'P', since: at('08:00'), retiredAt: at('18:00') };
  it.each([
    ['07:59', 'NOT_FOUND'],
    ['08:00', undefined],
    ['17:59', undefined],
    ['18:00', 'RETIRED'],
    ['19:00', 'RETIRED'],
  ])('from 08:00 to 18:00, at %s: %s', (time, code) => {
    expect(checkExists(box, at(time), 'backplate')?.code).toBe(code);
  });
  it('that nobody told of is not found', () => {
    const refusal = checkExists({ noun: 'backplate', id: 'P' }, at('12:00'), 'place');
    expect(refusal).toMatchObject({
      code: 'NOT_FOUND',
      details: { place: 'P' },
      inputPath: ['input', 'place'],
    });
  });
});
