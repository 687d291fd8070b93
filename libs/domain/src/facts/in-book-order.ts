import type { Fact } from './fact';
import type { Evolution } from './lifeline';
import { isCorrection } from './lifeline';

/** A state made of facts in the order in which the book learned them, corrections left out: for what is never corrected. */
export function inBookOrder<State>({ initial, evolve }: Evolution<State>, recorded: readonly Fact[]): State {
  let state = initial;
  for (const fact of recorded)
    if (!isCorrection(fact)) state = evolve(state, fact as Parameters<typeof evolve>[1]);
  return state;
}
