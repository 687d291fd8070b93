import { chmodSync } from 'node:fs';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { DirectoryLock } from './directory-lock';
import { placeSocket } from './endpoint';
import { EventLog } from './event-log';
import { StoreFailure } from './failure';
import { LogWriter } from './log-writer';
import { pipelining } from './pipelining';
import { openStore, type Store } from './store';
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

/** Takes the directory, opens the store and listens. Whatever fails, nothing stays open. */
export async function startServer(settings: ServerSettings): Promise<RunningServer> {
  const lock = await DirectoryLock.acquire(settings.directory);
  let store: Store | undefined;
  try {
    store = openStore(settings.directory);
    return await serve(settings, store, lock);
  } catch (error) {
    await store?.root.close();
    await lock.release();
    throw error;
  }
}

async function serve(settings: ServerSettings, store: Store, lock: DirectoryLock): Promise<RunningServer> {
  const server = new Server({
    'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
    'grpc.max_send_message_length': -1,
    interceptors: [pipelining],
  });
  const log = new EventLog(store);
  const streams = new StreamsService(log, new LogWriter(store, log), settings);
  streams.addTo(server);
  const address = { host: settings.listen?.host ?? '127.0.0.1', port: settings.listen?.port ?? 0 };
  addNodeServices(server, () => address);
  const socket = settings.listen == null ? placeSocket(settings.directory) : undefined;
  address.port = await bind(
    server,
    socket == null ? `${address.host}:${address.port}` : `unix:${socket.socketPath}`,
  );
  if (socket != null) chmodSync(socket.socketPath, 0o600);
  return {
    endpoint: socket == null ? `${address.host}:${address.port}` : `unix:${socket.socketPath}`,
    stop: async () => {
      await stopServer(server, streams);
      socket?.remove();
      await store.root.close();
      await lock.release();
    },
  };
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
