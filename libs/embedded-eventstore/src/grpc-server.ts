import { once } from 'node:events';
import http2, {
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo, ListenOptions, Socket } from 'node:net';
import { GrpcCall } from './grpc-call';
import { status, type CallError } from './grpc-status';

/** What a method does with a call; it answers, ends or fails it. */
export type Handler = (call: GrpcCall) => void;

export interface GrpcServerSettings {
  /** By path, e.g. "/package.Service/Method". */
  methods: ReadonlyMap<string, Handler>;
  /** Without it nothing is encrypted. PEM texts. */
  tls?: { certificate: string; privateKey: string };
  /** Why a call is not let through, if it is not. */
  refusalOf?: (path: string, headers: IncomingHttpHeaders) => CallError | undefined;
}

/** What a client may send of a call before the server has read it: an append as large as is taken by default. */
const WINDOW_BYTES = 1024 * 1024;
const CONNECTION_WINDOW_BYTES = 16 * WINDOW_BYTES;
const HTTP_UNSUPPORTED_MEDIA_TYPE = 415;

/** gRPC on Node's own HTTP/2: messages behind a prefix, and a status in the trailers. */
export class GrpcServer {
  private readonly server: Http2Server;
  private readonly sessions = new Set<ServerHttp2Session>();
  private readonly sockets = new Set<Socket>();

  constructor(private readonly settings: GrpcServerSettings) {
    const { tls } = settings;
    // Memory is bounded by the windows, of which each call has one.
    const options = {
      settings: { initialWindowSize: WINDOW_BYTES },
      maxSessionMemory: Number.MAX_SAFE_INTEGER,
    };
    this.server =
      tls == null
        ? http2.createServer(options)
        : http2.createSecureServer({ ...options, cert: tls.certificate, key: tls.privateKey });
    this.server.on('connection', (socket: Socket) => keep(this.sockets, socket));
    this.server.on('session', (session) => {
      keep(this.sessions, session);
      session.setLocalWindowSize(CONNECTION_WINDOW_BYTES);
    });
    this.server.on('stream', (stream, headers) => this.serve(stream, headers));
    // Whoever breaks a connection has broken its own; the server goes on.
    this.server.on('sessionError', () => undefined);
  }

  /** Resolves with the port, where there is one. Rejects when the address cannot be listened on. */
  async listen(address: ListenOptions): Promise<number> {
    this.server.listen(address);
    await once(this.server, 'listening');
    this.server.on('error', () => undefined);
    const bound = this.server.address() as AddressInfo | string;
    return typeof bound === 'string' ? 0 : bound.port;
  }

  /** Takes no more calls, and waits for those under way to end; cuts them off after a while. */
  async stop(withinMs: number): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    for (const session of this.sessions) session.close();
    const timer = setTimeout(() => {
      for (const socket of this.sockets) socket.destroy();
    }, withinMs);
    await closed;
    clearTimeout(timer);
  }

  private serve(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
    const path = headers[':path']?.toString() ?? '';
    if (headers['content-type']?.startsWith('application/grpc') !== true) {
      stream.on('error', () => undefined);
      stream.respond({ ':status': HTTP_UNSUPPORTED_MEDIA_TYPE }, { endStream: true });
      return;
    }
    const call = new GrpcCall(stream, headers);
    const handler = this.settings.methods.get(path);
    if (handler == null) {
      call.fail({ code: status.UNIMPLEMENTED, details: `The server does not implement the method ${path}` });
      return;
    }
    const refusal = this.settings.refusalOf?.(path, headers);
    if (refusal == null) handler(call);
    else call.fail(refusal);
  }
}

/** Keeps what is open for as long as it is. */
function keep<Open extends Socket | ServerHttp2Session>(among: Set<Open>, opened: Open): void {
  among.add(opened);
  opened.on('close', () => among.delete(opened));
}
