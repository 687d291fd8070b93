import { describe, expect, it } from '@jest/globals';
import type { Entry } from '../book.fixtures';
import { at, late, lifeOf, moment, onlyEvent, refused, told, verdictOn } from '../book.fixtures';
import { staysOf } from '../charger/placements';
import { circuitEvolution } from '../circuit/circuit';
import type { Moment } from '../decision';
import {
  circuitAdded,
  circuitRetired,
  dismounted,
  installed,
  mounted,
  removed,
  rewired,
} from '../events.fixtures';
import { factsInEffect } from '../facts/lifeline';
import { backplateEvolution } from './backplate';
import type { BackplateCommand, BackplateKnowledge } from './backplate.decide';
import { decideBackplate } from './backplate.decide';

const INSTALLED: Entry[] = [['08:00', installed()]];
const REMOVED: Entry[] = [...INSTALLED, ['10:00', removed()]];
const CIRCUIT = lifeOf(circuitEvolution, ['07:00', circuitAdded()]);
const RETIRED_CIRCUIT = lifeOf(circuitEvolution, ['07:00', circuitAdded()], ['10:00', circuitRetired()]);

/** What is known: a backplate by its facts, the circuit that the command names, nobody on it, unless said otherwise. */
const knowing = (entries: Entry[], more: Partial<BackplateKnowledge> = {}): BackplateKnowledge => ({
  backplate: lifeOf(backplateEvolution, ...entries),
  circuit: CIRCUIT,
  stays: [],
  ...more,
});
const hung = (...entries: Entry[]) => ({ stays: staysOf(factsInEffect(told(...entries))).stays });
const install = (input: Partial<BackplateCommand & { type: 'installBackplate' }> = {}): BackplateCommand => ({
  type: 'installBackplate',
  id: 'P',
  circuit: 'K',
  ...input,
});
const rewire: BackplateCommand = { type: 'rewireBackplate', backplate: 'P', circuit: 'K2' };
const remove: BackplateCommand = { type: 'removeBackplate', backplate: 'P' };

describe('installing a backplate', () => {
  it('records what was told; null is absent', () => {
    const event = { type: 'BackplateInstalled', data: { backplate: 'P', circuit: 'K' } };
    expect(onlyEvent(decideBackplate(install({ label: null }), knowing([]), moment()))).toEqual(event);
  });

  it('records its label', () => {
    const decision = decideBackplate(install({ label: 'Left' }), knowing([]), moment());
    expect(onlyEvent(decision)).toMatchObject({ data: { label: 'Left' } });
  });

  it.each<[why: string, Parameters<typeof install>[0], BackplateKnowledge, Moment, code: string]>([
    ['an odd id', { id: 'P/1' }, knowing([]), moment(), 'INVALID_ID'],
    ['a blank label', { label: ' ' }, knowing([]), moment(), 'INVALID_NAME'],
    ['a known id', {}, knowing(INSTALLED), moment(), 'ALREADY_EXISTS'],
    ['the id of one that was removed', {}, knowing(REMOVED), moment(), 'ALREADY_EXISTS'],
    ['an unknown circuit', {}, knowing([], { circuit: lifeOf(circuitEvolution) }), moment(), 'NOT_FOUND'],
    ['a circuit nobody looked for', {}, knowing([], { circuit: undefined }), moment(), 'NOT_FOUND'],
    ['a circuit that came later', {}, knowing([]), late('06:59'), 'NOT_FOUND'],
    ['a retired circuit', {}, knowing([], { circuit: RETIRED_CIRCUIT }), moment(), 'RETIRED'],
    ['the future', {}, knowing([]), moment('12:06'), 'IN_THE_FUTURE'],
  ])('is refused for %s', (_why, input, known, when, code) => {
    expect(verdictOn(decideBackplate(install(input), known, when))).toBe(code);
  });
});

describe('rewiring a backplate', () => {
  it('records the circuit as of then as the former one', () => {
    const known = knowing([...INSTALLED, ['09:00', rewired('K5')], ['11:00', rewired('K6', 'K5')]]);
    const data = { backplate: 'P', circuit: 'K2', formerCircuit: 'K5' };
    expect(onlyEvent(decideBackplate(rewire, known, late('10:00')))).toEqual({
      type: 'BackplateRewired',
      data,
    });
  });

  it.each<[why: string, BackplateKnowledge, Moment, verdict: string]>([
    [
      'it is wired there already',
      knowing([...INSTALLED, ['09:00', rewired('K2')]]),
      moment(),
      'NOTHING_TO_DO',
    ],
    [
      'it is wired there only later',
      knowing([...INSTALLED, ['11:00', rewired('K2')]]),
      late('10:00'),
      'ACCEPTED',
    ],
    [
      'a charger hangs on it without a session',
      knowing(INSTALLED, hung(['09:00', mounted()])),
      moment(),
      'ACCEPTED',
    ],
    ['a session is under way', knowing(INSTALLED, { ongoingSession: 's1' }), moment(), 'SESSION_ONGOING'],
    [
      'the circuit is unknown',
      knowing(INSTALLED, { circuit: lifeOf(circuitEvolution) }),
      moment(),
      'NOT_FOUND',
    ],
    ['the circuit is retired', knowing(INSTALLED, { circuit: RETIRED_CIRCUIT }), moment(), 'RETIRED'],
    ['the backplate is unknown', knowing([]), moment(), 'NOT_FOUND'],
    ['the backplate came later', knowing(INSTALLED), late('07:59'), 'NOT_FOUND'],
    ['the backplate is removed', knowing(REMOVED), moment(), 'RETIRED'],
    ['it lies in the future', knowing(INSTALLED), moment('12:06'), 'IN_THE_FUTURE'],
  ])('where %s', (_why, known, when, verdict) => {
    expect(verdictOn(decideBackplate(rewire, known, when))).toBe(verdict);
  });
});

describe('removing a backplate', () => {
  const now = hung(['09:00', mounted()]);
  const before = hung(['09:00', mounted()], ['11:00', dismounted()]);

  it.each<[why: string, BackplateKnowledge, Moment, verdict: string]>([
    ['nobody was ever on it', knowing(INSTALLED), moment(), 'ACCEPTED'],
    ['somebody was on it', knowing(INSTALLED, before), moment(), 'ACCEPTED'],
    ['somebody leaves at that instant', knowing(INSTALLED, before), late('11:00'), 'ACCEPTED'],
    ['somebody was on it as of then', knowing(INSTALLED, before), late('10:59'), 'NOT_EMPTY'],
    ['somebody came at that instant', knowing(INSTALLED, before), late('09:00'), 'NOT_EMPTY'],
    ['somebody came later and left', knowing(INSTALLED, before), late('08:30'), 'NOT_EMPTY'],
    ['somebody is on it', knowing(INSTALLED, now), moment(), 'NOT_EMPTY'],
    ['it is removed already', knowing(REMOVED), moment(), 'RETIRED'],
    ['it is unknown', knowing([]), moment(), 'NOT_FOUND'],
  ])('where %s', (_why, known, when, verdict) => {
    expect(verdictOn(decideBackplate(remove, known, when))).toBe(verdict);
  });

  it('is recorded', () => {
    const event = { type: 'BackplateRemoved', data: { backplate: 'P' } };
    expect(onlyEvent(decideBackplate(remove, knowing(INSTALLED), moment()))).toEqual(event);
  });

  it('names who is in the way', () => {
    const refusal = refused(decideBackplate(remove, knowing(INSTALLED, before), late('08:30')));
    expect(refusal.details).toEqual({ charger: 'C1', from: at('09:00'), until: at('11:00') });
    expect(refusal.message).toContain('was mounted on it later');
  });
});

it('a backplate is what its facts say, as of any instant', () => {
  const life = lifeOf(
    backplateEvolution,
    ['08:00', { type: 'BackplateInstalled', data: { backplate: 'P', circuit: 'K', label: 'Left' } }],
    ['09:00', rewired('K2')],
    ['10:00', removed()],
  );
  expect(life.asOf(at('07:59'))).toEqual({});
  expect(life.asOf(at('08:00'))).toEqual({ installedAt: at('08:00'), circuit: 'K', label: 'Left' });
  expect(life.head).toEqual({
    installedAt: at('08:00'),
    circuit: 'K2',
    label: 'Left',
    removedAt: at('10:00'),
  });
});
