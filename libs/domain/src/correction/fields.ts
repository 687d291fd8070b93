import { arePhaseAmps, isAmps } from '../amps';
import type { PhaseAmps } from '../amps';
import { HIGHEST_SESSION_WATT_HOURS } from '../charger/observation.decide';
import { LONGEST_NAME, LONGEST_TIME_TO_LIVE_SECONDS } from '../checks';
import type { EventType } from '../events';
import { isId } from '../identifiers';
import { isTimeZone } from '../time';

/** What a field of an event's data may hold; `fixed` ones say which thing the fact is about, and never change. */
export interface Field {
  readonly says: string;
  holds(value: unknown): boolean;
  readonly isOptional?: boolean;
  readonly isFixed?: boolean;
}

/** The fields of one event type's data, by name. */
export type Fields = Readonly<Record<string, Field>>;

const isText = (value: unknown): value is string => typeof value === 'string';
const isNumber = (value: unknown): value is number => typeof value === 'number';
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value != null && !Array.isArray(value);

const optional = (field: Field): Field => ({ ...field, isOptional: true });
const fixed = (field: Field): Field => ({ ...field, isFixed: true });

const id: Field = { says: 'an id', holds: (value) => isText(value) && isId(value) };
const name: Field = {
  says: `a text of 1 to ${String(LONGEST_NAME)} characters`,
  holds: (value) => isText(value) && value.trim() !== '' && value.length <= LONGEST_NAME,
};
const zone: Field = {
  says: 'the name of a time zone, such as Europe/Oslo',
  holds: (value) => isText(value) && isTimeZone(value),
};
const amps: Field = {
  says: 'a current from 0 to 1000 A',
  holds: (value) => isNumber(value) && isAmps(value),
};
const phaseAmps: Field = {
  says: 'currents l1, l2 and l3 from 0 to 1000 A',
  holds: (value) =>
    isRecord(value) &&
    Object.keys(value).sort().join() === 'l1,l2,l3' &&
    Object.values(value).every(isNumber) &&
    arePhaseAmps(value as unknown as PhaseAmps),
};
const wattHours: Field = {
  says: `an energy from 0 to ${String(HIGHEST_SESSION_WATT_HOURS)} Wh`,
  holds: (value) => isNumber(value) && value >= 0 && value <= HIGHEST_SESSION_WATT_HOURS,
};
const timeToLive: Field = {
  says: `a whole number of seconds from 1 to ${String(LONGEST_TIME_TO_LIVE_SECONDS)}`,
  holds: (value) =>
    isNumber(value) && Number.isInteger(value) && value > 0 && value <= LONGEST_TIME_TO_LIVE_SECONDS,
};
const yesOrNo: Field = { says: 'true or false', holds: (value) => typeof value === 'boolean' };
const phase: Field = { says: '1, 2 or 3', holds: (value) => [1, 2, 3].includes(value as number) };
const WEEKDAYS = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY'];
/** What a window's fields hold; whether they make a window is for the plan's own rules. */
const WINDOW: Readonly<Record<string, (value: unknown) => boolean>> = {
  date: isText,
  start: isText,
  stop: isText,
  limitAmps: isNumber,
  weekdays: (value) => Array.isArray(value) && value.every((day) => WEEKDAYS.includes(day as string)),
};
const windows: Field = {
  says: 'a list of windows: date or weekdays, start, stop and limitAmps',
  holds: (value) =>
    Array.isArray(value) &&
    value.every(
      (window) =>
        isRecord(window) &&
        'start' in window &&
        Object.entries(window).every(([key, part]) => part == null || (WINDOW[key]?.(part) ?? false)),
    ),
};

function oneOf(...choices: readonly string[]): Field {
  return {
    says: `one of ${choices.join(', ')}`,
    holds: (value) => isText(value) && choices.includes(value),
  };
}

const ofSite = { site: fixed(id) };
const ofCircuit = { circuit: fixed(id) };
const ofBackplate = { backplate: fixed(id) };
const ofCharger = { charger: fixed(id) };

/** The facts that can be corrected. What is not here follows the order of recording, or is the book's own bookkeeping. */
const CORRECTABLE: Readonly<Partial<Record<EventType, Fields>>> = {
  OperatorRegistered: { operator: fixed(id), name },
  SiteRegistered: {
    ...ofSite,
    name,
    address: optional(name),
    timeZone: zone,
    gridType: oneOf('TN', 'TT', 'IT'),
    ratedCurrentAmps: optional(amps),
    operator: fixed(id),
  },
  SiteRenamed: { ...ofSite, name },
  SiteAddressCorrected: { ...ofSite, address: name },
  SiteRatedCurrentSet: { ...ofSite, amps: optional(amps) },
  SiteTimeZoneSet: { ...ofSite, timeZone: zone },
  SiteRetired: ofSite,
  CircuitAdded: {
    ...ofCircuit,
    site: fixed(id),
    name: optional(name),
    fuseRatingAmps: optional(amps),
    parent: optional(fixed(id)),
  },
  CircuitFuseRatingSet: { ...ofCircuit, amps: optional(amps) },
  MaxCircuitCurrentSet: { ...ofCircuit, amps: optional(phaseAmps) },
  OfflineFallbackCurrentSet: { ...ofCircuit, amps: optional(phaseAmps) },
  PrimaryBackplateDesignated: { ...ofCircuit, backplate: id },
  CircuitRetired: ofCircuit,
  DynamicCircuitCurrentSet: {
    ...ofCircuit,
    amps: phaseAmps,
    timeToLiveSeconds: optional(timeToLive),
    carrier: fixed(id),
    backplate: fixed(id),
  },
  DynamicCircuitCurrentCleared: ofCircuit,
  BackplateInstalled: { ...ofBackplate, circuit: id, label: optional(name) },
  BackplateRewired: { ...ofBackplate, circuit: id, formerCircuit: fixed(id) },
  BackplateRemoved: ofBackplate,
  ChargerRegistered: {
    ...ofCharger,
    model: optional(name),
    productLine: oneOf('HOME', 'PRO'),
    ratedCurrentAmps: optional(amps),
    protocol: oneOf('NATIVE', 'OCPP'),
    phaseMode: oneOf('AUTO', 'LOCKED_1', 'LOCKED_3'),
    operator: fixed(id),
  },
  ChargerProtocolSet: { ...ofCharger, protocol: oneOf('NATIVE', 'OCPP') },
  ChargerMounted: { ...ofCharger, backplate: id },
  ChargerDismounted: {
    ...ofCharger,
    backplate: fixed(id),
    destination: oneOf('STORE', 'REPAIR', 'TRANSIT', 'SCRAP', 'UNKNOWN'),
  },
  MaxChargerCurrentSet: { ...ofCharger, amps: optional(amps) },
  PhaseModeSet: {
    ...ofCharger,
    mode: oneOf('AUTO', 'LOCKED_1', 'LOCKED_3'),
    singlePhase: optional(phase),
  },
  ChargerEnabled: ofCharger,
  ChargerDisabled: ofCharger,
  ChargePlanSet: {
    ...ofCharger,
    kind: oneOf('ONE_OFF', 'RECURRING'),
    timeZone: zone,
    enabled: yesOrNo,
    windows,
  },
  ChargePlanRemoved: ofCharger,
  ScheduleOverridden: { ...ofCharger, session: fixed(id) },
  PowerLost: ofCharger,
  PowerRestored: ofCharger,
  FaultRaised: { ...ofCharger, fault: optional(id) },
  FaultCleared: { ...ofCharger, fault: optional(id) },
  SessionStarted: { ...ofCharger, session: fixed(id), driverReference: optional(id) },
  SessionEnded: { ...ofCharger, session: optional(id), energyWattHours: optional(wattHours) },
  SessionFiguresAmended: { ...ofCharger, session: fixed(id), energyWattHours: optional(wattHours) },
  ChargerRetired: ofCharger,
  DynamicChargerCurrentSet: { ...ofCharger, amps, timeToLiveSeconds: optional(timeToLive) },
  DynamicChargerCurrentCleared: ofCharger,
  ConnectivityLost: ofCharger,
  ConnectivityRestored: ofCharger,
  EnergyReadingRecorded: { ...ofCharger, session: optional(id), energyWattHours: wattHours },
};

/** The fields of an event type's data; absent where such facts are not to be corrected. */
export function fieldsOf(type: string): Fields | undefined {
  return Object.hasOwn(CORRECTABLE, type) ? CORRECTABLE[type as EventType] : undefined;
}
