import type { ChildProcess } from 'node:child_process';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Fact } from '@chargebook/domain';
import type { TemporaryPostgres } from '@chargebook/embedded-postgres';
import { startTemporaryPostgres } from '@chargebook/embedded-postgres';
import type { EventStore } from '@chargebook/event-store';
import { connectEventStore } from '@chargebook/event-store';
import pg from 'pg';
import { ServerProcess } from '../server-process.fixtures';
import { FaultProxy } from './fault-proxy.fixtures';
import { seed } from './scale.fixtures';

const STORE_PROGRAM = path.resolve(
  import.meta.dirname,
  '../../../../libs/embedded-eventstore/src/server-process.mjs',
);

/** An event store in a process of its own, which can be killed, paused and started again. */
class StoreProcess {
  private child: ChildProcess | undefined;
  endpoint = '';

  constructor(private readonly directory: string) {}

  async start(): Promise<void> {
    this.child = spawn(process.execPath, [STORE_PROGRAM, JSON.stringify({ directory: this.directory })], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [line] = (await once(createInterface(this.child.stdout!), 'line')) as [string];
    const greeting = JSON.parse(line) as { endpoint?: string };
    if (greeting.endpoint == null) throw new Error(`the event store did not start: ${line}`);
    this.endpoint = greeting.endpoint;
  }

  get pid(): number {
    return this.child?.pid ?? 0;
  }

  signal(name: NodeJS.Signals): void {
    this.child?.kill(name);
  }

  /** From here on its file cannot grow by more than so much, as on a disk that is nearly full; undefined: it can again. */
  leaveRoom(roomBytes: number | undefined): void {
    const sizeBytes = statSync(path.join(this.directory, 'events.mdb')).size;
    const limit = roomBytes == null ? 'unlimited' : String(sizeBytes + roomBytes);
    execFileSync('prlimit', ['--pid', String(this.pid), `--fsize=${limit}:unlimited`]);
  }

  async kill(): Promise<void> {
    if (this.child == null || this.child.exitCode != null || this.child.signalCode != null) return;
    const gone = once(this.child, 'exit');
    this.signal('SIGKILL');
    await gone;
  }
}

/** An event store and a PostgreSQL, each in a process of its own and at the end of a wire that can be disturbed. */
export class EnginesApart {
  private constructor(
    private readonly folder: string,
    readonly eventStore: StoreProcess,
    private readonly postgres: TemporaryPostgres,
    readonly storeWire: FaultProxy,
    readonly databaseWire: FaultProxy,
  ) {}

  static async start(): Promise<EnginesApart> {
    const folder = mkdtempSync(path.join(tmpdir(), 'chargebook-faults-'));
    const eventStore = new StoreProcess(path.join(folder, 'events'));
    const [postgres] = await Promise.all([startTemporaryPostgres(), eventStore.start()]);
    const { host, port } = postgres.connection;
    const storeSocket = { path: eventStore.endpoint.slice('unix:'.length) };
    const databaseSocket = { path: path.join(host, `.s.PGSQL.${String(port)}`) };
    const [storeWire, databaseWire] = await Promise.all([
      FaultProxy.start(storeSocket, `store ${String(seed)}`),
      FaultProxy.start(databaseSocket, `database ${String(seed)}`),
    ]);
    return new EnginesApart(folder, eventStore, postgres, storeWire, databaseWire);
  }

  /** Starts a server process on them; all have one admin token. */
  process(role: 'all' | 'api' | 'projector' = 'all'): Promise<ServerProcess> {
    return ServerProcess.start(path.join(this.folder, 'data'), {
      ROLE: role,
      EVENTSTORE_URL: `esdb://127.0.0.1:${String(this.storeWire.port)}?tls=false`,
      DATABASE_URL: `postgres://${this.postgres.connection.user}@127.0.0.1:${String(this.databaseWire.port)}/chargebook`,
    });
  }

  /** The store, past its wire. */
  connect(): EventStore {
    return connectEventStore({ endpoint: this.eventStore.endpoint });
  }

  /** Takes PostgreSQL away; it is started again by its supervisor. */
  killPostgres(): void {
    process.kill(this.postgres.pid, 'SIGKILL');
  }

  /** Stops PostgreSQL in its tracks, with all of its processes, or lets them go on. */
  signalPostgres(name: 'SIGSTOP' | 'SIGCONT'): void {
    const { pid } = this.postgres;
    for (const each of [pid, ...childrenOf(pid)]) {
      try {
        process.kill(each, name);
      } catch (error) {
        // Its processes come and go.
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
      }
    }
  }

  /** From here on no file of PostgreSQL can grow beyond so many bytes, as on a disk that is full; undefined: they can again. */
  leavePostgresRoom(fileBytes: number | undefined): void {
    const limit = fileBytes == null ? 'unlimited' : String(fileBytes);
    const { pid } = this.postgres;
    // What the postmaster starts has its limits. Its processes come and go, and it may be gone itself for want of room.
    for (const each of [pid, ...childrenOf(pid)]) limitFiles(each, limit);
  }

  /** The largest file of PostgreSQL's, in bytes. */
  largestPostgresFileBytes(): Promise<number> {
    return largestFileBytes(this.postgres.connection);
  }

  /** Every fact of the book, from the store itself. */
  async facts(): Promise<Fact[]> {
    const store = this.connect();
    const facts = await everyFact(store);
    await store.close();
    return facts;
  }

  calm(): void {
    this.storeWire.calm();
    this.databaseWire.calm();
  }

  async stop(): Promise<void> {
    await Promise.all([this.storeWire.stop(), this.databaseWire.stop()]);
    await Promise.all([this.eventStore.kill(), this.postgres.remove()]);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

async function largestFileBytes(connection: TemporaryPostgres['connection']): Promise<number> {
  const client = new pg.Client(connection);
  await client.connect();
  const { rows } = await client.query<{ bytes: string }>(
    'SELECT max(pg_relation_size(oid)) AS bytes FROM pg_class',
  );
  await client.end();
  return Number(rows[0]?.bytes);
}

/** Limits how large the files of a process may become; only who is the same account may do that. */
function limitFiles(pid: number, limit: string): void {
  const { uid, gid } = statSync(`/proc/${String(pid)}`, { throwIfNoEntry: false }) ?? {};
  const { status, stderr } = spawnSync('prlimit', ['--pid', String(pid), `--fsize=${limit}:unlimited`], {
    uid,
    gid,
    encoding: 'utf8',
  });
  if (status !== 0 && existsSync(`/proc/${String(pid)}`)) throw new Error(stderr);
}

function childrenOf(pid: number): number[] {
  if (!existsSync(`/proc/${String(pid)}`)) return [];
  const children = readFileSync(`/proc/${String(pid)}/task/${String(pid)}/children`, 'utf8');
  return children.split(' ').filter(Boolean).map(Number);
}

/** What the scenarios have in common: engines, and a server process of all roles on them. */
export interface Testbed {
  readonly engines: EnginesApart;
  readonly server: ServerProcess;
}

/** Every fact of the book, in its order. */
export async function everyFact(store: EventStore): Promise<Fact[]> {
  const head = await store.head();
  const facts: Fact[] = [];
  const stopping = new AbortController();
  for await (const { entries, position } of store.follow({ signal: stopping.signal })) {
    for (const { content } of entries) {
      if ('unreadable' in content) throw new Error(content.unreadable.problem);
      facts.push(content.fact);
    }
    if (head == null || position >= head) stopping.abort();
  }
  return facts;
}
