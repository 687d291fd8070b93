import type { RequestListener } from 'node:http';
import { ApplicationModule } from '@chargebook/application';
import { AuditCopy, CheckpointKeeper } from '@chargebook/audit';
import type { EventStore } from '@chargebook/event-store';
import type { TrustedDocuments, UseCounter } from '@chargebook/graphql';
import { ChargebookGraphqlModule } from '@chargebook/graphql';
import type { AccessRegister, News } from '@chargebook/read-models';
import { BookQueries, Database, People, Rebuilds, VaultCopy } from '@chargebook/read-models';
import type { DynamicModule } from '@nestjs/common';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import {
  commandIndex,
  ContentsOfReadModels,
  FactsOfReadModels,
  labelOf,
  VaultOfReadModels,
} from './application-ports';
import { BACKUP_TYPE, BackupController, EVENT_STORE } from './backup/backup.controller';
import type { Role } from './config';
import { DemoController } from './demo/demo.controller';
import { DemoFleet } from './demo/demo-fleet';
import { serveConsole } from './http/console';
import type { Credentials } from './http/credentials';
import { HttpFaults } from './http/faults.filter';
import type { QueriesFor } from './http/identify';
import { identify } from './http/identify';
import { Metrics } from './http/metrics';
import { CREDENTIALS, OperationsController } from './http/operations.controller';
import { sheddingServer } from './http/overload';
import { protect } from './http/protect';
import { RebuildsController } from './http/rebuilds.controller';
import { REPORT_PARTS, ReportsController } from './http/reports.controller';
import { TransparencyController } from './http/transparency.controller';
import { nestLogger } from './log';

const LARGEST_BODY_BYTES = 4 * 1024 * 1024;

@Module({})
class ServerModule {}

/** What is started before anybody can ask. */
export interface AppParts {
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

/** All that answers over HTTP and WebSockets: the API, the console, what operators and witnesses ask for. It does not listen yet. */
export async function createApp({
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
  const app = await NestFactory.create<NestFastifyApplication>(root, webServer(metrics), {
    logger: nestLogger(log),
    abortOnError: false,
  });
  return app.useGlobalFilters(new HttpFaults());
}

function webServer(metrics: Metrics): FastifyAdapter {
  const adapter = new FastifyAdapter({
    bodyLimit: LARGEST_BODY_BYTES,
    forceCloseConnections: 'idle',
    serverFactory: (handler: RequestListener) => sheddingServer(handler, () => metrics.countShed()),
  });
  const fastify = adapter.getInstance();
  protect(fastify);
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
  return adapter;
}
