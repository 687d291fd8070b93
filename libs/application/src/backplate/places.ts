import type {
  BackplateState,
  DomainEvent,
  EventOf,
  Fact,
  FactMetadata,
  Instant,
  NewFact,
  Reservation,
  Stay,
} from '@chargebook/domain';
import { backplateStream, chargerStream, reservationsOf, spanContains, staysOf } from '@chargebook/domain';
import type { EventStore } from '@chargebook/event-store';
import { WrongExpectedRevisionError } from '@chargebook/event-store';
import { eventIdOf } from '../recording/identity';
import type { Reading } from '../recording/reading';
import type { Clock } from '../recording/recorder';
import { systemClock } from '../recording/recorder';
import type { Loaded } from '../recording/streams';
import { NO_FACTS } from '../recording/streams';

/**
 * Who holds a backplate. A move concerns two streams, and no transaction spans them: the place is reserved first, with
 * all that the charger's stream is to be given; then the charger's stream is written, which decides; then the
 * reservation is settled. A node may die in between: whoever meets an open reservation finishes it, by the same append
 * at the same revision. Where the charger's stream has gone on without it, it can never be written any more, and the
 * place is freed.
 */
export class Places {
  constructor(
    private readonly store: EventStore,
    private readonly clock: Clock = systemClock,
  ) {}

  /** The backplate with no reservation left open. */
  async settled(reading: Reading, id: string): Promise<Loaded<BackplateState>> {
    for (;;) {
      const place = await reading.backplate(id);
      if (!reading.isOfNow) return place;
      const open = reservationsOf(place.life.recorded).filter((reservation) => !reservation.settled);
      if (open.length === 0) return place;
      for (const reservation of open) await this.finish(id, reservation);
    }
  }

  /** Stays on a backplate that reach beyond an instant, from the streams of those who reserved it. */
  async staysFrom(
    reading: Reading,
    place: Loaded<BackplateState>,
    at: Instant,
    except?: string,
  ): Promise<Stay[]> {
    const chargers = new Set(
      reservationsOf(place.life.recorded)
        .filter(({ charger, until }) => charger !== except && (until == null || until > at))
        .map(({ charger }) => charger),
    );
    const backplate = place.stream.slice('backplate-'.length);
    const stays: Stay[] = [];
    for (const serial of chargers) {
      const { life } = await reading.charger(serial);
      const there = staysOf(life.facts).stays.filter((stay) => stay.backplate === backplate);
      stays.push(...there.filter(({ until }) => until == null || until > at));
    }
    return stays.sort((a, b) => (a.from < b.from ? -1 : 1));
  }

  /** The charger that hangs on a backplate at an instant. */
  async occupant(reading: Reading, id: string, at: Instant): Promise<string | undefined> {
    const place = await this.settled(reading, id);
    const stays = await this.staysFrom(reading, place, at);
    return stays.find((stay) => spanContains(stay, at))?.charger;
  }

  /**
   * Reserves a place for a stay.
   *
   * @throws WrongExpectedRevisionError when the backplate's stream is not as it was decided on
   */
  async reserve(
    place: Loaded<BackplateState>,
    stay: Stay,
    facts: readonly NewFact[],
    expectedRevision: number,
  ): Promise<string> {
    const first = facts[0];
    if (first == null) throw new Error('a reservation needs the facts of its move');
    const reservation = first.eventId;
    const { backplate, charger, from, until } = stay;
    const data = { backplate, reservation, charger, from, until, move: { expectedRevision, facts } };
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
    const { standing } = await this.reservations(backplate);
    for (const { id: reservation, ...held } of standing) {
      const reachesFurther = held.until == null || held.until > freeFrom;
      if (held.charger !== charger || held.from > freeFrom || !reachesFurther) continue;
      const data = { backplate, reservation, charger, freeFrom };
      await this.conclude(backplate, reservation, () =>
        this.beside(dismounted, { type: 'BackplateFreed', data }),
      );
    }
  }

  private async finish(id: string, reservation: Reservation): Promise<void> {
    const { charger, move } = reservation;
    const { expectedRevision } = move;
    const facts = move.facts.map((fact) => ({ ...fact, metadata: this.recordedNow(fact) }));
    try {
      await this.store.append(
        chargerStream(charger),
        facts,
        expectedRevision === NO_FACTS ? 'NO_STREAM' : expectedRevision,
      );
      await this.take(id, reservation.id);
    } catch (error) {
      if (!(error instanceof WrongExpectedRevisionError)) throw error;
      await this.giveUp(id, reservation.id);
    }
  }

  /** Writes what becomes of a reservation, unless another node has done so. */
  private async conclude(
    id: string,
    reservation: string,
    next: (told: Fact, held: Reservation) => Told,
  ): Promise<void> {
    const stream = backplateStream(id);
    for (;;) {
      const { recorded, standing } = await this.reservations(id);
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

  private async reservations(id: string): Promise<{ recorded: Fact[]; standing: Reservation[] }> {
    const recorded = await this.store.read(backplateStream(id));
    return { recorded, standing: reservationsOf(recorded) };
  }

  /** A fact that belongs to the same act as another one. */
  private beside(fact: NewFact, event: DomainEvent): Told {
    const occurredAt = event.type === 'BackplateFreed' ? event.data.freeFrom : fact.metadata.occurredAt;
    const metadata = { ...this.recordedNow(fact), occurredAt, causationId: fact.eventId };
    return { ...event, schemaVersion: 1, metadata };
  }

  /** What was told before is recorded when it is written: the book learns it no earlier. */
  private recordedNow({ metadata }: NewFact): FactMetadata {
    const now = this.clock();
    return now > metadata.recordedAt ? { ...metadata, recordedAt: now } : metadata;
  }
}

/** A fact before it has its place, and by that its id. */
type Told = DomainEvent & Omit<NewFact, 'eventId'>;

function placed(told: Told, stream: string, expectedRevision: number): NewFact {
  return { ...told, eventId: eventIdOf(told, { stream, expectedRevision, index: 0 }) };
}
