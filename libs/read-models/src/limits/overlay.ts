import type { EffectiveFact, Fact, LimitKnowledge, LimitPlacement, LimitScope } from '@chargebook/domain';
import { isCorrection } from '@chargebook/domain';

/** Facts that are not in the book yet, or not all, laid over what the book knows. */
export class Overlay {
  private readonly byThing = new Map<string, EffectiveFact[]>();
  private readonly facts: readonly EffectiveFact[];

  constructor(facts: readonly Fact[]) {
    this.facts = facts.filter((fact) => !isCorrection(fact)) as EffectiveFact[];
    for (const fact of this.facts) {
      for (const [scope, id] of thingsOf(fact)) {
        const key = `${scope}:${id}`;
        this.byThing.set(key, [...(this.byThing.get(key) ?? []), fact]);
      }
    }
  }

  of(scope: LimitScope, id: string): readonly EffectiveFact[] {
    return this.byThing.get(`${scope}:${id}`) ?? [];
  }

  /** What would be known with these facts. */
  over(knowledge: LimitKnowledge): LimitKnowledge {
    return {
      charger: knowledge.charger,
      factsOf: (scope, id) => [...knowledge.factsOf(scope, id), ...this.of(scope, id)],
      placementsOn: (backplate) => this.placementsOn(backplate, knowledge.placementsOn(backplate)),
    };
  }

  private placementsOn(backplate: string, known: readonly LimitPlacement[]): readonly LimitPlacement[] {
    let placements = known;
    for (const fact of this.facts) {
      const at = fact.metadata.occurredAt;
      if (fact.type === 'ChargerDismounted' && fact.data.backplate === backplate) {
        const { charger } = fact.data;
        placements = placements.map((stay) =>
          stay.charger === charger && stay.from <= at && (stay.until == null || stay.until > at)
            ? { ...stay, until: at }
            : stay,
        );
      } else if (fact.type === 'ChargerMounted' && fact.data.backplate === backplate) {
        placements = [...placements, { charger: fact.data.charger, from: at }];
      }
    }
    return placements;
  }
}

/** The thing whose limits a fact tells about. A place that a charger's fact names is not told anything by it. */
function thingsOf(fact: EffectiveFact): [LimitScope, string][] {
  const { data } = fact;
  if (fact.type.startsWith('Backplate')) return 'backplate' in data ? [['backplate', data.backplate]] : [];
  if ('circuit' in data) return [['circuit', data.circuit]];
  if ('charger' in data) return [['charger', data.charger]];
  return 'site' in data ? [['site', data.site]] : [];
}
