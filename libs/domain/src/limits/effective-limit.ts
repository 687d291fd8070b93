import type { Instant } from '../time';
import type { Blocker } from './charger-situation';
import { blockersOf, chargerSituation, phaseModeOf } from './charger-situation';
import { addChargerSources } from './charger-sources';
import { addCircuitSources, addSiteSources } from './circuit-sources';
import type { KnownFacts, LimitKnowledge } from './knowledge';
import { forOneInstant } from './knowledge';
import type { LimitSource, LimitSourceKind } from './limit-source';
import { SourceList } from './limit-source';
import type { LimitSituation, LimitValue } from './limit-value';
import { evaluate } from './limit-value';
import { gridTypeOf, placeOf } from './place';

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
 * The effective limit of a charger: the lowest of all sources that are in force at an instant. A pure function of the
 * facts at or before that instant.
 */
export function effectiveLimit(knowledge: LimitKnowledge, at: Instant): EffectiveLimit {
  const facts = forOneInstant(knowledge);
  const charger = chargerSituation(knowledge.charger, facts.logOf('charger', knowledge.charger), at);
  const situation = situationOf(charger, facts, at);
  const { value, binding } = evaluate(situation);
  const { sources } = situation;
  const bindingIds = new Set(binding.map(({ eventId }) => eventId));
  return {
    charger: knowledge.charger,
    at,
    ...value,
    sources: [
      ...sources.inForce.map((source) =>
        bindingIds.has(source.eventId) ? { ...source, binding: true } : source,
      ),
      ...sources.ended,
    ],
    unknownSources: sources.unknown,
    blockers: blockersOf(charger, at),
    explanation: '',
  };
}

function situationOf(
  charger: ReturnType<typeof chargerSituation>,
  facts: KnownFacts,
  at: Instant,
): LimitSituation {
  const sources = new SourceList();
  const place = charger.mounted == null ? undefined : placeOf(charger.mounted.data.backplate, facts, at);
  if (place != null) {
    if (place.site == null) sources.addUnknown('SITE_RATED');
    else addSiteSources(sources, place.site, facts, at);
    for (const circuit of place.circuits) addCircuitSources(sources, circuit, facts, at);
  }
  addChargerSources(sources, charger, at);
  return {
    at,
    isMounted: charger.mounted != null,
    hasCar: charger.session != null,
    sources,
    phaseSetting: { ...phaseModeOf(charger, at), grid: gridTypeOf(place?.site, facts, at) },
  };
}
