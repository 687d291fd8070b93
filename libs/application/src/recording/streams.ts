import type { Fact } from '@chargebook/domain';
import type { Evolution } from '@chargebook/domain';
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

const MOST_STREAMS_KEPT = 20_000;

/**
 * Streams of facts as lifelines, kept in memory by stream and revision. What is kept may be behind the store; reading
 * costs only what is new.
 */
export class Streams {
  private readonly kept = new Map<string, Loaded<unknown>>();

  constructor(private readonly store: EventStore) {}

  /** The stream as it is now. */
  async load<State>(stream: string, evolution: Evolution<State>): Promise<Loaded<State>> {
    const known = this.peek(stream, evolution);
    const added = await this.store.read(stream, (known?.revision ?? NO_FACTS) + 1);
    if (known != null && added.length === 0) return known;
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

  /** Takes in facts that were just appended after a kept state. */
  extend(before: Loaded<unknown>, added: readonly Fact[]): void {
    const revision = added.at(-1)?.revision;
    if (revision == null || this.kept.get(before.stream) !== before) return;
    this.keep({ stream: before.stream, revision, life: before.life.with(added) });
  }

  private keep(loaded: Loaded<unknown>): void {
    this.kept.delete(loaded.stream);
    this.kept.set(loaded.stream, loaded);
    if (this.kept.size <= MOST_STREAMS_KEPT) return;
    const oldest = this.kept.keys().next();
    if (!oldest.done) this.kept.delete(oldest.value);
  }
}
