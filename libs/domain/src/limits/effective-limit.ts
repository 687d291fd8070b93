import type { Instant } from '../time';
import type { Blocker, ChargerSituation } from './charger-situation';
import { blockersOf, chargerSituation, phaseSettingOf } from './charger-situation';
import { addChargerSources } from './charger-sources';
import { addCircuitSources, addSiteSources } from './circuit-sources';
import { explain } from './explanation';
import type { KnownFacts, LimitKnowledge } from './knowledge';
import { forOneInstant } from './knowledge';
import type { LimitSource, LimitSourceKind } from './limit-source';
import { SourceList } from './limit-source';
import type { Evaluation, LimitSituation, LimitValue } from './limit-value';
import { evaluate } from './limit-value';
import { nextChange } from './next-change';
import type { LimitPlace } from './place';
import { gridTypeOf, placeOf, timeZoneOf } from './place';
import { addChargePlan, capChange } from './plan-source';

/** What a charger may deliver at an instant, and why. */
export interface EffectiveLimit extends LimitValue {
  readonly charger: string;
  readonly at: Instant;
  /** In force first, then those that have ended or are suspended. */
  readonly sources: readonly LimitSource[];
  /** Ratings that nobody has told. */
  readonly unknownSources: readonly LimitSourceKind[];
  readonly blockers: readonly Blocker[];
  /** When the value will change if nothing further happens. */
  readonly nextChangeAt?: Instant;
  /** One sentence for the person at the car. */
  readonly explanation: string;
}

/**
 * The effective limit of a charger: the lowest of all sources that are in force at an instant, whatever their kind. A pure
 * function of the facts at or before that instant; see `LimitKnowledge` for those that can matter.
 */
export function effectiveLimit(knowledge: LimitKnowledge, at: Instant): EffectiveLimit {
  const facts = forOneInstant(knowledge);
  const { charger, place, situation } = limitSituation(knowledge.charger, facts, at);
  const evaluation = evaluate(situation);
  const { value } = evaluation;
  const nextChangeAt = nextChange(situation, value);
  const blockers = blockersOf(charger, at);
  return {
    charger: knowledge.charger,
    at,
    amps: value.amps,
    offeredAmps: value.offeredAmps,
    phases: value.phases,
    behaviour: value.behaviour,
    binding: value.binding,
    sources: listed(situation.sources, evaluation, at),
    unknownSources: situation.sources.unknown,
    blockers,
    nextChangeAt,
    explanation: explain({
      situation,
      evaluation,
      blockers,
      nextChangeAt,
      isRegistered: charger.registered != null,
      sessionStartedAt: charger.session?.metadata.occurredAt,
      timeZone: () => timeZoneOf(place?.site, facts, at),
    }),
  };
}

/** In force first, each marked as binding or not; a charge plan with the time at which its cap changes. */
function listed({ inForce, ended, plan }: SourceList, { binding }: Evaluation, at: Instant): LimitSource[] {
  const sources = inForce.map((source) => (binding.includes(source) ? { ...source, binding: true } : source));
  const last = sources.at(-1);
  if (plan != null && last?.eventId === plan.eventId)
    sources[sources.length - 1] = { ...last, until: capChange(plan.calendar, at) };
  return ended.length === 0 ? sources : [...sources, ...ended];
}

/** A charger, where it hangs, and what limits it there. */
export interface LimitedCharger {
  readonly charger: ChargerSituation;
  readonly place?: LimitPlace;
  readonly situation: LimitSituation;
}

export function limitSituation(serial: string, facts: KnownFacts, at: Instant): LimitedCharger {
  const charger = chargerSituation(serial, facts.logOf('charger', serial), at);
  const place = charger.mounted == null ? undefined : placeOf(charger.mounted.data.backplate, facts, at);
  const situation: LimitSituation = {
    at,
    isMounted: charger.mounted != null,
    hasCar: charger.session != null,
    sources: sourcesOf(charger, place, facts, at),
    phaseSetting: phaseSettingOf(charger, gridTypeOf(place?.site, facts, at), at),
  };
  return { charger, place, situation };
}

function sourcesOf(
  charger: ChargerSituation,
  place: LimitPlace | undefined,
  facts: KnownFacts,
  at: Instant,
): SourceList {
  const sources = new SourceList();
  if (place != null) {
    addSiteSources(sources, place.site, facts, at);
    for (const circuit of place.circuits) addCircuitSources(sources, circuit, facts, at);
  }
  addChargerSources(sources, charger, at);
  addChargePlan(sources, charger, at);
  return sources;
}
