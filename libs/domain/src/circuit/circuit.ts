import type { PhaseAmps } from '../amps';
import type { EffectiveFact, Evolution } from '../facts/lifeline';
import type { Instant } from '../time';

interface OfCircuit {
  readonly circuit: string;
}

export type CircuitEvent =
  | {
      readonly type: 'CircuitAdded';
      readonly data: OfCircuit & {
        readonly site: string;
        readonly name?: string;
        readonly fuseRatingAmps?: number;
        readonly parent?: string;
      };
    }
  /** Without amps (here and below): no longer known, or no longer a limit. */
  | { readonly type: 'CircuitFuseRatingSet'; readonly data: OfCircuit & { readonly amps?: number } }
  | { readonly type: 'MaxCircuitCurrentSet'; readonly data: OfCircuit & { readonly amps?: PhaseAmps } }
  | { readonly type: 'OfflineFallbackCurrentSet'; readonly data: OfCircuit & { readonly amps?: PhaseAmps } }
  | { readonly type: 'PrimaryBackplateDesignated'; readonly data: OfCircuit & { readonly backplate: string } }
  | { readonly type: 'CircuitRetired'; readonly data: OfCircuit };

/** What a circuit's load balancing is told by the minute; kept in monthly streams. */
export type LoadEvent =
  | {
      readonly type: 'DynamicCircuitCurrentSet';
      readonly data: OfCircuit & {
        readonly amps: PhaseAmps;
        readonly timeToLiveSeconds?: number;
        /** The charger that carries the value, and the primary backplate on which it hung, as known when it was set. */
        readonly carrier: string;
        readonly backplate: string;
      };
    }
  | { readonly type: 'DynamicCircuitCurrentCleared'; readonly data: OfCircuit };

export interface CircuitState {
  readonly addedAt?: Instant;
  readonly retiredAt?: Instant;
  readonly site?: string;
  readonly name?: string;
  readonly parent?: string;
  readonly fuseRatingAmps?: number;
  readonly maxCurrentAmps?: PhaseAmps;
  readonly offlineFallbackAmps?: PhaseAmps;
  /** The backplate that was designated last; it may have been rewired or removed since. */
  readonly designated?: string;
  readonly designatedAt?: Instant;
}

export const circuitEvolution: Evolution<CircuitState> = { initial: {}, evolve: evolveCircuit };

function evolveCircuit(state: CircuitState, fact: EffectiveFact): CircuitState {
  const event = fact as EffectiveFact & CircuitEvent;
  const at = fact.metadata.occurredAt;
  switch (event.type) {
    case 'CircuitAdded': {
      const { circuit: _, ...told } = event.data;
      return { ...state, ...told, addedAt: at };
    }
    case 'CircuitFuseRatingSet':
      return { ...state, fuseRatingAmps: event.data.amps };
    case 'MaxCircuitCurrentSet':
      return { ...state, maxCurrentAmps: event.data.amps };
    case 'OfflineFallbackCurrentSet':
      return { ...state, offlineFallbackAmps: event.data.amps };
    case 'PrimaryBackplateDesignated':
      return { ...state, designated: event.data.backplate, designatedAt: at };
    case 'CircuitRetired':
      return { ...state, retiredAt: at };
  }
}
