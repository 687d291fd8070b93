import { chmodSync } from 'node:fs';
import { CommitQueue } from './commit-queue';
import { DirectoryLock } from './directory-lock';
import { messageOf } from './errors';
import { placeSocket } from './endpoint';
import { EventLog } from './event-log';
import { StoreFailure } from './failure';
import { GrpcServer } from './grpc-server';
import { LogWriter } from './log-writer';
import { nodeMethods } from './node-services';
import { authentication, checkCertificate, recordUsers, type TlsSettings } from './security';
import { Store } from './store';
import { StreamsService } from './streams-service';

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
  if (tls != null) checkCertificate(tls);
  const tcp = { host: listen?.host ?? '127.0.0.1', port: listen?.port ?? 0 };
  const methods = new Map([
    ...streams.methods(),
    ...nodeMethods(() => ({ host: listen?.advertisedHost ?? tcp.host, port: tcp.port })),
  ]);
  const server = new GrpcServer({
    methods,
    tls,
    refusalOf: tls?.users == null ? undefined : authentication(tls.users),
  });
  const socket = listen == null ? placeSocket(directory) : undefined;
  const endpoint = (): string => (socket == null ? tcpAddress(tcp) : `unix:${socket.socketPath}`);
  try {
    tcp.port = await server.listen(socket == null ? tcp : { path: socket.socketPath });
  } catch (error) {
    throw new StoreFailure('ADDRESS_IN_USE', `Cannot listen on ${endpoint()}: ${messageOf(error)}`);
  }
  if (socket != null) chmodSync(socket.socketPath, 0o600);
  return {
    endpoint: endpoint(),
    stop: async () => {
      const stopped = server.stop(STOP_WITHIN_MS);
      streams.stop();
      await stopped;
      socket?.remove();
      await store.close();
      await lock.release();
    },
  };
}

function tcpAddress({ host, port }: { host: string; port: number }): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
