/** Amperes on the three phases. */
export interface PhaseAmps {
  readonly l1: number;
  readonly l2: number;
  readonly l3: number;
}

/** More than any main fuse that a charger hangs behind; a larger number is a slip of the keyboard or of the unit. */
export const HIGHEST_AMPS = 1000;

/** Under this a car cannot charge (IEC 61851). */
export const LOWEST_CHARGING_AMPS = 6;

/** A current that the book takes: finite, from 0 to 1000 A. */
export function isAmps(amps: number): boolean {
  return Number.isFinite(amps) && amps >= 0 && amps <= HIGHEST_AMPS;
}

export function arePhaseAmps(amps: PhaseAmps): boolean {
  return isAmps(amps.l1) && isAmps(amps.l2) && isAmps(amps.l3);
}

export function onEachPhase(amps: number): PhaseAmps {
  return { l1: amps, l2: amps, l3: amps };
}
