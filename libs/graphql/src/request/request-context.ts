import type { Actor, Channel, Instant, PartnerState, Requester } from '@chargebook/domain';
import type { Receipt } from '@chargebook/application';
import type { AsOf, TimedLimitEffect } from '@chargebook/read-models';
import { effectsOf } from '../commands/effects';
import { Loaders } from './loaders';
import type { Queries } from './queries';

/** Arguments by which a field looks at another time. */
export interface AsOfArgs {
  readonly at?: Instant | null;
  readonly knownAt?: Instant | null;
}

/** Who asks, and how the request was sent. */
export interface RequestIdentity {
  readonly actor: Actor;
  readonly requester: Requester;
  /** The partner that asks, where it is one. */
  readonly partner?: PartnerState;
  readonly channel: Channel;
  readonly correlationId: string;
  readonly now: Instant;
  /** How far the read models were when the request came, where it asked to wait for that. */
  readonly head?: number;
}

/** One request: all its answers are as of one instant and one state of the book. */
export class RequestContext {
  readonly loaders: Loaders;
  /** Names of the mutations of this request that were refused. */
  readonly rejected = new Set<string>();
  private head: Promise<number> | undefined;
  private readonly cuts = new Map<Instant, Promise<number>>();
  private readonly effects = new Map<Receipt, Promise<TimedLimitEffect[]>>();

  constructor(
    readonly queries: Queries,
    readonly identity: RequestIdentity,
  ) {
    this.loaders = new Loaders(queries);
    if (identity.head != null) this.head = Promise.resolve(identity.head);
  }

  /** The time that a field looks at; without arguments now, as known now. */
  async asOf({ at, knownAt }: AsOfArgs = {}): Promise<AsOf> {
    return { at: at ?? this.identity.now, cut: await this.cut(knownAt) };
  }

  /** The sequence up to which the book is looked at. */
  cut(knownAt?: Instant | null): Promise<number> {
    this.head ??= this.queries.book.head();
    if (knownAt == null || knownAt >= this.identity.now) return this.head;
    let cut = this.cuts.get(knownAt);
    if (cut == null) {
      cut = this.head.then((head) => this.queries.book.cutAt(knownAt, head));
      this.cuts.set(knownAt, cut);
    }
    return cut;
  }

  /** What a receipt's facts do to the limits of the chargers that they concern. */
  effectsOf(receipt: Receipt): Promise<TimedLimitEffect[]> {
    let effects = this.effects.get(receipt);
    if (effects == null) {
      effects = effectsOf(receipt, this);
      this.effects.set(receipt, effects);
    }
    return effects;
  }
}
