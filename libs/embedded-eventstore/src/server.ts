import { chmodSync } from 'node:fs';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { CommitQueue } from './commit-queue';
import { DirectoryLock } from './directory-lock';
import { placeSocket } from './endpoint';
import { EventLog } from './event-log';
import { StoreFailure } from './failure';
import { LogWriter } from './log-writer';
import { pipelining } from './pipelining';
import { Store } from './store';
import { addNodeServices, StreamsService } from './streams-service';

/** What the worker is started with. */
export interface ServerSettings {
  directory: string;
  listen?: { port: number; host?: string };
  maxAppendSizeBytes: number;
}

export interface RunningServer {
  endpoint: string;
  stop(): Promise<void>;
}

/** Somewhat more than the largest append that is ever accepted, so that too large a one can be refused in words. */
const MAX_MESSAGE_BYTES = 17 * 1024 * 1024;
const STOP_WITHIN_MS = 2000;

/**
 * Takes the directory, opens the store and listens. Whatever fails, nothing stays open. `onBroken` is called when the
 * store can no longer be written: the thread is of no more use then.
 */
export async function startServer(
  settings: ServerSettings,
  onBroken: (reason: string) => void,
): Promise<RunningServer> {
  const lock = await DirectoryLock.acquire(settings.directory);
  let store: Store | undefined;
  try {
    store = new Store(settings.directory);
    const log = new EventLog(store);
    const streams = new StreamsService(
      log,
      new LogWriter(store, log, new CommitQueue(store, onBroken)),
      settings,
    );
    return await serve(settings, streams, { store, lock });
  } catch (error) {
    await store?.close();
    await lock.release();
    throw error;
  }
}

/** What is let go when the server stops. */
interface Holdings {
  store: Store;
  lock: DirectoryLock;
}

async function serve(
  { directory, listen }: ServerSettings,
  streams: StreamsService,
  { store, lock }: Holdings,
): Promise<RunningServer> {
  const server = new Server({
    'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
    'grpc.max_send_message_length': -1,
    interceptors: [pipelining],
  });
  streams.addTo(server);
  const tcp = { host: listen?.host ?? '127.0.0.1', port: listen?.port ?? 0 };
  addNodeServices(server, () => tcp);
  const socket = listen == null ? placeSocket(directory) : undefined;
  const endpoint = (): string => (socket == null ? tcpAddress(tcp) : `unix:${socket.socketPath}`);
  tcp.port = await bind(server, endpoint());
  if (socket != null) chmodSync(socket.socketPath, 0o600);
  return {
    endpoint: endpoint(),
    stop: async () => {
      await stopServer(server, streams);
      socket?.remove();
      await store.close();
      await lock.release();
    },
  };
}

function tcpAddress({ host, port }: { host: string; port: number }): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

async function bind(server: Server, address: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(address, ServerCredentials.createInsecure(), (error, port) => {
      if (error == null) resolve(port);
      else reject(new StoreFailure('ADDRESS_IN_USE', `Cannot listen on ${address}: ${error.message}`));
    });
  });
}

/** What is being written is finished and answered; then whoever still holds a call open is cut off. */
async function stopServer(server: Server, streams: StreamsService): Promise<void> {
  const closed = new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
  streams.stop();
  const timer = setTimeout(() => server.forceShutdown(), STOP_WITHIN_MS);
  await closed;
  clearTimeout(timer);
}
