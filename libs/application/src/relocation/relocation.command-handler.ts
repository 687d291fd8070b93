import type {
  AcceptedMove,
  BackplateState,
  ChargerState,
  Decision,
  EventOf,
  Fact,
  NewFact,
  PlannedMove,
  RelocationCommand,
  RelocationKnowledge,
  Stay,
} from '@chargebook/domain';
import {
  chargerStream,
  checkMoves,
  decideRelocations,
  factsOfMove,
  Lifeline,
  relocationStream,
} from '@chargebook/domain';
import { Inject } from '@nestjs/common';
import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { Places } from '../backplate/places';
import type { OnLeftover } from '../charger/moves';
import { ON_LEFTOVER } from '../charger/moves';
import { placed } from '../backplate/reservations';
import type { Outcome, SettledCommand } from '../recording/command-context';
import { inputHashOf, uuidOf } from '../recording/identity';
import { RecordCommand } from '../recording/outcome-command';
import type { Plan, Written } from '../recording/plan';
import { Recorder } from '../recording/recorder';
import type { Reading } from '../recording/reading';
import type { Loaded } from '../recording/streams';
import { NO_FACTS } from '../recording/streams';
import { inParallel, RelocationPlans } from './relocation-plans';

export class RecordRelocationCommand extends RecordCommand<RelocationCommand> {}

/** Plans of one node are done one after the other: two that share chargers would only be in each other's way. */
const TURN = 'relocations';

/** Moves as they were decided, with what they were decided on. */
interface RelocationPlan extends Plan {
  readonly moves: readonly LoadedMove[];
}

/** A move's charger and place as they are, and who else was, is and will be there. */
interface MoveThings {
  readonly charger: string;
  readonly backplate: string;
  readonly from: Loaded<ChargerState>;
  readonly place: Loaded<BackplateState>;
  readonly stays: readonly Stay[];
}

type LoadedMove = AcceptedMove & MoveThings;

@CommandHandler(RecordRelocationCommand)
export class RelocationCommandHandler implements ICommandHandler<RecordRelocationCommand> {
  constructor(
    private readonly recorder: Recorder,
    private readonly places: Places,
    private readonly plans: RelocationPlans,
    @Inject(ON_LEFTOVER) private readonly onLeftover: OnLeftover,
  ) {}

  execute({ command, context }: RecordRelocationCommand): Promise<Outcome> {
    return this.recorder.record(
      { input: command, context, turn: TURN, findsOwnFacts: true },
      (reading, settled) => this.plan(command, reading, settled),
      (plan, facts) => this.write(plan as RelocationPlan, facts),
    );
  }

  private async plan(
    command: RelocationCommand,
    reading: Reading,
    settled: SettledCommand,
  ): Promise<RelocationPlan> {
    const stream = streamOf(settled);
    const recorded = reading.isOfNow ? await this.plans.store.read(stream) : [];
    const target = { stream, revision: recorded.at(-1)?.revision ?? NO_FACTS, life: NOBODY };
    const done = await this.doneBefore(recorded);
    if (done.length > 0) return { target, moves: [], decision: { events: [], notices: [] }, done };
    const malformed = checkMoves(command.moves);
    if (malformed != null) return { target, moves: [], decision: malformed };
    const things = await this.thingsOf(command, reading, settled);
    const decision = decideRelocations(command, livesOf(things), settled.moment);
    if (decision.refused) return { target, moves: [], decision };
    const moves = decision.moves.map((move, index) => ({ ...move, ...(things[index] as MoveThings) }));
    const all: Decision = { events: moves.flatMap(({ events }) => events), notices: decision.notices };
    return {
      target,
      moves,
      decision: all,
      parts: moves.map(({ from, events }) => ({ target: from, events })),
    };
  }

  /** What each move is decided on, held by nobody else's plan. */
  private async thingsOf(
    { moves }: RelocationCommand,
    reading: Reading,
    { moment }: SettledCommand,
  ): Promise<MoveThings[]> {
    // Places before chargers: settling a place may write its charger's stream.
    const places = await inParallel(moves, ({ backplate }) => this.places.settled(reading, backplate));
    const chargers = await inParallel(moves, ({ charger }) =>
      this.plans.unheld(reading, () => reading.charger(charger)),
    );
    return inParallel(
      moves.map((move, index) => ({ ...move, index })),
      async ({ charger, backplate, index }) => {
        const [from, place] = [chargers[index], places[index]];
        if (from == null || place == null) throw new Error(`${charger} or ${backplate} was not looked at`);
        return {
          charger,
          backplate,
          from,
          place,
          stays: await this.places.staysFrom(reading, place, moment.occurredAt),
        };
      },
    );
  }

  /** What the command's key has led to: a plan that was committed is done, one that was not is given up. */
  private async doneBefore(recorded: readonly Fact[]): Promise<readonly Fact[]> {
    for (const planned of recorded) {
      if (planned.type !== 'RelocationPlanned') continue;
      const reference = { relocation: planned.data.relocation, plan: planned.eventId };
      if ((await this.plans.settle(reference)) === 'COMMITTED') return this.factsOf(planned);
    }
    return [];
  }

  private async write({ target, moves }: RelocationPlan, facts: readonly NewFact[]): Promise<Written> {
    const planned = await this.tellPlan(target, moves, facts);
    try {
      await this.holdAll(moves, planned);
      await this.plans.commit(planned);
    } catch (error) {
      // What is left undone here is done by whoever touches the chargers or places next.
      await this.plans.abandon(planned).catch(this.onLeftover);
      throw error;
    }
    const position = await this.plans.finish(planned, (fact) => fact);
    if (position == null) throw new Error('a plan that is finished has its place in the book');
    return { position, revision: planned.revision, facts: await this.factsOf(planned) };
  }

  private async tellPlan(
    { stream, revision }: Loaded<unknown>,
    moves: readonly LoadedMove[],
    facts: readonly NewFact[],
  ): Promise<Fact<EventOf<'RelocationPlanned'>>> {
    const [first] = facts;
    if (first == null) throw new Error('a plan has moves');
    const relocation = stream.slice('relocation-'.length);
    const metadata = { ...first.metadata, causationId: first.metadata.commandId };
    const data = { relocation, moves: moves.map((move) => plannedMove(move, facts)) };
    const told = placed({ type: 'RelocationPlanned', data, schemaVersion: 1, metadata }, stream, revision);
    const { position } = await this.plans.store.append(
      stream,
      [told],
      revision === NO_FACTS ? 'NO_STREAM' : revision,
    );
    return { ...told, stream, revision: revision + 1, bookOrder: Number(position) } as Fact<
      EventOf<'RelocationPlanned'>
    >;
  }

  private async holdAll(moves: readonly LoadedMove[], planned: Fact<EventOf<'RelocationPlanned'>>) {
    const faults: unknown[] = [];
    const held = planned.data.moves.map((move, index) => ({ ...move, loaded: moves[index] as LoadedMove }));
    await inParallel(held, async (move) => {
      // Once one cannot be had the plan is lost, and what is held is let go when nothing more is being taken.
      if (faults.length > 0) return;
      await this.hold(planned, move, move.loaded).catch((fault: unknown) => faults.push(fault));
    });
    if (faults.length > 0) throw faults[0];
  }

  /** Nothing else moves the charger, and nobody else comes to the place, until the plan is decided. */
  private async hold(
    planned: Fact<EventOf<'RelocationPlanned'>>,
    move: PlannedMove,
    { from, place, gained }: LoadedMove,
  ): Promise<void> {
    const { charger } = move;
    const { stream, revision } = from;
    const reference = { relocation: planned.data.relocation, plan: planned.eventId };
    const metadata = { ...this.plans.reservations.recordedNow(planned), causationId: planned.eventId };
    const data = { charger, ...reference };
    const held = placed({ type: 'ChargerReserved', data, schemaVersion: 1, metadata }, stream, revision);
    await this.plans.store.append(stream, [held], revision === NO_FACTS ? 'NO_STREAM' : revision);
    const { mounted } = factsOfMove(planned, move);
    for (const stay of gained)
      await this.plans.reservations.reserve(place, stay, mounted, { plan: reference });
  }

  private async factsOf({ data: { moves } }: Fact<EventOf<'RelocationPlanned'>>): Promise<Fact[]> {
    const facts = await inParallel(moves, async ({ charger, decidedOn, dismounted, mounted }) => {
      const recorded = await this.plans.store.read(chargerStream(charger), decidedOn + 1);
      const ids = [dismounted?.eventId, mounted];
      return recorded.filter(({ eventId }) => ids.includes(eventId));
    });
    return facts.flat();
  }
}

/** The plans of one command are told in one stream, however often it is sent. */
function streamOf({ commandId, context: { actor } }: SettledCommand): string {
  return relocationStream(uuidOf(inputHashOf([actor.kind, actor.id, commandId])));
}

function plannedMove({ charger, backplate, from }: LoadedMove, facts: readonly NewFact[]): PlannedMove {
  const own = facts.filter(({ data }) => 'charger' in data && data.charger === charger);
  const mounted = own.find(({ type }) => type === 'ChargerMounted');
  const down = own.find((fact) => fact.type === 'ChargerDismounted');
  if (mounted == null) throw new Error(`the move of ${charger} has no mount`);
  const move = { charger, backplate, decidedOn: from.revision, mounted: mounted.eventId };
  if (down?.type !== 'ChargerDismounted') return move;
  const { backplate: left, destination } = down.data;
  return { ...move, dismounted: { eventId: down.eventId, backplate: left, destination } };
}

function livesOf(things: readonly MoveThings[]): RelocationKnowledge {
  return {
    chargers: new Map(things.map(({ charger, from }) => [charger, from.life])),
    backplates: new Map(things.map(({ backplate, place }) => [backplate, place.life])),
    stays: new Map(things.map(({ backplate, stays }) => [backplate, stays])),
  };
}

const NOBODY = Lifeline.of<undefined>({ initial: undefined, evolve: () => undefined }, []);
