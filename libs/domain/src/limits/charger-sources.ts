import type { EffectiveFact } from '../facts/lifeline';
import type { Instant } from '../time';
import type { ChargerSituation } from './charger-situation';
import type { FactLog, FactOf } from './fact-log';
import type { Origin, LimitSourceKind, SourceList } from './limit-source';
import { dismountAfter, endingOf, expiryOf, firstOf, isPoweredBefore, mountedBefore } from './resets';

const MAX_CURRENT = ['MaxChargerCurrentSet'] as const;
const DYNAMIC_SET = ['DynamicChargerCurrentSet'] as const;
const DYNAMIC_RESETS = ['DynamicChargerCurrentCleared', 'PowerLost', 'SessionStarted'] as const;

/** The sources that travel with a charger, its plan apart. */
export function addChargerSources(sources: SourceList, charger: ChargerSituation, at: Instant): void {
  if (charger.registered == null) return;
  addRating(sources, charger, charger.registered);
  addMaxCurrent(sources, charger, at);
  addDynamicCurrent(sources, charger, at);
}

function addRating(
  sources: SourceList,
  charger: ChargerSituation,
  registered: FactOf<'ChargerRegistered'>,
): void {
  const { ratedCurrentAmps } = registered.data;
  if (ratedCurrentAmps == null) sources.addUnknown('CHARGER_RATED');
  else sources.addInForce(originOf('CHARGER_RATED', charger, registered), ratedCurrentAmps);
}

function addMaxCurrent(sources: SourceList, charger: ChargerSituation, at: Instant): void {
  const { set, cleared } = latestWithAmps(charger.log, MAX_CURRENT, at);
  if (set?.data.amps == null) return;
  const origin = originOf('MAX_CHARGER', charger, set);
  if (cleared == null) sources.addInForce(origin, set.data.amps);
  else sources.addEnded(origin, set.data.amps, { by: 'CLEARED', at: cleared.metadata.occurredAt });
}

/** Unset by a reset of any kind, never back to an older value. */
function addDynamicCurrent(sources: SourceList, charger: ChargerSituation, at: Instant): void {
  const { log } = charger;
  const set = latestKept(log, at);
  if (set == null) return;
  const { amps, timeToLiveSeconds } = set.data;
  const expiresAt = expiryOf(set, timeToLiveSeconds);
  const reset = firstOf(log.firstAfter(DYNAMIC_RESETS, set, at), dismountAfter(log, set, at));
  const ending = endingOf(reset, expiresAt, at);
  const origin = originOf('DYNAMIC_CHARGER', charger, set);
  if (ending == null) sources.addInForce(origin, amps, expiresAt);
  else sources.addEnded(origin, amps, ending);
}

/**
 * The last dynamic current that was set. One that was told while the charger hung nowhere or was without power, as late
 * facts may show, set nothing: it could not be kept.
 */
export function latestKept(log: FactLog, at: Instant): FactOf<'DynamicChargerCurrentSet'> | undefined {
  let set = log.latest(DYNAMIC_SET, at);
  while (set != null && (mountedBefore(log, set) == null || !isPoweredBefore(log, set)))
    set = log.latestBefore(DYNAMIC_SET, set);
  return set;
}

export function originOf(kind: LimitSourceKind, charger: ChargerSituation, fact: EffectiveFact): Origin {
  return { kind, axis: 'CHARGER', ofId: charger.serial, fact };
}

type SetsAmps = 'MaxChargerCurrentSet' | 'MaxCircuitCurrentSet' | 'OfflineFallbackCurrentSet';

/** The last value told of a kind that is cleared by telling none, and what cleared it. */
export function latestWithAmps<Type extends SetsAmps>(
  log: FactLog,
  types: readonly Type[],
  at: Instant,
): { readonly set?: FactOf<Type>; readonly cleared?: FactOf<Type> } {
  let cleared: FactOf<Type> | undefined;
  let set = log.latest(types, at);
  while (set != null && !tellsAmps(set)) {
    cleared = set;
    set = log.latestBefore(types, set);
  }
  return { set, cleared };
}

function tellsAmps({ data }: EffectiveFact): boolean {
  return 'amps' in data && data.amps != null;
}
