import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { InMemoryLRUCache } from '@apollo/utils.keyvaluecache';
import { ApolloDriver } from '@nestjs/apollo';
import type { ApolloDriverConfig } from '@nestjs/apollo';
import type { DynamicModule } from '@nestjs/common';
import { Module } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { GraphQLModule } from '@nestjs/graphql';
import {
  CredentialResolver,
  IssuedCredentialResolver,
  MeResolver,
  PartnerResolver,
} from './access/access.resolver';
import type { UseCounter } from './access/use-counter';
import { countUse } from './access/use-counter';
import { fairWarning } from './access/warnings';
import { AuditReportResolver } from './audit/report.resolver';
import { BookProofResolver, CheckpointResolver, ProofResolver } from './audit/proof.resolver';
import { BackplateResolver } from './backplate/backplate.resolver';
import { BookResolver } from './book/book.resolver';
import { ChargerResolver, ChargerSettingsResolver } from './charger/charger.resolver';
import { CircuitResolver } from './circuit/circuit.resolver';
import {
  CommandResultResolver,
  LimitEffectResolver,
  ReceiptResolver,
  RejectionResolver,
} from './commands/command-result.resolver';
import { mutationResolvers } from './commands/mutations';
import { HistoryEntryResolver } from './history/history.resolver';
import {
  ChargerLimitResolver,
  CircuitLimitResolver,
  EffectiveLimitResolver,
  LimitSourceResolver,
  ShareResolver,
  SourceSpanResolver,
} from './limit/limit.resolver';
import { ActorResolver } from './person/person.resolver';
import { PlacementResolver, RelocationResolver } from './placement/placement.resolver';
import { Budgets } from './limits-of-requests/budgets';
import { costLimit } from './limits-of-requests/cost-limit';
import { documentSize } from './limits-of-requests/document-size';
import type { TrustedDocuments } from './limits-of-requests/trusted-documents';
import { storeOf, trustedOnly } from './limits-of-requests/trusted-documents';
import type { OnInternalError } from './request/errors';
import { errorFormatter } from './request/errors';
import { legacyStatus } from './request/legacy-status';
import type { RequestContext } from './request/request-context';
import { plainTextOnly } from './request/plain-text';
import { MOST_TOKENS, querySize } from './request/query-size';
import { scalars } from './request/scalars';
import { SessionResolver } from './session/session.resolver';
import { SiteResolver } from './site/site.resolver';
import { SOCKET_PARTS, Subscriptions } from './subscriptions/socket-door';
import type { NewsSource } from './subscriptions/subscriber';
import { subscriptionResolvers } from './subscriptions/subscriptions';

/** Parsed documents are kept for who asks the same again; they take several times as much as is counted, by their JSON. */
const LARGEST_PARSED_BYTES = 4 * 1024 * 1024;

/** What the composition root gives to the API. */
export interface GraphqlParts {
  /** The write side, which takes the commands. */
  readonly application: DynamicModule;
  /** Who asks, from the HTTP request; throws a GraphQLError where that is not known. */
  readonly contextOf: (request: IncomingRequest) => Promise<RequestContext>;
  readonly onInternalError: OnInternalError;
  /** Counts what partners do, for the review of their access. */
  readonly useCounter: UseCounter;
  /** Where subscriptions are told what is added to the book. */
  readonly news: NewsSource;
  /** The console's documents, which can be sent by their hashes. */
  readonly documents?: TrustedDocuments;
  /** Folder of the .graphql files, where they are not beside this module. */
  readonly schemaFolder?: string;
}

/** As much of an HTTP request as the API looks at. */
export interface IncomingRequest {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** The GraphQL API, schema first. */
@Module({})
export class ChargebookGraphqlModule {
  static of(parts: GraphqlParts): DynamicModule {
    return {
      module: ChargebookGraphqlModule,
      imports: [
        parts.application,
        GraphQLModule.forRootAsync<ApolloDriverConfig>({
          driver: ApolloDriver,
          imports: [parts.application],
          inject: [CommandBus],
          useFactory: (bus: CommandBus) => ({
            path: '/graphql',
            typeDefs: typeDefsIn(parts.schemaFolder ?? schemaFolder()),
            resolvers: { ...scalars, Mutation: mutationResolvers(bus), Subscription: subscriptionResolvers },
            resolverValidationOptions: { requireResolversToMatchSchema: 'error' },
            context: parts.contextOf,
            formatError: errorFormatter(parts.onInternalError),
            parseOptions: { maxTokens: MOST_TOKENS },
            validationRules: [querySize, documentSize],
            documentStore: new InMemoryLRUCache({ maxSize: LARGEST_PARSED_BYTES }),
            persistedQueries: { cache: storeOf(documentsIn(parts)) },
            plugins: [
              trustedOnly(documentsIn(parts)),
              plainTextOnly,
              fairWarning,
              costLimit(new Budgets()),
              countUse(parts.useCounter),
              legacyStatus,
            ],
            introspection: true,
            graphiql: false,
            playground: false,
            includeStacktraceInErrorResponses: false,
          }),
        }),
      ],
      providers: [
        ActorResolver,
        AuditReportResolver,
        BackplateResolver,
        BookProofResolver,
        BookResolver,
        ChargerLimitResolver,
        ChargerResolver,
        ChargerSettingsResolver,
        CheckpointResolver,
        CircuitLimitResolver,
        CircuitResolver,
        CommandResultResolver,
        CredentialResolver,
        EffectiveLimitResolver,
        HistoryEntryResolver,
        IssuedCredentialResolver,
        LimitEffectResolver,
        LimitSourceResolver,
        MeResolver,
        PartnerResolver,
        PlacementResolver,
        ProofResolver,
        ReceiptResolver,
        RejectionResolver,
        RelocationResolver,
        SessionResolver,
        ShareResolver,
        SiteResolver,
        SourceSpanResolver,
        Subscriptions,
        { provide: SOCKET_PARTS, useValue: socketParts(parts) },
      ],
    };
  }
}

function documentsIn({ documents }: GraphqlParts): TrustedDocuments {
  return documents ?? { texts: new Map(), isOnly: false };
}

function socketParts(parts: GraphqlParts) {
  const { news, contextOf, onInternalError } = parts;
  return {
    news,
    documents: documentsIn(parts),
    identify: (authorization: string | undefined) => contextOf({ headers: { authorization } }),
    format: errorFormatter(onInternalError),
  };
}

function schemaFolder(): string {
  return path.join(path.dirname(fileURLToPath(import.meta.url)), 'schema');
}

/** The schema's parts, one for each noun. */
export function typeDefsIn(folder: string): string[] {
  const files = readdirSync(folder).filter((file) => file.endsWith('.graphql'));
  return files.sort().map((file) => readFileSync(path.join(folder, file), 'utf8'));
}
