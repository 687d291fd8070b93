import { describe, expect, it } from '@jest/globals';
import type { Entry } from '../book.fixtures';
import { late, lifeOf, moment, noticesOf, onlyEvent, refused } from '../book.fixtures';
import type { Moment } from '../decision';
import {
  chargerRegistered,
  chargerRetired,
  connected,
  disconnected,
  dismounted,
  mounted,
  ofCharger,
} from '../events.fixtures';
import { chargerEvolution } from './charger';
import type { Observation, ObservationKind } from './observation.decide';
import { decideObservation, isByTheMinute } from './observation.decide';

const REGISTERED: Entry[] = [['07:00', chargerRegistered()]];
const MOUNTED: Entry[] = [...REGISTERED, ['08:00', mounted()]];
const CHARGING: Entry[] = [...MOUNTED, ['09:00', connected('s1')]];

type Details = Partial<Omit<Observation, 'charger' | 'kind' | 'occurredAt'>>;

const observe = (kind: ObservationKind, entries: Entry[], details: Details = {}, when = moment()) =>
  decideObservation(
    { charger: 'C1', kind, occurredAt: when.occurredAt, ...details },
    lifeOf(chargerEvolution, ...entries),
    when,
    'new-session',
  );

describe('an observation', () => {
  it.each<[ObservationKind, Details, type: string, data: object]>([
    ['POWER_LOST', {}, 'PowerLost', {}],
    ['POWER_RESTORED', {}, 'PowerRestored', {}],
    ['CONNECTIVITY_LOST', {}, 'ConnectivityLost', {}],
    ['CONNECTIVITY_RESTORED', {}, 'ConnectivityRestored', {}],
    ['FAULT_RAISED', {}, 'FaultRaised', {}],
    ['FAULT_RAISED', { fault: 'E1' }, 'FaultRaised', { fault: 'E1' }],
    ['FAULT_CLEARED', { fault: null }, 'FaultCleared', {}],
    ['FAULT_CLEARED', { fault: 'E1' }, 'FaultCleared', { fault: 'E1' }],
    ['CAR_CONNECTED', {}, 'SessionStarted', { session: 'new-session' }],
    [
      'CAR_CONNECTED',
      { sessionId: 's2', driverReference: 'd1' },
      'SessionStarted',
      { session: 's2', driverReference: 'd1' },
    ],
    [
      'CAR_CONNECTED',
      { sessionId: null, driverReference: null },
      'SessionStarted',
      { session: 'new-session' },
    ],
    ['CAR_DISCONNECTED', {}, 'SessionEnded', { session: 's1' }],
    ['CAR_DISCONNECTED', { energyWattHours: 0 }, 'SessionEnded', { session: 's1', energyWattHours: 0 }],
    ['CAR_DISCONNECTED', { energyWattHours: null, sessionId: 's1' }, 'SessionEnded', { session: 's1' }],
    [
      'SESSION_ENERGY',
      { energyWattHours: 0 },
      'EnergyReadingRecorded',
      { session: 's1', energyWattHours: 0 },
    ],
    [
      'SESSION_ENERGY',
      { energyWattHours: 10_000_000, sessionId: 's9' },
      'EnergyReadingRecorded',
      { session: 's9', energyWattHours: 10_000_000 },
    ],
  ])('%s %j', (kind, details, type, data) => {
    expect(onlyEvent(observe(kind, CHARGING, details))).toEqual({ type, data: { charger: 'C1', ...data } });
  });

  it('of a power restored or a repeated loss is a fact all the same: nobody argues with a device', () => {
    expect(onlyEvent(observe('POWER_RESTORED', MOUNTED))).toMatchObject({ type: 'PowerRestored' });
    const lost: Entry[] = [...MOUNTED, ['09:00', ofCharger('PowerLost')]];
    expect(onlyEvent(observe('POWER_LOST', lost))).toMatchObject({ type: 'PowerLost' });
  });

  it.each<[what: string, ObservationKind, Entry[], Details, notices: string[]]>([
    ['nothing under way', 'POWER_LOST', MOUNTED, {}, []],
    ['power loss ends a session', 'POWER_LOST', CHARGING, {}, ['SESSION_ENDS']],
    ['a first car', 'CAR_CONNECTED', MOUNTED, {}, []],
    ['a second car ends the first session', 'CAR_CONNECTED', CHARGING, {}, ['SESSION_ENDS']],
    ['a car on a charger that hangs nowhere', 'CAR_CONNECTED', REGISTERED, {}, ['NOT_MOUNTED']],
    [
      'a second car on one that hangs nowhere',
      'CAR_CONNECTED',
      [...REGISTERED, ['09:00', connected('s1')]],
      {},
      ['SESSION_ENDS', 'NOT_MOUNTED'],
    ],
    ['a disconnect', 'CAR_DISCONNECTED', CHARGING, { sessionId: 's1' }, []],
    [
      'a disconnect that names another session',
      'CAR_DISCONNECTED',
      CHARGING,
      { sessionId: 's0' },
      ['OTHER_SESSION_ENDS'],
    ],
    ['a disconnect without a session', 'CAR_DISCONNECTED', MOUNTED, {}, ['NO_ONGOING_SESSION']],
    ['a reading', 'SESSION_ENERGY', CHARGING, { energyWattHours: 1 }, []],
    [
      'a reading without a session',
      'SESSION_ENERGY',
      MOUNTED,
      { energyWattHours: 1 },
      ['NO_ONGOING_SESSION'],
    ],
    ['a reading of a named session', 'SESSION_ENERGY', MOUNTED, { energyWattHours: 1, sessionId: 's1' }, []],
  ])('says what may surprise: %s', (_what, kind, entries, details, notices) => {
    expect(noticesOf(observe(kind, entries, details))).toEqual(notices);
  });

  it('belongs to the session under way as of its own time', () => {
    const entries: Entry[] = [...CHARGING, ['10:00', disconnected('s1')], ['11:00', connected('s2')]];
    const sessionsAt = ['08:59', '09:00', '09:59', '10:00', '11:00'].map(
      (time) =>
        onlyEvent(observe('SESSION_ENERGY', entries, { energyWattHours: 1 }, late(time))) as {
          data: { session?: string };
        },
    );
    expect(sessionsAt.map(({ data }) => data.session)).toEqual([undefined, 's1', 's1', undefined, 's2']);
  });

  it('of a disconnect names the session that it ends, or the one that it is told of where none is under way', () => {
    expect(onlyEvent(observe('CAR_DISCONNECTED', CHARGING, { sessionId: 's0' }))).toMatchObject({
      data: { session: 's1' },
    });
    expect(onlyEvent(observe('CAR_DISCONNECTED', MOUNTED, { sessionId: 's0' }))).toMatchObject({
      data: { session: 's0' },
    });
  });

  it.each<[why: string, ObservationKind, Entry[], Details, Moment, code: string, field: string]>([
    ['an unknown charger', 'POWER_LOST', [], {}, moment(), 'NOT_FOUND', 'charger'],
    ['a charger that came later', 'POWER_LOST', REGISTERED, {}, late('06:59'), 'NOT_FOUND', 'charger'],
    [
      'a retired charger',
      'POWER_LOST',
      [...REGISTERED, ['09:00', chargerRetired]],
      {},
      moment(),
      'RETIRED',
      'charger',
    ],
    ['an odd session', 'CAR_CONNECTED', MOUNTED, { sessionId: 's 1' }, moment(), 'INVALID_ID', 'sessionId'],
    ['an empty session', 'CAR_CONNECTED', MOUNTED, { sessionId: '' }, moment(), 'INVALID_ID', 'sessionId'],
    [
      'an odd driver',
      'CAR_CONNECTED',
      MOUNTED,
      { driverReference: 'Jane Doe' },
      moment(),
      'INVALID_ID',
      'driverReference',
    ],
    ['an odd fault', 'FAULT_RAISED', MOUNTED, { fault: 'no way' }, moment(), 'INVALID_ID', 'fault'],
    [
      'a session under way',
      'CAR_CONNECTED',
      CHARGING,
      { sessionId: 's1' },
      moment(),
      'ALREADY_EXISTS',
      'sessionId',
    ],
    [
      'a session that is over',
      'CAR_CONNECTED',
      [...CHARGING, ['10:00', disconnected()]],
      { sessionId: 's1' },
      moment(),
      'ALREADY_EXISTS',
      'sessionId',
    ],
    [
      'a session told of a later time',
      'CAR_CONNECTED',
      CHARGING,
      { sessionId: 's1' },
      late('08:30'),
      'ALREADY_EXISTS',
      'sessionId',
    ],
    [
      'a reading without energy',
      'SESSION_ENERGY',
      CHARGING,
      {},
      moment(),
      'INVALID_ENERGY',
      'energyWattHours',
    ],
    [
      'a reading of null',
      'SESSION_ENERGY',
      CHARGING,
      { energyWattHours: null },
      moment(),
      'INVALID_ENERGY',
      'energyWattHours',
    ],
    ...[-1, NaN, Infinity, 10_000_000.5].flatMap((energyWattHours) =>
      (['SESSION_ENERGY', 'CAR_DISCONNECTED'] as const).map(
        (kind): [string, ObservationKind, Entry[], Details, Moment, string, string] => [
          `${String(energyWattHours)} Wh`,
          kind,
          CHARGING,
          { energyWattHours },
          moment(),
          'INVALID_ENERGY',
          'energyWattHours',
        ],
      ),
    ),
    ...[-1, 0.5, NaN].map(
      (deviceSequence): [string, ObservationKind, Entry[], Details, Moment, string, string] => [
        `a device sequence of ${String(deviceSequence)}`,
        'POWER_LOST',
        MOUNTED,
        { deviceSequence },
        moment(),
        'OUT_OF_RANGE',
        'deviceSequence',
      ],
    ),
  ])('is refused for %s (%s)', (_why, kind, entries, details, when, code, field) => {
    expect(refused(observe(kind, entries, details, when))).toMatchObject({
      code,
      inputPath: ['input', field],
    });
  });

  it.each([0, 1, Number.MAX_SAFE_INTEGER, null])('may have the device sequence %s', (deviceSequence) => {
    expect(onlyEvent(observe('POWER_LOST', MOUNTED, { deviceSequence }))).toMatchObject({
      type: 'PowerLost',
    });
  });

  it('of the time before a retirement is taken afterwards', () => {
    const entries: Entry[] = [...REGISTERED, ['11:00', chargerRetired]];
    expect(onlyEvent(observe('POWER_LOST', entries, {}, late('10:59')))).toMatchObject({ type: 'PowerLost' });
  });

  it('of a car on a charger that was taken down is taken, with a notice', () => {
    const entries: Entry[] = [...MOUNTED, ['09:00', dismounted()]];
    expect(noticesOf(observe('CAR_CONNECTED', entries, {}, late('09:00')))).toEqual(['NOT_MOUNTED']);
    expect(noticesOf(observe('CAR_CONNECTED', entries, {}, late('08:59')))).toEqual([]);
  });

  it('may use the id of a session that was retracted', () => {
    const entries: Entry[] = [
      ...CHARGING,
      ['10:00', { type: 'FactRetracted', data: { corrects: 'fact-3' } }],
    ];
    expect(onlyEvent(observe('CAR_CONNECTED', entries, { sessionId: 's1' }))).toMatchObject({
      data: { session: 's1' },
    });
  });
});

it('only connectivity and readings come by the minute', () => {
  const kinds: ObservationKind[] = [
    'POWER_LOST',
    'POWER_RESTORED',
    'CONNECTIVITY_LOST',
    'CONNECTIVITY_RESTORED',
    'CAR_CONNECTED',
    'CAR_DISCONNECTED',
    'SESSION_ENERGY',
    'FAULT_RAISED',
    'FAULT_CLEARED',
  ];
  expect(kinds.filter(isByTheMinute)).toEqual([
    'CONNECTIVITY_LOST',
    'CONNECTIVITY_RESTORED',
    'SESSION_ENERGY',
  ]);
});
