import type { EffectiveFact, Instant, LoadKnowledge, Stay } from '@chargebook/domain';
import { dynamicCircuitCurrent, plusMs } from '@chargebook/domain';
import type { Places } from '../backplate/places';
import { newestByMonth } from '../recording/newest-by-month';
import type { Reading } from '../recording/reading';

/** Where to look: what one attempt reads, and who holds the places. */
interface Sight {
  readonly reading: Reading;
  readonly places: Places;
}

/**
 * Whether a circuit has a dynamic current that a clear would end: one that nothing has unset yet. When its time is up the
 * fallback stands in for it until it is cleared, and one that is suspended would come back.
 */
export async function hasStandingCurrent(
  { id, circuit }: Pick<LoadKnowledge, 'id' | 'circuit'>,
  sight: Sight,
  at: Instant,
): Promise<boolean> {
  const addedAt = circuit.head.addedAt;
  if (addedAt == null) return false;
  const factsOfMonth = async (month: Instant) => (await sight.reading.circuitLoad(id, month)).life.facts;
  const newest = await newestByMonth(at, addedAt, factsOfMonth);
  if (newest?.type !== 'DynamicCircuitCurrentSet') return false;
  const { occurredAt } = newest.metadata;
  const told = await factsOfMonth(occurredAt);
  const ofCircuit = [...circuit.facts.filter(isNoFallback), ...told.map(withoutTimeToLive)];
  const primaries = await primariesSince(occurredAt, circuit.facts, sight);
  const carriers = told.flatMap((fact) =>
    fact.type === 'DynamicCircuitCurrentSet' ? [fact.data.carrier] : [],
  );
  const chargers = new Set([...carriers, ...primaries.stays.map(({ charger }) => charger)]);
  const ofChargers = new Map<string, readonly EffectiveFact[]>();
  for (const serial of chargers) ofChargers.set(serial, (await sight.reading.charger(serial)).life.facts);
  const known = { circuit: new Map([[id, ofCircuit]]), backplate: primaries.facts, charger: ofChargers };
  const knowledge = {
    charger: newest.data.carrier,
    factsOf: (scope: 'charger' | 'backplate' | 'circuit' | 'site', of: string) =>
      scope === 'site' ? [] : (known[scope].get(of) ?? []),
    placementsOn: (backplate: string) => primaries.stays.filter((stay) => stay.backplate === backplate),
  };
  return dynamicCircuitCurrent(knowledge, id, at) != null;
}

/** The places that were a circuit's primary, and who hung there since a value was set. */
async function primariesSince(
  setAt: Instant,
  ofCircuit: readonly EffectiveFact[],
  { reading, places }: Sight,
): Promise<{ facts: Map<string, readonly EffectiveFact[]>; stays: Stay[] }> {
  const facts = new Map<string, readonly EffectiveFact[]>();
  const stays: Stay[] = [];
  for (const fact of ofCircuit) {
    if (fact.type !== 'PrimaryBackplateDesignated' || facts.has(fact.data.backplate)) continue;
    const place = await places.settled(reading, fact.data.backplate);
    facts.set(fact.data.backplate, place.life.facts);
    // Also who left at the very instant of the set.
    stays.push(...(await places.staysFrom(reading, place, plusMs(setAt, -1))));
  }
  return { facts, stays };
}

function isNoFallback({ type }: EffectiveFact): boolean {
  return type !== 'OfflineFallbackCurrentSet';
}

function withoutTimeToLive(fact: EffectiveFact): EffectiveFact {
  if (fact.type !== 'DynamicCircuitCurrentSet') return fact;
  return { ...fact, data: { ...fact.data, timeToLiveSeconds: undefined } };
}
