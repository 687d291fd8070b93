import type { PhaseAmps } from '../amps';
import type { Decision } from '../decision';
import { accept, nothingToDo } from '../decision';
import type { Notice } from '../refusal';
import type { CircuitState } from './circuit';
import type { CircuitCommand } from './circuit.decide';

/** Sets or clears one of the currents that a circuit keeps; its amps are checked already. */
export function decideCircuitCurrent(
  command: CircuitCommand & {
    type: 'setCircuitFuseRating' | 'setMaxCircuitCurrent' | 'setOfflineFallbackCurrent';
  },
  state: CircuitState,
): Decision {
  const { circuit } = command;
  switch (command.type) {
    case 'setCircuitFuseRating': {
      const amps = command.amps ?? undefined;
      if (amps == null && state.fuseRatingAmps == null) return nothingToClear(circuit, 'known fuse rating');
      return accept({ type: 'CircuitFuseRatingSet', data: { circuit, amps } });
    }
    case 'setMaxCircuitCurrent': {
      const amps = command.amps ?? undefined;
      if (amps == null && state.maxCurrentAmps == null) return nothingToClear(circuit, 'max current');
      return accept(
        { type: 'MaxCircuitCurrentSet', data: { circuit, amps } },
        ...aboveFuse(circuit, amps, state),
      );
    }
    case 'setOfflineFallbackCurrent': {
      const amps = command.amps ?? undefined;
      if (amps == null && state.offlineFallbackAmps == null)
        return nothingToClear(circuit, 'offline fallback current');
      return accept(
        { type: 'OfflineFallbackCurrentSet', data: { circuit, amps } },
        ...aboveFuse(circuit, amps, state),
      );
    }
  }
}

function nothingToClear(circuit: string, what: string): Decision {
  return nothingToDo(`The circuit ${circuit} has no ${what} that could be cleared.`);
}

/** A value above the fuse is taken, for the lowest limit counts anyway; whoever set it may have meant another. */
export function aboveFuse(
  circuit: string,
  amps: PhaseAmps | undefined,
  { fuseRatingAmps }: CircuitState,
): Notice[] {
  if (amps == null || fuseRatingAmps == null) return [];
  const highest = Math.max(amps.l1, amps.l2, amps.l3);
  if (highest <= fuseRatingAmps) return [];
  const message = `${String(highest)} A is more than the fuse of the circuit ${circuit}, ${String(fuseRatingAmps)} A, which holds all the same.`;
  return [{ code: 'ABOVE_FUSE', message }];
}
