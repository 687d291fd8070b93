import type {
  BackplateState,
  DomainEvent,
  Fact,
  Instant,
  NewFact,
  Reservation,
  Stay,
} from '@chargebook/domain';
import { reservationsOf, spanContains, staysOf } from '@chargebook/domain';
import type { EventStore } from '@chargebook/event-store';
import { WrongExpectedRevisionError } from '@chargebook/event-store';
import { eventIdOf } from '../recording/identity';
import type { Reading } from '../recording/reading';
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
  constructor(private readonly store: EventStore) {}

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
    const event = beside(first, place.stream, place.revision, { type: 'BackplateReserved', data });
    await this.store.append(
      place.stream,
      [event],
      place.revision === NO_FACTS ? 'NO_STREAM' : place.revision,
    );
    return reservation;
  }

  /** Settles a reservation whose move is written: the place is taken. */
  async take(id: string, reservation: string): Promise<void> {
    await this.conclude(id, reservation, ({ charger }) => ({
      type: 'BackplateTaken',
      data: { backplate: id, reservation, charger },
    }));
  }

  /** Gives up a reservation whose move can never be written any more. */
  async giveUp(id: string, reservation: string): Promise<void> {
    await this.conclude(id, reservation, ({ charger, from }) => ({
      type: 'BackplateFreed',
      data: { backplate: id, reservation, charger, freeFrom: from },
    }));
  }

  /** Shortens what a charger has reserved on a backplate to where it hangs there no more. */
  async free(id: string, charger: string, freeFrom: Instant): Promise<void> {
    const held = await this.reservations(id);
    for (const reservation of held.standing) {
      const reachesFurther = reservation.until == null || reservation.until > freeFrom;
      if (reservation.charger !== charger || reservation.from > freeFrom || !reachesFurther) continue;
      await this.conclude(id, reservation.id, () => ({
        type: 'BackplateFreed',
        data: { backplate: id, reservation: reservation.id, charger, freeFrom },
      }));
    }
  }

  private async finish(id: string, reservation: Reservation): Promise<void> {
    const { charger, move } = reservation;
    const { expectedRevision, facts } = move;
    try {
      await this.store.append(
        `charger-${charger}`,
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
    event: (held: Reservation) => DomainEvent,
  ): Promise<void> {
    for (;;) {
      const { recorded, standing } = await this.reservations(id);
      const held = standing.find((known) => known.id === reservation);
      const told = recorded.find(
        (fact) => fact.type === 'BackplateReserved' && fact.data.reservation === reservation,
      );
      if (held == null || told == null) return;
      const next = event(held);
      if (next.type === 'BackplateTaken' && held.settled) return;
      const revision = recorded.at(-1)?.revision ?? NO_FACTS;
      try {
        await this.store.append(
          `backplate-${id}`,
          [beside(told, `backplate-${id}`, revision, next)],
          revision,
        );
        return;
      } catch (error) {
        if (!(error instanceof WrongExpectedRevisionError)) throw error;
      }
    }
  }

  private async reservations(id: string): Promise<{ recorded: Fact[]; standing: Reservation[] }> {
    const recorded = await this.store.read(`backplate-${id}`);
    return { recorded, standing: reservationsOf(recorded) };
  }
}

/** A fact that belongs to the same act as another one. */
function beside(fact: NewFact, stream: string, expectedRevision: number, event: DomainEvent): NewFact {
  const occurredAt = event.type === 'BackplateFreed' ? event.data.freeFrom : fact.metadata.occurredAt;
  const metadata = { ...fact.metadata, occurredAt, causationId: fact.eventId };
  const told = { ...event, schemaVersion: 1, metadata };
  return { ...told, eventId: eventIdOf(told, { stream, expectedRevision, index: 0 }) };
}
