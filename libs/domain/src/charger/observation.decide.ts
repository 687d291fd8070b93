import { checkExists, checkId } from '../checks';
import type { Decision, Moment } from '../decision';
import { accept, firstRefusal } from '../decision';
import type { DomainEvent } from '../events';
import type { Fact } from '../facts/fact';
import type { Lifeline } from '../facts/lifeline';
import type { Notice, Refusal } from '../refusal';
import { refuse } from '../refusal';
import type { Instant } from '../time';
import type { ChargerState } from './charger';

type Absent = null | undefined;

export type ObservationKind =
  | 'POWER_LOST'
  | 'POWER_RESTORED'
  | 'CONNECTIVITY_LOST'
  | 'CONNECTIVITY_RESTORED'
  | 'CAR_CONNECTED'
  | 'CAR_DISCONNECTED'
  | 'SESSION_ENERGY'
  | 'FAULT_RAISED'
  | 'FAULT_CLEARED';

/** What a device reports. */
export interface Observation {
  readonly charger: string;
  readonly kind: ObservationKind;
  readonly occurredAt: Instant;
  readonly deviceSequence?: number | Absent;
  readonly sessionId?: string | Absent;
  /** Cumulative in the session. */
  readonly energyWattHours?: number | Absent;
  readonly driverReference?: string | Absent;
  readonly fault?: string | Absent;
}

/** Whether the fact goes to the device's monthly stream rather than to the charger's own. */
export function isByTheMinute(kind: ObservationKind): boolean {
  return kind === 'CONNECTIVITY_LOST' || kind === 'CONNECTIVITY_RESTORED' || kind === 'SESSION_ENERGY';
}

/** No charge that a car takes in one session comes near to this: a larger figure is in another unit. */
export const HIGHEST_SESSION_WATT_HOURS = 10_000_000;

/**
 * @param newSession id of the session that a connected car starts, where the device does not name one
 */
export function decideObservation(
  observation: Observation,
  charger: Lifeline<ChargerState>,
  moment: Moment,
  newSession: string,
): Decision {
  const refusal = checkObservation(observation, charger, moment);
  if (refusal != null) return refusal;
  const state = charger.asOf(moment.occurredAt);
  const { charger: serial, kind } = observation;
  const ofCharger = { charger: serial };
  const fault = observation.fault ?? undefined;
  switch (kind) {
    case 'POWER_LOST':
      return accept({ type: 'PowerLost', data: ofCharger }, ...sessionEnds(state, 'the charger lost power'));
    case 'POWER_RESTORED':
      return accept({ type: 'PowerRestored', data: ofCharger });
    case 'CONNECTIVITY_LOST':
      return accept({ type: 'ConnectivityLost', data: ofCharger });
    case 'CONNECTIVITY_RESTORED':
      return accept({ type: 'ConnectivityRestored', data: ofCharger });
    case 'FAULT_RAISED':
      return accept({ type: 'FaultRaised', data: { ...ofCharger, fault } });
    case 'FAULT_CLEARED':
      return accept({ type: 'FaultCleared', data: { ...ofCharger, fault } });
    case 'CAR_CONNECTED':
      return carConnected(observation, charger, state, newSession);
    case 'CAR_DISCONNECTED':
      return carDisconnected(observation, state);
    case 'SESSION_ENERGY':
      return energyRead(observation, state);
  }
}

function checkObservation(
  observation: Observation,
  charger: Lifeline<ChargerState>,
  moment: Moment,
): Refusal | undefined {
  const {
    charger: id,
    kind,
    sessionId,
    driverReference,
    fault,
    energyWattHours,
    deviceSequence,
  } = observation;
  const { registeredAt: since, retiredAt } = charger.head;
  return firstRefusal(
    checkExists({ noun: 'charger', id, since, retiredAt }, moment.occurredAt, 'charger'),
    sessionId != null && checkId(sessionId, 'sessionId'),
    driverReference != null && checkId(driverReference, 'driverReference'),
    fault != null && checkId(fault, 'fault'),
    deviceSequence != null &&
      !(Number.isInteger(deviceSequence) && deviceSequence >= 0) &&
      refuse('OUT_OF_RANGE', 'A device sequence is a whole number from 0.', { deviceSequence }, [
        'input',
        'deviceSequence',
      ]),
    kind === 'SESSION_ENERGY' &&
      energyWattHours == null &&
      refuse('INVALID_ENERGY', 'An energy reading needs energyWattHours.', {}, ['input', 'energyWattHours']),
    energyWattHours != null && checkEnergy(energyWattHours),
  );
}

function checkEnergy(energyWattHours: number): Refusal | undefined {
  if (
    Number.isFinite(energyWattHours) &&
    energyWattHours >= 0 &&
    energyWattHours <= HIGHEST_SESSION_WATT_HOURS
  )
    return undefined;
  return refuse(
    'INVALID_ENERGY',
    `The energy of a session is from 0 to ${String(HIGHEST_SESSION_WATT_HOURS)} Wh.`,
    { energyWattHours: String(energyWattHours) },
    ['input', 'energyWattHours'],
  );
}

function carConnected(
  observation: Observation,
  charger: Lifeline<ChargerState>,
  state: ChargerState,
  newSession: string,
): Decision {
  const { charger: serial, sessionId, driverReference } = observation;
  const session = sessionId ?? newSession;
  if (charger.factsNamed(startedSession, session).length > 0) {
    const message = `The charger ${serial} has a session ${session} already.`;
    return refuse('ALREADY_EXISTS', message, { sessionId: session }, ['input', 'sessionId']);
  }
  const notices = sessionEnds(state, 'another car was connected');
  if (state.mounting == null) notices.push(hangsNowhere(serial));
  const event: DomainEvent = {
    type: 'SessionStarted',
    data: { charger: serial, session, driverReference: driverReference ?? undefined },
  };
  return accept(event, ...notices);
}

function startedSession(fact: Fact): string | undefined {
  return fact.type === 'SessionStarted' ? fact.data.session : undefined;
}

function carDisconnected(observation: Observation, state: ChargerState): Decision {
  const { charger, sessionId, energyWattHours } = observation;
  const ongoing = state.ongoingSession;
  const notices: Notice[] = [];
  if (ongoing == null) {
    notices.push({
      code: 'NO_ONGOING_SESSION',
      message: `No session was under way on the charger ${charger}: none ends.`,
    });
  } else if (sessionId != null && sessionId !== ongoing.id) {
    notices.push({
      code: 'OTHER_SESSION_ENDS',
      message: `The session that ends is ${ongoing.id}: a charger has one cable.`,
    });
  }
  // A charger has one cable: figures belong to the session that ends, whichever the device named.
  const session = ongoing?.id ?? sessionId ?? undefined;
  return accept(
    { type: 'SessionEnded', data: { charger, session, energyWattHours: energyWattHours ?? undefined } },
    ...notices,
  );
}

function energyRead(observation: Observation, state: ChargerState): Decision {
  const { charger, sessionId, energyWattHours } = observation;
  const session = sessionId ?? state.ongoingSession?.id;
  const notices: Notice[] =
    session != null
      ? []
      : [
          {
            code: 'NO_ONGOING_SESSION',
            message: `No session was under way on the charger ${charger}: the reading belongs to none yet.`,
          },
        ];
  return accept(
    { type: 'EnergyReadingRecorded', data: { charger, session, energyWattHours: energyWattHours ?? 0 } },
    ...notices,
  );
}

function sessionEnds(state: ChargerState, why: string): Notice[] {
  if (state.ongoingSession == null) return [];
  return [{ code: 'SESSION_ENDS', message: `The session ${state.ongoingSession.id} ends: ${why}.` }];
}

function hangsNowhere(charger: string): Notice {
  return {
    code: 'NOT_MOUNTED',
    message: `The charger ${charger} hung on no backplate: the session has no place until a mount is told.`,
  };
}
