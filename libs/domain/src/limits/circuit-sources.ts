import type { PhaseAmps } from '../amps';
import { compareFacts } from '../facts/fact';
import type { EffectiveFact } from '../facts/lifeline';
import type { Instant } from '../time';
import { later } from '../time';
import { latestWithAmps } from './charger-sources';
import type { KnownCircuit, Reach, Reign } from './circuit-control';
import { latestSet, reachOf, reignsOf, resetOf } from './circuit-control';
import type { FactOf } from './fact-log';
import type { KnownFacts } from './knowledge';
import type { Ending, LimitSourceKind, Origin, SourceList } from './limit-source';
import { endingOf, expiryOf } from './resets';

const ADDED = ['CircuitAdded'] as const;
const FUSE = ['CircuitFuseRatingSet'] as const;
const MAX_CURRENT = ['MaxCircuitCurrentSet'] as const;
const FALLBACK = ['OfflineFallbackCurrentSet'] as const;
const SITE_ADDED = ['SiteRegistered'] as const;
const SITE_RATED = ['SiteRatedCurrentSet'] as const;

/** The sources of a circuit, without those of the circuits above it. */
export function addCircuitSources(
  sources: SourceList,
  circuit: KnownCircuit,
  facts: KnownFacts,
  at: Instant,
): void {
  addFuse(sources, circuit, at);
  addMaxCurrent(sources, circuit, at);
  addControlledCurrents(sources, circuit, facts, at);
}

function addFuse(sources: SourceList, circuit: KnownCircuit, at: Instant): void {
  const rating = latestRating(circuit.log.latest(ADDED, at), circuit.log.latest(FUSE, at));
  if (rating == null) sources.addUnknown('CIRCUIT_FUSE');
  else sources.addInForce(originOf('CIRCUIT_FUSE', circuit, rating.fact), rating.amps);
}

function addMaxCurrent(sources: SourceList, circuit: KnownCircuit, at: Instant): void {
  const { set, cleared } = latestWithAmps(circuit.log, MAX_CURRENT, at);
  if (set?.data.amps == null) return;
  const origin = originOf('MAX_CIRCUIT', circuit, set);
  if (cleared == null) sources.addInForce(origin, set.data.amps);
  else addCleared(sources, origin, set.data.amps, cleared);
}

function addCleared(sources: SourceList, origin: Origin, amps: PhaseAmps, cleared: EffectiveFact): void {
  sources.addEnded(origin, amps, { by: 'CLEARED', at: cleared.metadata.occurredAt });
}

/** The current that the primary was told, and the one that stands in for it while nobody can tell it anything. */
function addControlledCurrents(
  sources: SourceList,
  circuit: KnownCircuit,
  facts: KnownFacts,
  at: Instant,
): void {
  const fallback = latestWithAmps(circuit.log, FALLBACK, at);
  const set = latestSet(circuit, facts, at);
  if (set == null && fallback.set == null) return;
  const reigns = reignsOf(circuit, facts, at);
  const value = set == null ? undefined : controlledValue(set, circuit, reigns, facts, at);
  const standIn = fallback.cleared == null ? fallback.set : undefined;
  // Without a stand-in it makes no difference who can be reached.
  const reach = standIn == null ? undefined : reachOf(reigns, facts, at);
  if (value != null) addDynamicCurrent(sources, circuit, value, reach, standIn);
  if (standIn != null && reach != null) addFallback(sources, circuit, standIn, value, reach);
  else if (fallback.set != null && fallback.cleared != null) {
    const origin = originOf('OFFLINE_FALLBACK', circuit, fallback.set);
    addCleared(sources, origin, fallback.set.data.amps as PhaseAmps, fallback.cleared);
  }
}

/** The dynamic current of a circuit: what was set last, and how it ended. */
interface ControlledValue {
  readonly set: FactOf<'DynamicCircuitCurrentSet'>;
  readonly expiresAt?: Instant;
  /** The first thing that unset it, or would have, had it not expired before. */
  readonly reset?: EffectiveFact;
  readonly ending?: Ending;
}

function controlledValue(
  set: FactOf<'DynamicCircuitCurrentSet'>,
  circuit: KnownCircuit,
  reigns: readonly Reign[],
  facts: KnownFacts,
  at: Instant,
): ControlledValue {
  const expiresAt = expiryOf(set, set.data.timeToLiveSeconds);
  const reset = resetOf(set, circuit, reigns, facts, at);
  return { set, expiresAt, reset, ending: endingOf(reset, expiresAt, at) };
}

type FallbackSet = FactOf<'OfflineFallbackCurrentSet'>;

function addDynamicCurrent(
  sources: SourceList,
  circuit: KnownCircuit,
  { set, expiresAt, ending }: ControlledValue,
  reach: Reach | undefined,
  standIn: FallbackSet | undefined,
): void {
  const origin = originOf('DYNAMIC_CIRCUIT', circuit, set);
  const { amps } = set.data;
  if (ending != null) {
    sources.addEnded(origin, amps, ending);
  } else if (standIn != null && reach?.isOffline === true) {
    const since = later(standIn.metadata.occurredAt, set.metadata.occurredAt);
    sources.addEnded(origin, amps, { by: 'OFFLINE', at: later(since, reach.since ?? since) }, expiresAt);
  } else {
    sources.addInForce(origin, amps, expiresAt);
  }
}

function addFallback(
  sources: SourceList,
  circuit: KnownCircuit,
  set: FallbackSet,
  value: ControlledValue | undefined,
  reach: Reach,
): void {
  const origin = originOf('OFFLINE_FALLBACK', circuit, set);
  const amps = set.data.amps as PhaseAmps;
  if (reach.isOffline || (value?.reset == null && value?.ending?.by === 'EXPIRED')) {
    sources.addInForce(origin, amps);
  } else {
    const source = sources.addEnded(origin, amps, fallbackEnding(set, value, reach));
    if (value?.ending == null && value?.expiresAt != null)
      sources.coming.push({ source, from: value.expiresAt });
  }
}

/** Why a fallback is not in force while the circuit is online, and since when, where the facts tell. */
function fallbackEnding(set: FallbackSet, value: ControlledValue | undefined, reach: Reach): Ending {
  const { occurredAt } = set.metadata;
  const onlineSince = reach.since ?? occurredAt;
  const reset = value?.ending?.by === 'EXPIRED' ? value.reset : undefined;
  const resetAt = reset?.metadata.occurredAt;
  // It stood in for an expired value until that was reset.
  if (resetAt != null && resetAt >= onlineSince && resetAt > occurredAt)
    return endingOf(reset, undefined, resetAt) ?? { by: 'ONLINE' };
  // It may have stood in for an older value until this one was set: facts that no longer matter would tell.
  if (value != null && value.set.metadata.occurredAt > onlineSince) return { by: 'ONLINE' };
  return { by: 'ONLINE', at: occurredAt < onlineSince ? onlineSince : undefined };
}

function originOf(kind: LimitSourceKind, circuit: KnownCircuit, fact: EffectiveFact): Origin {
  return { kind, axis: 'CIRCUIT', ofId: circuit.id, fact };
}

/** The rating of a site's main fuse. */
export function addSiteSources(
  sources: SourceList,
  site: string | undefined,
  facts: KnownFacts,
  at: Instant,
): void {
  const log = site == null ? undefined : facts.logOf('site', site);
  const rating = latestRating(log?.latest(SITE_ADDED, at), log?.latest(SITE_RATED, at));
  if (rating == null || site == null) sources.addUnknown('SITE_RATED');
  else sources.addInForce({ kind: 'SITE_RATED', axis: 'SITE', ofId: site, fact: rating.fact }, rating.amps);
}

/** What was told last about a fuse: a beginning that does not tell it leaves what was told before. */
function latestRating(
  begun: FactOf<'CircuitAdded'> | FactOf<'SiteRegistered'> | undefined,
  set: FactOf<'CircuitFuseRatingSet'> | FactOf<'SiteRatedCurrentSet'> | undefined,
): { readonly amps: number; readonly fact: EffectiveFact } | undefined {
  const toldAtFirst =
    begun?.type === 'CircuitAdded' ? begun.data.fuseRatingAmps : begun?.data.ratedCurrentAmps;
  if (begun != null && toldAtFirst != null && (set == null || compareFacts(set, begun) < 0))
    return { amps: toldAtFirst, fact: begun };
  return set?.data.amps == null ? undefined : { amps: set.data.amps, fact: set };
}
