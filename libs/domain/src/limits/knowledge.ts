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

/**
 * What is known for a question about a charger's limit at an instant: all facts, or at least those that can matter. More
 * facts never change the answer. Those that can matter, all at or before the instant, "after" and "before" in the order in
 * which facts take effect:
 *
 * The charger
 * - every ChargerRegistered, ChargerRetired, ChargerMounted, ChargerDismounted
 * - the latest PhaseModeSet; the latest of ChargerEnabled and ChargerDisabled; by `fault`, told or not, the latest
 *   FaultRaised and FaultCleared
 * - the latest MaxChargerCurrentSet with amps, and the first without after it
 * - the latest DynamicChargerCurrentSet that set something, and after it the first DynamicChargerCurrentCleared, PowerLost,
 *   SessionStarted. One set nothing if, just before it, the charger hung nowhere or had no power (latest of PowerLost and
 *   PowerRestored); that fact is needed for the one that counts
 * - the latest SessionStarted, and after it the first SessionEnded, PowerLost, ScheduleOverridden
 * - the latest ChargePlanSet, and the first ChargePlanRemoved after it
 * - the latest PowerLost and the first PowerRestored after it; the same of ConnectivityLost and ConnectivityRestored
 *
 * Its backplate: the latest of BackplateInstalled and BackplateRewired
 *
 * The circuit of that, and each above it
 * - CircuitAdded; the latest CircuitFuseRatingSet; every PrimaryBackplateDesignated
 * - the latest MaxCircuitCurrentSet with amps, and the first without after it; the same of OfflineFallbackCurrentSet
 * - the latest DynamicCircuitCurrentSet that set something, and the first DynamicCircuitCurrentCleared after it. One set
 *   nothing if, just before it, its `carrier` hung nowhere (latest of ChargerMounted and ChargerDismounted) or had no power
 *   (latest of PowerLost and PowerRestored); those two facts of the carrier are needed for the one that counts
 *
 * Each backplate designated there
 * - every BackplateInstalled, BackplateRewired, BackplateRemoved
 * - placements: with a dynamic current set, of those that end at its instant, later or never, the ones that end at its
 *   instant and the first of the others; with a fallback set, the one at the instant and the last that ended before it
 * - of the chargers of the former: their ChargerMounted and ChargerDismounted since they came there, and the first PowerLost
 *   after both their mount and the set
 * - of the charger that hangs there at the instant: the latest PowerLost and the first PowerRestored after it; the same of
 *   ConnectivityLost and ConnectivityRestored
 *
 * The site: SiteRegistered; the latest SiteRatedCurrentSet and SiteTimeZoneSet
 *
 * A timeline over [from, to) needs the same for `from`, and all facts of these types and all such placements in the span,
 * of every thing that is one of these at any instant of it.
 */
export interface LimitKnowledge extends LimitFacts {
  readonly charger: string;
}

/** Facts and placements by the things that they are about. */
export interface LimitFacts {
  /** In any order, corrections applied; a charger's with those of its device stream, a circuit's of its load stream. */
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
export function forOneInstant(knowledge: LimitFacts): KnownFacts {
  return {
    logOf: (scope, id) => factLog(knowledge.factsOf(scope, id)),
    placementsOn: (backplate) => knowledge.placementsOn(backplate),
  };
}
