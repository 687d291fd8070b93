import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { onEachPhase } from '../amps';
import { backplateEvolution } from '../backplate/backplate';
import type { Entry } from '../book.fixtures';
import { at, atMinute, fact, late, lifeOf, moment, noticesOf, onlyEvent, verdictOn } from '../book.fixtures';
import type { Moment } from '../decision';
import { circuitAdded, circuitRetired, designated, installed, removed, rewired } from '../events.fixtures';
import type { DomainEvent } from '../events';
import type { Fact } from '../facts/fact';
import { Lifeline } from '../facts/lifeline';
import { reignsOf } from '../limits/circuit-control';
import { factLog } from '../limits/fact-log';
import { circuitEvolution } from './circuit';
import type { LoadCommand, LoadKnowledge } from './circuit.decide';
import { decideLoad, primaryBackplate } from './circuit.decide';

const ADDED: Entry[] = [['08:00', circuitAdded({ fuseRatingAmps: 32 })]];
const POWERED = { backplate: 'P', charger: { serial: 'C1', powered: true } };

const knowing = (more: Partial<LoadKnowledge> = {}, entries: Entry[] = ADDED): LoadKnowledge => ({
  id: 'K',
  circuit: lifeOf(circuitEvolution, ...entries),
  primary: POWERED,
  isSet: false,
  ...more,
});
const set = (input: Partial<LoadCommand & { type: 'setDynamicCircuitCurrent' }> = {}): LoadCommand => ({
  type: 'setDynamicCircuitCurrent',
  circuit: 'K',
  amps: onEachPhase(10),
  ...input,
});
const byCharger = set({ circuit: null, charger: 'C1' });
const clear: LoadCommand = { type: 'clearDynamicCircuitCurrent', circuit: 'K' };

describe('the dynamic current of a circuit', () => {
  it('is recorded with the charger and the place that carry it; 0 A is a value', () => {
    const data = { circuit: 'K', amps: onEachPhase(0), carrier: 'C1', backplate: 'P' };
    const decision = decideLoad(set({ amps: onEachPhase(0), timeToLiveSeconds: null }), knowing(), moment());
    expect(onlyEvent(decision)).toEqual({ type: 'DynamicCircuitCurrentSet', data });
  });

  it('is recorded with its time-to-live', () => {
    const decision = decideLoad(set({ timeToLiveSeconds: 90 }), knowing(), moment());
    expect(onlyEvent(decision)).toMatchObject({ data: { timeToLiveSeconds: 90 } });
  });

  it('can be set through the charger on the primary', () => {
    const decision = decideLoad(byCharger, knowing({ chargerHangsOn: 'P' }), moment());
    expect(onlyEvent(decision)).toMatchObject({ data: { circuit: 'K', carrier: 'C1', backplate: 'P' } });
  });

  it('above the fuse is accepted with a notice', () => {
    const notices = (l3: number) =>
      noticesOf(decideLoad(set({ amps: { l1: 0, l2: 0, l3 } }), knowing(), moment()));
    expect([notices(32), notices(32.5)]).toEqual([[], ['ABOVE_FUSE']]);
  });

  it.each<[why: string, LoadCommand, LoadKnowledge, Moment, code: string]>([
    ['the circuit is unknown', set(), knowing({}, []), moment(), 'NOT_FOUND'],
    ['the circuit came later', set(), knowing(), late('07:59'), 'NOT_FOUND'],
    [
      'the circuit is retired',
      set(),
      knowing({}, [...ADDED, ['10:00', circuitRetired()]]),
      moment(),
      'RETIRED',
    ],
    ['it lies in the future', set(), knowing(), moment('12:06'), 'IN_THE_FUTURE'],
    ['a phase is negative', set({ amps: { l1: 6, l2: -1, l3: 6 } }), knowing(), moment(), 'INVALID_AMPS'],
    ['the time-to-live is 0', set({ timeToLiveSeconds: 0 }), knowing(), moment(), 'INVALID_TTL'],
    ['no primary is designated', set(), knowing({ primary: undefined }), moment(), 'NO_PRIMARY'],
    ['no charger is on the primary', set(), knowing({ primary: { backplate: 'P' } }), moment(), 'NO_PRIMARY'],
    [
      'the primary has no power',
      set(),
      knowing({ primary: { backplate: 'P', charger: { serial: 'C1', powered: false } } }),
      moment(),
      'NO_POWER',
    ],
    ['the charger is on a secondary', byCharger, knowing({ chargerHangsOn: 'P2' }), moment(), 'NOT_PRIMARY'],
    [
      'the charger is on a circuit without primary',
      byCharger,
      knowing({ chargerHangsOn: 'P2', primary: undefined }),
      moment(),
      'NOT_PRIMARY',
    ],
    ['there is nothing to clear', clear, knowing(), moment(), 'NOTHING_TO_DO'],
    ['it is cleared', clear, knowing({ isSet: true }), moment(), 'ACCEPTED'],
    [
      'it is cleared without a primary',
      clear,
      knowing({ isSet: true, primary: undefined }),
      moment(),
      'ACCEPTED',
    ],
    ['it is cleared in the future', clear, knowing({ isSet: true }), moment('12:06'), 'IN_THE_FUTURE'],
    ['an unknown one is cleared', clear, knowing({ isSet: true }, []), moment(), 'NOT_FOUND'],
  ])('where %s', (_why, command, known, when, verdict) => {
    expect(verdictOn(decideLoad(command, known, when))).toBe(verdict);
  });
});

describe('the primary backplate of a circuit', () => {
  const primaryAt = (time: string, circuit: Entry[], place: Entry[]) =>
    primaryBackplate(
      'K',
      lifeOf(circuitEvolution, ...circuit),
      lifeOf(backplateEvolution, ...place),
      at(time),
    );
  const DESIGNATED: Entry[] = [...ADDED, ['10:00', designated()]];
  const INSTALLED: Entry[] = [['08:30', installed()]];

  it.each<[what: string, Entry[], Entry[], primary: string | undefined]>([
    ['none is designated', ADDED, INSTALLED, undefined],
    ['one is designated', DESIGNATED, INSTALLED, 'P'],
    ['it was removed', DESIGNATED, [...INSTALLED, ['11:00', removed()]], undefined],
    ['it was rewired', DESIGNATED, [...INSTALLED, ['11:00', rewired('K2')]], undefined],
    [
      'it was rewired and came back',
      DESIGNATED,
      [...INSTALLED, ['11:00', rewired('K2')], ['11:30', rewired('K')]],
      undefined,
    ],
    [
      'it came back before',
      DESIGNATED,
      [...INSTALLED, ['09:00', rewired('K2')], ['09:30', rewired('K')]],
      'P',
    ],
    [
      'it came back, and was designated again',
      [...DESIGNATED, ['11:45', designated()]],
      [...INSTALLED, ['11:00', rewired('K2')], ['11:30', rewired('K')]],
      'P',
    ],
    [
      'a rewiring changed nothing, as a late one shows',
      DESIGNATED,
      [
        ['08:30', installed('P', 'K2')],
        ['11:00', rewired('K', 'K2')],
        ['09:00', rewired('K', 'K2')],
      ],
      'P',
    ],
    [
      'it was wired elsewhere when it was designated, as a late fact shows',
      DESIGNATED,
      [
        ['08:30', installed()],
        ['09:30', rewired('K2')],
        ['11:00', rewired('K', 'K2')],
      ],
      undefined,
    ],
  ])('%s', (_what, circuit, place, primary) => {
    expect(primaryAt('12:00', circuit, place)).toBe(primary);
  });

  it('is asked for as of an instant', () => {
    const place: Entry[] = [...INSTALLED, ['11:00', rewired('K2')]];
    const primaries = ['09:59', '10:00', '10:59', '11:00'].map((time) => primaryAt(time, DESIGNATED, place));
    expect(primaries).toEqual([undefined, 'P', 'P', undefined]);
  });

  it('is the one whose limits count, whatever the order in which the facts come', () => {
    const wiring = fc.constantFrom<DomainEvent>(
      rewired('K'),
      rewired('K2'),
      designated('P'),
      designated('Q'),
      removed(),
    );
    const history = fc.uniqueArray(fc.tuple(fc.integer({ min: 1, max: 40 }), wiring), {
      selector: ([minute]) => minute,
      maxLength: 8,
    });
    fc.assert(
      fc.property(history, fc.integer({ min: 0, max: 41 }), (chances, minute) => {
        // What is removed is not wired anew.
        const removedAt = Math.min(
          ...chances.map(([when, { type }]) => (type === 'BackplateRemoved' ? when : 99)),
        );
        const possible = chances.filter(
          ([when, { type }]) => type !== 'BackplateRewired' || when < removedAt,
        );
        const facts = possible.map(([when, event], index) =>
          fact({ event, at: atMinute(when), bookOrder: index + 5 }),
        );
        const about = (key: 'circuit' | 'backplate', start: Fact[]) => [
          ...start,
          ...facts.filter(({ type }) => type.startsWith('Primary') === (key === 'circuit')),
        ];
        const begun = (event: DomainEvent, bookOrder: number) => fact({ event, at: atMinute(0), bookOrder });
        const circuit = Lifeline.of(circuitEvolution, about('circuit', [begun(circuitAdded(), 1)]));
        const places = {
          P: Lifeline.of(backplateEvolution, about('backplate', [begun(installed('P'), 2)])),
          Q: Lifeline.of(backplateEvolution, [begun(installed('Q'), 3)]),
        };
        const now = atMinute(minute);
        const known = {
          logOf: (_scope: string, id: string) => factLog(places[id as 'P' | 'Q'].facts),
          placementsOn: () => [],
        };
        const reign = reignsOf({ id: 'K', log: factLog(circuit.facts) }, known, now).at(-1);
        const last = circuit.asOf(now).designated ?? 'P';
        const primary = primaryBackplate('K', circuit, places[last as 'P' | 'Q'], now);
        expect(primary).toBe(reign?.until == null ? reign?.backplate : undefined);
      }),
      { numRuns: 500 },
    );
  });
});
