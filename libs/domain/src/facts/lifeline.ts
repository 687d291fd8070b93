import type { DomainEvent } from '../events';
import type { Instant } from '../time';
import type { CorrectionEvent } from './correction';
import type { Fact } from './fact';
import { compareFacts } from './fact';
import type { NameOf } from './growing-list';
import { GrowingList } from './growing-list';

/** What takes effect: every event but corrections, which change what takes effect. */
export type EffectiveFact = Fact<Exclude<DomainEvent, CorrectionEvent>>;

/** How one kind of thing is made of its facts. `evolve` is given them in the order in which they take effect. */
export interface Evolution<State> {
  readonly initial: State;
  evolve(state: State, fact: EffectiveFact): State;
}

/**
 * The life of one thing: its facts in the order in which they take effect, corrections applied, and its state at any
 * instant. Immutable.
 */
export class Lifeline<State> {
  private constructor(
    private readonly evolution: Evolution<State>,
    private readonly inBookOrder: GrowingList<Fact>,
    private readonly inEffect: GrowingList<EffectiveFact>,
    /** The state after all facts. */
    readonly head: State,
    /** Ids of the facts that corrections name; one of them may be told after its correction. */
    private readonly corrected: ReadonlySet<string>,
  ) {}

  static of<State>(evolution: Evolution<State>, recorded: readonly Fact[]): Lifeline<State> {
    const facts = factsInEffect(recorded);
    const corrected = new Set(recorded.filter(isCorrection).map(({ data }) => data.corrects));
    const lists = [GrowingList.of(recorded), GrowingList.of(facts)] as const;
    return new Lifeline(evolution, ...lists, fold(evolution, facts), corrected);
  }

  /** As recorded, corrections included, in book order. */
  get recorded(): readonly Fact[] {
    return this.inBookOrder.toArray();
  }

  /** How many are recorded. */
  get length(): number {
    return this.inBookOrder.length;
  }

  /** As they take effect. */
  get facts(): readonly EffectiveFact[] {
    return this.inEffect.toArray();
  }

  /** Those of a name as recorded, found without going through a long life. */
  recordedNamed(nameOf: NameOf<Fact>, name: string): readonly Fact[] {
    return this.inBookOrder.named(nameOf, name);
  }

  /** Those of a name as they take effect, found without going through a long life. */
  factsNamed(nameOf: NameOf<EffectiveFact>, name: string): readonly EffectiveFact[] {
    return this.inEffect.named(nameOf, name);
  }

  /** The life with further facts. Those that take effect after all others cost no replay, and no copy. */
  with(added: readonly Fact[]): Lifeline<State> {
    const last = this.inEffect.last;
    const continues = added.every((fact, index) => {
      const before = index === 0 ? last : added[index - 1];
      if (isCorrection(fact) || this.corrected.has(fact.eventId)) return false;
      return before == null || compareFacts(before, fact) <= 0;
    });
    if (!continues) return Lifeline.of(this.evolution, [...this.recorded, ...added]);
    const effective = added as readonly EffectiveFact[];
    return new Lifeline(
      this.evolution,
      this.inBookOrder.with(added),
      this.inEffect.with(effective),
      effective.reduce((state, fact) => this.evolution.evolve(state, fact), this.head),
      this.corrected,
    );
  }

  /** The state at an instant of valid time, facts at exactly that instant included. */
  asOf(at: Instant): State {
    const { last } = this.inEffect;
    if (last == null || last.metadata.occurredAt <= at) return this.head;
    return fold(
      this.evolution,
      this.facts.filter((fact) => fact.metadata.occurredAt <= at),
    );
  }
}

function fold<State>(evolution: Evolution<State>, facts: readonly EffectiveFact[]): State {
  return facts.reduce((state, fact) => evolution.evolve(state, fact), evolution.initial);
}

export function isCorrection(fact: Fact): fact is Fact<CorrectionEvent> {
  return fact.type === 'FactRetracted' || fact.type === 'FactReplaced';
}

/** The facts that count, in the order in which they take effect. A replacement keeps the book order of what it replaces. */
export function factsInEffect(recorded: readonly Fact[]): EffectiveFact[] {
  const corrections = new Map<string, Fact<CorrectionEvent>>();
  for (const fact of recorded) {
    // The first correction of a fact stands; a second one is refused when it is told.
    if (isCorrection(fact) && !corrections.has(fact.data.corrects)) corrections.set(fact.data.corrects, fact);
  }
  return recorded
    .flatMap((fact) =>
      isCorrection(fact) ? [] : asCorrected(fact as EffectiveFact, corrections.get(fact.eventId)),
    )
    .sort(compareFacts);
}

function asCorrected(fact: EffectiveFact, correction: Fact<CorrectionEvent> | undefined): EffectiveFact[] {
  switch (correction?.type) {
    case undefined:
      return [fact];
    case 'FactRetracted':
      return [];
    case 'FactReplaced':
      return [
        {
          ...fact,
          data: correction.data.replacement,
          metadata: { ...fact.metadata, occurredAt: correction.data.occurredAt },
        } as unknown as EffectiveFact,
      ];
  }
}

/** The state that an evolution makes. */
export type LifelineState<E> = E extends Evolution<infer State> ? State : never;
