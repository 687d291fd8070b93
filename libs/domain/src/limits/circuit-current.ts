import type { PhaseAmps } from '../amps';
import type { Instant } from '../time';
import { addCircuitSources } from './circuit-sources';
import type { LimitKnowledge } from './knowledge';
import { forOneInstant } from './knowledge';
import { SourceList } from './limit-source';

/** The dynamic current of a circuit that is in force at an instant. */
export function dynamicCircuitCurrent(
  knowledge: LimitKnowledge,
  id: string,
  at: Instant,
): PhaseAmps | undefined {
  const facts = forOneInstant(knowledge);
  const sources = new SourceList();
  addCircuitSources(sources, { id, log: facts.logOf('circuit', id) }, facts, at);
  return sources.inForce.find(({ kind }) => kind === 'DYNAMIC_CIRCUIT')?.amps;
}
