import type { EventStore } from '@chargebook/event-store';
import type { Database, Projection } from '@chargebook/read-models';
import { Projector } from '@chargebook/read-models';
import type { Logger } from 'pino';
import type { Metrics } from './http/metrics';

/** Keeps the read models up to date until it is stopped, together with other processes that do so. */
export function startProjector(
  database: Database,
  store: EventStore,
  projections: readonly Projection[],
  metrics: Metrics,
  log: Logger,
): () => Promise<void> {
  const stopping = new AbortController();
  const projector = new Projector(database, store, projections, {
    onFault: (error) => {
      metrics.countFault();
      log.warn({ err: error }, 'the projector will try again');
    },
    onQuarantine: (projection, thing, sequence, error) => {
      log.error({ err: error, projection, thing, sequence }, 'a thing is out of step in a projection');
    },
    onLease: (projection) => {
      log.info({ projection }, 'this process keeps the projection from now on');
    },
    onLeaseLost: (projection) => {
      log.warn(
        { projection },
        'another process has taken the projection over: this one did not renew its lease',
      );
    },
    onRebuild: (projection, what) => {
      log.info({ projection }, what === 'begun' ? 'new tables are being filled' : 'new tables serve now');
    },
  });
  const running = projector.run(stopping.signal);
  return async () => {
    stopping.abort();
    await running;
  };
}
