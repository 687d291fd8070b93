import { compareFacts } from '../facts/fact';
import type { EffectiveFact } from '../facts/lifeline';
import type { Instant } from '../time';
import { firstWithout } from './search';

export type FactType = EffectiveFact['type'];

/** The fact of a type. */
export type FactOf<Type extends FactType> = Extract<EffectiveFact, { readonly type: Type }>;

/** Questions about the facts of one thing. All of them are about the order in which facts take effect. */
export interface FactLog {
  /** The last fact of these types at or before an instant. */
  latest<Type extends FactType>(types: readonly Type[], at: Instant): FactOf<Type> | undefined;
  /** The last fact of these types that takes effect before another fact. */
  latestBefore<Type extends FactType>(
    types: readonly Type[],
    before: EffectiveFact,
  ): FactOf<Type> | undefined;
  /** The first fact of these types that takes effect after another fact, at or before an instant. */
  firstAfter<Type extends FactType>(
    types: readonly Type[],
    after: EffectiveFact,
    at: Instant,
  ): FactOf<Type> | undefined;
  /** All facts of these types at or before an instant, in order. */
  all<Type extends FactType>(types: readonly Type[], at: Instant): readonly FactOf<Type>[];
}

/** Up to here looking at every fact is cheaper than sorting them first. */
const MOST_SCANNED = 48;

/** @param facts in any order */
export function factLog(facts: readonly EffectiveFact[]): FactLog {
  return facts.length > MOST_SCANNED ? new IndexedFacts(facts) : new ScannedFacts(facts);
}

/** A few facts: each question looks at all of them. */
export class ScannedFacts implements FactLog {
  constructor(private readonly facts: readonly EffectiveFact[]) {}

  latest<Type extends FactType>(types: readonly Type[], at: Instant): FactOf<Type> | undefined {
    let latest: FactOf<Type> | undefined;
    for (const fact of this.facts) {
      if (!isOneOf(fact, types) || fact.metadata.occurredAt > at) continue;
      if (latest == null || compareFacts(latest, fact) < 0) latest = fact;
    }
    return latest;
  }

  latestBefore<Type extends FactType>(
    types: readonly Type[],
    before: EffectiveFact,
  ): FactOf<Type> | undefined {
    let latest: FactOf<Type> | undefined;
    for (const fact of this.facts) {
      if (!isOneOf(fact, types) || compareFacts(fact, before) >= 0) continue;
      if (latest == null || compareFacts(latest, fact) < 0) latest = fact;
    }
    return latest;
  }

  firstAfter<Type extends FactType>(
    types: readonly Type[],
    after: EffectiveFact,
    at: Instant,
  ): FactOf<Type> | undefined {
    let first: FactOf<Type> | undefined;
    for (const fact of this.facts) {
      if (!isOneOf(fact, types) || fact.metadata.occurredAt > at || compareFacts(fact, after) <= 0) continue;
      if (first == null || compareFacts(fact, first) < 0) first = fact;
    }
    return first;
  }

  all<Type extends FactType>(types: readonly Type[], at: Instant): readonly FactOf<Type>[] {
    const found: FactOf<Type>[] = [];
    for (const fact of this.facts)
      if (isOneOf(fact, types) && fact.metadata.occurredAt <= at) found.push(fact);
    return found.length > 1 ? found.sort(compareFacts) : found;
  }
}

function isOneOf<Type extends FactType>(fact: EffectiveFact, types: readonly Type[]): fact is FactOf<Type> {
  for (const type of types) if (fact.type === type) return true;
  return false;
}

/** Facts of one type in their order, and about where the last question was answered. */
class Course {
  private near = 0;

  constructor(readonly facts: EffectiveFact[]) {}

  /** How many of the first facts a condition holds for that holds for none after them. */
  countWhile(holds: (fact: EffectiveFact) => boolean): number {
    this.near = firstWithout(this.facts, holds, this.near);
    return this.near;
  }
}

/** Many facts: sorted once by type, then each question is a search from where the one before was answered. */
export class IndexedFacts implements FactLog {
  private readonly byType = new Map<string, Course>();

  constructor(facts: readonly EffectiveFact[]) {
    for (const fact of facts) {
      const sameType = this.byType.get(fact.type);
      if (sameType == null) this.byType.set(fact.type, new Course([fact]));
      else sameType.facts.push(fact);
    }
    for (const { facts: sameType } of this.byType.values()) sameType.sort(compareFacts);
  }

  latest<Type extends FactType>(types: readonly Type[], at: Instant): FactOf<Type> | undefined {
    return this.last(types, (fact) => fact.metadata.occurredAt <= at);
  }

  latestBefore<Type extends FactType>(
    types: readonly Type[],
    before: EffectiveFact,
  ): FactOf<Type> | undefined {
    return this.last(types, (fact) => compareFacts(fact, before) < 0);
  }

  firstAfter<Type extends FactType>(
    types: readonly Type[],
    after: EffectiveFact,
    at: Instant,
  ): FactOf<Type> | undefined {
    let first: EffectiveFact | undefined;
    for (const type of types) {
      const course = this.byType.get(type);
      const fact = course?.facts[course.countWhile((earlier) => compareFacts(earlier, after) <= 0)];
      if (fact == null || fact.metadata.occurredAt > at) continue;
      if (first == null || compareFacts(fact, first) < 0) first = fact;
    }
    return first as FactOf<Type> | undefined;
  }

  all<Type extends FactType>(types: readonly Type[], at: Instant): readonly FactOf<Type>[] {
    const found = types.flatMap((type) => {
      const course = this.byType.get(type);
      const count = course?.countWhile((fact) => fact.metadata.occurredAt <= at);
      return course?.facts.slice(0, count) ?? [];
    });
    return (types.length > 1 ? found.sort(compareFacts) : found) as unknown as readonly FactOf<Type>[];
  }

  private last<Type extends FactType>(
    types: readonly Type[],
    isBefore: (fact: EffectiveFact) => boolean,
  ): FactOf<Type> | undefined {
    let last: EffectiveFact | undefined;
    for (const type of types) {
      const course = this.byType.get(type);
      const fact = course?.facts[course.countWhile(isBefore) - 1];
      if (fact != null && (last == null || compareFacts(last, fact) < 0)) last = fact;
    }
    return last as FactOf<Type> | undefined;
  }
}
