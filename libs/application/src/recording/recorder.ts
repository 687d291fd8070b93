import { randomUUID } from 'node:crypto';
import type { AnyCommand, Decision, Fact, Instant, NewFact } from '@chargebook/domain';
import { AccessDeniedError, instantOf, isId } from '@chargebook/domain';
import type { Appended, EventStore } from '@chargebook/event-store';
import { WrongExpectedRevisionError } from '@chargebook/event-store';
import type { Outcome, SettledCommand } from './command-context';
import type { CommandIndex } from './command-keys';
import type { Authoriser } from '../access/authoriser';
import type { Sight } from '../access/sight';
import { EVERYTHING } from '../access/sight';
import { CommandKeys } from './command-keys';
import { inputHashOf } from './identity';
import type { PlannedRequest, Planner, RecordRequest, RunCommand, Writer } from './plan';
import type { ReadingMode } from './reading';
import { Reading } from './reading';
import {
  contended,
  factsIn,
  factsOf,
  invalidKey,
  keyNameOf,
  newFacts,
  receipt,
  recordedFacts,
  reuse,
  unrecorded,
} from './receipts';
import { Run } from './run';
import type { Loaded, Streams } from './streams';
import { NO_FACTS, withFacts } from './streams';
import { Turns } from './turns';

/** An attempt is lost to somebody who was done, so many are needed only where many want the same thing at once. */
const MOST_ATTEMPTS = 100;

export type Clock = () => Instant;
export const systemClock: Clock = () => instantOf(Date.now());

interface Settled {
  readonly settled: SettledCommand;
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
    const outcome = await this.turns.take(keyNameOf(settled), () =>
      // What records nothing is in nobody's way.
      this.turns.take(request.context.dryRun ? undefined : (request.turn ?? request.stream), () =>
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
    const told = { request, plan, settled };
    const before = await this.outcomeBefore(told, await this.isForSender(told, {}));
    if (before != null) return before;
    for (let attempt = 1; ; attempt++) {
      // An append checks what was last seen; a dry run makes none.
      const trusted = attempt === 1 && !context.dryRun ? request.stream : undefined;
      const sight = await this.sightOf(request, settled, { trusted });
      if (sight.refusal != null) return { ...sight.refusal, commandId, dryRun: context.dryRun };
      const planned = await plan(new Reading(this.streams, { trusted, hidden: sight.hidden }), settled);
      const facts = planned.done ?? factsIn(settled, planned.target.life);
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
        const recorded = written.facts ?? recordedFacts(decided, planned.target, written.position);
        if (planned.parts == null) this.streams.advance(planned.target, withFacts(planned.target, recorded));
        this.remember(settled, planned.target.stream);
        return { ...receipt(settled, recorded, decision.notices), position: written.position };
      } catch (error) {
        if (!(error instanceof WrongExpectedRevisionError)) throw error;
        if (attempt >= MOST_ATTEMPTS) return contended(settled, planned.target.stream, attempt);
      }
    }
  }

  /**
   * Commands on one stream that one sender tells at once, in their order. Each has the outcome that it would have alone;
   * what is decided is written together. Dry runs are each weighed alone.
   *
   * @throws EventStoreUnavailableError as for one
   */
  async recordRun(commands: readonly RunCommand[]): Promise<Outcome[]> {
    if (commands.some(({ request }) => request.context.dryRun)) return this.recordEach(commands);
    const told = commands.map((command) => ({ ...command, settled: this.settle(command.request) }));
    const keys = told.flatMap(({ settled }) => keyNameOf(settled) ?? []);
    const outcomes = await this.turns.takeAll(keys, () =>
      this.turns.take(commands[0]?.request.stream, () => this.attemptRun(told)),
    );
    for (const outcome of outcomes) this.around.onOutcome?.(outcome);
    return outcomes;
  }

  private async recordEach(commands: readonly RunCommand[]): Promise<Outcome[]> {
    const outcomes: Outcome[] = [];
    for (const { request, plan } of commands) outcomes.push(await this.record(request, plan));
    return outcomes;
  }

  private async attemptRun(commands: readonly (RunCommand & Settled)[]): Promise<Outcome[]> {
    const seen = new Map<string, Loaded<unknown>>();
    const areForSender: boolean[] = [];
    // One after the other, so that what is looked at for the first serves all; their keys are looked up together.
    for (const command of commands) areForSender.push(await this.isForSender(command, { seen }));
    const before = await Promise.all(
      commands.map((command, nth) => this.outcomeBefore(command, areForSender[nth] === true)),
    );
    const outcomes: Outcome[] = [];
    for (let attempt = 1; outcomes.length < commands.length;) {
      const run = new Run();
      for (let next = outcomes.length; next < commands.length; next++) {
        const command = commands[next] as RunCommand & Settled;
        if (!run.hasRoomFor(command.settled)) break;
        const known = before[next];
        if (known == null) await this.decideInRun(run, command);
        else run.addSettled(known);
      }
      try {
        outcomes.push(...(await run.write((target, facts) => this.append(target, facts), this.streams)));
        for (const { settled, stream } of run.decided) this.remember(settled, stream);
        attempt = 1;
      } catch (error) {
        if (!(error instanceof WrongExpectedRevisionError)) throw error;
        if (attempt++ < MOST_ATTEMPTS) continue;
        const left = commands.slice(outcomes.length);
        outcomes.push(
          ...left.map(({ settled, request }) => contended(settled, request.stream, MOST_ATTEMPTS)),
        );
      }
    }
    return outcomes;
  }

  private async decideInRun(run: Run, { request, plan, settled }: RunCommand & Settled): Promise<void> {
    const {
      commandId,
      context: { dryRun },
    } = settled;
    const sight = await this.sightOf(request, settled, { seen: run.seen });
    if (sight.refusal != null) return run.addSettled({ ...sight.refusal, commandId, dryRun });
    const reading = new Reading(this.streams, { seen: run.seen, hidden: sight.hidden });
    const { target, decision } = await plan(reading, settled);
    const facts = factsIn(settled, target.life);
    if (facts.length > 0) return run.addSettled(await this.repeat(facts, settled, plan));
    if (decision.refused) return run.addSettled({ ...decision, commandId, dryRun });
    run.addDecided(settled, target, decision);
  }

  /** Whether the sender may learn what the key has led to. */
  private async isForSender<D extends Decision>(
    { request, settled }: PlannedRequest<D> & Settled,
    mode: ReadingMode,
  ): Promise<boolean> {
    // One's own receipt stays one's own; a key of all would tell what others have done.
    return request.isKeyOfAll !== true || (await this.sightOf(request, settled, mode)).hidden.size === 0;
  }

  /** What came of a command before, or of its key, as far as that is known before it is decided. */
  private async outcomeBefore<D extends Decision>(
    { request, plan, settled }: PlannedRequest<D> & Settled,
    isForSender: boolean,
  ): Promise<Outcome | undefined> {
    if (!isId(settled.commandId)) return invalidKey(settled);
    return isForSender ? this.earlier(settled, request, plan) : undefined;
  }

  /** What the sender may look at; a denial is given only on what is there now. */
  private async sightOf(request: RecordRequest, settled: SettledCommand, mode: ReadingMode): Promise<Sight> {
    const { authoriser } = this.around;
    if (authoriser == null) return EVERYTHING;
    const command = (request.governedAs ?? request.input) as AnyCommand;
    if (mode.trusted != null) {
      const seen = await authoriser
        .sightOf(command, settled, new Reading(this.streams, mode))
        .catch(unlessDenied);
      if (seen?.hidden.size === 0 && seen.refusal == null) return seen;
    }
    return authoriser.sightOf(command, settled, new Reading(this.streams, { seen: mode.seen }));
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
