import { describe, expect, it } from '@jest/globals';
import type { Entry } from '../book.fixtures';
import { at, lifeOf } from '../book.fixtures';
import type { DomainEvent } from '../events';
import {
  chargerRegistered,
  chargerRetired,
  connected,
  disconnected,
  dismounted,
  faultCleared,
  faultRaised,
  maxCharger,
  mounted,
  ofCharger,
} from '../events.fixtures';
import type { ChargerState } from './charger';
import { chargerEvolution } from './charger';

const lifeFrom = (...entries: Entry[]) =>
  lifeOf(chargerEvolution, ['08:00', chargerRegistered()], ...entries);
const phases = (mode: 'AUTO' | 'LOCKED_1' | 'LOCKED_3', singlePhase?: number): DomainEvent => ({
  type: 'PhaseModeSet',
  data: { charger: 'C1', mode, singlePhase },
});
const PLAN = {
  kind: 'RECURRING',
  timeZone: 'Europe/Oslo',
  enabled: true,
  windows: [{ weekdays: [], start: '22:00', stop: '06:00', limitAmps: 0 }],
} as const;

describe('a charger as its facts have it', () => {
  it('is enabled, has power, is unlimited and hangs nowhere until something else is told', () => {
    const state = lifeFrom().head;
    const expected = {
      registeredAt: at('08:00'),
      enabled: true,
      powered: true,
      faults: [],
      operator: 'default',
    };
    expect(state).toMatchObject(expected);
    expect([state.mounting, state.maxCurrentAmps, state.plan, state.ongoingSession]).toEqual(
      Array(4).fill(undefined),
    );
    expect(lifeFrom().asOf(at('07:59')).registeredAt).toBeUndefined();
  });

  it.each<[what: string, Entry[], Partial<ChargerState>]>([
    [
      'protocol',
      [['09:00', { type: 'ChargerProtocolSet', data: { charger: 'C1', protocol: 'OCPP' } }]],
      { protocol: 'OCPP' },
    ],
    [
      'control',
      [['09:00', { type: 'ChargerControlTransferred', data: { charger: 'C1', operator: 'north' } }]],
      { operator: 'north' },
    ],
    ['a max current of 0 A', [['09:00', maxCharger(0)]], { maxCurrentAmps: 0 }],
    [
      'a max current that was cleared',
      [
        ['09:00', maxCharger(0)],
        ['10:00', maxCharger()],
      ],
      { maxCurrentAmps: undefined },
    ],
    [
      'LOCKED_1 uses the first phase',
      [['09:00', phases('LOCKED_1')]],
      { phaseMode: 'LOCKED_1', singlePhase: 1 },
    ],
    ['LOCKED_1 with a phase', [['09:00', phases('LOCKED_1', 3)]], { singlePhase: 3 }],
    [
      'LOCKED_1 anew uses the first again',
      [
        ['09:00', phases('LOCKED_1', 3)],
        ['10:00', phases('LOCKED_1')],
      ],
      { singlePhase: 1 },
    ],
    [
      'LOCKED_3 names no phase',
      [
        ['09:00', phases('LOCKED_1', 3)],
        ['10:00', phases('LOCKED_3')],
      ],
      { singlePhase: undefined },
    ],
    ['disabled', [['09:00', ofCharger('ChargerDisabled')]], { enabled: false }],
    [
      'enabled again',
      [
        ['09:00', ofCharger('ChargerDisabled')],
        ['10:00', ofCharger('ChargerEnabled')],
      ],
      { enabled: true },
    ],
    ['a plan', [['09:00', { type: 'ChargePlanSet', data: { charger: 'C1', ...PLAN } }]], { plan: PLAN }],
    [
      'no plan any more',
      [
        ['09:00', { type: 'ChargePlanSet', data: { charger: 'C1', ...PLAN } }],
        ['10:00', ofCharger('ChargePlanRemoved')],
      ],
      { plan: undefined },
    ],
    ['power lost', [['09:00', ofCharger('PowerLost')]], { powered: false }],
    [
      'power restored',
      [
        ['09:00', ofCharger('PowerLost')],
        ['10:00', ofCharger('PowerRestored')],
      ],
      { powered: true },
    ],
    [
      'power lost ends by its own restore only',
      [
        ['09:00', ofCharger('PowerLost')],
        ['10:00', mounted()],
        ['11:00', dismounted()],
      ],
      { powered: false },
    ],
    [
      'mounted',
      [['09:00', mounted()]],
      { mounting: { backplate: 'P', mountedAt: at('09:00') }, destination: undefined },
    ],
    [
      'dismounted',
      [
        ['09:00', mounted()],
        ['10:00', dismounted('P', 'C1', 'REPAIR')],
      ],
      { mounting: undefined, destination: 'REPAIR' },
    ],
    [
      'dismounted twice: the first note stands',
      [
        ['09:00', mounted()],
        ['10:00', dismounted('P', 'C1', 'REPAIR')],
        ['11:00', dismounted()],
      ],
      { destination: 'REPAIR' },
    ],
    [
      'mounted again',
      [
        ['09:00', mounted()],
        ['10:00', dismounted()],
        ['11:00', mounted('Q')],
      ],
      { mounting: { backplate: 'Q', mountedAt: at('11:00') }, destination: undefined },
    ],
    ['retired', [['09:00', chargerRetired]], { retiredAt: at('09:00') }],
  ])('%s', (_what, entries, expected) => {
    expect(lifeFrom(...entries).head).toMatchObject(expected);
  });

  it('is registered with LOCKED_1 on the first phase', () => {
    const life = lifeOf(chargerEvolution, [
      '08:00',
      chargerRegistered({ phaseMode: 'LOCKED_1', model: 'Berry' }),
    ]);
    expect(life.head).toMatchObject({ phaseMode: 'LOCKED_1', singlePhase: 1, model: 'Berry' });
  });

  it('keeps what does not get lost with power, a car or a move', () => {
    const kept: Entry[] = [
      ['08:10', mounted()],
      ['08:20', maxCharger(0)],
      ['08:20', phases('LOCKED_1', 2)],
      ['08:20', ofCharger('ChargerDisabled')],
      ['08:20', { type: 'ChargePlanSet', data: { charger: 'C1', ...PLAN } }],
    ];
    const shaken: Entry[] = [
      ['09:00', connected('s1')],
      ['10:00', ofCharger('PowerLost')],
      ['10:01', ofCharger('PowerRestored')],
      ['11:00', dismounted()],
      ['11:00', mounted('Q')],
    ];
    const { mounting: _, ...before } = lifeFrom(...kept).head;
    expect(lifeFrom(...kept, ...shaken).head).toMatchObject(before);
  });

  it.each<[what: string, Entry[], session: string | undefined]>([
    ['a car is connected', [['09:00', connected('s1')]], 's1'],
    [
      'another car is connected',
      [
        ['09:00', connected('s1')],
        ['10:00', connected('s2')],
      ],
      's2',
    ],
    [
      'any car is disconnected',
      [
        ['09:00', connected('s1')],
        ['10:00', disconnected('s9')],
      ],
      undefined,
    ],
    [
      'power is lost',
      [
        ['09:00', connected('s1')],
        ['10:00', ofCharger('PowerLost')],
      ],
      undefined,
    ],
    [
      'it is taken down',
      [
        ['08:30', mounted()],
        ['09:00', connected('s1')],
        ['10:00', dismounted()],
      ],
      undefined,
    ],
    [
      'it is mounted afterwards',
      [
        ['09:00', connected('s1')],
        ['10:00', mounted()],
      ],
      undefined,
    ],
    [
      'it is mounted at that very instant',
      [
        ['09:00', connected('s1')],
        ['09:00', mounted()],
      ],
      's1',
    ],
    [
      'connectivity does not matter, nor does a fault',
      [
        ['09:00', connected('s1')],
        ['10:00', faultRaised('E1')],
      ],
      's1',
    ],
  ])('session under way where %s', (_what, entries, session) => {
    expect(lifeFrom(...entries).head.ongoingSession?.id).toBe(session);
  });

  it.each<[what: string, DomainEvent[], faults: string[]]>([
    ['raised', [faultRaised('E1'), faultRaised('E2')], ['E1', 'E2']],
    ['raised twice', [faultRaised('E1'), faultRaised('E2'), faultRaised('E1')], ['E2', 'E1']],
    ['cleared', [faultRaised('E1'), faultRaised('E2'), faultCleared('E1')], ['E2']],
    ['cleared that was never raised', [faultRaised('E1'), faultCleared('E9')], ['E1']],
    ['without a name', [faultRaised(), faultRaised('E1')], ['UNKNOWN', 'E1']],
    ['cleared without a name: all of them', [faultRaised(), faultRaised('E1'), faultCleared()], []],
  ])('faults %s', (_what, events, faults) => {
    expect(lifeFrom(...events.map((event): Entry => ['09:00', event])).head.faults).toEqual(faults);
  });
});
