/** What some runs of one thing took, in milliseconds. */
export interface Timing {
  readonly name: string;
  readonly medianMs: number;
  readonly p99Ms: number;
}

export function timingOf(name: string, tookMs: readonly number[]): Timing {
  const sorted = [...tookMs].sort((a, b) => a - b);
  const at = (part: number) => sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? NaN;
  return { name, medianMs: at(0.5), p99Ms: at(0.99) };
}

/**
 * Times questions in turn, so that whatever else the machine does meets all alike.
 *
 * @param asked by name
 */
export async function timeInTurn(
  asked: Readonly<Record<string, () => Promise<unknown>>>,
  { rounds, warmUpRounds }: { readonly rounds: number; readonly warmUpRounds: number },
): Promise<Timing[]> {
  const took = new Map(Object.keys(asked).map((name) => [name, [] as number[]]));
  for (let round = -warmUpRounds; round < rounds; round += 1) {
    for (const [name, ask] of Object.entries(asked)) {
      const beganMs = performance.now();
      await ask();
      if (round >= 0) took.get(name)?.push(performance.now() - beganMs);
    }
  }
  return [...took].map(([name, tookMs]) => timingOf(name, tookMs));
}

export function sayTiming({ name, medianMs, p99Ms }: Timing): void {
  say(`${name}: median ${rounded(medianMs)} ms, p99 ${rounded(p99Ms)} ms`);
}

export function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Three digits that mean something. */
export function rounded(value: number): string {
  return value >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}
