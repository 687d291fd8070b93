import type { Instant } from '../time';
import { instantOf } from '../time';

const SLOTS = 1024;
const MINUTE_MS = 60_000;
const keptMs = new Float64Array(SLOTS).fill(NaN);
const kept: Instant[] = [];

/** The same as `instantOf`, for instants that are written again and again: edges of plans and ends of values. */
export function knownInstant(epochMs: number): Instant {
  const slot = Math.abs(Math.floor(epochMs / MINUTE_MS)) % SLOTS;
  const known = kept[slot];
  if (known != null && keptMs[slot] === epochMs) return known;
  const instant = instantOf(epochMs);
  keptMs[slot] = epochMs;
  kept[slot] = instant;
  return instant;
}
