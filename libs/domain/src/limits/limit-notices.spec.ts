import { describe, expect, it } from '@jest/globals';
import type { Fact } from '../facts/fact';
import { limitEffect } from './limit-effect';
import { noticesOfEffects, noticesOfFacts } from './limit-notices';
import { Story } from './story.fixtures';
import type { ToldStep } from './told-steps.fixtures';

const SET_UP = '2026-01-01T00:00:00.000Z';
const TEN = '2026-05-04T10:00:00.000Z';
const ELEVEN = '2026-05-04T11:00:00.000Z';

const perPhase = (amps: number) => ({ l1: amps, l2: amps, l3: amps });
const window = { start: '22:00', stop: '06:00' };

/** X, charging, on the primary of C with Y; a place in another zone, on a circuit of 10 A. */
function harbour(): Story {
  const story = new Story();
  const tell = (name: string, input: Record<string, unknown>) => {
    story.tell({ do: name, at: SET_UP, input });
  };
  tell('registerSite', { id: 'S', name: 'Harbour', timeZone: 'Europe/Oslo', ratedCurrentAmps: 63 });
  tell('registerSite', { id: 'T', name: 'Dock', timeZone: 'Europe/London' });
  tell('addCircuit', { id: 'C', site: 'S', fuseRatingAmps: 32 });
  tell('addCircuit', { id: 'D', site: 'T', fuseRatingAmps: 10 });
  for (const [id, circuit] of Object.entries({ B1: 'C', B2: 'C', B3: 'D' }))
    tell('installBackplate', { id, circuit });
  for (const [serial, backplate] of Object.entries({ X: 'B1', Y: 'B2' })) {
    tell('registerCharger', { serial, ratedCurrentAmps: 25 });
    tell('mountCharger', { charger: serial, backplate });
  }
  tell('designatePrimaryBackplate', { circuit: 'C', backplate: 'B1' });
  story.tell({ observe: 'CAR_CONNECTED', at: TEN, charger: 'X' });
  return story;
}

/** The notices of a step that is told at eleven, after others. */
function noticesOn(step: Omit<ToldStep, 'at'>, ...before: Omit<ToldStep, 'at'>[]): string[] {
  const story = harbour();
  for (const each of before) story.tell({ ...each, at: TEN });
  const count = story.recorded.length;
  story.tell({ ...step, at: ELEVEN });
  const facts: Fact[] = story.recorded.slice(count);
  const effects = ['X', 'Y'].map((serial) =>
    limitEffect(story.knowledgeOf(serial, count), story.knowledgeOf(serial), ELEVEN),
  );
  return [...noticesOfFacts(facts), ...noticesOfEffects(facts, effects)].map(
    ({ code, message }) => `${code}: ${message}`,
  );
}

const UNSET =
  'UNSET_AT_NEXT_CAR: The dynamic charger current of X ends when the next car is connected, when it loses power or is taken down.';

describe('notices', () => {
  it('say that a dynamic charger current goes with the next car, and what holds all the same', () => {
    const set = (amps: number) => ({ do: 'setDynamicChargerCurrent', input: { charger: 'X', amps } });
    expect(noticesOn(set(16))).toEqual([UNSET]);
    expect(noticesOn(set(40))).toEqual([
      UNSET,
      'ABOVE_FUSE: 40 A is more than the circuit fuse of C, 32 A, which holds all the same.',
      'ABOVE_RATING: 40 A is more than the charger rating of X, 25 A, which holds all the same.',
    ]);
  });

  it('say that a value pauses cars, and which session under way', () => {
    expect(noticesOn({ do: 'setMaxChargerCurrent', input: { charger: 'X', amps: 5 } })).toEqual([
      'BELOW_6_AMPS: 5 A is less than the 6 A that a car needs: cars pause, and charge on at 6 A again.',
      'SESSION_PAUSES: The session under way on the charger X pauses. Pauses: the charger max allows 5 A, less than the 6 A that a car needs; without it, 25 A (charger rating).',
    ]);
    const [below, pauses] = noticesOn({
      do: 'setDynamicCircuitCurrent',
      input: { circuit: 'C', amps: { l1: 16, l2: 0, l3: 4 } },
    });
    expect([below?.slice(0, 17), pauses]).toEqual(['BELOW_6_AMPS: 0 A', undefined]);
  });

  it('say that a circuit’s value is more than the main fuse', () => {
    const notices = noticesOn({ do: 'setMaxCircuitCurrent', input: { circuit: 'C', amps: perPhase(80) } });
    expect(notices).toEqual([
      'ABOVE_FUSE: 80 A is more than the site main fuse of S, 63 A, which holds all the same.',
    ]);
  });

  it('say that the primary is offline', () => {
    const set = { do: 'setDynamicCircuitCurrent', input: { circuit: 'C', amps: perPhase(20) } };
    expect(noticesOn(set)).toEqual([]);
    expect(noticesOn(set, { observe: 'CONNECTIVITY_LOST', charger: 'X' })).toEqual([
      'PRIMARY_OFFLINE: The primary charger X is offline: the value reaches the circuit C when it is back.',
    ]);
  });

  it('say what the limit is at a new place, and that a plan keeps to other clocks', () => {
    const plan = { do: 'setChargePlan', input: { charger: 'Y', kind: 'RECURRING', windows: [window] } };
    const move = { do: 'relocateCharger', input: { charger: 'Y', backplate: 'B3' } };
    expect(noticesOn(move)).toEqual([
      'LIMIT_AT_PLACE: On B3 the charger Y has a limit of 10 A (circuit fuse).',
    ]);
    expect(noticesOn(move, plan)).toEqual([
      'LIMIT_AT_PLACE: On B3 the charger Y has a limit of 0 A (charge plan).',
      'PLAN_IN_ANOTHER_ZONE: The charge plan of Y keeps to the clocks of Europe/Oslo; those at its place are of Europe/London.',
    ]);
  });

  it.each<[date: string, notices: string[]]>([
    ['2026-05-04', []],
    [
      '2026-05-07',
      [
        'PLAN_FAR_OFF: Until 22:00 on 7 May (Europe/Oslo) the plan allows no charging: that is 3 days from when it holds.',
      ],
    ],
    ['2026-04-01', ['PLAN_OVER: All windows of the plan are over: it has no effect.']],
  ])('say that a one-off plan of %s is far off, or over', (date, notices) => {
    const windows = [{ ...window, date }];
    const set = { do: 'setChargePlan', input: { charger: 'Y', kind: 'ONE_OFF', windows } };
    expect(noticesOn(set)).toEqual(notices);
  });
});
