import type { RecordedCharger } from '../book-client';
import { backplateIdOf, circuitIdOf } from './ids';
import { Lanes } from './lanes';
import { Placements } from './placements';
import type { Reject, SessionRow } from './session-row';
import { inOrderOfTime, rejectOf } from './session-row';

/** What the book has already of what the file names. */
export type KnownThings = {
  sites: Set<string>;
  /** The site of each circuit. */
  circuits: Map<string, string>;
  /** The site of each backplate; undefined when that is not ours to see. */
  backplates: Map<string, string | undefined>;
  chargers: Map<string, RecordedCharger>;
};

/** An empty book. */
export function nothingKnown(): KnownThings {
  return { sites: new Set(), circuits: new Map(), backplates: new Map(), chargers: new Map() };
}

export type Move = {
  kind: 'MOVE';
  how: 'MOUNT' | 'RELOCATE' | 'DISMOUNT';
  charger: string;
  backplate: string;
  atMs: number;
  /** The charger hung at another place before. */
  relocates: boolean;
};
export type Step = Move | { kind: 'SESSION'; row: SessionRow };

/** Things to be registered, each with the instant at which the file first shows it. */
export type Missing = {
  sites: Map<string, { name: string; sinceMs: number }>;
  circuits: Map<string, { site: string; sinceMs: number }>;
  backplates: Map<string, { circuit: string; site: string; label?: string; sinceMs: number }>;
  chargers: Map<string, { sinceMs: number }>;
};

export type Plan = {
  missing: Missing;
  /** Steps that must be taken one after another; lanes do not depend on each other. */
  lanes: Step[][];
  rejects: Reject[];
  /** How many of the moves relocate a charger. */
  relocationCount: number;
  sessionCount: number;
};

type Place = { site: string; backplate: string; circuit: string };

/** The place that a row names, or the charger's one place in that site. */
export function placeOf(row: SessionRow): Place {
  const { site, charger } = row;
  return {
    site,
    backplate: row.backplate ?? backplateIdOf(site, charger),
    circuit: row.circuit ?? circuitIdOf(site),
  };
}

/**
 * Plans the import of rows that are consistent in time for each charger: what to register, where each charger is to be
 * mounted, and the sessions, in the order of their time. A charger that the book shows at the row's place at that time
 * stays there; one that turns up elsewhere is moved at the session's start.
 *
 * @param sinceMs new things are taken as registered, and new chargers as mounted at their one place, since then, where
 * the file shows them only later
 */
export function planImport(rows: SessionRow[], known: KnownThings, sinceMs = Infinity): Plan {
  const planner = new Planner(known, sinceMs);
  for (const row of inOrderOfTime(rows)) planner.add(row);
  return planner.finish();
}

class Planner {
  private readonly missing: Missing;
  private readonly circuitSites: Map<string, string>;
  private readonly backplateSites: Map<string, string | undefined>;
  private readonly backplateCircuits = new Map<string, string>();
  private readonly placements: Placements;
  private readonly lastSession = new Map<string, SessionRow>();
  private readonly lanes = new Lanes<Step>();
  private readonly rejects: Reject[] = [];
  private relocationCount = 0;
  private sessionCount = 0;

  constructor(
    private readonly known: KnownThings,
    private readonly sinceMs: number,
  ) {
    this.missing = { sites: new Map(), circuits: new Map(), backplates: new Map(), chargers: new Map() };
    this.circuitSites = new Map(known.circuits);
    const hungOn = [...known.chargers.values()].flatMap(({ placements }) => placements);
    this.backplateSites = new Map([
      ...hungOn.map(({ backplate, site }) => [backplate, site] as const),
      ...known.backplates,
    ]);
    this.placements = new Placements(
      [...known.chargers].map(([serial, { placements }]) => [serial, placements]),
    );
  }

  add(row: SessionRow): void {
    const current = this.placements.at(row.charger, row.startedAtMs);
    const stays = row.backplate == null ? current?.site === row.site : current?.backplate === row.backplate;
    const target = stays ? undefined : this.targetOf(row);
    const reject = this.conflictOf(row, target ?? row) ?? (target && this.occupiedAt(row, target.backplate));
    if (reject != null) {
      this.rejects.push(reject);
      return;
    }
    if (target != null) {
      this.register(row, target);
      this.move(row, target, current == null ? 'MOUNT' : 'RELOCATE');
    }
    this.lanes.add(row.charger, { kind: 'SESSION', row });
    this.lastSession.set(row.charger, row);
    this.sessionCount++;
  }

  finish(): Plan {
    const { missing, rejects, relocationCount, sessionCount } = this;
    return { missing, rejects, relocationCount, sessionCount, lanes: this.lanes.all() };
  }

  private targetOf(row: SessionRow): Place {
    const former = this.placements.knownPlace(row.charger, row.site, row.startedAtMs);
    return placeOf({ ...row, backplate: row.backplate ?? former });
  }

  /** A circuit is in one site and a backplate on one circuit: a row that says otherwise cannot be true as well. */
  private conflictOf(row: SessionRow, told: { backplate?: string; circuit?: string }): Reject | undefined {
    const circuitSite = this.circuitSites.get(told.circuit ?? '');
    if (circuitSite != null && circuitSite !== row.site) {
      return rejectOf(row, 'PLACE_CONFLICT', `circuit ${told.circuit ?? ''} is in site ${circuitSite}`);
    }
    const backplateSite = this.backplateSites.get(told.backplate ?? '');
    if (backplateSite != null && backplateSite !== row.site) {
      return rejectOf(row, 'PLACE_CONFLICT', `backplate ${told.backplate ?? ''} is in site ${backplateSite}`);
    }
    const circuit = this.backplateCircuits.get(told.backplate ?? '');
    if (circuit == null || told.circuit == null || circuit === told.circuit) return undefined;
    return rejectOf(row, 'PLACE_CONFLICT', `backplate ${told.backplate ?? ''} is on circuit ${circuit}`);
  }

  /** A charger that turns up on a backplate takes it over, but not while a car is connected to the former one. */
  private occupiedAt(row: SessionRow, backplate: string): Reject | undefined {
    const atMs = row.startedAtMs;
    const occupant = this.placements.occupant(backplate, atMs);
    if (occupant == null || occupant === row.charger) return undefined;
    const planned = this.lastSession.get(occupant);
    const recorded = this.known.chargers.get(occupant)?.sessions ?? [];
    const busy =
      (planned != null && planned.endedAtMs > atMs) ||
      recorded.some(
        ({ startedAtMs, endedAtMs }) => startedAtMs < atMs && (endedAtMs == null || endedAtMs > atMs),
      );
    if (!busy) return undefined;
    return rejectOf(
      row,
      'BACKPLATE_OCCUPIED',
      `charger ${occupant} is on backplate ${backplate}, with a car`,
    );
  }

  private register(row: SessionRow, place: Place): void {
    const { missing, known } = this;
    const { site, circuit, backplate } = place;
    const sinceMs = Math.min(row.startedAtMs, this.sinceMs);
    if (!known.sites.has(site)) addOnce(missing.sites, site, { name: row.siteName ?? site, sinceMs });
    if (!known.chargers.has(row.charger)) addOnce(missing.chargers, row.charger, { sinceMs });
    if (this.backplateSites.has(backplate)) return;
    if (!known.circuits.has(circuit)) addOnce(missing.circuits, circuit, { site, sinceMs });
    const label = row.backplate == null ? row.chargerName : undefined;
    addOnce(missing.backplates, backplate, { circuit, site, label, sinceMs });
    this.circuitSites.set(circuit, site);
    this.backplateSites.set(backplate, site);
    this.backplateCircuits.set(backplate, circuit);
  }

  private move(row: SessionRow, { site, backplate }: Place, how: 'MOUNT' | 'RELOCATE'): void {
    const { charger, startedAtMs } = row;
    // Others may want a place that the file names before this charger shows up there; its one place is its own.
    const isFirst = row.backplate == null && this.placements.latestFrom(charger, startedAtMs) == null;
    const atMs =
      isFirst && !this.known.chargers.has(charger) ? Math.min(startedAtMs, this.sinceMs) : startedAtMs;
    const occupant = this.placements.occupant(backplate, atMs);
    if (occupant != null && occupant !== charger) {
      this.placements.end(occupant, atMs);
      this.lanes.connect(occupant, `on ${backplate}`);
      this.lanes.add(occupant, {
        kind: 'MOVE',
        how: 'DISMOUNT',
        charger: occupant,
        backplate,
        atMs,
        relocates: false,
      });
    }
    const before = this.placements.latestFrom(charger, atMs);
    const relocates = before != null && before.backplate !== backplate;
    if (relocates) this.relocationCount++;
    this.placements.begin(charger, { backplate, site, fromMs: atMs });
    // The next charger on this backplate has to wait for what this one does there.
    this.lanes.connect(charger, `on ${backplate}`);
    this.lanes.add(charger, { kind: 'MOVE', how, charger, backplate, atMs, relocates });
  }
}

function addOnce<T>(things: Map<string, T>, id: string, thing: T): void {
  if (!things.has(id)) things.set(id, thing);
}
