import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { startEmbeddedEventStore } from '@chargebook/embedded-eventstore';
import { startEmbeddedPostgres } from '@chargebook/embedded-postgres';
import type { EventStoreAddress } from '@chargebook/event-store';
import type { PoolConfig } from 'pg';
import type { Logger } from 'pino';
import type { Config } from '../config';
import { DataDirectoryError } from '../config';

/** Where facts and read models are kept: embedded, or elsewhere. */
export interface Engines {
  readonly eventStore: EventStoreAddress;
  readonly database: PoolConfig;
  /** Resolves when an embedded engine has ended for good by itself. */
  readonly lost: Promise<Error>;
  stop(): Promise<void>;
}

interface Started<Address> {
  readonly address: Address;
  readonly lost?: Promise<Error>;
  stop(): Promise<void>;
}

const elsewhere = <Address>(address: Address): Started<Address> => ({
  address,
  stop: () => Promise.resolve(),
});

/** Starts what is to be embedded; what has started is stopped again when the other cannot. */
export async function startEngines(config: Config, log: Logger): Promise<Engines> {
  await mkdir(config.dataDirectory, { recursive: true, mode: 0o700 }).catch((error: unknown) => {
    throw new DataDirectoryError(config.dataDirectory, { cause: error });
  });
  const [eventStore, database] = await Promise.allSettled([
    startEventStore(config),
    startDatabase(config, log),
  ]);
  if (eventStore.status === 'rejected' || database.status === 'rejected') {
    const started = [eventStore, database].flatMap((result) =>
      result.status === 'fulfilled' ? [result.value] : [],
    );
    await Promise.all(started.map((engine) => engine.stop()));
    const cause = reasonOf(eventStore) ?? reasonOf(database);
    throw new DataDirectoryError(config.dataDirectory, { cause });
  }
  const engines = [eventStore.value, database.value];
  return {
    eventStore: eventStore.value.address,
    database: database.value.address,
    lost: Promise.race(engines.flatMap((engine) => engine.lost ?? [])),
    stop: async () => {
      await Promise.all(engines.map((engine) => engine.stop()));
    },
  };
}

function reasonOf(result: PromiseSettledResult<unknown>): unknown {
  return result.status === 'rejected' ? result.reason : undefined;
}

async function startEventStore(config: Config): Promise<Started<EventStoreAddress>> {
  if (config.eventStore != null) return elsewhere(config.eventStore);
  const directory = path.join(config.dataDirectory, 'events');
  const engine = await startEmbeddedEventStore({ directory });
  const lost = engine.ended.then(
    () => new Error('the embedded event store has ended'),
    (error: unknown) => new Error('the embedded event store has failed', { cause: error }),
  );
  return { address: { endpoint: engine.endpoint }, lost, stop: () => engine.stop() };
}

async function startDatabase(config: Config, log: Logger): Promise<Started<PoolConfig>> {
  if (config.databaseUrl != null) return elsewhere({ connectionString: config.databaseUrl });
  const directory = path.join(config.dataDirectory, 'postgres');
  const engine = await startEmbeddedPostgres({
    directory,
    log: (line) => {
      log.info({ engine: 'postgres' }, line);
    },
  });
  return { address: engine.connection, stop: () => engine.stop() };
}
