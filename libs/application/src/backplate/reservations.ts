import type {
  DomainEvent,
  EventOf,
  Fact,
  FactMetadata,
  NewFact,
  RelocationReference,
  Reservation,
  ReservedMove,
  Stay,
} from '@chargebook/domain';
import { backplateStream, reservationsOf } from '@chargebook/domain';
import type { EventStore } from '@chargebook/event-store';
import { WrongExpectedRevisionError } from '@chargebook/event-store';
import { eventIdOf } from '../recording/identity';
import type { Clock } from '../recording/recorder';
import type { Loaded } from '../recording/streams';
import { NO_FACTS } from '../recording/streams';

/** What says what is to be written for a reservation: the very facts, or the plan that they are a part of. */
export type ReservedFor = { readonly move: ReservedMove } | { readonly plan: RelocationReference };

/** A backplate's own facts about who may come, hangs there, and has gone. */
export class Reservations {
  constructor(
    private readonly store: EventStore,
    private readonly clock: Clock,
  ) {}

  /**
   * Reserves a place for a stay.
   *
   * @param first the fact by which the stay begins, or grows
   * @throws WrongExpectedRevisionError when the backplate's stream is not as it was decided on
   */
  async reserve(
    place: Loaded<unknown>,
    stay: Pick<Stay, 'backplate' | 'charger' | 'from' | 'until'>,
    first: NewFact,
    reservedFor: ReservedFor,
  ): Promise<string> {
    const reservation = first.eventId;
    const { backplate, charger, from, until } = stay;
    const data = { backplate, reservation, charger, from, until, ...reservedFor };
    const event = this.beside(first, { type: 'BackplateReserved', data });
    await this.store.append(
      place.stream,
      [placed(event, place.stream, place.revision)],
      place.revision === NO_FACTS ? 'NO_STREAM' : place.revision,
    );
    return reservation;
  }

  /** Settles a reservation whose move is written: the place is taken. */
  async take(id: string, reservation: string): Promise<void> {
    await this.conclude(id, reservation, (told, { charger }) =>
      this.beside(told, { type: 'BackplateTaken', data: { backplate: id, reservation, charger } }),
    );
  }

  /** Gives up a reservation whose move can never be written any more. */
  async giveUp(id: string, reservation: string): Promise<void> {
    await this.conclude(id, reservation, (told, { charger, from: freeFrom }) =>
      this.beside(told, {
        type: 'BackplateFreed',
        data: { backplate: id, reservation, charger, freeFrom },
      }),
    );
  }

  /** Shortens what a charger has reserved on a backplate to where it hangs there no more. */
  async free(dismounted: NewFact<EventOf<'ChargerDismounted'>>): Promise<void> {
    const { backplate, charger } = dismounted.data;
    const freeFrom = dismounted.metadata.occurredAt;
    const { standing } = await this.standingOn(backplate);
    for (const { id: reservation, ...held } of standing) {
      const reachesFurther = held.until == null || held.until > freeFrom;
      if (held.charger !== charger || held.from > freeFrom || !reachesFurther) continue;
      const data = { backplate, reservation, charger, freeFrom };
      await this.conclude(backplate, reservation, () =>
        this.beside(dismounted, { type: 'BackplateFreed', data }),
      );
    }
  }

  /** What was told before is recorded when it is written: the book learns it no earlier. */
  recordedNow({ metadata }: NewFact): FactMetadata {
    const now = this.clock();
    return now > metadata.recordedAt ? { ...metadata, recordedAt: now } : metadata;
  }

  /** Writes what becomes of a reservation, unless another node has done so. */
  private async conclude(
    id: string,
    reservation: string,
    next: (told: Fact, held: Reservation) => Told,
  ): Promise<void> {
    const stream = backplateStream(id);
    for (;;) {
      const { recorded, standing } = await this.standingOn(id);
      const held = standing.find((known) => known.id === reservation);
      const told = recorded.find(
        (fact) => fact.type === 'BackplateReserved' && fact.data.reservation === reservation,
      );
      const revision = recorded.at(-1)?.revision;
      if (held == null || told == null || revision == null) return;
      const event = next(told, held);
      if (event.type === 'BackplateTaken' && held.settled) return;
      try {
        await this.store.append(stream, [placed(event, stream, revision)], revision);
        return;
      } catch (error) {
        if (!(error instanceof WrongExpectedRevisionError)) throw error;
      }
    }
  }

  private async standingOn(id: string): Promise<{ recorded: Fact[]; standing: Reservation[] }> {
    const recorded = await this.store.read(backplateStream(id));
    return { recorded, standing: reservationsOf(recorded) };
  }

  /** A fact that belongs to the same act as another one. */
  private beside(fact: NewFact, event: DomainEvent): Told {
    const occurredAt = event.type === 'BackplateFreed' ? event.data.freeFrom : fact.metadata.occurredAt;
    const metadata = { ...this.recordedNow(fact), occurredAt, causationId: fact.eventId };
    return { ...event, schemaVersion: 1, metadata };
  }
}

/** A fact before it has its place, and by that its id. */
export type Told = DomainEvent & Omit<NewFact, 'eventId'>;

export function placed(told: Told, stream: string, expectedRevision: number): NewFact {
  return { ...told, eventId: eventIdOf(told, { stream, expectedRevision, index: 0 }) };
}
