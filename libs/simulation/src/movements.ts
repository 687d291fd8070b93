import { Chance } from './chance';
import type { FleetOptions } from './fleet-options';
import { beginOf } from './fleet-options';
import type { LaidCharger, Layout } from './layout';
import type { SpanMs } from './step';
import { DAY_MS, HOUR_MS, MINUTE_MS } from './step';
import { Yard } from './yard';

/** A charger on a backplate. */
export interface PlannedStay extends SpanMs {
  readonly charger: string;
  readonly backplate: string;
}

/** One move, as it is told. */
export type PlannedMove = { readonly atMs: number; readonly charger: string; readonly reason?: string } & (
  | { readonly how: 'mountCharger' | 'relocateCharger'; readonly backplate: string }
  | { readonly how: 'dismountCharger'; readonly destination: 'STORE' | 'REPAIR' }
);

/** Where the chargers of a fleet are, all its life. */
export interface Movements {
  readonly moves: readonly PlannedMove[];
  /** By charger; as it is believed until the late move is told. */
  readonly stays: ReadonlyMap<string, readonly PlannedStay[]>;
  /** A charger that is moved shortly before the end, and the book is told last of all. */
  readonly late?: { readonly charger: string; readonly backplate: string };
}

type Incident = { readonly atMs: number; readonly kind: 'MOVE' | 'REPLACE' | 'RETURN' | 'STORE' | 'REPAIR' };

const CHARGER_MONTHS_PER_MOVE = 80;
/** One of each is in store, in repair, and replaced, for every so many. */
const CHARGERS_PER_FAULT = 60;

/** Plans all moves of a fleet; those that find no free place are left out. */
export function planMovements(options: FleetOptions, layout: Layout): Movements {
  const yard = new Yard(layout);
  const planner = new Planner(yard, layout, new Chance(options.seed, 'movements'));
  for (const charger of layout.chargers) {
    const { serial, backplate, registeredMs } = charger;
    if (backplate != null) yard.mount(registeredMs + HOUR_MS, serial, backplate, 'put into service');
  }
  const late = options.chargerCount < 4 ? undefined : planner.reserveLateMove();
  for (const incident of incidentsOf(options)) planner.take(incident);
  return { moves: yard.moves, stays: yard.stays(), late };
}

function incidentsOf(options: FleetOptions): Incident[] {
  const { chargerCount, months, untilMs, seed } = options;
  const [fromMs, lifeMs] = [beginOf(options), untilMs - beginOf(options)];
  const chance = new Chance(seed, 'incidents');
  const some = (count: number, kind: Incident['kind'], earliest: number, latest: number): Incident[] =>
    Array.from({ length: count }, () => ({
      kind,
      atMs: inWorkingHours(chance, fromMs + chance.between(earliest, latest) * lifeMs, untilMs - HOUR_MS),
    }));
  const faultCount = chargerCount < 4 ? 0 : Math.max(1, Math.floor(chargerCount / CHARGERS_PER_FAULT));
  return [
    ...some(Math.round((chargerCount * months) / CHARGER_MONTHS_PER_MOVE), 'MOVE', 0.25, 0.97),
    ...some(faultCount, 'REPLACE', 0.4, 0.5),
    ...some(faultCount, 'RETURN', 0.55, 0.6),
    ...some(faultCount, 'STORE', 0.7, 0.8),
    ...some(faultCount, 'REPAIR', 0.985, 0.99),
  ].sort((a, b) => a.atMs - b.atMs);
}

/** An instant of the same day in UTC, when people who move chargers are at work; unless that is too late. */
function inWorkingHours(chance: Chance, atMs: number, latestMs: number): number {
  const workMs = Math.floor(atMs / DAY_MS) * DAY_MS + chance.whole(7 * 60, 14 * 60) * MINUTE_MS;
  return workMs <= latestMs ? workMs : Math.floor(atMs / MINUTE_MS) * MINUTE_MS;
}

/** Decides what each incident is about, on what hangs where by then. */
class Planner {
  private readonly operators: ReadonlyMap<string, string>;
  private lateCharger: string | undefined;
  private latePlace: string | undefined;

  constructor(
    private readonly yard: Yard,
    private readonly layout: Layout,
    private readonly chance: Chance,
  ) {
    this.operators = new Map(layout.chargers.map(({ serial, operator }) => [serial, operator]));
  }

  reserveLateMove(): Movements['late'] {
    // One that has hung in its place from the beginning, so that its whole life is told before.
    const charger = this.layout.chargers.find(({ backplate }) => backplate != null)?.serial;
    const backplate = charger == null ? undefined : this.freePlaceFor(charger, Infinity);
    if (charger == null || backplate == null) return undefined;
    [this.lateCharger, this.latePlace] = [charger, backplate];
    return { charger, backplate };
  }

  take({ atMs, kind }: Incident): void {
    switch (kind) {
      case 'MOVE':
        this.relocate(atMs, this.oneInUse(atMs), 'more cars come there');
        return;
      case 'REPLACE':
        this.replace(atMs);
        return;
      case 'RETURN':
        this.bringBack(atMs);
        return;
      case 'STORE':
      case 'REPAIR': {
        const charger = this.oneInUse(atMs);
        if (charger != null) this.yard.dismount(atMs, charger, kind);
      }
    }
  }

  private relocate(atMs: number, charger: string | undefined, reason: string): void {
    const backplate = charger == null ? undefined : this.freePlaceFor(charger, atMs);
    if (charger != null && backplate != null) this.yard.relocate(atMs, charger, backplate, reason);
  }

  /** A faulty unit goes to repair, and a spare one hangs in its place within the hour. */
  private replace(atMs: number): void {
    const charger = this.oneInUse(atMs);
    const place = charger == null ? undefined : this.yard.placeOf(charger);
    if (charger == null || place == null) return;
    const spares = this.layout.chargers.filter((spare) => this.isSpareFor(charger, spare));
    const spare = this.chance.pick(spares)?.serial;
    if (spare == null) return;
    this.yard.dismount(atMs, charger, 'REPAIR', 'the relay sticks');
    this.yard.mount(atMs + 40 * MINUTE_MS, spare, place, `stands in for ${charger}`);
  }

  private bringBack(atMs: number): void {
    const away = this.layout.chargers.filter(({ serial }) => this.yard.isInRepair(serial));
    const charger = this.chance.pick(away)?.serial;
    const backplate = charger == null ? undefined : this.freePlaceFor(charger, atMs);
    if (charger != null && backplate != null) this.yard.mount(atMs, charger, backplate, 'back from repair');
  }

  private isSpareFor(charger: string, spare: LaidCharger): boolean {
    return spare.operator === this.operators.get(charger) && this.yard.isUnused(spare.serial);
  }

  private oneInUse(atMs: number): string | undefined {
    const inUse = this.layout.chargers.filter(({ serial }) => {
      const since = this.yard.mountedSince(serial);
      return since != null && atMs - since > 20 * DAY_MS && serial !== this.lateCharger;
    });
    return this.chance.pick(inUse)?.serial;
  }

  /** A free place in another site of the same operator, or else in the same one. */
  private freePlaceFor(charger: string, atMs: number): string | undefined {
    const own = this.yard.siteOf(charger);
    const sites = this.layout.sites.filter(
      ({ operator, builtMs }) => operator === this.operators.get(charger) && builtMs + DAY_MS < atMs,
    );
    const free = sites
      .flatMap(({ id, circuits }) =>
        circuits.flatMap(({ backplates }) => backplates.map((place) => ({ site: id, place: place.id }))),
      )
      .filter(({ place }) => place !== this.latePlace && this.yard.isFree(place));
    const elsewhere = free.filter(({ site }) => site !== own);
    return this.chance.pick(elsewhere.length > 0 ? elsewhere : free)?.place;
  }
}
