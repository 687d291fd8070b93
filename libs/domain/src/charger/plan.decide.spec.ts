import { describe, expect, it } from '@jest/globals';
import type { Entry } from '../book.fixtures';
import { lifeOf, moment, onlyEvent, verdictOn } from '../book.fixtures';
import { chargerRegistered } from '../events.fixtures';
import { chargerEvolution } from './charger';
import type { ChargePlan } from './charger.events';
import type { PlanCommand, ToldWindow } from './plan.decide';
import { decidePlan } from './plan.decide';

const NIGHT: ToldWindow = { start: '22:00', stop: '06:00' };
const PLAN: ChargePlan = {
  kind: 'RECURRING',
  timeZone: 'Europe/Oslo',
  enabled: true,
  windows: [{ weekdays: [], start: '22:00', stop: '06:00' }],
};
const REGISTERED: Entry[] = [['08:00', chargerRegistered()]];
const planned = (plan: Partial<ChargePlan> = {}): Entry => [
  '09:00',
  { type: 'ChargePlanSet', data: { charger: 'C1', ...PLAN, ...plan } },
];
const carCame: Entry = ['10:00', { type: 'SessionStarted', data: { charger: 'C1', session: 's1' } }];

const known = (entries: readonly Entry[], siteTimeZone?: string) => ({
  charger: lifeOf(chargerEvolution, ...entries),
  siteTimeZone,
});
const setPlan = (input: Partial<PlanCommand & { type: 'setChargePlan' }> = {}): PlanCommand => ({
  type: 'setChargePlan',
  charger: 'C1',
  kind: 'RECURRING',
  timeZone: 'Europe/Oslo',
  windows: [NIGHT],
  ...input,
});
const override: PlanCommand = { type: 'overrideSchedule', charger: 'C1' };
const remove: PlanCommand = { type: 'removeChargePlan', charger: 'C1' };

describe('setting a charge plan', () => {
  it('takes the zone of the site where the charger hangs, and enables the plan, where nothing else was told', () => {
    const decision = decidePlan(setPlan({ timeZone: null }), known(REGISTERED, 'Europe/Berlin'), moment());
    expect(onlyEvent(decision)).toEqual({
      type: 'ChargePlanSet',
      data: { charger: 'C1', ...PLAN, timeZone: 'Europe/Berlin' },
    });
  });

  it('needs a zone where the charger hangs nowhere', () => {
    expect(verdictOn(decidePlan(setPlan({ timeZone: null }), known(REGISTERED), moment()))).toBe(
      'ZONE_REQUIRED',
    );
  });

  it.each<[string, Partial<PlanCommand & { type: 'setChargePlan' }>, string]>([
    ['an unknown zone', { timeZone: 'Europe/Atlantis' }, 'INVALID_TIME_ZONE'],
    ['no windows', { windows: [] }, 'INVALID_PLAN'],
    ['too many windows', { windows: Array.from({ length: 1001 }, () => NIGHT) }, 'INVALID_PLAN'],
    ['a window that stops when it starts', { windows: [{ start: '22:00', stop: '22:00' }] }, 'INVALID_PLAN'],
    ['a time that no clock shows', { windows: [{ start: '24:00', stop: '06:00' }] }, 'INVALID_PLAN'],
    ['a recurring window without a stop', { windows: [{ start: '22:00' }] }, 'INVALID_PLAN'],
    ['a recurring window with a date', { windows: [{ ...NIGHT, date: '2026-05-04' }] }, 'INVALID_PLAN'],
    ['a one-off window without a date', { kind: 'ONE_OFF', windows: [NIGHT] }, 'INVALID_PLAN'],
    [
      'a day that does not exist',
      { kind: 'ONE_OFF', windows: [{ ...NIGHT, date: '2026-02-30' }] },
      'INVALID_PLAN',
    ],
    [
      'a one-off window with weekdays',
      { kind: 'ONE_OFF', windows: [{ ...NIGHT, date: '2026-05-04', weekdays: ['MONDAY'] }] },
      'INVALID_PLAN',
    ],
    ['a negative limit', { windows: [{ ...NIGHT, limitAmps: -1 }] }, 'INVALID_AMPS'],
  ])('refuses %s', (_what, input, code) => {
    expect(verdictOn(decidePlan(setPlan(input), known(REGISTERED), moment()))).toBe(code);
  });

  it('accepts a window of 0 A, and an open-ended one-off window', () => {
    const zero = setPlan({ windows: [{ ...NIGHT, limitAmps: 0 }] });
    const open = setPlan({ kind: 'ONE_OFF', windows: [{ date: '2026-05-05', start: '01:00' }] });
    for (const command of [zero, open]) {
      expect(verdictOn(decidePlan(command, known(REGISTERED), moment()))).toBe('ACCEPTED');
    }
  });

  it('says that it waits where the session under way is overridden', () => {
    const overridden: Entry = [
      '11:00',
      { type: 'ScheduleOverridden', data: { charger: 'C1', session: 's1' } },
    ];
    const decision = decidePlan(setPlan(), known([...REGISTERED, planned(), carCame, overridden]), moment());
    expect(decision).toMatchObject({ notices: [{ code: 'OVERRIDDEN' }] });
  });
});

describe('removing a charge plan', () => {
  it('is a fact where there is one, and nothing where there is none', () => {
    expect(verdictOn(decidePlan(remove, known([...REGISTERED, planned()]), moment()))).toBe('ACCEPTED');
    expect(verdictOn(decidePlan(remove, known(REGISTERED), moment()))).toBe('NOTHING_TO_DO');
  });
});

describe('overriding the plan', () => {
  it('names the session under way', () => {
    const decision = decidePlan(override, known([...REGISTERED, planned(), carCame]), moment());
    expect(onlyEvent(decision)).toEqual({
      type: 'ScheduleOverridden',
      data: { charger: 'C1', session: 's1' },
    });
  });

  const overOcpp: Entry = [
    '08:30',
    { type: 'ChargerProtocolSet', data: { charger: 'C1', protocol: 'OCPP' } },
  ];
  const spent = planned({
    kind: 'ONE_OFF',
    windows: [{ date: '2026-05-03', weekdays: [], start: '01:00', stop: '05:00' }],
  });

  it.each<[string, Entry[], string]>([
    ['a charger operated over OCPP, before anything else', [...REGISTERED, overOcpp], 'CHANNEL_UNSUPPORTED'],
    ['without a session', [...REGISTERED, planned()], 'NO_ONGOING_SESSION'],
    ['without a plan', [...REGISTERED, carCame], 'NO_ACTIVE_PLAN'],
    ['with a disabled plan', [...REGISTERED, planned({ enabled: false }), carCame], 'NO_ACTIVE_PLAN'],
    ['with a plan that is over', [...REGISTERED, spent, carCame], 'NO_ACTIVE_PLAN'],
  ])('is refused %s', (_what, entries, code) => {
    expect(verdictOn(decidePlan(override, known(entries), moment()))).toBe(code);
  });
});
