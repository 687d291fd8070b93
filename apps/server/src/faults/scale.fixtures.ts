/** What a run of the torture is told by its program; nothing of it is told in an ordinary test run. */
const { TORTURE_SEED, TORTURE_SCALE } = process.env;
const SEED_OF_TESTS = 20_260_504;

/** Whatever is left to chance follows from it. */
export const seed = Number(TORTURE_SEED ?? SEED_OF_TESTS);

/** Whether this is a torture, and no test. */
export const isTorture = TORTURE_SCALE != null;

/** How many of something: a few in a test, the full number or a part of it in a torture. */
export function scaled(inTest: number, full: number): number {
  return TORTURE_SCALE == null ? inTest : Math.max(1, Math.round(full * Number(TORTURE_SCALE)));
}

/** How long one test may take: much longer where it does more. */
export const patienceMs = isTorture ? 4 * 3_600_000 : 240_000;

/** Says in a torture what was done, with its counts; a test keeps quiet. */
export function tell(what: string, counts: Readonly<Record<string, unknown>>): void {
  if (!isTorture) return;
  const told = Object.entries(counts).map(([name, count]) => `${name} ${String(count)}`);
  process.stdout.write(`  ${what} (seed ${String(seed)}): ${told.join(', ')}\n`);
}
