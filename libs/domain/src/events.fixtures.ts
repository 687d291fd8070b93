import type { PhaseAmps } from './amps';
import type { Destination } from './charger/charger.events';
import type { DomainEvent, EventOf } from './events';

/** Events about the site S, the circuit K, the backplate P and the charger C1, unless said otherwise. */

export function siteRegistered(data: Partial<EventOf<'SiteRegistered'>['data']> = {}): DomainEvent {
  const harbour = {
    site: 'S',
    name: 'Harbour',
    timeZone: 'Europe/Oslo',
    gridType: 'TN',
    operator: 'default',
  } as const;
  return { type: 'SiteRegistered', data: { ...harbour, ...data } };
}
export const siteRetired: DomainEvent = { type: 'SiteRetired', data: { site: 'S' } };

export function circuitAdded(data: Partial<EventOf<'CircuitAdded'>['data']> = {}): DomainEvent {
  return { type: 'CircuitAdded', data: { circuit: 'K', site: 'S', ...data } };
}
export const circuitRetired = (circuit = 'K'): DomainEvent => ({ type: 'CircuitRetired', data: { circuit } });
export const fuseRating = (amps?: number): DomainEvent => ({
  type: 'CircuitFuseRatingSet',
  data: { circuit: 'K', amps },
});
export const maxCircuit = (amps?: PhaseAmps): DomainEvent => ({
  type: 'MaxCircuitCurrentSet',
  data: { circuit: 'K', amps },
});
export const fallback = (amps?: PhaseAmps): DomainEvent => ({
  type: 'OfflineFallbackCurrentSet',
  data: { circuit: 'K', amps },
});
export const designated = (backplate = 'P', circuit = 'K'): DomainEvent => ({
  type: 'PrimaryBackplateDesignated',
  data: { circuit, backplate },
});

export const installed = (backplate = 'P', circuit = 'K'): DomainEvent => ({
  type: 'BackplateInstalled',
  data: { backplate, circuit },
});
export const rewired = (circuit: string, formerCircuit = 'K', backplate = 'P'): DomainEvent => ({
  type: 'BackplateRewired',
  data: { backplate, circuit, formerCircuit },
});
export const removed = (backplate = 'P'): DomainEvent => ({ type: 'BackplateRemoved', data: { backplate } });

export function chargerRegistered(data: Partial<EventOf<'ChargerRegistered'>['data']> = {}): DomainEvent {
  const home = { productLine: 'HOME', protocol: 'NATIVE', phaseMode: 'AUTO', operator: 'default' } as const;
  return { type: 'ChargerRegistered', data: { charger: 'C1', ...home, ...data } };
}
export const mounted = (backplate = 'P', charger = 'C1'): DomainEvent => ({
  type: 'ChargerMounted',
  data: { charger, backplate },
});
export const dismounted = (
  backplate = 'P',
  charger = 'C1',
  destination: Destination = 'STORE',
): DomainEvent => ({
  type: 'ChargerDismounted',
  data: { charger, backplate, destination },
});
export const chargerRetired: DomainEvent = { type: 'ChargerRetired', data: { charger: 'C1' } };

/** A fact of the charger C1 that says no more than its type. */
export const ofCharger = (
  type: 'PowerLost' | 'PowerRestored' | 'ChargerEnabled' | 'ChargerDisabled' | 'ChargePlanRemoved',
): DomainEvent => ({ type, data: { charger: 'C1' } });
export const maxCharger = (amps?: number): DomainEvent => ({
  type: 'MaxChargerCurrentSet',
  data: { charger: 'C1', amps },
});
export const faultRaised = (fault?: string): DomainEvent => ({
  type: 'FaultRaised',
  data: { charger: 'C1', fault },
});
export const faultCleared = (fault?: string): DomainEvent => ({
  type: 'FaultCleared',
  data: { charger: 'C1', fault },
});

export const connected = (session: string, driverReference?: string): DomainEvent => ({
  type: 'SessionStarted',
  data: { charger: 'C1', session, driverReference },
});
export const disconnected = (session?: string, energyWattHours?: number): DomainEvent => ({
  type: 'SessionEnded',
  data: { charger: 'C1', session, energyWattHours },
});
export const amended = (session: string, energyWattHours?: number): DomainEvent => ({
  type: 'SessionFiguresAmended',
  data: { charger: 'C1', session, energyWattHours },
});
export const reading = (energyWattHours: number, session?: string): DomainEvent => ({
  type: 'EnergyReadingRecorded',
  data: { charger: 'C1', session, energyWattHours },
});
