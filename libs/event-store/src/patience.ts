import { setTimeout as delay } from 'node:timers/promises';

/** How long the adapter waits, and for what. */
export interface Patience {
  /** A server that has answered nothing for so long counts as lost. */
  readonly attemptTimeoutMs: number;
  /** No further attempt is begun later than this after the first. */
  readonly retryBudgetMs: number;
  readonly firstBackOffMs: number;
  readonly longestBackOffMs: number;
  /** How long closing waits for what is under way. */
  readonly closeTimeoutMs: number;
}

export const DEFAULT_PATIENCE: Patience = {
  attemptTimeoutMs: 5_000,
  retryBudgetMs: 20_000,
  firstBackOffMs: 50,
  longestBackOffMs: 2_000,
  closeTimeoutMs: 2_000,
};

/** The pause after so many failures in a row: doubling, and spread so that many callers do not return at once. */
export function backOffMs(
  patience: Patience,
  failuresInARow: number,
  chance: number = Math.random(),
): number {
  const fullMs = Math.min(patience.firstBackOffMs * 2 ** (failuresInARow - 1), patience.longestBackOffMs);
  return fullMs * (0.5 + chance / 2);
}

/** Waits; ends early, and without a fault, when the signal says so. */
export async function pause(durationMs: number, signal: AbortSignal): Promise<void> {
  await delay(durationMs, undefined, { signal }).catch(() => undefined);
}

/** The outcome, or a fault when there is none in time. What is under way goes on: the caller must stop it. */
export async function within<Value>(
  timeoutMs: number,
  what: string,
  outcome: Promise<Value>,
): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`${what}: no answer within ${String(timeoutMs)} ms`));
    }, timeoutMs);
  });
  try {
    return await Promise.race([outcome, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
