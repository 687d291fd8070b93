import type { Evolution, Fact } from '@chargebook/domain';
import { Lifeline } from '@chargebook/domain';
import type { EventStore } from '@chargebook/event-store';

/** The revision of a stream that has no facts. */
export const NO_FACTS = -1;

/** A stream as it was read: the life that its facts tell, and where it ends. */
export interface Loaded<State> {
  readonly stream: string;
  /** Revision of the last fact, or NO_FACTS. */
  readonly revision: number;
  readonly life: Lifeline<State>;
}

/** A stream with further facts after its last. */
export function withFacts<State>(before: Loaded<State>, added: readonly Fact[]): Loaded<State> {
  const revision = added.at(-1)?.revision;
  return revision == null ? before : { ...before, revision, life: before.life.with(added) };
}

/** A fact takes some 600 bytes. What devices report by the minute fills long streams. */
const MOST_FACTS_KEPT = 400_000;

/**
 * Streams of facts as lifelines, kept in memory by stream and revision, the lately used ones. What is kept may be behind the
 * store; reading costs only what is new.
 */
export class Streams {
  private readonly kept = new Map<string, Loaded<unknown>>();
  private factsKept = 0;

  constructor(
    private readonly store: EventStore,
    private readonly mostFactsKept = MOST_FACTS_KEPT,
  ) {}

  /** The stream as it is now. */
  async load<State>(stream: string, evolution: Evolution<State>): Promise<Loaded<State>> {
    const known = this.peek(stream, evolution);
    const added = await this.store.read(stream, (known?.revision ?? NO_FACTS) + 1);
    if (known != null && added.length === 0) {
      if (this.kept.get(stream) === known) this.keep(known);
      return known;
    }
    // Another reader may have kept the same facts meanwhile; what was read fits what was known, so nothing is lost.
    const life = known == null ? Lifeline.of(evolution, added) : known.life.with(added);
    const loaded = { stream, revision: added.at(-1)?.revision ?? NO_FACTS, life };
    this.keep(loaded);
    return loaded;
  }

  /** The stream as it was last seen, if it is kept: good for a decision that an append will check. */
  peek<State>(stream: string, _evolution: Evolution<State>): Loaded<State> | undefined {
    return this.kept.get(stream) as Loaded<State> | undefined;
  }

  /** Takes in what a kept state has become by an append. */
  advance(before: Loaded<unknown>, after: Loaded<unknown>): void {
    if (this.kept.get(before.stream) === before) this.keep(after);
  }

  private keep(loaded: Loaded<unknown>): void {
    this.drop(loaded.stream);
    this.kept.set(loaded.stream, loaded);
    this.factsKept += costOf(loaded);
    for (const [oldest] of this.kept) {
      if (this.factsKept <= this.mostFactsKept) return;
      this.drop(oldest);
    }
  }

  private drop(stream: string): void {
    const known = this.kept.get(stream);
    if (known == null) return;
    this.kept.delete(stream);
    this.factsKept -= costOf(known);
  }
}

/** What a stream takes besides its facts, in facts: also one that is not there. */
const FACTS_PER_STREAM = 10;

function costOf({ life }: Loaded<unknown>): number {
  return life.length + FACTS_PER_STREAM;
}
