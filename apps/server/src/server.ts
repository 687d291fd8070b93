import 'reflect-metadata';
import { ApplicationModule, RelocationPlans } from '@chargebook/application';
import { AuditCopy, CheckpointKeeper } from '@chargebook/audit';
import { connectEventStore } from '@chargebook/event-store';
import type { EventStore } from '@chargebook/event-store';
import type { TrustedDocuments } from '@chargebook/graphql';
import { ChargebookGraphqlModule, UseCounter } from '@chargebook/graphql';
import {
  AccessRegister,
  BookQueries,
  Database,
  migrate,
  migrationsFolder,
  News,
  People,
  Progress,
  Rebuilds,
  VaultCopy,
  PROJECTIONS,
} from '@chargebook/read-models';
import type { DynamicModule } from '@nestjs/common';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { CommandBus } from '@nestjs/cqrs';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import { BACKUP_TYPE, BackupController, EVENT_STORE } from './backup/backup.controller';
import { keepAccessReview } from './access-review';
import {
  commandIndex,
  ContentsOfReadModels,
  FactsOfReadModels,
  labelOf,
  VaultOfReadModels,
} from './application-ports';
import { startCheckpoints } from './checkpoints';
import type { Config, Role } from './config';
import { ConfigError } from './config';
import { DemoController } from './demo/demo.controller';
import { DemoFleet } from './demo/demo-fleet';
import { startEngines } from './engines/engines';
import type { Credentials } from './http/credentials';
import { adminCredentials, anyOf } from './http/credentials';
import { consoleDocuments, serveConsole } from './http/console';
import { HttpFaults } from './http/faults.filter';
import type { QueriesFor } from './http/identify';
import { identify } from './http/identify';
import { issuedCredentials } from './http/issued-credentials';
import { Metrics } from './http/metrics';
import { shedOverload } from './http/overload';
import { protect } from './http/protect';
import { CREDENTIALS, OperationsController } from './http/operations.controller';
import { oidcCredentials } from './http/oidc';
import { RebuildsController } from './http/rebuilds.controller';
import { REPORT_PARTS, ReportsController } from './http/reports.controller';
import { TransparencyController } from './http/transparency.controller';
import { nestLogger } from './log';
import { startProjector } from './projecting';
import { LONGEST_STATEMENT_MS, queriesOn } from './queries';
import { startReports } from './reports';
import { startTracing, untraced } from './tracing';
import { finishUnfinishedMoves } from './unfinished-moves';

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

const LARGEST_BODY_BYTES = 4 * 1024 * 1024;

@Module({})
class ServerModule {}

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
  await app.listen(config.port, config.host);
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

interface AppParts {
  readonly role: Role;
  readonly store: EventStore;
  readonly database: Database;
  readonly register: AccessRegister;
  readonly useCounter: UseCounter;
  readonly documents: TrustedDocuments;
  readonly book: BookQueries;
  readonly news: News;
  readonly queries: QueriesFor;
  readonly metrics: Metrics;
  readonly credentials: Credentials;
  readonly checkpoints: CheckpointKeeper;
  readonly demo: DemoFleet;
  readonly log: Logger;
}

async function createApp({
  role,
  store,
  database,
  register,
  useCounter,
  documents,
  book,
  news,
  queries,
  metrics,
  credentials,
  checkpoints,
  demo,
  log,
}: AppParts): Promise<NestFastifyApplication> {
  const application = ApplicationModule.of({
    store,
    vault: new VaultOfReadModels(new People(database)),
    contents: new ContentsOfReadModels(book),
    facts: new FactsOfReadModels(book),
    index: commandIndex(book, log),
    onOutcome: (outcome) => {
      metrics.countCommand(labelOf(outcome));
      if (!outcome.refused) for (const { stream } of outcome.facts) register.forget(stream);
    },
    onLeftover: (error) => {
      log.warn({ err: error }, 'a reservation is left for whoever touches its backplate next');
    },
  });
  const contextOf = identify(queries, credentials);
  const graphql = ChargebookGraphqlModule.of({
    application,
    contextOf,
    useCounter,
    documents,
    news,
    onInternalError: (error, reference) => {
      log.error({ err: error, reference }, 'a request failed inside');
    },
  });
  const root: DynamicModule = {
    module: ServerModule,
    // A process that only projects answers for itself alone.
    imports: role === 'projector' ? [] : [graphql],
    controllers: [
      OperationsController,
      RebuildsController,
      TransparencyController,
      BackupController,
      ...(role === 'projector' ? [] : [DemoController, ReportsController]),
    ],
    providers: [
      { provide: BookQueries, useValue: book },
      { provide: Metrics, useValue: metrics },
      { provide: CREDENTIALS, useValue: credentials },
      { provide: CheckpointKeeper, useValue: checkpoints },
      { provide: DemoFleet, useValue: demo },
      { provide: REPORT_PARTS, useValue: { identify: contextOf, useCounter } },
      { provide: EVENT_STORE, useValue: store },
      { provide: Database, useValue: database },
      { provide: AuditCopy, useValue: new AuditCopy(database) },
      { provide: VaultCopy, useValue: new VaultCopy(database) },
      { provide: Rebuilds, useValue: new Rebuilds(database) },
    ],
  };
  const adapter = new FastifyAdapter({ bodyLimit: LARGEST_BODY_BYTES, forceCloseConnections: 'idle' });
  const fastify = adapter.getInstance();
  protect(fastify);
  shedOverload(fastify);
  serveConsole(fastify);
  // A backup is read as it comes, however large it is.
  fastify.addContentTypeParser(BACKUP_TYPE, (_request, payload, done) => {
    done(null, payload);
  });
  let isClosing = false;
  fastify.addHook('preClose', (done) => {
    isClosing = true;
    done();
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    metrics.observeRequest(request.routeOptions.url ?? 'unknown', reply.statusCode, reply.elapsedTime / 1000);
    // A connection whose request was under way when closing began is idle only now; nobody else would close it.
    if (isClosing) setImmediate(() => fastify.server.closeIdleConnections());
    done();
  });
  const app = await NestFactory.create<NestFastifyApplication>(root, adapter, {
    logger: nestLogger(log),
    abortOnError: false,
  });
  return app.useGlobalFilters(new HttpFaults());
}
