import { onEachPhase } from '@chargebook/domain';
import type { FleetOptions } from './fleet-options';
import { keyOf } from './fleet-options';
import type { Layout } from './layout';
import { layOut } from './layout';
import type { Movements } from './movements';
import { planMovements } from './movements';
import type { CommandMaker, SimulatedCommand, Step } from './step';
import { DAY_MS, MINUTE_MS } from './step';

interface FinaleParts {
  readonly options: FleetOptions;
  readonly layout: Layout;
  readonly movements: Movements;
  readonly make: CommandMaker;
  /** Commands that were told before. */
  readonly told: readonly SimulatedCommand[];
}

/**
 * What is told after all else: control over a charger in store changes hands, a figure is corrected, and a move of some
 * days ago is noticed only now. It falls into a session, so that the session is cut.
 *
 * @param lateLife what the charger that was moved reported meanwhile
 */
export function finaleOf(parts: FinaleParts, lateLife: Iterable<Step>): SimulatedCommand[] {
  return [...changeOfControl(parts), ...correction(parts), ...lateMove(parts, lateLife)];
}

/** A circuit's maximum was mistyped. */
function correction({ make, told }: FinaleParts): SimulatedCommand[] {
  const corrects = told.findLast(({ mutation }) => mutation === 'setMaxCircuitCurrent');
  if (corrects == null) return [];
  const input = { reason: 'mistyped', replacementData: { amps: onEachPhase(14) } };
  return [make.command('correctFact', 'correction', input, { corrects })];
}

function changeOfControl({ layout, movements, make }: FinaleParts): SimulatedCommand[] {
  const stored = movements.moves.findLast(
    (move) => move.how === 'dismountCharger' && move.destination === 'STORE',
  );
  const charger = layout.chargers.find(({ serial }) => serial === stored?.charger);
  const operator = layout.operators.find(({ id }) => id !== charger?.operator);
  if (charger == null || operator == null) return [];
  const input = { charger: charger.serial, operator: operator.id };
  return [make.command('transferChargerControl', `control.${charger.serial}`, input, { reason: 'lent out' })];
}

function lateMove({ options, movements, make }: FinaleParts, lateLife: Iterable<Step>): SimulatedCommand[] {
  if (movements.late == null) return [];
  const { charger, backplate } = movements.late;
  const atMs = withinASession(lateLife, options.untilMs - 2.5 * DAY_MS);
  const told = { atMs, reason: 'found there on the monthly round' };
  return [make.command('relocateCharger', nameOfLate(charger), { charger, backplate }, told)];
}

function nameOfLate(charger: string): string {
  return `late.${charger}`;
}

/** What tells a fleet that is complete: the key of its last command, a mount of this charger. */
export function lastOf(options: FleetOptions): { charger: string; commandId: string } | undefined {
  const { late } = planMovements(options, layOut(options));
  if (late == null) return undefined;
  const { charger } = late;
  return { charger, commandId: `${keyOf(options)}.${nameOfLate(charger)}` };
}

/** The middle of the last session before an instant that lasted a while, or else that instant. */
function withinASession(life: Iterable<Step>, beforeMs: number): number {
  let connectedMs = Infinity;
  let middleMs = beforeMs;
  for (const step of life) {
    if (step.atMs > beforeMs) break;
    if (step.kind !== 'OBSERVATION') continue;
    if (step.observation.kind === 'CAR_CONNECTED') connectedMs = step.atMs;
    if (step.observation.kind !== 'CAR_DISCONNECTED' || step.atMs - connectedMs < 40 * MINUTE_MS) continue;
    middleMs = Math.floor((connectedMs + step.atMs) / 2 / MINUTE_MS) * MINUTE_MS;
  }
  return middleMs;
}
