import 'reflect-metadata';
import { RelocationPlans } from '@chargebook/application';
import { connectEventStore } from '@chargebook/event-store';
import type { TrustedDocuments } from '@chargebook/graphql';
import { UseCounter } from '@chargebook/graphql';
import {
  AccessRegister,
  BookQueries,
  Database,
  migrate,
  migrationsFolder,
  News,
  People,
  Progress,
  PROJECTIONS,
} from '@chargebook/read-models';
import { CommandBus } from '@nestjs/cqrs';
import type { Logger } from 'pino';
import { keepAccessReview } from './access-review';
import { createApp } from './app';
import { startCheckpoints } from './checkpoints';
import type { Config } from './config';
import { ConfigError } from './config';
import { DemoFleet } from './demo/demo-fleet';
import { startEngines } from './engines/engines';
import { consoleDocuments } from './http/console';
import { adminCredentials, anyOf } from './http/credentials';
import { issuedCredentials } from './http/issued-credentials';
import { Metrics } from './http/metrics';
import { oidcCredentials } from './http/oidc';
import { startProjector } from './projecting';
import { LONGEST_STATEMENT_MS, queriesOn } from './queries';
import { startReports } from './reports';
import { startTracing, untraced } from './tracing';
import { finishUnfinishedMoves } from './unfinished-moves';

/** So many may knock before they are let in; more are told nothing at all, so it is what the system allows (often 4,096). */
const MOST_WAITING_CONNECTIONS = 4_096;

/** A server that answers. */
export interface RunningServer {
  /** Where it answers, such as `http://127.0.0.1:4000`. */
  readonly url: string;
  readonly adminTokenFile: string;
  readonly demo: DemoFleet;
  /** Resolves when an embedded engine has ended by itself: nothing can be recorded any more. */
  readonly lost: Promise<Error>;
  /** Takes no more requests, finishes those under way, and stops the engines. */
  stop(): Promise<void>;
}

/** Things to be stopped in the reverse of the order in which they were started. */
class Stack {
  private readonly stops: (() => Promise<void>)[] = [];

  push(stop: () => Promise<void>): void {
    this.stops.push(stop);
  }

  async unwind(): Promise<void> {
    for (let stop = this.stops.pop(); stop != null; stop = this.stops.pop()) await stop();
  }
}

/**
 * Starts everything that the role asks for.
 *
 * @throws what keeps it from starting, after all that had been started is stopped again
 */
export async function startServer(config: Config, log: Logger): Promise<RunningServer> {
  const started = new Stack();
  try {
    return await start(config, log, started);
  } catch (error) {
    await started.unwind();
    throw error;
  }
}

async function start(config: Config, log: Logger, started: Stack): Promise<RunningServer> {
  const documents = trustedDocuments(config);
  const engines = await startEngines(config, log);
  started.push(() => engines.stop());
  const admin = await adminCredentials(config.dataDirectory);
  const tracing = config.isTraced ? await startTracing() : untraced;
  started.push(() => tracing.stop());
  const store = tracing.store(connectEventStore(engines.eventStore));
  started.push(() => store.close());
  const database = new Database(engines.database, (error) => {
    log.warn({ err: error }, 'a connection to the database broke');
  });
  started.push(() => database.close());
  await migrate(database, migrationsFolder());
  await new People(database).eraseAllTold();
  const progress = new Progress(database);
  progress.start();
  started.push(() => progress.stop());
  const book = new BookQueries(database, progress, store);
  const reading = new Database({ ...engines.database, statement_timeout: LONGEST_STATEMENT_MS }, (error) => {
    log.warn({ err: error }, 'a connection to the database broke');
  });
  started.push(() => reading.close());
  const metrics = new Metrics(book);
  const checkpoints = await startCheckpoints(database, config, metrics, log);
  started.push(() => checkpoints.stop());
  const reports = startReports(engines, config, { book, keeper: checkpoints.keeper }, log);
  started.push(() => reports.stop());
  const queries = queriesOn(reading, book, reports.reports);
  const register = new AccessRegister(store);
  const credentials = anyOf(
    admin,
    issuedCredentials(register),
    ...(config.oidc == null ? [] : [oidcCredentials(config.oidc, register)]),
  );
  if (config.role !== 'api')
    started.push(startProjector(database, store, tracing.projections(PROJECTIONS), metrics, log));
  const demo = new DemoFleet();
  const { role } = config;
  const news = new News(database, progress);
  started.push(() => news.stop());
  const useCounter = new UseCounter();
  const app = await createApp({
    useCounter,
    documents,
    role,
    store,
    database,
    register,
    book,
    news,
    queries,
    metrics,
    credentials,
    checkpoints: checkpoints.keeper,
    demo,
    log,
  });
  started.push(() => app.close());
  if (config.role !== 'projector') {
    const commands = app.get(CommandBus, { strict: false });
    tracing.commands(commands);
    started.push(keepAccessReview(useCounter, commands, log));
    started.push(finishUnfinishedMoves(book, app.get(RelocationPlans, { strict: false }), log));
  }
  await app.listen({ port: config.port, host: config.host, backlog: MOST_WAITING_CONNECTIONS });
  const url = await app.getUrl();
  demo.answersAt(url);
  started.push(() => demo.stop());
  return {
    url,
    adminTokenFile: admin.file,
    demo,
    lost: engines.lost,
    stop: () => started.unwind(),
  };
}

/** @throws ConfigError where people could send nothing at all */
function trustedDocuments({ isTrustedOnly: isOnly }: Config): TrustedDocuments {
  const texts = consoleDocuments();
  if (isOnly && texts.size === 0)
    throw new ConfigError(['TRUSTED_DOCUMENTS is "only", but no console is built beside this server']);
  return { texts, isOnly };
}
