import type { PhaseAmps } from '../amps';
import type { Instant } from '../time';
import { reignsOf } from './circuit-control';
import { addCircuitSources } from './circuit-sources';
import type { LimitFacts } from './knowledge';
import { forOneInstant } from './knowledge';
import type { LimitSource } from './limit-source';
import { SourceList } from './limit-source';

/**
 * The sources of a circuit alone, in force first, then those that have ended or are suspended; none is marked as binding.
 * A dynamic current is set, though perhaps suspended, if its source is in force or `endedBy` is OFFLINE.
 */
export function circuitLimits(facts: LimitFacts, circuit: string, at: Instant): readonly LimitSource[] {
  const known = forOneInstant(facts);
  const sources = new SourceList();
  addCircuitSources(sources, { id: circuit, log: known.logOf('circuit', circuit) }, known, at);
  return [...sources.inForce, ...sources.ended];
}

/** The dynamic current of a circuit that is in force. */
export function dynamicCircuitCurrent(
  facts: LimitFacts,
  circuit: string,
  at: Instant,
): PhaseAmps | undefined {
  return circuitLimits(facts, circuit, at).find(({ kind, inForce }) => kind === 'DYNAMIC_CIRCUIT' && inForce)
    ?.amps;
}

/** A circuit's primary backplate: the one designated last, unless it was rewired or removed since. */
export function primaryBackplateAt(facts: LimitFacts, circuit: string, at: Instant): string | undefined {
  const known = forOneInstant(facts);
  const reign = reignsOf({ id: circuit, log: known.logOf('circuit', circuit) }, known, at).at(-1);
  return reign == null || reign.until != null ? undefined : reign.backplate;
}
