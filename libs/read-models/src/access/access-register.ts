import type { Fact, PartnerState } from '@chargebook/domain';
import { accessRevoked, partnerStateOf, partnerStream } from '@chargebook/domain';
import type { EventStore } from '@chargebook/event-store';

/** A stream as it was read, and when that was. */
interface Kept {
  readonly facts: readonly Fact[];
  readonly asOfMs: number;
}

/** Whatever is older is read again: what is revoked on any node counts on every node within a second. */
const FRESH_MS = 400;
const MOST_KEPT = 10_000;

/**
 * Credentials and partners as the event store has them, never older than a moment. What is kept in memory spares the
 * reading of what was read before; where the store cannot be asked, nobody is let in on old knowledge.
 */
export class AccessRegister {
  private readonly kept = new Map<string, Kept>();
  private readonly underWay = new Map<string, Promise<readonly Fact[]>>();

  constructor(
    private readonly store: Pick<EventStore, 'read'>,
    private readonly nowMs: () => number = Date.now,
  ) {}

  /**
   * The facts of a stream.
   *
   * @throws EventStoreUnavailableError
   */
  async factsOf(stream: string): Promise<readonly Fact[]> {
    const known = this.kept.get(stream);
    if (known != null && this.nowMs() - known.asOfMs < FRESH_MS) return known.facts;
    const reading = this.underWay.get(stream) ?? this.read(stream, known);
    this.underWay.set(stream, reading);
    try {
      return await reading;
    } finally {
      if (this.underWay.get(stream) === reading) this.underWay.delete(stream);
    }
  }

  /**
   * A partner as it is now; undefined where there is none.
   *
   * @throws AccessDeniedError where its access is revoked
   */
  async partner(id: string): Promise<PartnerState | undefined> {
    const state = partnerStateOf(await this.factsOf(partnerStream(id)));
    if (state.revoked != null) throw accessRevoked(state.revoked.ground);
    return state.registeredAt == null ? undefined : state;
  }

  /** A stream has changed: it is read again when it is asked for next. */
  forget(stream: string): void {
    const known = this.kept.get(stream);
    if (known != null) this.kept.set(stream, { ...known, asOfMs: 0 });
    this.underWay.delete(stream);
  }

  private async read(stream: string, known: Kept | undefined): Promise<readonly Fact[]> {
    // It may have changed while the answer was under way: what was asked for counts as of when it was asked.
    const asOfMs = this.nowMs();
    const added = await this.store.read(stream, (known?.facts.at(-1)?.revision ?? -1) + 1);
    const facts = known == null ? added : [...known.facts, ...added];
    this.kept.delete(stream);
    // What is not there is asked for by guessing, most of the time.
    if (facts.length > 0) this.kept.set(stream, { facts, asOfMs });
    if (this.kept.size > MOST_KEPT) {
      const oldest = this.kept.keys().next();
      if (!oldest.done) this.kept.delete(oldest.value);
    }
    return facts;
  }
}
