import { describe, expect, it } from '@jest/globals';
import type { Entry } from '../book.fixtures';
import { at, late, lifeOf, moment, onlyEvent, refused, verdictOn } from '../book.fixtures';
import type { Moment } from '../decision';
import {
  chargerRegistered,
  chargerRetired,
  dismounted,
  maxCharger,
  mounted,
  ofCharger,
} from '../events.fixtures';
import { chargerEvolution } from './charger';
import type { ChargerCommand, ChargerKnowledge, DeviceCommand } from './charger.decide';
import { chargerOf, decideCharger, decideDevice } from './charger.decide';

const REGISTERED: Entry[] = [['08:00', chargerRegistered()]];
const RETIRED: Entry[] = [...REGISTERED, ['10:00', chargerRetired]];
const MOUNTED: Entry[] = [...REGISTERED, ['09:00', mounted()]];
const PRO: Entry[] = [['08:00', chargerRegistered({ productLine: 'PRO' })]];

const knowing = (entries: Entry[], operatorIsKnown = true): ChargerKnowledge => ({
  charger: lifeOf(chargerEvolution, ...entries),
  operatorIsKnown,
});
const register = (input: Partial<ChargerCommand & { type: 'registerCharger' }> = {}): ChargerCommand => ({
  type: 'registerCharger',
  serial: 'C1',
  ...input,
});
const setMax = (amps?: number | null): ChargerCommand => ({
  type: 'setMaxChargerCurrent',
  charger: 'C1',
  amps,
});
const setPhases = (mode: 'AUTO' | 'LOCKED_1' | 'LOCKED_3', singlePhase?: number | null): ChargerCommand => ({
  type: 'setPhaseMode',
  charger: 'C1',
  mode,
  singlePhase,
});
const transfer: ChargerCommand = { type: 'transferChargerControl', charger: 'C1', operator: 'north' };
const retire: ChargerCommand = { type: 'retireCharger', charger: 'C1' };
const enable: ChargerCommand = { type: 'enableCharger', charger: 'C1' };
const disable: ChargerCommand = { type: 'disableCharger', charger: 'C1' };
const toOcpp: ChargerCommand = { type: 'setChargerProtocol', charger: 'C1', protocol: 'OCPP' };

describe('registering a charger', () => {
  it('records defaults for what was not told; null is absent', () => {
    const nothing = {
      model: null,
      productLine: null,
      ratedCurrentAmps: null,
      protocol: null,
      phaseMode: null,
      operator: null,
    };
    const data = {
      charger: 'C1',
      productLine: 'HOME',
      protocol: 'NATIVE',
      phaseMode: 'AUTO',
      operator: 'default',
    };
    expect(onlyEvent(decideCharger(register(nothing), knowing([]), moment()))).toEqual({
      type: 'ChargerRegistered',
      data,
    });
  });

  it('records all that can be told, rated 0 A among it', () => {
    const told = {
      model: 'Berry',
      productLine: 'PRO',
      ratedCurrentAmps: 0,
      protocol: 'OCPP',
      phaseMode: 'LOCKED_1',
      operator: 'north',
    } as const;
    const event = { type: 'ChargerRegistered', data: { charger: 'C1', ...told } };
    expect(onlyEvent(decideCharger(register(told), knowing([]), moment()))).toEqual(event);
  });

  it.each<
    [why: string, Parameters<typeof register>[0], ChargerKnowledge, Moment, code: string, field: string]
  >([
    ['an odd serial', { serial: 'C 1' }, knowing([]), moment(), 'INVALID_ID', 'serial'],
    ['a blank model', { model: '' }, knowing([]), moment(), 'INVALID_NAME', 'model'],
    [
      'an impossible rating',
      { ratedCurrentAmps: -0.1 },
      knowing([]),
      moment(),
      'INVALID_AMPS',
      'ratedCurrentAmps',
    ],
    ['a known serial', {}, knowing(REGISTERED), moment(), 'ALREADY_EXISTS', 'serial'],
    ['a serial known only later', {}, knowing(REGISTERED), late('07:00'), 'ALREADY_EXISTS', 'serial'],
    ['the serial of a retired charger', {}, knowing(RETIRED), moment(), 'ALREADY_EXISTS', 'serial'],
    ['an unknown operator', { operator: 'who' }, knowing([], false), moment(), 'NOT_FOUND', 'operator'],
  ])('is refused for %s', (_why, input, known, when, code, field) => {
    expect(refused(decideCharger(register(input), known, when))).toMatchObject({
      code,
      inputPath: ['input', field],
    });
  });

  it('is refused for the future', () => {
    expect(verdictOn(decideCharger(register(), knowing([]), moment('12:06')))).toBe('IN_THE_FUTURE');
  });
});

describe('changing a charger', () => {
  it.each<[ChargerCommand, Entry[], type: string, data: object]>([
    [transfer, REGISTERED, 'ChargerControlTransferred', { operator: 'north' }],
    [retire, REGISTERED, 'ChargerRetired', {}],
    [setMax(16), REGISTERED, 'MaxChargerCurrentSet', { amps: 16 }],
    [setMax(0), REGISTERED, 'MaxChargerCurrentSet', { amps: 0 }],
    [setMax(null), [...REGISTERED, ['09:00', maxCharger(0)]], 'MaxChargerCurrentSet', {}],
    [toOcpp, REGISTERED, 'ChargerProtocolSet', { protocol: 'OCPP' }],
    [setPhases('AUTO'), REGISTERED, 'PhaseModeSet', { mode: 'AUTO' }],
    [setPhases('LOCKED_3', null), REGISTERED, 'PhaseModeSet', { mode: 'LOCKED_3' }],
    [setPhases('LOCKED_1'), REGISTERED, 'PhaseModeSet', { mode: 'LOCKED_1' }],
    [setPhases('LOCKED_1', 3), REGISTERED, 'PhaseModeSet', { mode: 'LOCKED_1', singlePhase: 3 }],
    [disable, REGISTERED, 'ChargerDisabled', {}],
    [enable, [...REGISTERED, ['09:00', ofCharger('ChargerDisabled')]], 'ChargerEnabled', {}],
  ])('%j', (command, entries, type, data) => {
    const decision = decideCharger(command, knowing(entries), moment());
    expect(onlyEvent(decision)).toEqual({ type, data: { charger: 'C1', ...data } });
  });

  it.each<[why: string, ChargerCommand, Entry[], Moment]>([
    ['it is enabled already', enable, REGISTERED, moment()],
    [
      'it was enabled as of then',
      enable,
      [...REGISTERED, ['11:00', ofCharger('ChargerDisabled')]],
      late('10:00'),
    ],
    ['it is disabled already', disable, [...REGISTERED, ['09:00', ofCharger('ChargerDisabled')]], moment()],
    ['it has no max current', setMax(null), REGISTERED, moment()],
    ['it had no max current as of then', setMax(), [...REGISTERED, ['11:00', maxCharger(16)]], late('10:00')],
    [
      'its max current is cleared already',
      setMax(),
      [...REGISTERED, ['09:00', maxCharger(16)], ['10:00', maxCharger()]],
      moment(),
    ],
  ])('does nothing where %s', (_why, command, entries, when) => {
    expect(verdictOn(decideCharger(command, knowing(entries), when))).toBe('NOTHING_TO_DO');
  });

  it('to a value that it has already is a fact: it has a new author', () => {
    expect(
      verdictOn(decideCharger(setMax(16), knowing([...REGISTERED, ['09:00', maxCharger(16)]]), moment())),
    ).toBe('ACCEPTED');
  });

  it.each<[why: string, ChargerCommand, Entry[], Moment, code: string]>([
    ['nobody knows it', enable, [], moment(), 'NOT_FOUND'],
    ['it came later', setMax(16), REGISTERED, late('07:59'), 'NOT_FOUND'],
    ['it is retired', setMax(16), RETIRED, moment(), 'RETIRED'],
    ['it is retired already', retire, RETIRED, moment(), 'RETIRED'],
    ['it lies in the future', setMax(16), REGISTERED, moment('12:06'), 'IN_THE_FUTURE'],
    ['control is told late', transfer, REGISTERED, late('11:00'), 'INVALID_TIME'],
    ['control is told ahead', transfer, REGISTERED, moment('12:01'), 'INVALID_TIME'],
    ['the current is negative', setMax(-1), REGISTERED, moment(), 'INVALID_AMPS'],
    ['the current is no number', setMax(NaN), REGISTERED, moment(), 'INVALID_AMPS'],
    ['the current is too much', setMax(1001), REGISTERED, moment(), 'INVALID_AMPS'],
    ['its product line does not offer it', setMax(16), PRO, moment(), 'NOT_SUPPORTED'],
    ['its product line has nothing to clear', setMax(null), PRO, moment(), 'NOT_SUPPORTED'],
    ['the phase is 0', setPhases('LOCKED_1', 0), REGISTERED, moment(), 'OUT_OF_RANGE'],
    ['the phase is 4', setPhases('LOCKED_1', 4), REGISTERED, moment(), 'OUT_OF_RANGE'],
    ['the phase is between two', setPhases('LOCKED_1', 1.5), REGISTERED, moment(), 'OUT_OF_RANGE'],
    ['a phase is named for three', setPhases('LOCKED_3', 1), REGISTERED, moment(), 'OUT_OF_RANGE'],
    ['a phase is named for AUTO', setPhases('AUTO', 2), REGISTERED, moment(), 'OUT_OF_RANGE'],
  ])('is refused where %s', (_why, command, entries, when, code) => {
    expect(verdictOn(decideCharger(command, knowing(entries), when))).toBe(code);
  });

  it('is refused where the operator is unknown', () => {
    expect(verdictOn(decideCharger(transfer, knowing(REGISTERED, false), moment()))).toBe('NOT_FOUND');
  });

  it('before it was retired is possible afterwards', () => {
    expect(verdictOn(decideCharger(setMax(16), knowing(RETIRED), late('09:59')))).toBe('ACCEPTED');
  });
});

it('every command is about the charger that it names', () => {
  expect([register({ serial: 'A' }), { ...enable, charger: 'B' }].map(chargerOf)).toEqual(['A', 'B']);
});

describe('retiring a charger', () => {
  const away: Entry[] = [...MOUNTED, ['11:00', dismounted()]];
  it.each<[why: string, Entry[], Moment, verdict: string]>([
    ['hangs somewhere', MOUNTED, moment(), 'ALREADY_MOUNTED'],
    ['hung somewhere as of then', away, late('10:00'), 'ALREADY_MOUNTED'],
    ['hung somewhere later, and does no more', away, late('08:30'), 'ALREADY_MOUNTED'],
    ['hangs somewhere later', MOUNTED, late('08:30'), 'ALREADY_MOUNTED'],
    ['is taken down at that instant', away, late('11:00'), 'ACCEPTED'],
    ['was taken down', away, moment(), 'ACCEPTED'],
  ])('that %s', (_why, entries, when, verdict) => {
    expect(verdictOn(decideCharger(retire, knowing(entries), when))).toBe(verdict);
  });

  it('names where it hangs, also where that was later', () => {
    const details = { charger: 'C1', backplate: 'P', mountedAt: at('09:00') };
    expect(refused(decideCharger(retire, knowing(MOUNTED), moment())).details).toEqual(details);
    expect(refused(decideCharger(retire, knowing(away), late('08:30'))).details).toEqual(details);
  });
});

describe('the dynamic current of a charger', () => {
  const set = (amps: number, timeToLiveSeconds?: number | null): DeviceCommand => ({
    type: 'setDynamicChargerCurrent',
    charger: 'C1',
    amps,
    timeToLiveSeconds,
  });
  const clear: DeviceCommand = { type: 'clearDynamicChargerCurrent', charger: 'C1' };
  const decide = (command: DeviceCommand, entries: Entry[], when = moment(), isSet = false) =>
    decideDevice(command, { charger: lifeOf(chargerEvolution, ...entries), isSet }, when);

  it.each<[DeviceCommand, data: object]>([
    [set(0), { amps: 0 }],
    [set(16, null), { amps: 16 }],
    [set(6, 1), { amps: 6, timeToLiveSeconds: 1 }],
  ])('%j', (command, data) => {
    const event = { type: 'DynamicChargerCurrentSet', data: { charger: 'C1', ...data } };
    expect(onlyEvent(decide(command, MOUNTED))).toEqual(event);
  });

  it.each<[why: string, DeviceCommand, Entry[], Moment, verdict: string]>([
    ['every product line offers it', set(10), [...PRO, ['09:00', mounted()]], moment(), 'ACCEPTED'],
    ['the charger is unknown', set(10), [], moment(), 'NOT_FOUND'],
    ['the charger is retired', set(10), RETIRED, moment(), 'RETIRED'],
    ['it lies in the future', set(10), MOUNTED, moment('12:06'), 'IN_THE_FUTURE'],
    ['it is negative', set(-1), MOUNTED, moment(), 'INVALID_AMPS'],
    ['it is infinite', set(Infinity), MOUNTED, moment(), 'INVALID_AMPS'],
    ['its time-to-live is 0', set(10, 0), MOUNTED, moment(), 'INVALID_TTL'],
    ['its time-to-live is negative', set(10, -1), MOUNTED, moment(), 'INVALID_TTL'],
    ['the charger hangs nowhere', set(10), REGISTERED, moment(), 'NOT_MOUNTED'],
    ['the charger hung nowhere as of then', set(10), MOUNTED, late('08:59'), 'NOT_MOUNTED'],
    [
      'the charger has no power',
      set(10),
      [...MOUNTED, ['10:00', ofCharger('PowerLost')]],
      moment(),
      'NO_POWER',
    ],
    [
      'the charger had power as of then',
      set(10),
      [...MOUNTED, ['10:00', ofCharger('PowerLost')]],
      late('09:59'),
      'ACCEPTED',
    ],
    [
      'power is back',
      set(10),
      [...MOUNTED, ['10:00', ofCharger('PowerLost')], ['11:00', ofCharger('PowerRestored')]],
      moment(),
      'ACCEPTED',
    ],
    ['there is nothing to clear', clear, MOUNTED, moment(), 'NOTHING_TO_DO'],
    ['an unknown one is cleared', clear, [], moment(), 'NOT_FOUND'],
  ])('where %s', (_why, command, entries, when, verdict) => {
    expect(verdictOn(decide(command, entries, when))).toBe(verdict);
  });

  it('is cleared where it is set', () => {
    const event = { type: 'DynamicChargerCurrentCleared', data: { charger: 'C1' } };
    expect(onlyEvent(decide(clear, MOUNTED, moment(), true))).toEqual(event);
  });
});
