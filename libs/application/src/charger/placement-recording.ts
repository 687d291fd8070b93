import type { NewFact, PlacementAcceptance, PlacementCommand, Refusal } from '@chargebook/domain';
import { chargerStream, decidePlacement } from '@chargebook/domain';
import type { Appended, EventStore } from '@chargebook/event-store';
import { WrongExpectedRevisionError } from '@chargebook/event-store';
import type { BackplateState } from '@chargebook/domain';
import type { Places } from '../backplate/places';
import type { CommandContext, Outcome, SettledCommand } from '../recording/command-context';
import type { Plan, Recorder, Written } from '../recording/recorder';
import type { Reading } from '../recording/reading';
import type { Loaded } from '../recording/streams';
import { NO_FACTS } from '../recording/streams';

type PlacementDecision = PlacementAcceptance | Refusal;

/** A move as it was decided, with the place as it was then. */
interface PlacementPlan extends Plan<PlacementDecision> {
  readonly place?: Loaded<BackplateState>;
}

/** Told of what is left for the next node that meets it, because it could not be done now. */
export type OnLeftover = (error: unknown) => void;

/** Moves of chargers between backplates. */
export class PlacementRecording {
  constructor(
    private readonly recorder: Recorder,
    private readonly store: EventStore,
    private readonly places: Places,
    private readonly onLeftover: OnLeftover,
  ) {}

  record(command: PlacementCommand, context: CommandContext): Promise<Outcome> {
    return this.recorder.record<PlacementDecision>(
      // Nothing is taken as last seen: a place would be reserved for a move that cannot be written.
      { input: command, context, turn: chargerStream(command.charger) },
      (reading, settled) => this.plan(command, reading, settled),
      (plan, facts) => this.write(plan as PlacementPlan, facts),
    );
  }

  private async plan(
    command: PlacementCommand,
    reading: Reading,
    settled: SettledCommand,
  ): Promise<PlacementPlan> {
    const { moment } = settled;
    const goesTo = command.type === 'dismountCharger' ? undefined : command.backplate;
    const place = goesTo == null ? undefined : await this.places.settled(reading, goesTo);
    // After the place is settled: settling may have written the charger's stream.
    const target = await reading.charger(command.charger);
    const othersThere =
      place == null ? [] : await this.places.staysFrom(reading, place, moment.occurredAt, command.charger);
    const known = { charger: target.life, backplate: place?.life, othersThere };
    return { target, place, decision: decidePlacement(command, known, moment) };
  }

  private async write(plan: PlacementPlan, facts: readonly NewFact[]): Promise<Written> {
    const { decision, target, place } = plan;
    const stay = decision.refused ? undefined : decision.gained[0];
    const reserved =
      stay == null || place == null
        ? undefined
        : await this.places.reserve(place, stay, facts, target.revision);
    const appended = await this.writeCharger(plan, facts, stay?.backplate, reserved);
    await this.tidy(async () => {
      if (stay != null && reserved != null) await this.places.take(stay.backplate, reserved);
      for (const fact of facts) if (fact.type === 'ChargerDismounted') await this.places.free(fact);
    });
    // Another node may have been quicker to write the very same facts, and told when.
    const recorded = await this.store.read(target.stream, target.revision + 1);
    return { ...appended, facts: recorded.slice(0, facts.length) };
  }

  private async writeCharger(
    { target }: PlacementPlan,
    facts: readonly NewFact[],
    backplate: string | undefined,
    reserved: string | undefined,
  ): Promise<Appended> {
    const { stream, revision } = target;
    try {
      return await this.store.append(stream, facts, revision === NO_FACTS ? 'NO_STREAM' : revision);
    } catch (error) {
      if (error instanceof WrongExpectedRevisionError && backplate != null && reserved != null) {
        await this.tidy(() => this.places.giveUp(backplate, reserved));
      }
      throw error;
    }
  }

  /** What is left undone here is done by whoever touches the place next. */
  private async tidy(job: () => Promise<void>): Promise<void> {
    try {
      await job();
    } catch (error) {
      this.onLeftover(error);
    }
  }
}
