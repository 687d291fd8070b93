import type { PhaseAmps } from '../amps';
import type { EffectiveFact } from '../facts/lifeline';
import type { Instant } from '../time';
import { plusMs } from '../time';
import type { FactOf, FactType } from './fact-log';

/** A volatile value as a unit keeps it. */
interface Kept {
  readonly amps: PhaseAmps | number;
  readonly expiresAt?: Instant;
}

interface Unit {
  backplate?: string;
  powered: boolean;
  online: boolean;
  sessionSince?: Instant;
  overridden: boolean;
  dynamic?: Kept;
}

/**
 * The resets of the rules, played through fact by fact as the units would live them: slower and simpler than asking for
 * the few facts that matter, and so a check of it.
 */
export class PlayedThrough {
  private readonly units = new Map<string, Unit>();
  private readonly wiring = new Map<string, string>();
  private readonly primary = new Map<string, string>();
  private readonly loads = new Map<string, Kept>();
  private readonly fallbacks = new Map<string, PhaseAmps>();

  constructor(
    facts: readonly EffectiveFact[],
    private readonly at: Instant,
  ) {
    for (const fact of facts) if (fact.metadata.occurredAt <= at) this.play(fact);
  }

  hasCar(charger: string): boolean {
    return this.unit(charger).sessionSince != null;
  }

  isOverridden(charger: string): boolean {
    return this.hasCar(charger) && this.unit(charger).overridden;
  }

  dynamicCharger(charger: string): number | undefined {
    return this.alive(this.unit(charger).dynamic) as number | undefined;
  }

  dynamicCircuit(circuit: string): PhaseAmps | undefined {
    if (this.isOffline(circuit) && this.fallbacks.has(circuit)) return undefined;
    return this.alive(this.loads.get(circuit)) as PhaseAmps | undefined;
  }

  fallback(circuit: string): PhaseAmps | undefined {
    const load = this.loads.get(circuit);
    const hasExpired = load != null && this.alive(load) == null;
    return this.isOffline(circuit) || hasExpired ? this.fallbacks.get(circuit) : undefined;
  }

  private isOffline(circuit: string): boolean {
    const primary = this.primary.get(circuit);
    const unit = [...this.units.values()].find(({ backplate }) => backplate != null && backplate === primary);
    return unit == null || !unit.powered || !unit.online;
  }

  private alive(kept: Kept | undefined): PhaseAmps | number | undefined {
    return kept == null || (kept.expiresAt != null && kept.expiresAt <= this.at) ? undefined : kept.amps;
  }

  private unit(charger: string): Unit {
    const unit = this.units.get(charger) ?? { powered: true, online: true, overridden: false };
    this.units.set(charger, unit);
    return unit;
  }

  private play(fact: EffectiveFact): void {
    const play = (this.plays as Partial<Record<FactType, (fact: EffectiveFact) => void>>)[fact.type];
    play?.(fact);
  }

  private readonly plays: { readonly [Type in FactType]?: (fact: FactOf<Type>) => void } = {
    BackplateInstalled: ({ data }) => this.wiring.set(data.backplate, data.circuit),
    BackplateRewired: ({ data }) => {
      if (this.wiring.get(data.backplate) !== data.circuit) this.depose(data.backplate);
      this.wiring.set(data.backplate, data.circuit);
    },
    PrimaryBackplateDesignated: ({ data }) => {
      this.designate(data.circuit, data.backplate);
    },
    OfflineFallbackCurrentSet: ({ data: { circuit, amps } }) => {
      if (amps == null) this.fallbacks.delete(circuit);
      else this.fallbacks.set(circuit, amps);
    },
    DynamicCircuitCurrentSet: ({ data, metadata }) => {
      const { backplate, powered } = this.unit(data.carrier);
      if (backplate != null && powered)
        this.loads.set(data.circuit, kept(data.amps, metadata.occurredAt, data.timeToLiveSeconds));
    },
    DynamicCircuitCurrentCleared: ({ data }) => this.loads.delete(data.circuit),
    ChargerMounted: ({ data, metadata }) => {
      const unit = this.unit(data.charger);
      if (unit.sessionSince !== metadata.occurredAt) unit.sessionSince = undefined;
      unit.backplate = data.backplate;
    },
    ChargerDismounted: ({ data }) => {
      const unit = this.unit(data.charger);
      if (unit.backplate == null) return;
      this.goDark(unit);
      unit.backplate = undefined;
    },
    PowerLost: ({ data }) => {
      this.goDark(this.unit(data.charger));
      this.unit(data.charger).powered = false;
    },
    PowerRestored: ({ data }) => (this.unit(data.charger).powered = true),
    ConnectivityLost: ({ data }) => (this.unit(data.charger).online = false),
    ConnectivityRestored: ({ data }) => (this.unit(data.charger).online = true),
    SessionStarted: ({ data, metadata }) => {
      const begun = { sessionSince: metadata.occurredAt, overridden: false, dynamic: undefined };
      Object.assign(this.unit(data.charger), begun);
    },
    SessionEnded: ({ data }) => (this.unit(data.charger).sessionSince = undefined),
    ScheduleOverridden: ({ data }) => {
      const unit = this.unit(data.charger);
      unit.overridden = unit.sessionSince != null;
    },
    DynamicChargerCurrentSet: ({ data, metadata }) => {
      const unit = this.unit(data.charger);
      if (unit.backplate != null && unit.powered)
        unit.dynamic = kept(data.amps, metadata.occurredAt, data.timeToLiveSeconds);
    },
    DynamicChargerCurrentCleared: ({ data }) => (this.unit(data.charger).dynamic = undefined),
  };

  /** Without mains: the car's session ends, and what the unit kept is gone, also what it kept for its circuit. */
  private goDark(unit: Unit): void {
    unit.sessionSince = undefined;
    unit.dynamic = undefined;
    for (const [circuit, primary] of this.primary) if (primary === unit.backplate) this.loads.delete(circuit);
  }

  private designate(circuit: string, backplate: string): void {
    const former = this.primary.get(circuit);
    if (former === backplate) return;
    const isWiredHere = this.wiring.get(backplate) === circuit;
    if (isWiredHere) this.primary.set(circuit, backplate);
    else this.primary.delete(circuit);
    if (former != null || isWiredHere) this.loads.delete(circuit);
  }

  private depose(backplate: string): void {
    for (const [circuit, primary] of this.primary) {
      if (primary !== backplate) continue;
      this.primary.delete(circuit);
      this.loads.delete(circuit);
    }
  }
}

function kept(amps: PhaseAmps | number, at: Instant, timeToLiveSeconds: number | undefined): Kept {
  return { amps, expiresAt: timeToLiveSeconds == null ? undefined : plusMs(at, timeToLiveSeconds * 1000) };
}
