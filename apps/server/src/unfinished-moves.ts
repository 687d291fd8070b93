import { setTimeout as delay } from 'node:timers/promises';
import type { RelocationPlans } from '@chargebook/application';
import type { BookQueries } from '@chargebook/read-models';
import type { Logger } from 'pino';

const LOOK_EVERY_MS = 1_000;

/**
 * Finishes plans of several moves whose node died after they were decided: readers see nothing that came later until they
 * are done. One that is seen twice in a row is nobody's any more, or somebody's who is slow; finishing twice does no harm.
 *
 * @returns stops looking
 */
export function finishUnfinishedMoves(
  book: BookQueries,
  plans: RelocationPlans,
  log: Logger,
): () => Promise<void> {
  const stopping = new AbortController();
  const { signal } = stopping;
  let seen = new Set<string>();
  const look = async () => {
    const open = await book.openRelocations();
    for (const reference of open.filter(({ plan }) => seen.has(plan))) {
      log.warn({ ...reference }, 'moves that were decided and left undone are finished');
      await plans.settle(reference);
    }
    seen = new Set(open.map(({ plan }) => plan));
  };
  const looking = (async () => {
    while (!signal.aborted) {
      await look().catch((error: unknown) => {
        log.debug({ err: error }, 'could not look for unfinished moves');
      });
      await delay(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
    }
  })();
  return async () => {
    stopping.abort();
    await looking;
  };
}
