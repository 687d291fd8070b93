import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo, NetConnectOpts, Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Which way bytes go through the proxy. */
export type Direction = 'requests' | 'answers';

/** A wire between a client and a server that a test can disturb. */
export interface Proxy {
  /** Where the client connects to: `unix:/path` or `host:port`, like the server's own. */
  readonly endpoint: string;
  /** How many connections stand. */
  readonly connections: number;
  /** How much the server has sent to clients so far. */
  readonly answeredBytes: number;
  /** Lets bytes pile up that go one way, or both; also on connections that are still to come. */
  hold(direction?: Direction): void;
  /** Lets all bytes pass again. */
  release(): void;
  /** Breaks all connections; new ones are taken. */
  cut(): void;
  /** Breaks all connections, and every new one at once until `accept`. */
  refuse(): void;
  accept(): void;
  /** Tells the clients that nothing more will come, and goes on taking what they send. */
  halfClose(): void;
  stop(): Promise<void>;
}

/** Starts a proxy on loopback or, for a server on a unix socket, on another one. */
export async function startProxy(serverEndpoint: string): Promise<Proxy> {
  const isUnix = serverEndpoint.startsWith('unix:');
  const directory = isUnix ? await mkdtemp(path.join(tmpdir(), 'chargebook-proxy-')) : undefined;
  const wires = new Set<Wire>();
  const held = new Set<Direction>();
  let refusing = false;
  let answeredBytes = 0;
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const wire = new Wire(client, connect({ ...optionsOf(serverEndpoint), allowHalfOpen: true }));
    wires.add(wire);
    wire.onAnswer((bytes) => (answeredBytes += bytes));
    wire.onBroken(() => wires.delete(wire));
    if (refusing) wire.cut();
    else wire.connect(held);
  });
  const listening =
    directory == null ? { host: '127.0.0.1', port: 0 } : { path: path.join(directory, 'proxy.sock') };
  await new Promise<void>((resolve) => server.listen(listening, resolve));
  const cut = () => {
    for (const wire of wires) wire.cut();
  };
  return {
    endpoint:
      directory == null
        ? `127.0.0.1:${String((server.address() as AddressInfo).port)}`
        : `unix:${path.join(directory, 'proxy.sock')}`,
    get connections() {
      return wires.size;
    },
    get answeredBytes() {
      return answeredBytes;
    },
    hold(direction) {
      for (const each of direction == null ? (['requests', 'answers'] as const) : [direction]) held.add(each);
      for (const wire of wires) wire.connect(held);
    },
    release() {
      held.clear();
      for (const wire of wires) wire.connect(held);
    },
    cut,
    refuse() {
      refusing = true;
      cut();
    },
    accept() {
      refusing = false;
    },
    halfClose() {
      for (const wire of wires) wire.client.end();
    },
    async stop() {
      cut();
      await new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
      });
      if (directory != null) await rm(directory, { recursive: true, force: true });
    },
  };
}

/** One connection of a client, and its continuation to the server. */
class Wire {
  constructor(
    readonly client: Socket,
    private readonly server: Socket,
  ) {}

  onBroken(tell: () => void): void {
    const ends = [this.client, this.server];
    for (const end of ends) {
      end.on('error', () => undefined);
      end.on('close', () => {
        this.cut();
        tell();
      });
    }
  }

  onAnswer(tell: (bytes: number) => void): void {
    // Counted on the way out: whoever listens to `data` sets a stream in motion.
    const { client } = this;
    const write = client.write.bind(client) as (chunk: Buffer) => boolean;
    client.write = (chunk: Buffer) => {
      tell(chunk.length);
      return write(chunk);
    };
  }

  connect(held: ReadonlySet<Direction>): void {
    join(this.client, this.server, held.has('requests'));
    join(this.server, this.client, held.has('answers'));
  }

  cut(): void {
    this.client.destroy();
    this.server.destroy();
  }
}

function join(from: Socket, to: Socket, isHeld: boolean): void {
  from.unpipe(to);
  if (isHeld) from.pause();
  else from.pipe(to);
}

function optionsOf(endpoint: string): NetConnectOpts {
  if (endpoint.startsWith('unix:')) return { path: endpoint.slice('unix:'.length) };
  const { hostname, port } = new URL(`tcp://${endpoint}`);
  return { host: hostname, port: Number(port) };
}
