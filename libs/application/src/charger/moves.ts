import type { BackplateState, NewFact, PlacementAcceptance, Refusal, Stay } from '@chargebook/domain';
import type { Appended, EventStore } from '@chargebook/event-store';
import { WrongExpectedRevisionError } from '@chargebook/event-store';
import type { Reservations } from '../backplate/reservations';
import type { Plan, Written } from '../recording/plan';
import type { Loaded } from '../recording/streams';
import { NO_FACTS } from '../recording/streams';

export type MoveDecision = PlacementAcceptance | Refusal;

/** A move as it was decided, with the place as it was then. */
export interface MovePlan extends Plan<MoveDecision> {
  /** The backplate at which a charger hangs as it did not before. */
  readonly place?: Loaded<BackplateState>;
}

/** Told of what is left for the next node that meets it, because it could not be done now. */
export type OnLeftover = (error: unknown) => void;
export const ON_LEFTOVER = Symbol('OnLeftover');

/** Writes what changes where a charger hangs: reserve the place, write the charger's stream, settle. */
export class Moves {
  constructor(
    private readonly store: EventStore,
    private readonly reservations: Reservations,
    private readonly onLeftover: OnLeftover,
  ) {}

  /** @throws WrongExpectedRevisionError when something is not as it was decided on; the place is given up */
  async write(plan: MovePlan, facts: readonly NewFact[]): Promise<Written> {
    const { decision, target, place } = plan;
    const stay = decision.refused ? undefined : decision.gained[0];
    const reserved =
      stay == null || place == null ? undefined : await this.reserve(place, stay, facts, target.revision);
    const appended = await this.writeCharger(plan, facts, stay?.backplate, reserved);
    await this.tidy(async () => {
      if (stay != null && reserved != null) await this.reservations.take(stay.backplate, reserved);
      for (const fact of facts) if (fact.type === 'ChargerDismounted') await this.reservations.free(fact);
    });
    // Another node may have been quicker to write the very same facts, and told when.
    const recorded = await this.store.read(target.stream, target.revision + 1);
    return { ...appended, facts: recorded.slice(0, facts.length) };
  }

  private async reserve(
    place: Loaded<BackplateState>,
    stay: Stay,
    facts: readonly NewFact[],
    expectedRevision: number,
  ): Promise<string> {
    const [first] = facts;
    if (first == null) throw new Error('a reservation needs the facts of its move');
    return this.reservations.reserve(place, stay, first, { move: { expectedRevision, facts } });
  }

  private async writeCharger(
    { target }: MovePlan,
    facts: readonly NewFact[],
    backplate: string | undefined,
    reserved: string | undefined,
  ): Promise<Appended> {
    const { stream, revision } = target;
    try {
      return await this.store.append(stream, facts, revision === NO_FACTS ? 'NO_STREAM' : revision);
    } catch (error) {
      if (error instanceof WrongExpectedRevisionError && backplate != null && reserved != null) {
        await this.tidy(() => this.reservations.giveUp(backplate, reserved));
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
