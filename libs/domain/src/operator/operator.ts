import type { EffectiveFact, Evolution } from '../facts/lifeline';

export type OperatorEvent = {
  readonly type: 'OperatorRegistered';
  readonly data: { readonly operator: string; readonly name: string };
};

export interface OperatorState {
  readonly name?: string;
}

export const operatorEvolution: Evolution<OperatorState> = {
  initial: {},
  evolve: (state, fact: EffectiveFact) =>
    fact.type === 'OperatorRegistered' ? { name: fact.data.name } : state,
};
