import type { Fleet } from './fleet';
import type { SimulatedCommand, SimulatedObservation, Step } from './step';

/** Everything that a fleet is told with, lane by lane. */
export function stepsOf(fleet: Fleet): Step[] {
  return fleet.lanes.flatMap((lane) => [...lane.steps()]);
}

export function commandsOf(fleet: Fleet): SimulatedCommand[] {
  const living = stepsOf(fleet).flatMap((step) => (step.kind === 'COMMAND' ? step.command : []));
  return [...fleet.structure.flat(), ...living, ...fleet.finale];
}

/** By charger, in the order in which they are told. */
export function observationsOf(fleet: Fleet): Map<string, SimulatedObservation[]> {
  const byCharger = new Map<string, SimulatedObservation[]>();
  for (const step of stepsOf(fleet)) {
    if (step.kind !== 'OBSERVATION') continue;
    const { charger } = step.observation;
    const own = byCharger.get(charger);
    if (own == null) byCharger.set(charger, [step.observation]);
    else own.push(step.observation);
  }
  return byCharger;
}

/** A car at a charger, as the charger told it; without an end it is there still. */
export interface ToldSession {
  readonly id: string;
  readonly fromMs: number;
  readonly untilMs?: number;
  readonly energyWattHours: number[];
}

/** Sessions of one charger. */
export function sessionsOf(observations: readonly SimulatedObservation[]): ToldSession[] {
  const sessions: ToldSession[] = [];
  for (const { kind, sessionId, occurredAt, energyWattHours } of observations) {
    const atMs = Date.parse(occurredAt);
    const current = sessions.at(-1);
    if (kind === 'CAR_CONNECTED') sessions.push({ id: sessionId ?? '', fromMs: atMs, energyWattHours: [] });
    else if (
      current != null &&
      (kind === 'CAR_DISCONNECTED' || kind === 'POWER_LOST') &&
      current.untilMs == null
    )
      sessions[sessions.length - 1] = { ...current, untilMs: atMs };
    if (energyWattHours != null) current?.energyWattHours.push(energyWattHours);
  }
  return sessions;
}

/** A charger on a backplate, as moves told it. */
export interface ToldStay {
  readonly charger: string;
  readonly backplate: string;
  readonly fromMs: number;
  untilMs: number;
}

/** Stays in the order in which they began; those that last end at infinity. */
export function staysOf(commands: readonly SimulatedCommand[]): ToldStay[] {
  const moves = commands
    .filter(({ mutation }) => ['mountCharger', 'dismountCharger', 'relocateCharger'].includes(mutation))
    .map(({ mutation, input, options }) => ({
      mutation,
      charger: String(input['charger']),
      backplate: String(input['backplate']),
      atMs: Date.parse(options.occurredAt ?? ''),
    }))
    .sort((a, b) => a.atMs - b.atMs);
  const stays: ToldStay[] = [];
  for (const { mutation, charger, backplate, atMs } of moves) {
    const current = stays.find((stay) => stay.charger === charger && stay.untilMs === Infinity);
    if ((mutation === 'mountCharger') !== (current == null))
      throw new Error(`${mutation} of ${charger} cannot be`);
    if (current != null) current.untilMs = atMs;
    if (mutation !== 'dismountCharger') stays.push({ charger, backplate, fromMs: atMs, untilMs: Infinity });
  }
  return stays;
}
