import { parentPort, workerData } from 'node:worker_threads';
import { messageOf } from './errors';
import { StoreFailure } from './failure';
import { startServer, type ServerSettings } from './server';
import type { FromWorker } from './worker-messages';

const port = parentPort;
if (port == null) throw new Error('This is the entry of a worker thread');

function tell(message: FromWorker): void {
  port?.postMessage(message);
}

function tellFailure(error: unknown): void {
  const failure = error instanceof StoreFailure ? error : new StoreFailure('FAILED', messageOf(error));
  tell({ kind: 'failed', code: failure.code, message: failure.message, pid: failure.pid });
}

try {
  const server = await startServer(workerData as ServerSettings, (reason) => {
    tellFailure(new StoreFailure('FAILED', reason));
    process.exit(1);
  });
  port.once('message', () => {
    void server.stop().then(() => port.close());
  });
  tell({ kind: 'listening', endpoint: server.endpoint });
} catch (error) {
  tellFailure(error);
  port.close();
}
