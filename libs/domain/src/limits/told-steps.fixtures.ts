import type { PlanKind, PlanWindow } from '../charger/charger.events';
import type { DomainEvent } from '../events';
import type { Instant } from '../time';

/** A mutation by its name, or an observation by its kind, as a case tells it. */
export interface ToldStep {
  readonly do?: string;
  readonly observe?: string;
  readonly at: Instant;
  readonly input?: Readonly<Record<string, unknown>>;
  readonly charger?: string;
  readonly sessionId?: string;
  readonly deviceSequence?: number;
  readonly fault?: string;
  /** Names the step, so that a correction can refer to it. */
  readonly as?: string;
}

/** What mutations are told. */
export interface Input {
  readonly id: string;
  readonly serial: string;
  readonly charger: string;
  readonly backplate: string;
  readonly circuit: string;
  readonly site: string;
  readonly kind: PlanKind;
  readonly windows: readonly (PlanWindow & { weekdays?: PlanWindow['weekdays'] })[];
  readonly [more: string]: unknown;
}

const TYPE_OF: Readonly<Record<string, string>> = {
  setSiteRatedCurrent: 'SiteRatedCurrentSet',
  setSiteTimeZone: 'SiteTimeZoneSet',
  setCircuitFuseRating: 'CircuitFuseRatingSet',
  setMaxCircuitCurrent: 'MaxCircuitCurrentSet',
  setOfflineFallbackCurrent: 'OfflineFallbackCurrentSet',
  designatePrimaryBackplate: 'PrimaryBackplateDesignated',
  clearDynamicCircuitCurrent: 'DynamicCircuitCurrentCleared',
  removeBackplate: 'BackplateRemoved',
  mountCharger: 'ChargerMounted',
  retireCharger: 'ChargerRetired',
  setMaxChargerCurrent: 'MaxChargerCurrentSet',
  setDynamicChargerCurrent: 'DynamicChargerCurrentSet',
  clearDynamicChargerCurrent: 'DynamicChargerCurrentCleared',
  setChargerProtocol: 'ChargerProtocolSet',
  setPhaseMode: 'PhaseModeSet',
  enableCharger: 'ChargerEnabled',
  disableCharger: 'ChargerDisabled',
  removeChargePlan: 'ChargePlanRemoved',
};

/** A mutation whose input is its event's data, but for what is named otherwise or has a default. */
export function plainEvent(name: string, input: Input): DomainEvent {
  const { id, serial, ...rest } = input;
  switch (name) {
    case 'registerSite':
      return {
        type: 'SiteRegistered',
        data: { gridType: 'TN', operator: 'default', ...rest, site: id },
      } as unknown as DomainEvent;
    case 'addCircuit':
      return { type: 'CircuitAdded', data: { ...rest, circuit: id } } as unknown as DomainEvent;
    case 'installBackplate':
      return { type: 'BackplateInstalled', data: { ...rest, backplate: id } } as unknown as DomainEvent;
    case 'registerCharger': {
      const defaults = { productLine: 'HOME', protocol: 'NATIVE', phaseMode: 'AUTO', operator: 'default' };
      return {
        type: 'ChargerRegistered',
        data: { ...defaults, ...rest, charger: serial },
      } as unknown as DomainEvent;
    }
    default: {
      const type = TYPE_OF[name];
      if (type == null) throw new Error(`No step can be called ${name}`);
      return { type, data: input } as unknown as DomainEvent;
    }
  }
}

const OBSERVED_TYPE: Readonly<Record<string, string>> = {
  POWER_LOST: 'PowerLost',
  POWER_RESTORED: 'PowerRestored',
  CONNECTIVITY_LOST: 'ConnectivityLost',
  CONNECTIVITY_RESTORED: 'ConnectivityRestored',
  CAR_CONNECTED: 'SessionStarted',
  CAR_DISCONNECTED: 'SessionEnded',
  FAULT_RAISED: 'FaultRaised',
  FAULT_CLEARED: 'FaultCleared',
};

export function observed({ observe = '', at, charger, sessionId, fault }: ToldStep): DomainEvent {
  const type = OBSERVED_TYPE[observe];
  if (type == null) throw new Error(`Nothing is observed as ${observe}`);
  const session = type === 'SessionStarted' ? (sessionId ?? `session-${at}`) : sessionId;
  return { type, data: { charger, session, fault } } as unknown as DomainEvent;
}
