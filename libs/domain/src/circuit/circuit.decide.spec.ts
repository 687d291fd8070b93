import { describe, expect, it } from '@jest/globals';
import { onEachPhase } from '../amps';
import { backplateEvolution } from '../backplate/backplate';
import type { Entry } from '../book.fixtures';
import { at, late, lifeOf, moment, noticesOf, onlyEvent, refused, verdictOn } from '../book.fixtures';
import type { Moment } from '../decision';
import {
  circuitAdded,
  circuitRetired,
  designated,
  fallback,
  fuseRating,
  installed,
  maxCircuit,
  removed,
  rewired,
  siteRegistered,
  siteRetired,
} from '../events.fixtures';
import { siteEvolution } from '../site/site';
import { circuitEvolution } from './circuit';
import type { CircuitCommand, CircuitKnowledge } from './circuit.decide';
import { decideCircuit, idsOf } from './circuit.decide';

const SITE = lifeOf(siteEvolution, ['07:00', siteRegistered()]);
const RETIRED_SITE = lifeOf(siteEvolution, ['07:00', siteRegistered()], ['10:00', siteRetired]);
const ADDED: Entry[] = [['08:00', circuitAdded()]];
const RETIRED: Entry[] = [...ADDED, ['10:00', circuitRetired()]];
const PLACE = lifeOf(backplateEvolution, ['08:30', installed()]);

/** What is known: a circuit by its facts, in a site, with nothing on it, unless said otherwise. */
const knowing = (entries: Entry[], more: Partial<CircuitKnowledge> = {}): CircuitKnowledge => ({
  circuit: lifeOf(circuitEvolution, ...entries),
  site: SITE,
  backplate: PLACE,
  contents: [],
  ...more,
});
const parentIs = (...entries: Entry[]) => ({ parent: lifeOf(circuitEvolution, ...entries) });
const add = (input: Partial<CircuitCommand & { type: 'addCircuit' }> = {}): CircuitCommand => ({
  type: 'addCircuit',
  id: 'K',
  site: 'S',
  ...input,
});
const designate: CircuitCommand = { type: 'designatePrimaryBackplate', circuit: 'K', backplate: 'P' };
const retire: CircuitCommand = { type: 'retireCircuit', circuit: 'K' };
const setFuse = (amps?: number | null): CircuitCommand => ({
  type: 'setCircuitFuseRating',
  circuit: 'K',
  amps,
});
const setPhases = (
  type: 'setMaxCircuitCurrent' | 'setOfflineFallbackCurrent',
  l2?: number,
): CircuitCommand => ({
  type,
  circuit: 'K',
  amps: l2 == null ? null : { l1: 0, l2, l3: 1000 },
});

describe('adding a circuit', () => {
  it('records what was told; null is absent', () => {
    const decision = decideCircuit(
      add({ name: null, fuseRatingAmps: null, parent: null }),
      knowing([]),
      moment(),
    );
    expect(onlyEvent(decision)).toEqual({ type: 'CircuitAdded', data: { circuit: 'K', site: 'S' } });
  });

  it('records all that can be told, a fuse of 0 A among it', () => {
    const told = { name: 'Garage', fuseRatingAmps: 0, parent: 'MAIN' };
    const decision = decideCircuit(
      add(told),
      knowing([], parentIs(['07:30', circuitAdded({ circuit: 'MAIN' })])),
      moment(),
    );
    expect(onlyEvent(decision)).toEqual({ type: 'CircuitAdded', data: { circuit: 'K', site: 'S', ...told } });
  });

  it.each<[why: string, Parameters<typeof add>[0], CircuitKnowledge, Moment, code: string, field: string]>([
    ['an odd id', { id: '' }, knowing([]), moment(), 'INVALID_ID', 'id'],
    ['a blank name', { name: '' }, knowing([]), moment(), 'INVALID_NAME', 'name'],
    ['an impossible fuse', { fuseRatingAmps: 1001 }, knowing([]), moment(), 'INVALID_AMPS', 'fuseRatingAmps'],
    ['a known id', {}, knowing(ADDED), moment(), 'ALREADY_EXISTS', 'id'],
    ['the id of a retired one', {}, knowing(RETIRED), moment(), 'ALREADY_EXISTS', 'id'],
    ['an unknown site', {}, knowing([], { site: lifeOf(siteEvolution) }), moment(), 'NOT_FOUND', 'site'],
    ['a site that came later', {}, knowing([]), late('06:59'), 'NOT_FOUND', 'site'],
    ['a retired site', {}, knowing([], { site: RETIRED_SITE }), moment(), 'RETIRED', 'site'],
    ['an unknown parent', { parent: 'X' }, knowing([], parentIs()), moment(), 'NOT_FOUND', 'parent'],
    ['a parent nobody looked for', { parent: 'X' }, knowing([]), moment(), 'NOT_FOUND', 'parent'],
    ['itself as its parent', { parent: 'K' }, knowing([], parentIs()), moment(), 'NOT_FOUND', 'parent'],
    ['a retired parent', { parent: 'K0' }, knowing([], parentIs(...RETIRED)), moment(), 'RETIRED', 'parent'],
    [
      'a parent that came later',
      { parent: 'K0' },
      knowing([], parentIs(...ADDED)),
      late('07:59'),
      'NOT_FOUND',
      'parent',
    ],
    [
      'a parent in another site',
      { parent: 'K0' },
      knowing([], parentIs(['07:30', circuitAdded({ site: 'T' })])),
      moment(),
      'NOT_FOUND',
      'parent',
    ],
  ])('is refused for %s', (_why, input, known, when, code, field) => {
    expect(refused(decideCircuit(add(input), known, when))).toMatchObject({
      code,
      inputPath: ['input', field],
    });
  });
});

describe('changing a circuit', () => {
  const phases = { l1: 0, l2: 16, l3: 1000 };
  it.each<[CircuitCommand, type: string, data: object]>([
    [setFuse(32), 'CircuitFuseRatingSet', { amps: 32 }],
    [setFuse(0), 'CircuitFuseRatingSet', { amps: 0 }],
    [setPhases('setMaxCircuitCurrent', 16), 'MaxCircuitCurrentSet', { amps: phases }],
    [setPhases('setOfflineFallbackCurrent', 16), 'OfflineFallbackCurrentSet', { amps: phases }],
    [designate, 'PrimaryBackplateDesignated', { backplate: 'P' }],
    [retire, 'CircuitRetired', {}],
  ])('%j', (command, type, data) => {
    expect(onlyEvent(decideCircuit(command, knowing(ADDED), moment()))).toEqual({
      type,
      data: { circuit: 'K', ...data },
    });
  });

  it.each<[what: string, set: Entry, clear: CircuitCommand]>([
    ['the fuse that it was added with', ['08:00', circuitAdded({ fuseRatingAmps: 0 })], setFuse(null)],
    ['the fuse', ['09:00', fuseRating(32)], setFuse()],
    ['the max current', ['09:00', maxCircuit(onEachPhase(0))], setPhases('setMaxCircuitCurrent')],
    ['the fallback', ['09:00', fallback(onEachPhase(0))], setPhases('setOfflineFallbackCurrent')],
  ])(
    'clearing %s: a fact where it was set, 0 A included, and nothing where it was not',
    (_what, set, clear) => {
      const known = knowing([...ADDED, set]);
      const [event] = [onlyEvent(decideCircuit(clear, known, moment()))];
      expect(event).toMatchObject({ data: { circuit: 'K' } });
      expect(event).not.toHaveProperty('data.amps');
      expect(verdictOn(decideCircuit(clear, knowing(ADDED), moment()))).toBe('NOTHING_TO_DO');
    },
  );

  it('a clear of what was set only later does nothing', () => {
    const known = knowing([...ADDED, ['11:00', fuseRating(32)]]);
    expect(verdictOn(decideCircuit(setFuse(null), known, late('10:00')))).toBe('NOTHING_TO_DO');
  });

  it.each(['setMaxCircuitCurrent', 'setOfflineFallbackCurrent'] as const)(
    '%s above the fuse as of then is accepted with a notice',
    (type) => {
      const known = knowing([
        ['08:00', circuitAdded({ fuseRatingAmps: 16 })],
        ['11:00', fuseRating(1000)],
      ]);
      const told = (l3: number): CircuitCommand => ({ type, circuit: 'K', amps: { l1: 0, l2: 0, l3 } });
      expect(noticesOf(decideCircuit(told(16.1), known, late('10:00')))).toEqual(['ABOVE_FUSE']);
      expect(noticesOf(decideCircuit(told(16), known, late('10:00')))).toEqual([]);
      expect(noticesOf(decideCircuit(told(16.1), known, late('11:00')))).toEqual([]);
      expect(noticesOf(decideCircuit(told(16.1), knowing(ADDED), late('11:00')))).toEqual([]);
    },
  );

  it.each<[why: string, CircuitCommand, CircuitKnowledge, Moment, code: string]>([
    ['nobody knows it', setFuse(16), knowing([]), moment(), 'NOT_FOUND'],
    ['it came later', setFuse(16), knowing(ADDED), late('07:59'), 'NOT_FOUND'],
    ['it is retired', setFuse(16), knowing(RETIRED), moment(), 'RETIRED'],
    ['it is retired already', retire, knowing(RETIRED), moment(), 'RETIRED'],
    ['it lies in the future', setFuse(16), knowing(ADDED), moment('12:06'), 'IN_THE_FUTURE'],
    ['the fuse is negative', setFuse(-1), knowing(ADDED), moment(), 'INVALID_AMPS'],
    [
      'a phase is no number',
      setPhases('setMaxCircuitCurrent', NaN),
      knowing(ADDED),
      moment(),
      'INVALID_AMPS',
    ],
    [
      'a phase is too much',
      setPhases('setOfflineFallbackCurrent', 1000.5),
      knowing(ADDED),
      moment(),
      'INVALID_AMPS',
    ],
    ['something is on it', retire, knowing(ADDED, { contents: ['P', 'K2'] }), moment(), 'NOT_EMPTY'],
    ['nobody knows the place', designate, knowing(ADDED, { backplate: undefined }), moment(), 'NOT_FOUND'],
    ['the place came later', designate, knowing(ADDED), late('08:29'), 'NOT_FOUND'],
  ])('is refused where %s', (_why, command, known, when, code) => {
    expect(verdictOn(decideCircuit(command, known, when))).toBe(code);
  });

  it('by retiring it names what is on it', () => {
    const refusal = refused(decideCircuit(retire, knowing(ADDED, { contents: ['P', 'K2'] }), moment()));
    expect(refusal.details).toEqual({ contents: ['P', 'K2'] });
    expect(refusal.message).toContain('P, K2');
  });
});

describe('designating a primary backplate', () => {
  const elsewhere = lifeOf(backplateEvolution, ['08:30', installed()], ['10:00', rewired('K2')]);
  const gone = lifeOf(backplateEvolution, ['08:30', installed()], ['10:00', removed()]);

  it.each<[why: string, Partial<CircuitKnowledge>, Moment, verdict: string]>([
    ['it is wired there as of then', { backplate: elsewhere }, late('09:59'), 'ACCEPTED'],
    ['it is wired elsewhere as of then', { backplate: elsewhere }, late('10:00'), 'NOT_FOUND'],
    ['it is there as of then', { backplate: gone }, late('09:59'), 'ACCEPTED'],
    ['it is gone as of then', { backplate: gone }, late('10:00'), 'RETIRED'],
  ])('%s', (_why, more, when, verdict) => {
    expect(verdictOn(decideCircuit(designate, knowing(ADDED, more), when))).toBe(verdict);
  });

  it('again is a fact all the same', () => {
    const known = knowing([...ADDED, ['09:00', designated()]]);
    expect(verdictOn(decideCircuit(designate, known, moment()))).toBe('ACCEPTED');
  });
});

it('every command is about the circuit that it names', () => {
  const named = [add({ id: 'A' }), { ...retire, circuit: 'B' }].map((command) => idsOf(command).circuit);
  expect(named).toEqual(['A', 'B']);
});

it('a circuit is what its facts say, as of any instant', () => {
  const life = lifeOf(
    circuitEvolution,
    ['08:00', circuitAdded({ name: 'Garage', fuseRatingAmps: 32, parent: 'MAIN' })],
    ['09:00', fuseRating(0)],
    ['09:00', maxCircuit(onEachPhase(0))],
    ['09:00', fallback(onEachPhase(6))],
    ['09:00', designated()],
    ['10:00', fuseRating()],
    ['10:00', maxCircuit()],
    ['10:00', fallback()],
    ['10:00', designated('P2')],
    ['11:00', circuitRetired()],
  );
  const told = { addedAt: at('08:00'), site: 'S', name: 'Garage', parent: 'MAIN' };
  expect(life.asOf(at('07:59'))).toEqual({});
  expect(life.asOf(at('08:00'))).toEqual({ ...told, fuseRatingAmps: 32 });
  expect(life.asOf(at('09:00'))).toEqual({
    ...told,
    fuseRatingAmps: 0,
    maxCurrentAmps: onEachPhase(0),
    offlineFallbackAmps: onEachPhase(6),
    designated: 'P',
    designatedAt: at('09:00'),
  });
  expect(life.head).toEqual({ ...told, designated: 'P2', designatedAt: at('10:00'), retiredAt: at('11:00') });
});
