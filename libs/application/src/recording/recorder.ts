import { randomUUID } from 'node:crypto';
import type {
  Acceptance,
  Decision,
  DomainEvent,
  Fact,
  FactMetadata,
  Instant,
  Moment,
  NewFact,
} from '@chargebook/domain';
import { instantOf, isId, refuse } from '@chargebook/domain';
import type { Appended, EventStore } from '@chargebook/event-store';
import { WrongExpectedRevisionError } from '@chargebook/event-store';
import type { CommandContext, Outcome, Receipt, UnrecordedFact } from './command-context';
import { eventIdOf, inputHashOf } from './identity';
import { Reading } from './reading';
import type { Loaded, Streams } from './streams';
import { NO_FACTS } from './streams';

const MOST_ATTEMPTS = 20;

export type Clock = () => Instant;
export const systemClock: Clock = () => instantOf(Date.now());

/** A command with its key and times settled: the same for all attempts at it. */
export interface SettledCommand {
  readonly commandId: string;
  readonly inputHash: string;
  readonly context: CommandContext;
  readonly moment: Moment;
}

/** A decision, and the stream as it was decided on: what is decided is written there, after exactly that. */
export interface Plan<D extends Decision = Decision> {
  readonly target: Loaded<unknown>;
  readonly decision: D;
}

/** Looks at the book and decides; called anew at each attempt. */
export type Planner<D extends Decision = Decision> = (
  reading: Reading,
  settled: SettledCommand,
) => Promise<Plan<D>>;

/** How a plan's facts are brought into the target stream. */
export type Writer<D extends Decision> = (
  plan: Plan<D>,
  facts: readonly NewFact[],
  settled: SettledCommand,
) => Promise<Appended>;

/** Where a key was used before, on whichever stream. */
export interface CommandIndex {
  find(command: {
    actorKind: string;
    actorId: string;
    commandId: string;
  }): Promise<{ inputHash: string } | undefined>;
}

/** Told of what became of each command. */
export type OnOutcome = (outcome: Outcome) => void;

/**
 * The one path of every command: look for its key among the loaded facts, decide, write at the revision that was decided
 * on; on a conflict look again.
 */
export class Recorder {
  constructor(
    private readonly store: EventStore,
    private readonly streams: Streams,
    private readonly clock: Clock,
    private readonly around: { readonly index?: CommandIndex; readonly onOutcome?: OnOutcome } = {},
  ) {}

  now(): Instant {
    return this.clock();
  }

  /**
   * @param input what the command says, for telling a repeat from a reuse of its key
   * @param stream the stream that will be written to, where that is known beforehand
   * @throws EventStoreUnavailableError when the outcome is unknown: sending the command again with its key is safe
   */
  async record<D extends Decision>(
    request: { input: unknown; context: CommandContext; stream?: string },
    plan: Planner<D>,
    write: Writer<D> = (planned, facts) => this.append(planned.target, facts),
  ): Promise<Outcome> {
    const outcome = await this.attempt(request, plan, write);
    this.around.onOutcome?.(outcome);
    return outcome;
  }

  private async attempt<D extends Decision>(
    request: { input: unknown; context: CommandContext; stream?: string },
    plan: Planner<D>,
    write: Writer<D>,
  ): Promise<Outcome> {
    const { context, stream } = request;
    const settled = this.settle(request.input, context);
    const { commandId } = settled;
    if (!isId(commandId)) {
      return {
        ...refuse('INVALID_ID', 'A commandId is 1 to 64 of A-Z a-z 0-9 . _ : - .', {}),
        commandId,
        dryRun: context.dryRun,
      };
    }
    const reused = context.commandId == null ? undefined : await this.findReuse(settled);
    if (reused != null) return reused;
    for (let attempt = 1; ; attempt++) {
      const reading = new Reading(this.streams, attempt === 1 ? { trusted: stream } : {});
      const planned = await plan(reading, settled);
      const before = this.findFirstReceipt(planned.target, settled);
      if (before != null) return this.repeat(before, settled, plan);
      const { decision } = planned;
      // What was last seen may be old: a refusal is given only on what is there now.
      if (attempt === 1 && (decision.refused || decision.events.length === 0)) continue;
      if (decision.refused) return { ...decision, commandId, dryRun: context.dryRun };
      const facts = newFacts(decision, planned.target, settled);
      if (context.dryRun || facts.length === 0)
        return receipt(settled, unrecorded(facts, planned.target), decision.notices);
      try {
        const appended = await write(planned, facts, settled);
        const recorded = recordedFacts(facts, planned.target, appended);
        this.streams.extend(planned.target, recorded);
        return { ...receipt(settled, recorded, decision.notices), position: appended.position };
      } catch (error) {
        if (!(error instanceof WrongExpectedRevisionError)) throw error;
        if (attempt >= MOST_ATTEMPTS) return contended(settled, planned.target.stream);
      }
    }
  }

  async append(target: Loaded<unknown>, facts: readonly NewFact[]): Promise<Appended> {
    const { stream, revision } = target;
    return this.store.append(stream, facts, revision === NO_FACTS ? 'NO_STREAM' : revision);
  }

  private settle(input: unknown, context: CommandContext): SettledCommand {
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
    };
  }

  private findFirstReceipt(
    target: Loaded<unknown>,
    { commandId, context }: SettledCommand,
  ): Fact[] | undefined {
    if (context.commandId == null) return undefined;
    const { kind, id } = context.actor;
    const facts = target.life.recorded.filter(
      ({ metadata }) =>
        metadata.commandId === commandId && metadata.actor.id === id && metadata.actor.kind === kind,
    );
    return facts.length === 0 ? undefined : facts;
  }

  /** The receipt that was given the first time: the facts are on record, the notices follow from what was known then. */
  private async repeat<D extends Decision>(
    facts: Fact[],
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

  private async findReuse(settled: SettledCommand): Promise<Outcome | undefined> {
    const { commandId, context } = settled;
    const { kind: actorKind, id: actorId } = context.actor;
    const known = await this.around.index?.find({ actorKind, actorId, commandId });
    return known == null || known.inputHash === settled.inputHash ? undefined : reuse(settled);
  }
}

function reuse({ commandId, context }: SettledCommand): Outcome {
  const message = `The commandId ${commandId} was used for another command; a new command needs a key of its own.`;
  return { ...refuse('IDEMPOTENCY_KEY_REUSED', message, { commandId }), commandId, dryRun: context.dryRun };
}

function receipt(
  { commandId, context }: SettledCommand,
  facts: Receipt['facts'],
  notices: Receipt['notices'],
): Receipt {
  return { commandId, dryRun: context.dryRun, facts, notices };
}

function newFacts(decision: Acceptance, target: Loaded<unknown>, settled: SettledCommand): NewFact[] {
  return decision.events.map((event, index) => newFact(event, target, settled, index));
}

/** An event as it is written after the state of a stream on which it was decided. */
export function newFact(
  event: DomainEvent,
  target: Loaded<unknown>,
  settled: SettledCommand,
  index = 0,
): NewFact {
  const { stream, revision: expectedRevision } = target;
  const { context, commandId } = settled;
  const eventId = eventIdOf({ actor: context.actor, commandId }, { stream, expectedRevision, index });
  return { ...event, eventId, schemaVersion: 1, metadata: metadataOf(settled) };
}

function metadataOf({ commandId, inputHash, context, moment }: SettledCommand): FactMetadata {
  return {
    occurredAt: moment.occurredAt,
    recordedAt: moment.now,
    actor: context.actor,
    channel: context.channel,
    commandId,
    inputHash,
    correlationId: context.correlationId,
    causationId: commandId,
    reason: context.reason,
    deviceSequence: context.deviceSequence,
    deviceTime: context.deviceTime,
  };
}

function unrecorded(facts: readonly NewFact[], { stream, revision }: Loaded<unknown>): UnrecordedFact[] {
  return facts.map((fact, index) => ({ ...fact, stream, revision: revision + 1 + index }));
}

/** Positions grow by at least one from event to event, so counting back keeps the order within the stream. */
function recordedFacts(
  facts: readonly NewFact[],
  { stream, revision }: Loaded<unknown>,
  appended: Appended,
): Fact[] {
  return facts.map((fact, index) => ({
    ...fact,
    stream,
    revision: revision + 1 + index,
    bookOrder: Number(appended.position) - (facts.length - 1 - index),
  }));
}

function contended({ commandId, context }: SettledCommand, stream: string): Outcome {
  const message = 'Others kept changing the same thing: nothing was recorded, please try again.';
  return {
    ...refuse('CONFLICT', message, { stream, attempts: MOST_ATTEMPTS }),
    commandId,
    dryRun: context.dryRun,
  };
}
