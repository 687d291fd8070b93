import type { BackplateState } from '../backplate/backplate';
import { backplateEvolution, reservationsOf } from '../backplate/backplate';
import { decideBackplate } from '../backplate/backplate.decide';
import { accepted, at as timeOf, fact, late, moment } from '../book.fixtures';
import type { Decision, Moment } from '../decision';
import type { DomainEvent } from '../events';
import { chargerRegistered, installed } from '../events.fixtures';
import { Lifeline } from '../facts/lifeline';
import type { Instant } from '../time';
import type { ChargerState } from './charger';
import { chargerEvolution } from './charger';
import { decideCharger } from './charger.decide';
import type { PlacementAcceptance, PlacementCommand, PlacementKnowledge } from './placement.decide';
import { decidePlacement } from './placement.decide';
import type { Stay } from './placements';
import { staysOf } from './placements';

/**
 * Chargers and backplates on which moves are really done: what is accepted is recorded, the places are reserved for what
 * a move gains and freed by what it gives up, and who else is there is known from the reservations alone.
 */
export class Yard {
  private told = 0;
  private readonly chargers = new Map<string, Lifeline<ChargerState>>();
  private readonly places = new Map<string, Lifeline<BackplateState>>();

  constructor(chargers: readonly string[], places: readonly string[], since: Instant) {
    for (const charger of chargers) {
      this.chargers.set(charger, Lifeline.of(chargerEvolution, []));
      this.record(charger, [chargerRegistered({ charger })], since);
    }
    for (const place of places) {
      this.places.set(place, Lifeline.of(backplateEvolution, []));
      this.note(installed(place), place, since);
    }
  }

  charger(serial: string): Lifeline<ChargerState> {
    return this.chargers.get(serial) ?? Lifeline.of(chargerEvolution, []);
  }

  place(id: string): Lifeline<BackplateState> {
    return this.places.get(id) ?? Lifeline.of(backplateEvolution, []);
  }

  stays(): Stay[] {
    return [...this.chargers.keys()].flatMap((serial) => this.staysOf(serial));
  }

  staysOf(serial: string): Stay[] {
    return staysOf(this.charger(serial).facts).stays;
  }

  decide(command: PlacementCommand, when: Moment = moment()): ReturnType<typeof decidePlacement> {
    return decidePlacement(command, this.known(command, when.occurredAt), when);
  }

  /** Decides and, where it is accepted, does it. */
  move(command: PlacementCommand, when: Moment = moment()): ReturnType<typeof decidePlacement> {
    const decision = this.decide(command, when);
    if (!decision.refused) this.carryOut(command.charger, decision, when.occurredAt);
    return decision;
  }

  remove(backplate: string, when: Moment): Decision {
    const known = { backplate: this.place(backplate), stays: this.staysOn(backplate, when.occurredAt) };
    const decision = decideBackplate({ type: 'removeBackplate', backplate }, known, when);
    if (!decision.refused) for (const event of decision.events) this.note(event, backplate, when.occurredAt);
    return decision;
  }

  retire(charger: string, when: Moment): Decision {
    const known = { charger: this.charger(charger), operatorIsKnown: true };
    const decision = decideCharger({ type: 'retireCharger', charger }, known, when);
    if (!decision.refused) this.record(charger, decision.events, when.occurredAt);
    return decision;
  }

  /** Records what happened to a charger. */
  record(charger: string, events: readonly DomainEvent[], at: Instant): void {
    const facts = events.map((event) => fact({ event, at, bookOrder: ++this.told }));
    this.chargers.set(charger, this.charger(charger).with(facts));
  }

  /** Everyone who, by a reservation, may hang on a place beyond an instant. */
  staysOn(backplate: string, at: Instant): Stay[] {
    const holders = reservationsOf(this.place(backplate).recorded).flatMap(({ charger, until }) =>
      until == null || until > at ? [charger] : [],
    );
    const stays = [...new Set(holders)].flatMap((serial) => this.staysOf(serial));
    return stays.filter((stay) => stay.backplate === backplate && (stay.until == null || stay.until > at));
  }

  private known(command: PlacementCommand, at: Instant): PlacementKnowledge {
    const charger = this.charger(command.charger);
    if (command.type === 'dismountCharger') return { charger, othersThere: [] };
    const othersThere = this.staysOn(command.backplate, at).filter(
      (stay) => stay.charger !== command.charger,
    );
    return { charger, backplate: this.places.get(command.backplate), othersThere };
  }

  private carryOut(charger: string, { events, gained }: PlacementAcceptance, at: Instant): void {
    for (const { backplate, from, until } of gained) {
      const reservation = `reservation-${String(this.told)}`;
      const data = { backplate, reservation, charger, from, until, move: { expectedRevision: 0, facts: [] } };
      this.note({ type: 'BackplateReserved', data }, backplate, at);
      this.note({ type: 'BackplateTaken', data: { backplate, reservation, charger } }, backplate, at);
    }
    this.record(charger, events, at);
    for (const event of events)
      if (event.type === 'ChargerDismounted') this.free(event.data.backplate, charger, at);
  }

  private free(backplate: string, charger: string, freeFrom: Instant): void {
    for (const { id: reservation, ...held } of reservationsOf(this.place(backplate).recorded)) {
      const reachesFurther = held.until == null || held.until > freeFrom;
      if (held.charger !== charger || held.from > freeFrom || !reachesFurther) continue;
      this.note(
        { type: 'BackplateFreed', data: { backplate, reservation, charger, freeFrom } },
        backplate,
        freeFrom,
      );
    }
  }

  private note(event: DomainEvent, place: string, at: Instant): void {
    this.places.set(place, this.place(place).with([fact({ event, at, bookOrder: ++this.told })]));
  }
}

export const mount = (charger: string, backplate: string): PlacementCommand => ({
  type: 'mountCharger',
  charger,
  backplate,
});
export const relocate = (charger: string, backplate: string): PlacementCommand => ({
  type: 'relocateCharger',
  charger,
  backplate,
});
export const dismount = (charger: string): PlacementCommand => ({ type: 'dismountCharger', charger });

/** A move of the past, `C1_ON_P`, told in this order. */
export type Past = readonly [time: string, command: PlacementCommand];

/** The chargers C1 and C2 and the places P, Q and R, all from 07:00 on, with some moves done. */
export function yardAfter(...moves: readonly Past[]): Yard {
  const yard = new Yard(['C1', 'C2'], ['P', 'Q', 'R'], timeOf('07:00'));
  for (const [time, command] of moves) accepted(yard.move(command, late(time)));
  return yard;
}
/** Stays in a line each: `P 08:00-10:00`. */
export const staysIn = (yard: Yard, charger = 'C1') =>
  yard
    .staysOf(charger)
    .map(({ backplate, from, until }) => `${backplate} ${from.slice(11, 16)}-${until?.slice(11, 16) ?? ''}`);
