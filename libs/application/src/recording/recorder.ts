import { randomUUID } from 'node:crypto';
import type { AnyCommand, Decision, DomainEvent, Fact, Instant, NewFact } from '@chargebook/domain';
import { AccessDeniedError, instantOf, isId } from '@chargebook/domain';
import type { Appended, EventStore } from '@chargebook/event-store';
import { WrongExpectedRevisionError } from '@chargebook/event-store';
import type { CommandContext, Outcome, SettledCommand } from './command-context';
import type { CommandIndex } from './command-keys';
import type { Authoriser } from '../access/authoriser';
import type { Sight } from '../access/sight';
import { EVERYTHING } from '../access/sight';
import { CommandKeys, nameOf } from './command-keys';
import { inputHashOf } from './identity';
import { Reading } from './reading';
import {
  contended,
  factsOf,
  invalidKey,
  newFacts,
  receipt,
  recordedFacts,
  reuse,
  unrecorded,
} from './receipts';
import type { Loaded, Streams } from './streams';
import { NO_FACTS } from './streams';
import { Turns } from './turns';

/** An attempt is lost to somebody who was done, so many are needed only where many want the same thing at once. */
const MOST_ATTEMPTS = 100;

export type Clock = () => Instant;
export const systemClock: Clock = () => instantOf(Date.now());

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

/** What surrounds the recording. */
interface Around {
  readonly index?: CommandIndex;
  readonly onOutcome?: OnOutcome;
  /** Absent: everybody may do everything. */
  readonly authoriser?: Authoriser;
}

/** Told of what became of each command. */
export type OnOutcome = (outcome: Outcome) => void;

/**
 * The one path of every command: look for its key among the recorded facts, decide, write at the revision that was
 * decided on; on a conflict look again.
 */
export class Recorder {
  private readonly keys: CommandKeys;
  private readonly turns = new Turns();

  constructor(
    private readonly store: EventStore,
    private readonly streams: Streams,
    private readonly clock: Clock,
    private readonly around: Around = {},
  ) {
    this.keys = new CommandKeys(around.index);
  }

  now(): Instant {
    return this.clock();
  }

  /** @throws EventStoreUnavailableError when the outcome is unknown: sending the command again with its key is safe */
  async record<D extends Decision>(
    request: RecordRequest,
    plan: Planner<D>,
    write: Writer<D> = (planned, facts) => this.append(planned.target, facts),
  ): Promise<Outcome> {
    const settled = this.settle(request);
    const { context, commandId, keyOwner } = settled;
    const key = context.commandId == null ? undefined : nameOf(keyOwner, commandId);
    const outcome = await this.turns.take(key, () =>
      // What records nothing is in nobody's way.
      this.turns.take(context.dryRun ? undefined : (request.turn ?? request.stream), () =>
        this.attempt(settled, request, plan, write),
      ),
    );
    this.around.onOutcome?.(outcome);
    return outcome;
  }

  private async attempt<D extends Decision>(
    settled: SettledCommand,
    request: RecordRequest,
    plan: Planner<D>,
    write: Writer<D>,
  ): Promise<Outcome> {
    const { commandId, context } = settled;
    if (!isId(commandId)) return invalidKey(settled);
    // One's own receipt stays one's own; a key of all would tell what others have done.
    const isForSender =
      request.isKeyOfAll !== true || (await this.sightOf(request, settled, {})).hidden.size === 0;
    const before = isForSender ? await this.earlier(settled, request, plan) : undefined;
    if (before != null) return before;
    for (let attempt = 1; ; attempt++) {
      // An append checks what was last seen; a dry run makes none.
      const trusted = attempt === 1 && !context.dryRun ? request.stream : undefined;
      const sight = await this.sightOf(request, settled, { trusted });
      if (sight.refusal != null) return { ...sight.refusal, commandId, dryRun: context.dryRun };
      const planned = await plan(new Reading(this.streams, { trusted, hidden: sight.hidden }), settled);
      const facts = planned.done ?? factsOf(settled, planned.target.life.recorded);
      if (facts.length > 0) return this.repeat(facts, settled, plan);
      const { decision } = planned;
      // What was last seen may be old: a refusal is given only on what is there now.
      if (trusted != null && (decision.refused || decision.events.length === 0)) continue;
      if (decision.refused) return { ...decision, commandId, dryRun: context.dryRun };
      const parts = planned.parts ?? [{ target: planned.target, events: decision.events }];
      const decided = parts.flatMap(({ target, events }) => newFacts(events, target, settled));
      if (context.dryRun || decided.length === 0)
        return receipt(settled, unrecorded(decided, parts), decision.notices);
      try {
        const written = await write(planned, decided);
        const recorded = written.facts ?? recordedFacts(decided, planned.target, written);
        if (planned.parts == null) this.streams.extend(planned.target, recorded);
        this.remember(settled, planned.target.stream);
        return { ...receipt(settled, recorded, decision.notices), position: written.position };
      } catch (error) {
        if (!(error instanceof WrongExpectedRevisionError)) throw error;
        if (attempt >= MOST_ATTEMPTS) return contended(settled, planned.target.stream, attempt);
      }
    }
  }

  /** What the sender may look at; a denial is given only on what is there now. */
  private async sightOf(
    request: RecordRequest,
    settled: SettledCommand,
    mode: { readonly trusted?: string },
  ): Promise<Sight> {
    const { authoriser } = this.around;
    if (authoriser == null) return EVERYTHING;
    const command = (request.governedAs ?? request.input) as AnyCommand;
    if (mode.trusted != null) {
      const seen = await authoriser
        .sightOf(command, settled, new Reading(this.streams, mode))
        .catch(unlessDenied);
      if (seen?.hidden.size === 0 && seen.refusal == null) return seen;
    }
    return authoriser.sightOf(command, settled, new Reading(this.streams, {}));
  }

  async append(target: Loaded<unknown>, facts: readonly NewFact[]): Promise<Appended> {
    const { stream, revision } = target;
    return this.store.append(stream, facts, revision === NO_FACTS ? 'NO_STREAM' : revision);
  }

  private settle({ input, context, isKeyOfAll }: RecordRequest): SettledCommand {
    const now = this.clock();
    return {
      commandId: context.commandId ?? randomUUID(),
      inputHash: inputHashOf({
        input,
        occurredAt: context.deviceTime ?? context.occurredAt,
        reason: context.reason,
      }),
      context,
      moment: { now, occurredAt: context.occurredAt ?? now },
      keyOwner: isKeyOfAll === true ? undefined : context.actor,
    };
  }

  /** What became of the command's key before, as far as that is known without the stream that would be written to now. */
  private async earlier<D extends Decision>(
    settled: SettledCommand,
    request: RecordRequest,
    plan: Planner<D>,
  ): Promise<Outcome | undefined> {
    const { commandId, context, keyOwner } = settled;
    if (context.commandId == null) return undefined;
    const use = await this.keys.find({ keyOwner, commandId, actor: context.actor });
    if (use == null) return undefined;
    if (use.inputHash !== settled.inputHash) return reuse(settled);
    if (request.findsOwnFacts) return undefined;
    // The same command would go to another stream where the month has changed or the charger has moved since.
    const recorded = use.stream == null ? [] : await this.store.read(use.stream);
    // A place's own facts about a move are not what the move's receipt lists.
    const facts = factsOf(settled, recorded).filter(({ metadata }) => metadata.causationId === commandId);
    return facts.length === 0 ? undefined : this.repeat(facts, settled, plan);
  }

  private remember({ commandId, context, keyOwner, inputHash }: SettledCommand, stream: string): void {
    if (context.commandId != null) this.keys.remember({ keyOwner, commandId }, { inputHash, stream });
  }

  /** The receipt that was given the first time: the facts are on record, the notices follow from what was known then. */
  private async repeat<D extends Decision>(
    facts: readonly Fact[],
    settled: SettledCommand,
    plan: Planner<D>,
  ): Promise<Outcome> {
    const first = facts[0];
    const last = facts.at(-1);
    if (first == null || last == null) throw new Error('a repeat needs the facts of the first time');
    if (first.metadata.inputHash !== settled.inputHash) return reuse(settled);
    const { recordedAt: now, occurredAt } = first.metadata;
    const asThen = { ...settled, moment: { now, occurredAt } };
    const { decision } = await plan(new Reading(this.streams, { beforeBookOrder: first.bookOrder }), asThen);
    const notices = decision.refused ? [] : decision.notices;
    return { ...receipt(settled, facts, notices), dryRun: false, position: BigInt(last.bookOrder) };
  }
}

function unlessDenied(error: unknown): undefined {
  if (!(error instanceof AccessDeniedError)) throw error;
}
