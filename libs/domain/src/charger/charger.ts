import type { EffectiveFact, Evolution } from '../facts/lifeline';
import type { Instant } from '../time';
import type {
  ChargePlan,
  ChargerEvent,
  ChargerProtocol,
  Destination,
  PhaseMode,
  ProductLine,
} from './charger.events';

/** Where a charger hangs, and since when. */
export interface Mounting {
  readonly backplate: string;
  readonly mountedAt: Instant;
}

/** What a charger is at an instant. */
export interface ChargerState {
  readonly registeredAt?: Instant;
  readonly retiredAt?: Instant;
  readonly model?: string;
  readonly productLine: ProductLine;
  readonly ratedCurrentAmps?: number;
  readonly protocol: ChargerProtocol;
  readonly operator?: string;
  readonly phaseMode: PhaseMode;
  /** The phase that LOCKED_1 uses, 1 to 3; absent in the other modes. */
  readonly singlePhase?: number;
  readonly enabled: boolean;
  readonly powered: boolean;
  readonly maxCurrentAmps?: number;
  readonly plan?: ChargePlan;
  readonly faults: readonly string[];
  readonly mounting?: Mounting;
  /** Where it went when it was last taken down; absent while mounted. */
  readonly destination?: Destination;
  /** The session for which the plan was overridden last. */
  readonly overriddenSession?: string;
  readonly ongoingSession?: { readonly id: string; readonly startedAt: Instant };
}

const UNTOLD: ChargerState = {
  productLine: 'HOME',
  protocol: 'NATIVE',
  phaseMode: 'AUTO',
  enabled: true,
  powered: true,
  faults: [],
};

export const chargerEvolution: Evolution<ChargerState> = { initial: UNTOLD, evolve: evolveCharger };

/** A device that does not say what is wrong has a fault all the same. */
export const UNNAMED_FAULT = 'UNKNOWN';

function evolveCharger(state: ChargerState, fact: EffectiveFact): ChargerState {
  const event = fact as EffectiveFact & ChargerEvent;
  const at = fact.metadata.occurredAt;
  switch (event.type) {
    case 'ChargerRegistered': {
      const { charger: _, ...told } = event.data;
      return {
        ...state,
        ...told,
        singlePhase: told.phaseMode === 'LOCKED_1' ? 1 : undefined,
        registeredAt: at,
      };
    }
    case 'ChargerProtocolSet':
      return { ...state, protocol: event.data.protocol };
    case 'ChargerMounted':
      // A session that began while the charger hung nowhere ends; one that begins with the mount has its place here.
      return {
        ...state,
        mounting: { backplate: event.data.backplate, mountedAt: at },
        destination: undefined,
        ongoingSession: state.ongoingSession?.startedAt === at ? state.ongoingSession : undefined,
      };
    case 'ChargerDismounted':
      // Somebody noted late a removal that was noted already: the first note stands.
      if (state.mounting == null) return state;
      return {
        ...state,
        mounting: undefined,
        destination: event.data.destination,
        ongoingSession: undefined,
      };
    case 'ChargerReserved':
    case 'ChargerReleased':
      // Who may move it is no state as of an instant: see claimsOn.
      return state;
    case 'ChargerControlTransferred':
      return { ...state, operator: event.data.operator };
    case 'MaxChargerCurrentSet':
      return { ...state, maxCurrentAmps: event.data.amps };
    case 'PhaseModeSet': {
      const { mode, singlePhase } = event.data;
      return { ...state, phaseMode: mode, singlePhase: mode === 'LOCKED_1' ? (singlePhase ?? 1) : undefined };
    }
    case 'ChargerEnabled':
      return { ...state, enabled: true };
    case 'ChargerDisabled':
      return { ...state, enabled: false };
    case 'ChargePlanSet': {
      const { kind, timeZone, enabled, windows } = event.data;
      return { ...state, plan: { kind, timeZone, enabled, windows } };
    }
    case 'ChargePlanRemoved':
      return { ...state, plan: undefined };
    case 'ScheduleOverridden':
      return { ...state, overriddenSession: event.data.session };
    case 'SessionFiguresAmended':
      return state;
    case 'PowerLost':
      return { ...state, powered: false, ongoingSession: undefined };
    case 'PowerRestored':
      return { ...state, powered: true };
    case 'FaultRaised':
      return {
        ...state,
        faults: [...withoutFault(state, event.data.fault), event.data.fault ?? UNNAMED_FAULT],
      };
    case 'FaultCleared':
      // Cleared without a name: nothing is wrong any more.
      return { ...state, faults: event.data.fault == null ? [] : withoutFault(state, event.data.fault) };
    case 'SessionStarted':
      return { ...state, ongoingSession: { id: event.data.session, startedAt: at } };
    case 'SessionEnded':
      return { ...state, ongoingSession: undefined };
    case 'ChargerRetired':
      return { ...state, retiredAt: at };
  }
}

function withoutFault(state: ChargerState, fault: string | undefined): readonly string[] {
  return state.faults.filter((known) => known !== (fault ?? UNNAMED_FAULT));
}
