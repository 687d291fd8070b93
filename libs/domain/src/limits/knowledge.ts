import type { EffectiveFact } from '../facts/lifeline';
import type { Instant } from '../time';
import type { FactLog } from './fact-log';
import { factLog } from './fact-log';

export type LimitScope = 'charger' | 'backplate' | 'circuit' | 'site';

/** The span in which a charger hung on a backplate. */
export interface LimitPlacement {
  readonly charger: string;
  readonly from: Instant;
  readonly until?: Instant;
}

/** What is known for a question about a charger's limit: all facts, or at least those that can matter. */
export interface LimitKnowledge {
  readonly charger: string;
  /** Facts by the thing that they are about, in any order, corrections applied. A charger's include its device stream's, a circuit's its load stream's. */
  factsOf(scope: LimitScope, id: string): readonly EffectiveFact[];
  /** Who hung on a backplate when, in any order. */
  placementsOn(backplate: string): readonly LimitPlacement[];
}

/** Knowledge prepared for questions about single things. */
export interface KnownFacts {
  logOf(scope: LimitScope, id: string): FactLog;
  placementsOn(backplate: string): readonly LimitPlacement[];
}

/** For one question at one instant. */
export function forOneInstant(knowledge: LimitKnowledge): KnownFacts {
  return {
    logOf: (scope, id) => factLog(knowledge.factsOf(scope, id)),
    placementsOn: (backplate) => knowledge.placementsOn(backplate),
  };
}
