import { randomUUID } from 'node:crypto';
import type { DomainEvent, EffectiveFact, EventOf, EventType, Instant, NewFact } from '@chargebook/domain';
import {
  backplateStream,
  chargerStream,
  circuitStream,
  deviceStream,
  loadStream,
  operatorStream,
  siteStream,
} from '@chargebook/domain';

/** A fact that is not told yet, and the stream to which it belongs. */
export type Untold = NewFact & { readonly stream: string };

export interface Circumstances {
  readonly recordedAt?: Instant;
  readonly deviceSequence?: number;
  readonly stream?: string;
  readonly eventId?: string;
  readonly actor?: NewFact['metadata']['actor'];
  readonly reason?: string;
  readonly commandId?: string;
}

/** `10:30` or `10:30:15.250` on the day on which the specs play; a whole instant stays as it is. */
export function at(time: string): Instant {
  if (time.length === 24) return time;
  const [hours, minutes, seconds = '00'] = time.split(':');
  const [whole, fraction = ''] = seconds.split('.');
  return `2026-05-04T${hours ?? ''}:${minutes ?? ''}:${whole ?? ''}.${fraction.padEnd(3, '0')}Z`;
}

/** What happened at a time of that day, in the stream where such things are kept. */
export function fact(time: string, event: DomainEvent, how: Circumstances = {}): Untold {
  const occurredAt = at(time);
  const commandId = how.commandId ?? randomUUID();
  return {
    ...event,
    eventId: how.eventId ?? randomUUID(),
    schemaVersion: 1,
    stream: how.stream ?? streamOf(event, occurredAt),
    metadata: {
      occurredAt,
      recordedAt: how.recordedAt ?? occurredAt,
      actor: how.actor ?? { kind: 'OPERATOR', id: 'harbour-office' },
      channel: 'PARTNER_API',
      commandId,
      inputHash: '0'.repeat(64),
      correlationId: `correlation-${commandId}`,
      causationId: commandId,
      ...(how.reason == null ? {} : { reason: how.reason }),
      ...(how.deviceSequence == null ? {} : { deviceSequence: how.deviceSequence }),
    },
  };
}

const BY_THE_MINUTE: readonly EventType[] = [
  'DynamicChargerCurrentSet',
  'DynamicChargerCurrentCleared',
  'ConnectivityLost',
  'ConnectivityRestored',
  'EnergyReadingRecorded',
];

function streamOf({ type, data }: DomainEvent, occurredAt: Instant): string {
  const named = (key: string) => String((data as Readonly<Record<string, unknown>>)[key]);
  if (type.startsWith('DynamicCircuit')) return loadStream(named('circuit'), occurredAt);
  if (BY_THE_MINUTE.includes(type)) return deviceStream(named('charger'), occurredAt);
  if (type.startsWith('Backplate')) return backplateStream(named('backplate'));
  if (type.startsWith('Operator')) return operatorStream(named('operator'));
  if (type.startsWith('Site')) return siteStream(named('site'));
  return 'charger' in data ? chargerStream(data.charger) : circuitStream(named('circuit'));
}

export function retraction(time: string, { stream, eventId }: Untold, how: Circumstances = {}): Untold {
  return fact(time, { type: 'FactRetracted', data: { corrects: eventId } }, { stream, ...how });
}

export function replacement(
  time: string,
  { stream, eventId, data }: Untold,
  by: { readonly occurredAt: string; readonly data?: Readonly<Record<string, unknown>> },
  how: Circumstances = {},
): Untold {
  const told = { corrects: eventId, occurredAt: at(by.occurredAt), replacement: { ...data, ...by.data } };
  return fact(time, { type: 'FactReplaced', data: told }, { stream, ...how });
}

export const siteRegistered = (
  site: string,
  data: Partial<EventOf<'SiteRegistered'>['data']> = {},
): DomainEvent => ({
  type: 'SiteRegistered',
  data: {
    site,
    name: `Site ${site}`,
    timeZone: 'Europe/Oslo',
    gridType: 'TN',
    operator: 'default',
    ...data,
  },
});

export const circuitAdded = (
  circuit: string,
  site: string,
  data: Partial<EventOf<'CircuitAdded'>['data']> = {},
): DomainEvent => ({ type: 'CircuitAdded', data: { circuit, site, ...data } });

export const installed = (backplate: string, circuit: string, label?: string): DomainEvent => ({
  type: 'BackplateInstalled',
  data: { backplate, circuit, label },
});

export const rewired = (backplate: string, formerCircuit: string, circuit: string): DomainEvent => ({
  type: 'BackplateRewired',
  data: { backplate, circuit, formerCircuit },
});

export const removed = (backplate: string): DomainEvent => ({
  type: 'BackplateRemoved',
  data: { backplate },
});

export const chargerRegistered = (
  charger: string,
  data: Partial<EventOf<'ChargerRegistered'>['data']> = {},
): DomainEvent => ({
  type: 'ChargerRegistered',
  data: {
    charger,
    productLine: 'HOME',
    protocol: 'NATIVE',
    phaseMode: 'AUTO',
    operator: 'default',
    ...data,
  },
});

export const mounted = (charger: string, backplate: string): DomainEvent => ({
  type: 'ChargerMounted',
  data: { charger, backplate },
});

export const dismounted = (
  charger: string,
  backplate: string,
  destination: EventOf<'ChargerDismounted'>['data']['destination'] = 'STORE',
): DomainEvent => ({ type: 'ChargerDismounted', data: { charger, backplate, destination } });

export const connected = (charger: string, session: string, driverReference?: string): DomainEvent => ({
  type: 'SessionStarted',
  data: { charger, session, driverReference },
});

export const disconnected = (charger: string, session?: string, energyWattHours?: number): DomainEvent => ({
  type: 'SessionEnded',
  data: { charger, session, energyWattHours },
});

export const amended = (charger: string, session: string, energyWattHours?: number): DomainEvent => ({
  type: 'SessionFiguresAmended',
  data: { charger, session, energyWattHours },
});

export const reading = (charger: string, energyWattHours: number, session?: string): DomainEvent => ({
  type: 'EnergyReadingRecorded',
  data: { charger, session, energyWattHours },
});

export const powerLost = (charger: string): DomainEvent => ({ type: 'PowerLost', data: { charger } });

/** A site with two circuits, and backplates on the first of them. */
export function aSite(time: string, site: string, backplates: readonly string[]): Untold[] {
  return [
    fact(time, siteRegistered(site)),
    fact(time, circuitAdded(`${site}-k1`, site)),
    fact(time, circuitAdded(`${site}-k2`, site)),
    ...backplates.map((backplate) => fact(time, installed(backplate, `${site}-k1`))),
  ];
}

/** What a fact is, where corrections are of no interest. */
export type Effective = EffectiveFact;
