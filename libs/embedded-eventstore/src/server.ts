import { chmodSync } from 'node:fs';
import { Server, type ServerCredentials } from '@grpc/grpc-js';
import { CommitQueue } from './commit-queue';
import { DirectoryLock } from './directory-lock';
import { placeSocket } from './endpoint';
import { EventLog } from './event-log';
import { StoreFailure } from './failure';
import { LogWriter } from './log-writer';
import { pipelining } from './pipelining';
import { authentication, recordUsers, serverCredentialsOf, type TlsSettings } from './security';
import { Store } from './store';
import { addNodeServices, StreamsService } from './streams-service';

/** What the worker is started with. */
export interface ServerSettings {
  directory: string;
  listen?: ListenSettings;
  maxAppendSizeBytes: number;
  writeTimeoutMs: number;
  isAppendOnly: boolean;
}

/** Where a server on TCP listens. */
export interface ListenSettings {
  /** 0 takes a free one. */
  port: number;
  /** Loopback unless told otherwise. */
  host?: string;
  /** What clients that discover the server are told to connect to, where that is not `host`. */
  advertisedHost?: string;
  /** Without it nothing is encrypted, and everybody who can connect is served. */
  tls?: TlsSettings;
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
    const writer = new LogWriter(store, log, new CommitQueue(store, onBroken), settings.isAppendOnly);
    await recordUsers(writer, settings.listen?.tls?.users ?? []);
    const streams = new StreamsService(log, writer, settings);
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
  const { tls } = listen ?? {};
  const { users } = tls ?? {};
  const credentials = serverCredentialsOf(tls);
  const server = new Server({
    'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
    'grpc.max_send_message_length': -1,
    interceptors: users == null ? [pipelining] : [pipelining, authentication(users)],
  });
  streams.addTo(server);
  const tcp = { host: listen?.host ?? '127.0.0.1', port: listen?.port ?? 0 };
  addNodeServices(server, () => ({ host: listen?.advertisedHost ?? tcp.host, port: tcp.port }));
  const socket = listen == null ? placeSocket(directory) : undefined;
  const endpoint = (): string => (socket == null ? tcpAddress(tcp) : `unix:${socket.socketPath}`);
  tcp.port = await bind(server, endpoint(), credentials);
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

async function bind(server: Server, address: string, credentials: ServerCredentials): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(address, credentials, (error, port) => {
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
