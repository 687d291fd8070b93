import type { PhaseAmps } from '../amps';
import { LOWEST_CHARGING_AMPS } from '../amps';
import type { PhaseMode } from '../charger/charger.events';
import type { GridType } from '../site/site';

/** A single phase, 1 to 3. */
export type SinglePhase = 1 | 2 | 3;

/** How a charger is connected to its supply. */
export interface PhaseSetting {
  readonly mode: PhaseMode;
  /** The phase that LOCKED_1 uses. */
  readonly singlePhase: SinglePhase;
  readonly grid: GridType;
}

/** The one number that a car gets, and the lines that it is the lowest of. */
export interface PhaseChoice {
  /** Infinite where nothing limits the current. */
  readonly amps: number;
  readonly phases: 1 | 3;
  /** Which of the three lines carry the current. */
  readonly lines: readonly (keyof PhaseAmps)[];
  /** The phase in use, where it is one. */
  readonly singlePhase?: SinglePhase;
}

const THREE = ['l1', 'l2', 'l3'] as const;
const SINGLE_PHASES = [1, 2, 3] as const;
const LINE_OF = { 1: ['l1'], 2: ['l2'], 3: ['l3'] } as const;
/** On an IT grid there is no neutral: a single phase is taken between two lines. */
const LINES_OF_IT = { 1: ['l1', 'l2'], 2: ['l2', 'l3'], 3: ['l1', 'l3'] } as const;

/** What a car gets of a ceiling per phase. */
export function choosePhases(ceiling: PhaseAmps, setting: PhaseSetting): PhaseChoice {
  switch (setting.mode) {
    case 'LOCKED_3':
      return onThree(ceiling);
    case 'LOCKED_1':
      return onOne(ceiling, setting.singlePhase, setting.grid);
    case 'AUTO':
      return automatic(ceiling, setting.grid);
  }
}

function automatic(ceiling: PhaseAmps, grid: GridType): PhaseChoice {
  const three = onThree(ceiling);
  if (three.amps >= LOWEST_CHARGING_AMPS) return three;
  let best: PhaseChoice | undefined;
  for (const phase of SINGLE_PHASES) {
    const one = onOne(ceiling, phase, grid);
    if (one.amps >= LOWEST_CHARGING_AMPS && (best == null || one.amps > best.amps)) best = one;
  }
  return best ?? three;
}

function onThree(ceiling: PhaseAmps): PhaseChoice {
  return { amps: Math.min(ceiling.l1, ceiling.l2, ceiling.l3), phases: 3, lines: THREE };
}

function onOne(ceiling: PhaseAmps, singlePhase: SinglePhase, grid: GridType): PhaseChoice {
  const lines = (grid === 'IT' ? LINES_OF_IT : LINE_OF)[singlePhase];
  let amps = Infinity;
  for (const line of lines) amps = Math.min(amps, ceiling[line]);
  return { amps, phases: 1, lines, singlePhase };
}
