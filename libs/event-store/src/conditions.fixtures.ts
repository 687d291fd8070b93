import { setTimeout as delay } from 'node:timers/promises';

/** Waits until the condition holds; the test's own time-out bounds it. */
export async function eventually(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await delay(5);
}

export async function faultOf(outcome: Promise<unknown>): Promise<unknown> {
  return outcome.then(
    () => undefined,
    (fault: unknown) => fault,
  );
}

/** What has come of it by then. */
export async function stateAfter(durationMs: number, outcome: Promise<unknown>): Promise<string> {
  return Promise.race([
    outcome.then(
      () => 'fulfilled',
      () => 'rejected',
    ),
    delay(durationMs, 'pending'),
  ]);
}
