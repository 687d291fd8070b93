import type { BackplateState, Instant, Reservation, Stay } from '@chargebook/domain';
import { chargerStream, reservationsOf, spanContains, staysOf } from '@chargebook/domain';
import type { EventStore } from '@chargebook/event-store';
import { WrongExpectedRevisionError } from '@chargebook/event-store';
import type { RelocationPlans } from '../relocation/relocation-plans';
import type { Reading } from '../recording/reading';
import type { Loaded } from '../recording/streams';
import { NO_FACTS } from '../recording/streams';
import type { Reservations } from './reservations';

/**
 * Who holds a backplate. A move concerns two streams, and no transaction spans them: the place is reserved first, with
 * all that the charger's stream is to be given; then the charger's stream is written, which decides; then the
 * reservation is settled. A node may die in between: whoever meets an open reservation finishes it, by the same append
 * at the same revision. Where the charger's stream has gone on without it, it can never be written any more, and the
 * place is freed. A reservation that belongs to a plan of several moves is decided by that plan.
 */
export class Places {
  constructor(
    private readonly store: EventStore,
    private readonly reservations: Reservations,
    private readonly plans: RelocationPlans,
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

  private async finish(id: string, { id: reservation, charger, move, plan }: Reservation): Promise<void> {
    if (plan != null) {
      // A plan that is done has its places taken already, unless its node died just before.
      if ((await this.plans.settle(plan)) === 'COMMITTED') await this.reservations.take(id, reservation);
      else await this.reservations.giveUp(id, reservation);
      return;
    }
    if (move == null) throw new Error(`nothing says what the reservation ${reservation} is for`);
    const { expectedRevision } = move;
    const facts = move.facts.map((fact) => ({ ...fact, metadata: this.reservations.recordedNow(fact) }));
    try {
      await this.store.append(
        chargerStream(charger),
        facts,
        expectedRevision === NO_FACTS ? 'NO_STREAM' : expectedRevision,
      );
      await this.reservations.take(id, reservation);
    } catch (error) {
      if (!(error instanceof WrongExpectedRevisionError)) throw error;
      await this.reservations.giveUp(id, reservation);
    }
  }
}
