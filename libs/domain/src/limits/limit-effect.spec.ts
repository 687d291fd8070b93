import { describe, expect, it } from '@jest/globals';
import { limitEffect } from './limit-effect';
import { Story } from './story.fixtures';
import type { ToldStep } from './told-steps.fixtures';

const SET_UP = '2026-01-01T00:00:00.000Z';
const TEN = '2026-05-04T10:00:00.000Z';
const ELEVEN = '2026-05-04T11:00:00.000Z';

/** X with a car on a circuit of 16 A, and a place on a circuit of 32 A. */
function harbour(): Story {
  const story = new Story();
  const tell = (name: string, input: Record<string, unknown>) => {
    story.tell({ do: name, at: SET_UP, input });
  };
  tell('registerSite', { id: 'S', name: 'Harbour', timeZone: 'Europe/Oslo' });
  tell('addCircuit', { id: 'C', site: 'S', fuseRatingAmps: 16 });
  tell('addCircuit', { id: 'D', site: 'S', fuseRatingAmps: 32 });
  tell('installBackplate', { id: 'B', circuit: 'C' });
  tell('installBackplate', { id: 'E', circuit: 'D' });
  tell('registerCharger', { serial: 'X' });
  tell('mountCharger', { charger: 'X', backplate: 'B' });
  story.tell({ observe: 'CAR_CONNECTED', at: TEN, charger: 'X' });
  return story;
}

/** What a step that is told at eleven does to X, after others. */
function effectOf(step: Omit<ToldStep, 'at'>, ...before: Omit<ToldStep, 'at'>[]): string {
  const story = harbour();
  for (const each of before) story.tell({ ...each, at: TEN });
  const count = story.recorded.length;
  story.tell({ ...step, at: ELEVEN });
  return limitEffect(story.knowledgeOf('X', count), story.knowledgeOf('X'), ELEVEN).explanation;
}

const move = { do: 'relocateCharger', input: { charger: 'X', backplate: 'E' } };
const pause = { do: 'setMaxChargerCurrent', input: { charger: 'X', amps: 0 } };
const onePhase = { do: 'setPhaseMode', input: { charger: 'X', mode: 'LOCKED_1' } };

describe('the effect of a command, in a sentence', () => {
  it.each([
    ['a value that changes', move, [], 'goes from 16 A (circuit fuse) to 32 A (circuit fuse)'],
    [
      'one that pauses the car',
      pause,
      [],
      'goes from 16 A (circuit fuse) to 0 A (charger max), which pauses it',
    ],
    ['one that is as it was, with no car any more', move, [pause], 'stays at 0 A (charger max)'],
    [
      'other phases',
      onePhase,
      [],
      'goes from 16 A on three phases (circuit fuse) to 16 A on one phase (circuit fuse)',
    ],
    [
      'no place any more',
      { do: 'dismountCharger', input: { charger: 'X' } },
      [],
      'goes from 16 A (circuit fuse) to no limit, hanging on no backplate',
    ],
  ])('tells %s', (_what, step, before, sentence) => {
    expect(effectOf(step, ...before)).toBe(`Charger X ${sentence}.`);
  });
});
