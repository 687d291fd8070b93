import type { EventType } from '@chargebook/domain';

export type JsonObject = Readonly<Record<string, unknown>>;

/** Turns an event's data from one schema version into the next. Pure; throws where the data is not of that version. */
export type Upcaster = (data: JsonObject) => JsonObject;

export type UpcasterTable = Readonly<Record<string, readonly Upcaster[] | undefined>>;

/**
 * Every event type that this program can read, with the steps from its first schema version to the present one: the
 * step at index 0 turns version 1 into version 2. No step means that version 1 still holds. An event type that is
 * missing here does not compile.
 */
const UPCASTERS: Readonly<Record<EventType, readonly Upcaster[]>> = {
  OperatorRegistered: [],
  PartnerRegistered: [],
  PartnerAccessGranted: [],
  PartnerGrantEnded: [],
  PartnerWarned: [],
  PartnerWarningLifted: [],
  PartnerAccessRevoked: [],
  PartnerAccessReinstated: [],
  PartnerUseCounted: [],
  CredentialIssued: [],
  CredentialRevoked: [],
  DriverErased: [],
  SiteRegistered: [],
  SiteRenamed: [],
  SiteAddressCorrected: [],
  SiteRatedCurrentSet: [],
  SiteTimeZoneSet: [],
  SiteControlTransferred: [],
  SiteRetired: [],
  CircuitAdded: [],
  CircuitFuseRatingSet: [],
  MaxCircuitCurrentSet: [],
  OfflineFallbackCurrentSet: [],
  PrimaryBackplateDesignated: [],
  CircuitRetired: [],
  DynamicCircuitCurrentSet: [],
  DynamicCircuitCurrentCleared: [],
  BackplateInstalled: [],
  BackplateRewired: [],
  BackplateRemoved: [],
  BackplateReserved: [],
  BackplateTaken: [],
  BackplateFreed: [],
  ChargerRegistered: [],
  ChargerProtocolSet: [],
  ChargerMounted: [],
  ChargerDismounted: [],
  ChargerControlTransferred: [],
  MaxChargerCurrentSet: [],
  PhaseModeSet: [],
  ChargerEnabled: [],
  ChargerDisabled: [],
  ChargePlanSet: [],
  ChargePlanRemoved: [],
  ScheduleOverridden: [],
  PowerLost: [],
  PowerRestored: [],
  FaultRaised: [],
  FaultCleared: [],
  SessionStarted: [],
  SessionEnded: [],
  SessionFiguresAmended: [],
  ChargerRetired: [],
  DynamicChargerCurrentSet: [],
  DynamicChargerCurrentCleared: [],
  ConnectivityLost: [],
  ConnectivityRestored: [],
  EnergyReadingRecorded: [],
  ChargerReserved: [],
  ChargerReleased: [],
  RelocationPlanned: [],
  RelocationCommitted: [],
  RelocationAbandoned: [],
  RelocationCompleted: [],
  FactRetracted: [],
  FactReplaced: [],
};

/** The event types that this program can read. */
export const EVENT_TYPES = Object.keys(UPCASTERS) as readonly EventType[];

/** The schema version in which events of a type are written now. */
export function currentSchemaVersion(type: EventType): number {
  return UPCASTERS[type].length + 1;
}

/**
 * An event's data in the shape of the present schema version.
 *
 * @throws Error saying what is wrong, where this program does not know the type or the version, or a step fails
 */
export function upcast(
  type: string,
  schemaVersion: number,
  data: JsonObject,
  table: UpcasterTable = UPCASTERS,
): { readonly schemaVersion: number; readonly data: JsonObject } {
  const steps = Object.hasOwn(table, type) ? table[type] : undefined;
  if (steps == null) throw new Error('unknown event type');
  const current = steps.length + 1;
  if (schemaVersion > current) {
    throw new Error(
      `schema version ${String(schemaVersion)} is newer than ${String(current)}, the newest known`,
    );
  }
  const missing = steps.slice(schemaVersion - 1);
  return { schemaVersion: current, data: missing.reduce((older, step) => step(older), data) };
}
