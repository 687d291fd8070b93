import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { DomainEvent, NewFact } from '@chargebook/domain';
import { chargerStream, instantOf } from '@chargebook/domain';
import type { EmbeddedEventStore } from '@chargebook/embedded-eventstore';
import { startEmbeddedEventStore } from '@chargebook/embedded-eventstore';
import type { TemporaryPostgres } from '@chargebook/embedded-postgres';
import { startTemporaryPostgres } from '@chargebook/embedded-postgres';
import type { EventStore } from '@chargebook/event-store';
import { connectEventStore } from '@chargebook/event-store';
import {
  Database,
  migrate,
  migrationsFolder,
  Progress,
  Projector,
  PROJECTIONS,
} from '@chargebook/read-models';
import { eventually, ServerProcess } from './server-process.fixtures';

const SCHEMAS = ['ledger', ...PROJECTIONS.map(({ name }) => name)];
const CAUGHT_UP_MS = 60_000;
const SESSIONS_AT_ONCE = 200;
const FIRST_SESSION_MS = Date.UTC(2025, 0, 1);

/** A charger's nth session: its start and its end. */
function sessionFacts(charger: string, n: number): NewFact[] {
  const session = `${charger}-${String(n)}`;
  const events: DomainEvent[] = [
    { type: 'SessionStarted', data: { charger, session } },
    { type: 'SessionEnded', data: { charger, session, energyWattHours: 1_000 + n } },
  ];
  return events.map((event, step) => {
    const eventId = randomUUID();
    const occurredAt = instantOf(FIRST_SESSION_MS + (2 * n + step) * 60_000);
    const actor = { kind: 'DEVICE', id: charger } as const;
    const ids = { commandId: eventId, correlationId: eventId, causationId: eventId };
    const told = {
      occurredAt,
      recordedAt: occurredAt,
      actor,
      channel: 'DEVICE',
      inputHash: '0'.repeat(64),
    } as const;
    return { ...event, eventId, schemaVersion: 1, metadata: { ...told, ...ids } };
  });
}

/** An event store and a PostgreSQL that no server hosts, for any number of processes. */
export class SharedEngines {
  private constructor(
    private readonly folder: string,
    private readonly engine: EmbeddedEventStore,
    private readonly postgres: TemporaryPostgres,
    readonly store: EventStore,
    readonly database: Database,
  ) {}

  static async start(): Promise<SharedEngines> {
    const folder = mkdtempSync(path.join(tmpdir(), 'chargebook-several-'));
    const [engine, postgres] = await Promise.all([
      startEmbeddedEventStore({ directory: path.join(folder, 'events'), listen: { port: 0 } }),
      startTemporaryPostgres(),
    ]);
    const store = connectEventStore({ endpoint: engine.endpoint });
    return new SharedEngines(folder, engine, postgres, store, new Database(postgres.connection));
  }

  /** Starts a process of that role beside the others; all have one admin token. */
  process(role: 'api' | 'projector' | 'all'): Promise<ServerProcess> {
    return ServerProcess.start(path.join(this.folder, 'data'), {
      ROLE: role,
      LOG_LEVEL: 'info',
      EVENTSTORE_URL: `esdb://${this.engine.endpoint}?tls=false`,
      DATABASE_URL: this.databaseUrl('chargebook'),
    });
  }

  /** Records sessions of some chargers, without the commands that would tell them: many at once. */
  async recordSessions(chargers: readonly string[], eachCount: number): Promise<void> {
    const appends = chargers.map(async (charger) => {
      let revision: number | 'NO_STREAM' = 'NO_STREAM';
      for (let next = 0; next < eachCount; next += SESSIONS_AT_ONCE) {
        const numbers = Array.from(
          { length: Math.min(SESSIONS_AT_ONCE, eachCount - next) },
          (_, n) => next + n,
        );
        const facts = numbers.flatMap((n) => sessionFacts(charger, n));
        revision = (await this.store.append(chargerStream(charger), facts, revision)).revision;
      }
    });
    await Promise.all(appends);
  }

  /** Who keeps which projection now: names of leases by process id. */
  async keepers(): Promise<Map<number, string[]>> {
    const rows = await this.database.query<{ pid: number; projections: string[] }>(
      `SELECT split_part(name, ' process ', 2)::bigint AS pid, array_agg(projection ORDER BY projection) AS projections
       FROM book.lease JOIN book.projector ON projector.id = lease.holder
       WHERE expires_at > clock_timestamp() GROUP BY 1`,
    );
    return new Map(rows.map(({ pid, projections }) => [pid, projections]));
  }

  /** Waits until two processes share the projections, and tells which of them keeps the ledger. */
  async shared(): Promise<{ ledger: number; other: number }> {
    const areShared = async () => {
      const kept = [...(await this.keepers()).values()];
      return kept.length === 2 && kept.flat().length === SCHEMAS.length;
    };
    await eventually('two processes share the projections', areShared, CAUGHT_UP_MS);
    const keepers = [...(await this.keepers())];
    const keeper = (hasLedger: boolean) =>
      keepers.find(([, projections]) => projections.includes('ledger') === hasLedger)?.[0] ?? 0;
    return { ledger: keeper(true), other: keeper(false) };
  }

  /** Waits until the read models hold all that the store held when this was asked. */
  async caughtUp(database = this.database): Promise<void> {
    const head = await this.store.head();
    const progress = new Progress(database);
    if (head != null) await progress.reached(head, CAUGHT_UP_MS);
  }

  /** All rows of all read models. */
  async contents(database = this.database): Promise<Record<string, readonly string[]>> {
    const tables = await database.query<{ name: string }>(
      `SELECT schemaname || '.' || tablename AS name FROM pg_tables WHERE schemaname = ANY($1) ORDER BY 1`,
      [SCHEMAS],
    );
    const rows = tables.map(async ({ name }) => {
      const found = await database.query<{ row: string }>(
        `SELECT to_jsonb(one)::text AS row FROM ${name} AS one ORDER BY 1`,
      );
      return [name, found.map(({ row }) => row)] as const;
    });
    return Object.fromEntries(await Promise.all(rows));
  }

  /** The read models as a projector makes them that is alone on a database of its own and never disturbed. */
  async contentsByOneAlone(): Promise<Record<string, readonly string[]>> {
    await this.database.query('CREATE DATABASE alone');
    const database = new Database({ ...this.postgres.connection, database: 'alone' });
    await migrate(database, migrationsFolder());
    const stopping = new AbortController();
    const running = new Projector(database, this.store, PROJECTIONS).run(stopping.signal);
    await this.caughtUp(database);
    stopping.abort();
    await running;
    const contents = await this.contents(database);
    await database.close();
    await this.database.query('DROP DATABASE alone');
    return contents;
  }

  async stop(): Promise<void> {
    await this.store.close();
    await this.database.close();
    await Promise.all([this.engine.stop(), this.postgres.remove()]);
    rmSync(this.folder, { recursive: true, force: true });
  }

  private databaseUrl(name: string): string {
    const { host, port, user } = this.postgres.connection;
    return `postgres://${user}@/${name}?host=${encodeURIComponent(host)}&port=${String(port)}`;
  }
}
