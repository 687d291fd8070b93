import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { startEmbeddedEventStore } from '@chargebook/embedded-eventstore';
import { startEmbeddedPostgres } from '@chargebook/embedded-postgres';
import type { EventStoreAddress } from '@chargebook/event-store';
import type { PoolConfig } from 'pg';
import type { Logger } from 'pino';
import type { Config } from '../config';
import { DataDirectoryError } from '../config';
import type { SharedEngines } from './shared-engines';
import { announceEngines, findEngines, untilEnginesMove, withdrawEngines } from './shared-engines';

/** Where facts and read models are kept: embedded, or elsewhere. */
export interface Engines {
  readonly eventStore: EventStoreAddress;
  readonly database: PoolConfig;
  /** Resolves when an embedded engine has ended for good by itself. */
  readonly lost: Promise<Error>;
  stop(): Promise<void>;
}

interface Started<Address, Shared = Address> {
  readonly address: Address;
  /** Where other processes find it, if it is embedded here. */
  readonly shared?: Shared;
  readonly lost?: Promise<Error>;
  stop(): Promise<void>;
}

const elsewhere = <Address>(address: Address): Started<Address, never> => ({
  address,
  stop: () => Promise.resolve(),
});

/**
 * The engines that the configuration names. Those that it does not name are embedded: started here by a process that plays
 * all roles, joined by one that plays some of them beside it.
 */
export async function startEngines(config: Config, log: Logger): Promise<Engines> {
  await mkdir(config.dataDirectory, { recursive: true, mode: 0o700 }).catch((error: unknown) => {
    throw new DataDirectoryError(config.dataDirectory, { cause: error });
  });
  return config.role === 'all' ? startEmbedded(config, log) : joinEmbedded(config);
}

/** Starts what is to be embedded; what has started is stopped again when the other cannot. */
async function startEmbedded(config: Config, log: Logger): Promise<Engines> {
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
  await announceEngines(config.dataDirectory, {
    eventStore: eventStore.value.shared,
    database: database.value.shared,
  });
  return {
    eventStore: eventStore.value.address,
    database: database.value.address,
    lost: Promise.race(engines.flatMap((engine) => engine.lost ?? [])),
    stop: async () => {
      await withdrawEngines(config.dataDirectory);
      await Promise.all(engines.map((engine) => engine.stop()));
    },
  };
}

async function joinEmbedded(config: Config): Promise<Engines> {
  const named: Partial<Pick<Engines, 'eventStore' | 'database'>> = {
    eventStore: config.eventStore,
    database: config.databaseUrl == null ? undefined : { connectionString: config.databaseUrl },
  };
  if (named.eventStore != null && named.database != null) {
    return {
      eventStore: named.eventStore,
      database: named.database,
      lost: new Promise(() => undefined),
      stop: () => Promise.resolve(),
    };
  }
  const shared = await findEngines(config.dataDirectory).catch((error: unknown) => {
    throw new DataDirectoryError(config.dataDirectory, { cause: error });
  });
  const [eventStore, database] = [named.eventStore ?? shared.eventStore, named.database ?? shared.database];
  if (eventStore == null || database == null)
    throw new DataDirectoryError(config.dataDirectory, {
      cause: new Error('the process that plays all roles there has not both engines'),
    });
  const stopping = new AbortController();
  const moved = untilEnginesMove(config.dataDirectory, shared, stopping.signal);
  return {
    eventStore,
    database,
    lost: moved.then(() => new Error('the embedded engines have moved')),
    stop: () => {
      stopping.abort();
      return Promise.resolve();
    },
  };
}

function reasonOf(result: PromiseSettledResult<unknown>): unknown {
  return result.status === 'rejected' ? result.reason : undefined;
}

async function startEventStore(
  config: Config,
): Promise<Started<EventStoreAddress, SharedEngines['eventStore']>> {
  if (config.eventStore != null) return elsewhere(config.eventStore);
  const directory = path.join(config.dataDirectory, 'events');
  const engine = await startEmbeddedEventStore({ directory, isAppendOnly: true });
  const lost = engine.ended.then(
    () => new Error('the embedded event store has ended'),
    (error: unknown) => new Error('the embedded event store has failed', { cause: error }),
  );
  const address = { endpoint: engine.endpoint };
  return { address, shared: address, lost, stop: () => engine.stop() };
}

async function startDatabase(
  config: Config,
  log: Logger,
): Promise<Started<PoolConfig, SharedEngines['database']>> {
  if (config.databaseUrl != null) return elsewhere({ connectionString: config.databaseUrl });
  const directory = path.join(config.dataDirectory, 'postgres');
  const engine = await startEmbeddedPostgres({
    directory,
    log: (line) => {
      log.info({ engine: 'postgres' }, line);
    },
  });
  return { address: engine.connection, shared: engine.connection, stop: () => engine.stop() };
}
