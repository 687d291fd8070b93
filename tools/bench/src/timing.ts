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

export function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Three digits that mean something. */
export function rounded(value: number): string {
  return value >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}
