import type { RelocationReference } from '../relocation/relocation';
import type { Instant } from '../time';

/** Which family of units it belongs to; decides what can be set on it. */
export type ProductLine = 'HOME' | 'PRO';
/** How the charger is operated. */
export type ChargerProtocol = 'NATIVE' | 'OCPP';
export type PhaseMode = 'AUTO' | 'LOCKED_1' | 'LOCKED_3';
/** Where a charger goes when it is taken down. */
export type Destination = 'STORE' | 'REPAIR' | 'TRANSIT' | 'SCRAP' | 'UNKNOWN';
export type PlanKind = 'ONE_OFF' | 'RECURRING';
export type Weekday = 'MONDAY' | 'TUESDAY' | 'WEDNESDAY' | 'THURSDAY' | 'FRIDAY' | 'SATURDAY' | 'SUNDAY';

/** A window of allowed charging, in wall time `HH:MM`. */
export interface PlanWindow {
  /** `YYYY-MM-DD`; one-off windows only. */
  readonly date?: string;
  /** Recurring windows only; none means every day. */
  readonly weekdays: readonly Weekday[];
  readonly start: string;
  /** Without it a one-off window stays open. */
  readonly stop?: string;
  readonly limitAmps?: number;
}

export interface ChargePlan {
  readonly kind: PlanKind;
  /** IANA zone, fixed when the plan was recorded. */
  readonly timeZone: string;
  readonly enabled: boolean;
  readonly windows: readonly PlanWindow[];
}

interface OfCharger {
  readonly charger: string;
}

export type ChargerEvent =
  | {
      readonly type: 'ChargerRegistered';
      readonly data: OfCharger & {
        readonly model?: string;
        readonly productLine: ProductLine;
        readonly ratedCurrentAmps?: number;
        readonly protocol: ChargerProtocol;
        readonly phaseMode: PhaseMode;
        readonly operator: string;
      };
    }
  | { readonly type: 'ChargerProtocolSet'; readonly data: OfCharger & { readonly protocol: ChargerProtocol } }
  | { readonly type: 'ChargerMounted'; readonly data: OfCharger & { readonly backplate: string } }
  /** `backplate` is where it hung, as known when this was recorded. */
  | {
      readonly type: 'ChargerDismounted';
      readonly data: OfCharger & { readonly backplate: string; readonly destination: Destination };
    }
  /** A plan of several moves holds the charger until the plan is done or given up. */
  | { readonly type: 'ChargerReserved'; readonly data: OfCharger & RelocationReference }
  | { readonly type: 'ChargerReleased'; readonly data: OfCharger & RelocationReference }
  | { readonly type: 'ChargerControlTransferred'; readonly data: OfCharger & { readonly operator: string } }
  /** Without amps it is no longer a limit. */
  | { readonly type: 'MaxChargerCurrentSet'; readonly data: OfCharger & { readonly amps?: number } }
  | {
      readonly type: 'PhaseModeSet';
      readonly data: OfCharger & { readonly mode: PhaseMode; readonly singlePhase?: number };
    }
  | { readonly type: 'ChargerEnabled'; readonly data: OfCharger }
  | { readonly type: 'ChargerDisabled'; readonly data: OfCharger }
  | { readonly type: 'ChargePlanSet'; readonly data: OfCharger & ChargePlan }
  | { readonly type: 'ChargePlanRemoved'; readonly data: OfCharger }
  | { readonly type: 'ScheduleOverridden'; readonly data: OfCharger & { readonly session: string } }
  | { readonly type: 'PowerLost'; readonly data: OfCharger }
  | { readonly type: 'PowerRestored'; readonly data: OfCharger }
  | { readonly type: 'FaultRaised'; readonly data: OfCharger & { readonly fault?: string } }
  | { readonly type: 'FaultCleared'; readonly data: OfCharger & { readonly fault?: string } }
  /** A car was connected. */
  | {
      readonly type: 'SessionStarted';
      readonly data: OfCharger & { readonly session: string; readonly driverReference?: string };
    }
  /** A car was disconnected; it ends whichever session is open. */
  | {
      readonly type: 'SessionEnded';
      readonly data: OfCharger & { readonly session?: string; readonly energyWattHours?: number };
    }
  | {
      readonly type: 'SessionFiguresAmended';
      readonly data: OfCharger & { readonly session: string; readonly energyWattHours?: number };
    }
  | { readonly type: 'ChargerRetired'; readonly data: OfCharger };

/** What a device reports by the minute; kept in monthly streams. */
export type DeviceEvent =
  | {
      readonly type: 'DynamicChargerCurrentSet';
      readonly data: OfCharger & { readonly amps: number; readonly timeToLiveSeconds?: number };
    }
  | { readonly type: 'DynamicChargerCurrentCleared'; readonly data: OfCharger }
  | { readonly type: 'ConnectivityLost'; readonly data: OfCharger }
  | { readonly type: 'ConnectivityRestored'; readonly data: OfCharger }
  /** Cumulative in the session; without a session where none was named and none was open. */
  | {
      readonly type: 'EnergyReadingRecorded';
      readonly data: OfCharger & { readonly session?: string; readonly energyWattHours: number };
    };

/** Since when something has held. */
export interface Since<Value> {
  readonly value: Value;
  readonly since: Instant;
}
