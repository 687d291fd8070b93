import type {
  Actor,
  Channel,
  Fact,
  Instant,
  Moment,
  NewFact,
  Notice,
  Refusal,
  Requester,
} from '@chargebook/domain';
import type { Position } from '@chargebook/event-store';

/** Who sends a command, by which way, and how it is to be taken. */
export interface CommandContext {
  readonly actor: Actor;
  /** What the actor may do. Where rights are asked for, nobody is allowed anything without. */
  readonly requester?: Requester;
  readonly channel: Channel;
  /** Idempotency key of this actor; the book makes one when absent. */
  readonly commandId?: string;
  /** When it happened, if not now. */
  readonly occurredAt?: Instant;
  readonly reason?: string;
  /** Decide in full, record nothing. */
  readonly dryRun: boolean;
  /** Ties together what belongs to one request. */
  readonly correlationId: string;
  readonly deviceSequence?: number;
  readonly deviceTime?: Instant;
}

/** A command with its key and times settled: the same for all attempts at it. */
export interface SettledCommand {
  readonly commandId: string;
  readonly inputHash: string;
  readonly context: CommandContext;
  readonly moment: Moment;
  /** Whose key it is; absent where it is anybody's. */
  readonly keyOwner?: Actor;
}

/** A command that was done, or would be. */
export interface Receipt {
  readonly refused?: false;
  readonly commandId: string;
  readonly dryRun: boolean;
  /**
   * Where the last recorded fact is in the book, or a place after it and before anything that others recorded next; absent
   * when nothing was recorded.
   */
  readonly position?: Position;
  /** As recorded; on a dry run as they would be. */
  readonly facts: readonly (Fact | UnrecordedFact)[];
  readonly notices: readonly Notice[];
}

/** A fact of a dry run: it has a stream and the revision it would have got, but no place in the book. */
export type UnrecordedFact = NewFact & {
  readonly stream: string;
  readonly revision: number;
  readonly bookOrder?: undefined;
};

/** A command that was refused, and why. */
export interface Rejection extends Refusal {
  readonly commandId: string;
  readonly dryRun: boolean;
}

export type Outcome = Receipt | Rejection;
