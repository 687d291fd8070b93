import type { AnyCommand, Decision, DomainEvent, Fact, NewFact } from '@chargebook/domain';
import type { Appended } from '@chargebook/event-store';
import type { CommandContext, SettledCommand } from './command-context';
import type { Reading } from './reading';
import type { Loaded } from './streams';

/** A decision, and the stream as it was decided on: what is decided is written there, after exactly that. */
export interface Plan<D extends Decision = Decision> {
  readonly target: Loaded<unknown>;
  readonly decision: D;
  /** Where the decision's events go, in their order, if not all of them after the target. */
  readonly parts?: readonly Part[];
  /** What the command's key has led to, where the target does not hold it. */
  readonly done?: readonly Fact[];
}

/** Some of a decision's events, and the stream that they are written after. */
export interface Part {
  readonly target: Loaded<unknown>;
  readonly events: readonly DomainEvent[];
}

/** Looks at the book and decides; called anew at each attempt. */
export type Planner<D extends Decision = Decision> = (
  reading: Reading,
  settled: SettledCommand,
) => Promise<Plan<D>>;

/** What came of writing a plan's facts. */
export interface Written extends Appended {
  /** The facts as they are in the store, where that was looked at. */
  readonly facts?: readonly Fact[];
}

/** How a plan's facts are brought into the target stream. */
export type Writer<D extends Decision> = (plan: Plan<D>, facts: readonly NewFact[]) => Promise<Written>;

/** A command to be recorded. */
export interface RecordRequest {
  /** What the command says, for telling a repeat from a reuse of its key. */
  readonly input: unknown;
  readonly context: CommandContext;
  /** The stream that will be written to, where that is known beforehand: it may be taken as last seen. */
  readonly stream?: string;
  /** Commands of one turn are done one after the other on this node; those on one stream unless told. */
  readonly turn?: string;
  /** The key names what happened itself, whoever tells it; else it is the actor's own. */
  readonly isKeyOfAll?: boolean;
  /** The planner knows what the key has led to, wherever that is. */
  readonly findsOwnFacts?: boolean;
  /** What it comes down to for who may do it, where the input does not say that itself. */
  readonly governedAs?: AnyCommand;
}

/** A command and how it is decided. */
export interface PlannedRequest<D extends Decision = Decision> {
  readonly request: RecordRequest;
  readonly plan: Planner<D>;
}

/** One of several commands on one stream. */
export interface RunCommand extends PlannedRequest {
  readonly request: RecordRequest & { readonly stream: string };
}
