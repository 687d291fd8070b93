import type { AddressInfo, NetConnectOpts, Server, Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { once } from 'node:events';
import { Chance } from '@chargebook/simulation';

/** Where something listens: a port on loopback, or a unix socket. */
export type Place = { readonly host: string; readonly port: number } | { readonly path: string };

/** What may happen to a connection. */
export type Fault = 'CUT' | 'RESET' | 'CLIENT_HALF_CLOSED' | 'SERVER_HALF_CLOSED' | 'STALLED';

/** What will happen to one connection, drawn when it is made. */
interface Fate {
  readonly fault: Fault | undefined;
  /** It happens when so many bytes have gone through, both ways together: also in the middle of a message. */
  readonly afterBytes: number;
  readonly stallMs: number;
  /** Each piece of data waits for up to so long. */
  readonly delayMs: number;
}

/** How badly a proxy treats those who use it. */
export interface Temper {
  /** Bytes that a connection lives for, at the median. */
  readonly medianBytes: number;
  /** The part of connections that nothing happens to. */
  readonly smoothPart: number;
  readonly longestDelayMs: number;
  /** The part of connections that are slow; 0.3 unless told. */
  readonly slowPart?: number;
}

const FAULTS: readonly Fault[] = ['CUT', 'RESET', 'CLIENT_HALF_CLOSED', 'SERVER_HALF_CLOSED', 'STALLED'];
const SMOOTH: Fate = { fault: undefined, afterBytes: 0, stallMs: 0, delayMs: 0 };
const LONGEST_STALL_MS = 1_500;
/** Whoever does not close its own half in this time has not understood; nobody waits for it for ever. */
const HALF_OPEN_MOST_MS = 2_000;

/** A wire on which connections are cut, reset, half-closed, stalled and slowed down, as a seed says. */
export class FaultProxy {
  private readonly wires = new Set<Wire>();
  private readonly chance: Chance;
  private temper: Temper | undefined;
  private isRefusing = false;
  /** How often each fault has happened so far. */
  readonly faults: Record<Fault, number> = {
    CUT: 0,
    RESET: 0,
    CLIENT_HALF_CLOSED: 0,
    SERVER_HALF_CLOSED: 0,
    STALLED: 0,
  };

  private constructor(
    private readonly server: Server,
    private readonly to: Place,
    seed: string,
  ) {
    this.chance = new Chance(seed);
    server.on('connection', (client) => {
      this.take(client);
    });
  }

  /**
   * Starts one that lets everything pass.
   *
   * @param at where it listens; a free port on loopback unless told
   * @param seed what happens to the nth connection follows from it
   */
  static async start(to: Place, seed: string, at?: Place): Promise<FaultProxy> {
    const server = createServer({ allowHalfOpen: true });
    const proxy = new FaultProxy(server, to, seed);
    server.listen(at ?? { host: '127.0.0.1', port: 0 });
    await once(server, 'listening');
    return proxy;
  }

  /** The port on loopback, unless it was told to listen elsewhere. */
  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get faultCount(): number {
    return Object.values(this.faults).reduce((sum, count) => sum + count, 0);
  }

  /** Breaks all connections, and disturbs those that are made from now on. */
  rage(temper: Temper): void {
    this.temper = temper;
    for (const wire of this.wires) wire.cut();
  }

  /** Lets everything pass from now on, on connections that stand too. */
  calm(): void {
    this.temper = undefined;
    this.isRefusing = false;
  }

  /** Breaks all connections, and every new one until it is calm again. */
  cutOff(): void {
    this.isRefusing = true;
    for (const wire of this.wires) wire.cut();
  }

  async stop(): Promise<void> {
    for (const wire of this.wires) wire.cut();
    this.server.close();
    if (this.server.listening) await once(this.server, 'close');
  }

  private take(client: Socket): void {
    const server = connect({ ...(this.to as NetConnectOpts), allowHalfOpen: true });
    const wire = new Wire(client, server, this.fate(), () => this.temper != null);
    if (this.isRefusing) {
      wire.cut();
      return;
    }
    this.wires.add(wire);
    void wire
      .run((fault) => (this.faults[fault] += 1))
      .finally(() => {
        this.wires.delete(wire);
      });
  }

  private fate(): Fate {
    const { chance, temper } = this;
    if (temper == null) return SMOOTH;
    return {
      fault: chance.happens(temper.smoothPart) ? undefined : chance.pick(FAULTS),
      afterBytes: Math.round(chance.logNormal(temper.medianBytes, 1)),
      stallMs: chance.whole(50, LONGEST_STALL_MS),
      delayMs: chance.happens(temper.slowPart ?? 0.3) ? chance.whole(1, temper.longestDelayMs) : 0,
    };
  }
}

/** One connection of a client, and its continuation to the server. */
class Wire {
  private passedBytes = 0;
  private hasHappened = false;

  constructor(
    private readonly client: Socket,
    private readonly server: Socket,
    private readonly fate: Fate,
    private readonly isRaging: () => boolean,
  ) {
    for (const end of [client, server]) end.on('error', () => undefined);
  }

  /** Passes on what comes until both ends are closed. */
  async run(onFault: (fault: Fault) => void): Promise<void> {
    const isEnded = [
      this.pump(this.client, this.server, onFault),
      this.pump(this.server, this.client, onFault),
    ];
    await Promise.all(isEnded);
    this.cut();
  }

  cut(): void {
    this.client.destroy();
    this.server.destroy();
  }

  private async pump(from: Socket, to: Socket, onFault: (fault: Fault) => void): Promise<void> {
    try {
      for await (const chunk of from.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
        await this.pass(chunk, to, onFault);
      }
      // It has said all it had to say; the other way stays open.
      to.end();
    } catch {
      // A connection that breaks on one side is broken on the other.
      this.cut();
    }
  }

  private async pass(chunk: Buffer, to: Socket, onFault: (fault: Fault) => void): Promise<void> {
    const { fault, afterBytes, delayMs } = this.fate;
    if (delayMs > 0 && this.isRaging()) await pause(delayMs);
    const roomBytes = Math.max(0, afterBytes - this.passedBytes);
    this.passedBytes += chunk.length;
    const isNow = fault != null && !this.hasHappened && this.isRaging() && roomBytes < chunk.length;
    if (!isNow) return write(to, chunk);
    this.hasHappened = true;
    onFault(fault);
    await write(to, chunk.subarray(0, roomBytes));
    await this.suffer(fault);
    await write(to, chunk.subarray(roomBytes));
  }

  private async suffer(fault: Fault): Promise<void> {
    switch (fault) {
      case 'CUT':
        this.cut();
        return;
      case 'RESET':
        // A unix socket knows no reset: its end is told by closing it.
        for (const end of [this.client, this.server]) {
          if (end.remoteAddress == null) end.destroy();
          else end.resetAndDestroy();
        }
        return;
      case 'CLIENT_HALF_CLOSED':
        this.endHalf(this.client);
        return;
      case 'SERVER_HALF_CLOSED':
        this.endHalf(this.server);
        return;
      case 'STALLED':
        await pause(this.fate.stallMs);
    }
  }

  /** Tells one end that nothing more will come, and goes on taking what it sends, for a while. */
  private endHalf(end: Socket): void {
    end.end();
    setTimeout(() => {
      this.cut();
    }, HALF_OPEN_MOST_MS).unref();
  }
}

async function write(to: Socket, bytes: Buffer): Promise<void> {
  if (bytes.length === 0 || to.writableEnded || to.destroyed) return;
  if (!to.write(bytes)) await Promise.race([once(to, 'drain'), once(to, 'close')]);
}
