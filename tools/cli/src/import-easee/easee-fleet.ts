import type { LeftOut } from './left-out';

export type PhaseAmps = { l1: number; l2: number; l3: number };

/** What the files tell, each thing once. Times are instants, currents amperes. */
export type EaseeSite = {
  id: string;
  name?: string;
  address?: string;
  country?: string;
  ratedCurrentAmps?: number;
  createdAt?: string;
};

export type EaseeCircuit = {
  id: string;
  site: string;
  name?: string;
  fuseRatingAmps?: number;
  parent?: string;
  primary?: string;
};

export type EaseeCharger = {
  serial: string;
  createdAt?: string;
  productLine?: 'HOME' | 'PRO';
  backplate?: string;
  /** The backplate that its circuit's current is set through. */
  primary?: string;
  circuit?: string;
};

/** What a charger was set to, and when that was seen. */
export type EaseeState = {
  serial: string;
  seenAt?: string;
  isEnabled?: boolean;
  isOnline?: boolean;
  grid?: number;
  phaseMode?: number;
  maxChargerAmps?: number;
  dynamicChargerAmps?: number;
  maxCircuitAmps?: PhaseAmps;
  dynamicCircuitAmps?: PhaseAmps;
  offlineCircuitAmps?: PhaseAmps;
};

/** All that the files tell. A thing may be told by several files: what one leaves open another may tell. */
export class EaseeFleet {
  readonly sites = new Map<string, EaseeSite>();
  readonly circuits = new Map<string, EaseeCircuit>();
  readonly chargers = new Map<string, EaseeCharger>();
  readonly states = new Map<string, EaseeState>();

  constructor(private readonly leftOut: LeftOut) {}

  addSite(site: EaseeSite): void {
    this.merge(this.sites, site.id, site, `site ${site.id}`);
  }

  addCircuit(circuit: EaseeCircuit): void {
    this.merge(this.circuits, circuit.id, circuit, `circuit ${circuit.id}`);
  }

  addCharger(charger: EaseeCharger): void {
    this.merge(this.chargers, charger.serial, charger, `charger ${charger.serial}`);
  }

  addState(state: EaseeState): void {
    this.merge(this.states, state.serial, state, `state of charger ${state.serial}`);
  }

  /** What was told first stays; what contradicts it is left out. */
  private merge<Thing extends object>(
    things: Map<string, Thing>,
    id: string,
    told: Thing,
    what: string,
  ): void {
    const known = things.get(id);
    const merged: Record<string, unknown> = { ...known };
    for (const [field, value] of Object.entries(told)) {
      if (value == null) continue;
      if (merged[field] == null) merged[field] = value;
      else if (JSON.stringify(merged[field]) !== JSON.stringify(value))
        this.leftOut.problem(`${what}: told twice with another ${field}; the first is taken`);
    }
    things.set(id, merged as Thing);
  }
}
