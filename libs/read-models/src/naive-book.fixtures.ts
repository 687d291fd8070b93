import type { EffectiveFact, Fact, Instant, Session, Span, Stay } from '@chargebook/domain';
import {
  compareFacts,
  energyIncrementsOf,
  factsInEffect,
  readingsOf,
  sessionsOf,
  spanContains,
  staysOf,
} from '@chargebook/domain';
import type { HistoryPoint } from './ledger/history.queries';
import type { Placement } from './placements/placement-rows';
import type { Relocation } from './placements/relocations';
import type { Consumption } from './sessions/consumption.queries';
import type { SessionRecord } from './sessions/sessions.queries';

type Axis = HistoryPoint['axis'];

interface Wiring extends Span {
  readonly backplate: string;
  readonly circuit: string;
  readonly site: string;
}

/** What the book is to answer, computed from all facts up to a sequence without any index or table. */
export class NaiveBook {
  private readonly facts: readonly Fact[];

  /** @param all facts with their sequences as book order and their raised record times */
  constructor(all: readonly Fact[], cut: number) {
    this.facts = all.filter(({ bookOrder }) => bookOrder <= cut);
  }

  placementAt(charger: string, at: Instant): Omit<Placement, 'siteName'> | undefined {
    const stay = this.stays(charger).find((one) => spanContains(one, at));
    return stay && this.placementOf(stay, this.wiringAt(stay.backplate, at));
  }

  chargerOn(backplate: string, at: Instant): string | undefined {
    return this.allStays().find((stay) => stay.backplate === backplate && spanContains(stay, at))?.charger;
  }

  /** Newest first, each with its wiring at its end. */
  placements(of: { charger: string } | { backplate: string }): Omit<Placement, 'siteName'>[] {
    const stays = this.allStays().filter((stay) =>
      'charger' in of ? stay.charger === of.charger : stay.backplate === of.backplate,
    );
    return newestFirst(stays, ({ from }) => from).map((stay) =>
      this.placementOf(stay, this.wiringAtEnd(stay)),
    );
  }

  /** Newest first. */
  relocations(filter: { site?: string; charger?: string }) {
    const moves = this.chargers().flatMap((charger) => {
      const stays = this.stays(charger);
      return stays.flatMap((to, index) => {
        const from = stays[index - 1];
        if (from == null || from.backplate === to.backplate) return [];
        return [
          {
            serial: charger,
            movedAt: to.from,
            from: this.placementOf(from, this.wiringAtEnd(from)),
            to: this.placementOf(to, this.wiringAt(to.backplate, to.from)),
          } satisfies Partial<Record<keyof Relocation, unknown>>,
        ];
      });
    });
    const asked = moves.filter(
      ({ serial, from, to }) =>
        (filter.charger == null || filter.charger === serial) &&
        (filter.site == null || from.siteId === filter.site || to.siteId === filter.site),
    );
    return newestFirst(asked, ({ movedAt, serial }) => movedAt + serial);
  }

  /** Newest first. */
  sessions(axis: Axis, id: string): SessionRecord[] {
    const sessions = this.chargers().flatMap((charger) =>
      this.sessionsOn(charger).filter((session) => this.isAt(axis, id, charger, session.startedAt)),
    );
    return newestFirst(sessions, ({ startedAt, charger, id: name }) => startedAt + charger + name).map(
      (session) => ({
        id: session.id,
        serial: session.charger,
        startedAt: session.startedAt,
        endedAt: session.endedAt,
        endCause: session.endCause,
        cutByMove: session.cutByMove,
        energyWattHours: this.energyOf(session),
        driverReference: session.driverReference,
      }),
    );
  }

  ongoing(charger: string, at: Instant): string | undefined {
    return this.sessionsOn(charger).find(
      ({ startedAt, endedAt }) => startedAt <= at && (endedAt == null || at < endedAt),
    )?.id;
  }

  consumption(axis: Axis, id: string, buckets: readonly { from: Instant; to: Instant }[]): Consumption[] {
    const all = this.chargers().flatMap((charger) => this.sessionsOn(charger));
    const increments = all.flatMap((session) =>
      this.incrementsOf(session).filter(({ placedAt }) => this.isAt(axis, id, session.charger, placedAt)),
    );
    const begun = all.filter(({ charger, startedAt }) => this.isAt(axis, id, charger, startedAt));
    return buckets.map(({ from, to }) => {
      const told = increments.filter(({ at }) => at >= from && at < to);
      const sessions = begun.filter(({ startedAt }) => startedAt >= from && startedAt < to);
      const silent = sessions.filter((session) => this.energyOf(session) == null).length;
      const energy = told.reduce((sum, { wattHours }) => sum + wattHours, 0);
      return {
        from,
        to,
        energyWattHours: told.length === 0 && silent > 0 ? undefined : energy,
        sessions: sessions.length,
        sessionsWithoutEnergy: silent,
      };
    });
  }

  /** Oldest first. */
  history({ axis, id }: HistoryPoint): Fact[] {
    return this.facts
      .filter((fact) => this.concerns(fact, axis, id))
      .sort((a, b) =>
        a.metadata.occurredAt < b.metadata.occurredAt
          ? -1
          : a.metadata.occurredAt > b.metadata.occurredAt
            ? 1
            : a.bookOrder - b.bookOrder,
      );
  }

  private concerns(fact: Fact, axis: Axis, id: string): boolean {
    const at = fact.metadata.occurredAt;
    const charger = chargerOf(fact);
    if (axis === 'CHARGER') return charger === id;
    if (axis === 'BOOK') return true;
    if (named(fact, axis) === id) return true;
    const backplate = named(fact, 'BACKPLATE');
    if (axis === 'OPERATOR') return false;
    if (axis === 'BACKPLATE') return backplate == null && charger != null && this.isAt(axis, id, charger, at);
    if (axis === 'SITE' && this.siteOf(named(fact, 'CIRCUIT')) === id) return true;
    if (axis === 'CIRCUIT' && 'formerCircuit' in fact.data && fact.data.formerCircuit === id) return true;
    if (backplate == null) return charger != null && this.isAt(axis, id, charger, at);
    const endsHere = ['BackplateRemoved', 'BackplateRewired', 'ChargerDismounted'].includes(fact.type);
    return this.wirings(backplate).some(
      (wiring) =>
        wiring[axis === 'SITE' ? 'site' : 'circuit'] === id &&
        (spanContains(wiring, at) || (endsHere && wiring.until === at)),
    );
  }

  private isAt(axis: Axis, id: string, charger: string, at: Instant): boolean {
    if (axis === 'CHARGER') return charger === id;
    if (axis === 'BOOK') return true;
    const stay = this.stays(charger).find((one) => spanContains(one, at));
    if (stay == null) return false;
    const wiring = this.wiringAt(stay.backplate, at);
    return (
      id ===
      { BACKPLATE: stay.backplate, CIRCUIT: wiring?.circuit, SITE: wiring?.site, OPERATOR: '', PARTNER: '' }[
        axis
      ]
    );
  }

  private sessionsOn(charger: string): Session[] {
    return sessionsOf(this.inEffect((fact) => chargerOf(fact) === charger));
  }

  private readingsIn(session: Session) {
    return readingsOf(
      session,
      this.inEffect((fact) => chargerOf(fact) === session.charger),
    );
  }

  /** A meter that stood at 0 all the time has told something too. */
  private incrementsOf(session: Session) {
    const readings = this.readingsIn(session);
    const increments = energyIncrementsOf(session, readings);
    if (increments.length > 0 || session.toldEnergyWattHours != null) return increments;
    return readings.slice(0, 1).map(({ at }) => ({ at, placedAt: at, wattHours: 0 }));
  }

  private energyOf(session: Session): number | undefined {
    if (session.toldEnergyWattHours != null) return session.toldEnergyWattHours;
    if (this.readingsIn(session).length === 0) return undefined;
    return this.incrementsOf(session).reduce((sum, { wattHours }) => sum + wattHours, 0);
  }

  private chargers(): string[] {
    return [...new Set(this.facts.flatMap((fact) => chargerOf(fact) ?? []))];
  }

  private allStays(): Stay[] {
    return this.chargers().flatMap((charger) => this.stays(charger));
  }

  private stays(charger: string): Stay[] {
    const { stays } = staysOf(this.inEffect((fact) => chargerOf(fact) === charger));
    return stays.filter(({ from, until }) => from !== until);
  }

  private wirings(backplate: string): Wiring[] {
    const told = this.inEffect(({ stream }) => stream === `backplate-${backplate}`);
    return told.flatMap((fact, index): Wiring[] => {
      if (fact.type !== 'BackplateInstalled' && fact.type !== 'BackplateRewired') return [];
      const { circuit } = fact.data;
      const from = fact.metadata.occurredAt;
      const until = told[index + 1]?.metadata.occurredAt;
      return from === until ? [] : [{ backplate, circuit, site: this.siteOf(circuit) ?? '', from, until }];
    });
  }

  private wiringAt(backplate: string, at: Instant): Wiring | undefined {
    return this.wirings(backplate).find((wiring) => spanContains(wiring, at));
  }

  private wiringAtEnd({ backplate, until }: Stay): Wiring | undefined {
    return this.wirings(backplate).findLast(({ from }) => until == null || from < until);
  }

  private siteOf(circuit: string | undefined): string | undefined {
    return this.facts.flatMap((fact) =>
      fact.type === 'CircuitAdded' && fact.data.circuit === circuit ? [fact.data.site] : [],
    )[0];
  }

  private placementOf(stay: Stay, wiring: Wiring | undefined): Omit<Placement, 'siteName'> {
    return {
      serial: stay.charger,
      backplateId: stay.backplate,
      circuitId: wiring?.circuit ?? '',
      siteId: wiring?.site ?? '',
      mountedAt: stay.from,
      dismountedAt: stay.until,
      recordedAt: stay.mountedBy.metadata.recordedAt,
    };
  }

  private inEffect(isWanted: (fact: Fact) => boolean): EffectiveFact[] {
    return factsInEffect(this.facts.filter(isWanted)).sort(compareFacts);
  }
}

function chargerOf({ stream }: Fact): string | undefined {
  const [, whole, monthly] = /^(?:charger-(.+)|device-(.+)-\d{4}-\d{2})$/.exec(stream) ?? [];
  return whole ?? monthly;
}

/** What a fact says itself, or by the stream in which it stands. */
function named(fact: Fact, axis: Axis): string | undefined {
  const noun = axis.toLowerCase();
  if (fact.stream.startsWith(`${noun}-`)) return fact.stream.slice(noun.length + 1);
  const value = (fact.data as Readonly<Record<string, unknown>>)[noun];
  return typeof value === 'string' ? value : undefined;
}

function newestFirst<Thing>(things: readonly Thing[], keyOf: (thing: Thing) => string): Thing[] {
  return [...things].sort((a, b) => (keyOf(a) < keyOf(b) ? 1 : -1));
}
