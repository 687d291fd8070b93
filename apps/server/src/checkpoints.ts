import type { Database } from '@chargebook/read-models';
import { CheckpointKeeper } from '@chargebook/audit';
import type { Logger } from 'pino';
import { AuditKeyFile } from './audit-key';
import type { Config } from './config';
import type { Metrics } from './http/metrics';

/**
 * The book's checkpoints. A process that keeps read models signs whenever facts have come, if it has the key; one that only
 * answers signs where a report needs it.
 *
 * @throws OtherKeyError where the key here is not the book's
 */
export async function startCheckpoints(
  database: Database,
  { auditKeyFile, role }: Config,
  metrics: Metrics,
  log: Logger,
): Promise<{ readonly keeper: CheckpointKeeper; stop(): Promise<void> }> {
  const keeper = new CheckpointKeeper(database, new AuditKeyFile(auditKeyFile), {
    onState: (state) => {
      metrics.signing = state.kind;
      if (state.kind === 'REFUSED') log.error({ problem: state.problem }, 'no checkpoint is signed');
      else log.info(state.kind === 'SIGNING' ? 'checkpoints are signed' : 'no key to sign checkpoints with');
    },
    onFault: (error) => {
      log.warn({ err: error }, 'could not sign a checkpoint; it will be tried again');
    },
  });
  await keeper.begin(role !== 'api');
  metrics.signing = keeper.state.kind;
  if (keeper.state.kind === 'NO_KEY')
    log.warn({ auditKeyFile }, 'no key there: this process signs no checkpoints');
  const stopping = new AbortController();
  const running = role === 'api' ? Promise.resolve() : keeper.run(stopping.signal);
  return {
    keeper,
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}
