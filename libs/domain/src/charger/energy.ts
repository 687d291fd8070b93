import type { EffectiveFact } from '../facts/lifeline';
import type { Instant } from '../time';
import type { Session } from './sessions';

/** A cumulative reading: what had been charged in the session by then. */
export interface EnergyReading {
  readonly at: Instant;
  readonly energyWattHours: number;
}

/** Readings of a session: those that name it, and those that name none and fall into it. None counts before its start. */
export function readingsOf(session: Session, facts: readonly EffectiveFact[]): EnergyReading[] {
  return facts.flatMap((fact) => {
    if (fact.type !== 'EnergyReadingRecorded' || fact.metadata.occurredAt < session.startedAt) return [];
    const at = fact.metadata.occurredAt;
    const { session: named, energyWattHours } = fact.data;
    const belongs = named == null ? session.endedAt == null || at < session.endedAt : named === session.id;
    return belongs ? [{ at, energyWattHours }] : [];
  });
}

/** Energy that was told at an instant. Over a session the amounts add up to its energy. */
export interface EnergyIncrement {
  /** When it counts. */
  readonly at: Instant;
  /** The instant whose placement it belongs to: a reading's own, or the session's start. */
  readonly placedAt: Instant;
  /** Negative only where the end tells less than the readings did. */
  readonly wattHours: number;
}

/**
 * What each reading of a session adds to those before it, and what the session's end tells beyond them. A meter that
 * falls back adds nothing until it is past its highest.
 *
 * @param readings in any order
 */
export function energyIncrementsOf(session: Session, readings: readonly EnergyReading[]): EnergyIncrement[] {
  const increments: EnergyIncrement[] = [];
  let highest = 0;
  for (const { at, energyWattHours } of [...readings].sort((a, b) =>
    a.at < b.at ? -1 : a.at > b.at ? 1 : 0,
  )) {
    if (energyWattHours <= highest) continue;
    increments.push({ at, placedAt: at, wattHours: energyWattHours - highest });
    highest = energyWattHours;
  }
  const { toldEnergyWattHours, startedAt, endedAt } = session;
  if (toldEnergyWattHours != null && toldEnergyWattHours !== highest) {
    increments.push({
      at: endedAt ?? startedAt,
      placedAt: startedAt,
      wattHours: toldEnergyWattHours - highest,
    });
  }
  return increments;
}
