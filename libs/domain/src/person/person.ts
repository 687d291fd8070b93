import type { EffectiveFact, Evolution } from '../facts/lifeline';
import type { Instant } from '../time';

/** What stays on record of somebody who was forgotten: that it was done, by whom, when and why. */
export type PersonEvent = {
  readonly type: 'DriverErased';
  /** `driver` is the reference that facts hold; it leads nowhere from now on. */
  readonly data: { readonly driver: string };
};

export interface PersonState {
  readonly erasedAt?: Instant;
}

export const personEvolution: Evolution<PersonState> = {
  initial: {},
  evolve: (state, fact: EffectiveFact) =>
    fact.type === 'DriverErased' ? { erasedAt: fact.metadata.recordedAt } : state,
};
