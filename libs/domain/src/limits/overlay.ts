import { staysOf } from '../charger/placements';
import type { Fact } from '../facts/fact';
import { compareFacts } from '../facts/fact';
import type { EffectiveFact } from '../facts/lifeline';
import { factsInEffect, isCorrection } from '../facts/lifeline';
import type { LimitFacts, LimitKnowledge, LimitPlacement, LimitScope } from './knowledge';

/**
 * Facts that are not in the book, or not yet, laid over what the book knows. A correction among them takes out what it
 * corrects, or puts another fact in its place.
 */
export class Overlay {
  private readonly added: readonly EffectiveFact[];
  private readonly removed: ReadonlySet<string>;
  private readonly byThing = new Map<string, EffectiveFact[]>();
  /** Chargers that hang elsewhere, or at other times, with these facts. */
  private readonly movers: ReadonlySet<string>;

  /** @param corrected the facts that corrections among the others name */
  constructor(facts: readonly Fact[], corrected: readonly Fact[] = []) {
    this.removed = new Set(facts.filter(isCorrection).map(({ data }) => data.corrects));
    this.added = factsInEffect([...corrected, ...facts]);
    for (const fact of this.added) {
      for (const [scope, id] of thingsOf(fact)) {
        const key = `${scope}:${id}`;
        this.byThing.set(key, [...(this.byThing.get(key) ?? []), fact]);
      }
    }
    this.movers = new Set([...corrected, ...this.added].flatMap(moverOf));
  }

  of(scope: LimitScope, id: string): readonly EffectiveFact[] {
    return this.byThing.get(`${scope}:${id}`) ?? [];
  }

  /** What would be known with these facts. The chargers that they move must be among what is known. */
  over(knowledge: LimitKnowledge): LimitKnowledge {
    const factsOf = (scope: LimitScope, id: string) => {
      const standing = knowledge.factsOf(scope, id).filter(({ eventId }) => !this.removed.has(eventId));
      return [...standing, ...this.of(scope, id)];
    };
    return {
      charger: knowledge.charger,
      factsOf,
      placementsOn: (backplate) => this.placementsOn(backplate, knowledge.placementsOn(backplate), factsOf),
    };
  }

  private placementsOn(
    backplate: string,
    known: readonly LimitPlacement[],
    factsOf: LimitFacts['factsOf'],
  ): readonly LimitPlacement[] {
    if (this.movers.size === 0) return known;
    const stays = [...this.movers].flatMap(
      (charger) => staysOf([...factsOf('charger', charger)].sort(compareFacts)).stays,
    );
    return [
      ...known.filter(({ charger }) => !this.movers.has(charger)),
      ...stays.filter((stay) => stay.backplate === backplate),
    ];
  }
}

function moverOf({ type, data }: Fact): string[] {
  return (type === 'ChargerMounted' || type === 'ChargerDismounted') && 'charger' in data
    ? [data.charger]
    : [];
}

/** The thing whose limits a fact tells about. A place that a charger's fact names is not told anything by it. */
function thingsOf(fact: EffectiveFact): [LimitScope, string][] {
  const { data } = fact;
  if (fact.type.startsWith('Backplate')) return 'backplate' in data ? [['backplate', data.backplate]] : [];
  if ('circuit' in data) return [['circuit', data.circuit]];
  if ('charger' in data) return [['charger', data.charger]];
  return 'site' in data ? [['site', data.site]] : [];
}
