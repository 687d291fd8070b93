import type { PhaseAmps } from '../amps';
import { LOWEST_CHARGING_AMPS } from '../amps';
import type { Instant } from '../time';

/** A car that wants to charge. */
export interface Claim {
  readonly charger: string;
  /** Cars that came first are served first. */
  readonly since: Instant;
  /** The most that it may draw; Infinity where nothing limits it. */
  readonly ceilingAmps: number;
  /** The lines that carry its current. */
  readonly lines: readonly (keyof PhaseAmps)[];
  /** What carries it: its circuit, those above, the site; names of `capacities`. */
  readonly carriers: readonly string[];
}

/** A claim that is being served: it grows with the others until something is full. */
interface Growing {
  readonly claim: Claim;
  amps: number;
  isFull: boolean;
}

/** Shares are told to a hundredth of an ampere, never more than there is. */
const STEPS_PER_AMP = 100;
const EPSILON_AMPS = 1e-9;

/**
 * What local balancing gives to cars: equal shares of what their circuits can carry, nobody more than its ceiling, nobody
 * less than a car needs. Where that is not enough for all, those who came last wait.
 *
 * @param capacities by carrier and line; Infinity where nobody has told
 * @returns by charger the share; absent for those that wait
 */
export function sharesOf(
  claims: readonly Claim[],
  capacities: ReadonlyMap<string, PhaseAmps>,
): Map<string, number> {
  const queue = claims
    .filter(({ ceilingAmps }) => ceilingAmps >= LOWEST_CHARGING_AMPS)
    .sort((a, b) => (a.since === b.since ? compare(a.charger, b.charger) : compare(a.since, b.since)));
  for (let served = [...queue]; ;) {
    const grown = grow(served, capacities);
    const starved = grown.findLast(({ amps }) => amps < LOWEST_CHARGING_AMPS - EPSILON_AMPS);
    if (starved == null)
      return new Map(
        grown.map(({ claim, amps }) => [
          claim.charger,
          Math.floor(amps * STEPS_PER_AMP + EPSILON_AMPS * STEPS_PER_AMP) / STEPS_PER_AMP,
        ]),
      );
    served = served.filter((claim) => claim !== starved.claim);
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** All grow alike until a ceiling is reached or a line is full; the others go on. */
function grow(claims: readonly Claim[], capacities: ReadonlyMap<string, PhaseAmps>): Growing[] {
  const growing: Growing[] = claims.map((claim) => ({ claim, amps: 0, isFull: false }));
  const left = new Map([...capacities].map(([carrier, amps]) => [carrier, { ...amps }]));
  for (;;) {
    const hungry = growing.filter(({ isFull }) => !isFull);
    if (hungry.length === 0) return growing;
    const step = Math.max(0, largestStep(hungry, left));
    for (const each of hungry) {
      each.amps += step;
      for (const [capacity, line] of wiresOf(each.claim, left)) capacity[line] -= step;
    }
    for (const each of hungry) {
      const isCeiling = each.claim.ceilingAmps - each.amps <= EPSILON_AMPS;
      each.isFull =
        isCeiling || wiresOf(each.claim, left).some(([capacity, line]) => capacity[line] <= EPSILON_AMPS);
    }
    if (step === Infinity) return growing;
  }
}

/** By how much all can grow before the first one is full. */
function largestStep(hungry: readonly Growing[], left: ReadonlyMap<string, MutableAmps>): number {
  const wanting = new Map<MutableAmps, MutableAmps>();
  let step = Infinity;
  for (const { claim, amps } of hungry) {
    step = Math.min(step, claim.ceilingAmps - amps);
    for (const [capacity, line] of wiresOf(claim, left)) {
      const counts = wanting.get(capacity) ?? { l1: 0, l2: 0, l3: 0 };
      counts[line] += 1;
      wanting.set(capacity, counts);
    }
  }
  for (const [capacity, counts] of wanting)
    for (const line of ['l1', 'l2', 'l3'] as const)
      if (counts[line] > 0) step = Math.min(step, capacity[line] / counts[line]);
  return step;
}

type MutableAmps = { -readonly [Line in keyof PhaseAmps]: number };

function wiresOf(
  { carriers, lines }: Claim,
  left: ReadonlyMap<string, MutableAmps>,
): [MutableAmps, keyof PhaseAmps][] {
  return carriers.flatMap((carrier) => {
    const capacity = left.get(carrier);
    return capacity == null ? [] : lines.map((line): [MutableAmps, keyof PhaseAmps] => [capacity, line]);
  });
}
