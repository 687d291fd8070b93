import type { Server as HttpServer, IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Requester } from '@chargebook/domain';
import type { NewsItem } from '@chargebook/read-models';
import type { ExecutionArgs, GraphQLFormattedError, GraphQLSchema } from 'graphql';
import { getOperationAST, GraphQLError, parse, specifiedRules, validate } from 'graphql';
import type { ConnectionInitMessage, SubscribePayload } from 'graphql-ws';
import { useServer } from 'graphql-ws/use/ws';
import type { WebSocket } from 'ws';
import { WebSocketServer } from 'ws';
import { costOf } from '../limits-of-requests/cost';
import { documentSize } from '../limits-of-requests/document-size';
import type { TrustedDocuments } from '../limits-of-requests/trusted-documents';
import { textOf } from '../limits-of-requests/trusted-documents';
import { MOST_TOKENS, querySize } from '../request/query-size';
import type { RequestContext } from '../request/request-context';
import type { NewsSource } from './subscriber';
import { Subscriber } from './subscriber';
import { subscribe } from './subscriptions';

/** What subscriptions need of the rest of the server. */
export interface SocketParts {
  readonly schema: GraphQLSchema;
  readonly news: NewsSource;
  readonly documents: TrustedDocuments;
  /** Throws a GraphQLError where a credential is not, or no longer, good for anything. */
  readonly identify: (authorization: string | undefined) => Promise<RequestContext>;
  readonly format: (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError;
}

const PATH = '/graphql';
const MOST_CONNECTIONS = 2_000;
/** Tabs, devices and app servers of one actor; what they listen to together. */
const MOST_CONNECTIONS_OF_ACTOR = 50;
const MOST_SUBSCRIPTIONS_OF_ACTOR = 400;
const MOST_SUBSCRIPTIONS = 200;
const LARGEST_MESSAGE_BYTES = 256 * 1024;
/** What answering each thing that is told may cost. */
const MOST_COST_OF_EACH = 5_000;
const INIT_TIMEOUT_MS = 10_000;
const CLOSING_TIMEOUT_MS = 1_000;
/** Whoever lets people in may know a moment later than the book that somebody may not come in any more. */
const SECOND_LOOK_MS = 600;
/** Credentials also run out by themselves. */
const LOOK_AGAIN_MS = 15_000;

/** Close codes of the protocol graphql-transport-ws. */
const FORBIDDEN = 4403;
const TOO_MANY_CONNECTIONS = 4429;
const GOING_AWAY = 1001;

/** Facts that can take access away. */
const ABOUT_ACCESS = /^(Partner|Credential)/;

/** A socket over which somebody listens. */
interface Connection {
  readonly socket: WebSocket;
  /** Kind and id of who listens. */
  readonly actor: string;
  readonly role: Requester['role'];
  /** How much it listens to. */
  subscriptions: number;
  readonly authorization: string | undefined;
  readonly ending: AbortController;
}

interface Extra extends Record<PropertyKey, unknown> {
  readonly socket: WebSocket;
  connection?: Connection;
}

/** Subscriptions over WebSocket, protocol graphql-transport-ws, on the HTTP server that answers everything else. */
export class SocketServer {
  private readonly sockets = new WebSocketServer({ noServer: true, maxPayload: LARGEST_MESSAGE_BYTES });
  private readonly connections = new Set<Connection>();
  private readonly dispose: () => void | Promise<void>;
  private readonly clock: NodeJS.Timeout;
  private unlisten: (() => void) | undefined;
  private isClosing = false;

  constructor(
    private readonly server: HttpServer,
    private readonly parts: SocketParts,
  ) {
    this.dispose = this.serve();
    this.server.on('upgrade', this.onUpgrade);
    this.clock = setInterval(() => void this.lookAgain(), LOOK_AGAIN_MS);
    this.clock.unref();
  }

  /** Tells everybody that the server goes away, and waits a moment for their goodbyes. */
  async close(): Promise<void> {
    this.isClosing = true;
    this.unlisten?.();
    clearInterval(this.clock);
    this.server.off('upgrade', this.onUpgrade);
    for (const socket of this.sockets.clients) socket.close(GOING_AWAY, 'Going away');
    const impatience = setTimeout(() => {
      for (const socket of this.sockets.clients) socket.terminate();
    }, CLOSING_TIMEOUT_MS);
    await this.dispose();
    clearTimeout(impatience);
  }

  private readonly onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const isOurs = new URL(request.url ?? '/', 'http://localhost').pathname === PATH;
    if (!isOurs || this.isClosing || this.sockets.clients.size >= MOST_CONNECTIONS) {
      socket.end(
        `HTTP/1.1 ${isOurs ? '503 Service Unavailable' : '404 Not Found'}\r\nconnection: close\r\n\r\n`,
      );
      return;
    }
    this.sockets.handleUpgrade(request, socket, head, (accepted) => {
      this.sockets.emit('connection', accepted, request);
    });
  };

  private serve(): () => void | Promise<void> {
    const { dispose } = useServer<ConnectionInitMessage['payload'] & object, Extra>(
      {
        connectionInitWaitTimeout: INIT_TIMEOUT_MS,
        subscribe,
        onConnect: ({ connectionParams, extra }) => this.connect(connectionParams, extra),
        onClose: ({ extra }) => {
          if (extra.connection != null) this.connections.delete(extra.connection);
        },
        onSubscribe: ({ extra, subscriptions }, _id, payload) => {
          const problem = this.count(extra.connection, Object.keys(subscriptions).length);
          return problem == null ? this.prepare(payload, extra.connection) : [problem];
        },
        onComplete: ({ extra, subscriptions }) => {
          if (extra.connection != null) extra.connection.subscriptions = Object.keys(subscriptions).length;
        },
        onNext: (_context, _id, _payload, _args, result) => {
          const { errors, ...data } = result;
          return errors == null ? undefined : { ...data, errors: errors.map((error) => this.format(error)) };
        },
        onError: (_context, _id, _payload, errors) =>
          errors.map((error) => this.format(error as GraphQLError)),
      },
      this.sockets,
    );
    return dispose;
  }

  /** Whoever is not known is told why with the close code. */
  private async connect(
    params: Readonly<Record<string, unknown>> | undefined,
    extra: Extra,
  ): Promise<boolean> {
    const authorization = authorizationIn(params);
    let requester: Requester;
    try {
      ({ requester } = (await this.parts.identify(authorization)).identity);
    } catch (error) {
      extra.socket.close(FORBIDDEN, codeOf(error));
      return false;
    }
    const actor = `${requester.actor.kind} ${requester.actor.id}`;
    if (this.connectionsOf(actor).length >= MOST_CONNECTIONS_OF_ACTOR) {
      extra.socket.close(TOO_MANY_CONNECTIONS, 'TOO_MANY_CONNECTIONS');
      return false;
    }
    extra.connection = {
      socket: extra.socket,
      actor,
      role: requester.role,
      subscriptions: 0,
      authorization,
      ending: new AbortController(),
    };
    this.connections.add(extra.connection);
    this.unlisten ??= await this.parts.news.listen((items) => {
      this.onNews(items);
    });
    return true;
  }

  private connectionsOf(actor: string): Connection[] {
    return [...this.connections].filter((connection) => connection.actor === actor);
  }

  /** Notes to how much a connection listens, with what it asks for now. @returns why that is too much */
  private count(connection: Connection | undefined, subscriptions: number): GraphQLError | undefined {
    if (connection == null) return undefined;
    connection.subscriptions = subscriptions;
    if (subscriptions > MOST_SUBSCRIPTIONS) return tooMany('A connection carries', MOST_SUBSCRIPTIONS);
    const ofActor = this.connectionsOf(connection.actor).reduce((sum, other) => sum + other.subscriptions, 0);
    return ofActor > MOST_SUBSCRIPTIONS_OF_ACTOR
      ? tooMany('All your connections together carry', MOST_SUBSCRIPTIONS_OF_ACTOR)
      : undefined;
  }

  /** What is to be done for a document, or what is wrong with it. */
  private prepare(
    payload: SubscribePayload,
    connection: Connection | undefined,
  ): ExecutionArgs | GraphQLError[] {
    const { schema, news, documents, identify } = this.parts;
    const { operationName, variables: variableValues } = payload;
    let document;
    try {
      const text = textOf(payload, connection?.role ?? 'USER', documents);
      document = parse(text, { maxTokens: MOST_TOKENS });
    } catch (error) {
      if (error instanceof GraphQLError && error.extensions['code'] != null) return [error];
      return [new GraphQLError((error as Error).message, { extensions: { code: 'GRAPHQL_PARSE_FAILED' } })];
    }
    const problems = validate(schema, document, [...specifiedRules, querySize, documentSize]);
    if (problems.length > 0) return [...problems];
    const operation = getOperationAST(document, operationName);
    if (operation?.operation !== 'subscription') return [onlySubscriptions()];
    const cost = costOf(schema, document, operation, variableValues ?? {});
    if (cost > MOST_COST_OF_EACH) return [tooCostly(cost)];
    const contextValue = new Subscriber(
      news,
      () => identify(connection?.authorization),
      connection?.ending.signal ?? AbortSignal.abort(),
    );
    return { schema, document, operationName, variableValues, contextValue };
  }

  private onNews(items: readonly NewsItem[]): void {
    if (!items.some(({ type }) => ABOUT_ACCESS.test(type))) return;
    void this.lookAgain();
    setTimeout(() => void this.lookAgain(), SECOND_LOOK_MS).unref();
  }

  /** Ends the subscriptions of all whose credential is no longer good, each with the reason. */
  async lookAgain(): Promise<void> {
    await Promise.all(
      [...this.connections].map(async (connection) => {
        try {
          await this.parts.identify(connection.authorization);
        } catch (error) {
          // What cannot be told now is asked again later.
          if (codeOf(error) === 'SERVICE_UNAVAILABLE') return;
          this.connections.delete(connection);
          connection.ending.abort(error);
          setTimeout(() => {
            connection.socket.close(FORBIDDEN, codeOf(error));
          }, CLOSING_TIMEOUT_MS / 10);
        }
      }),
    );
  }

  private format(error: GraphQLError): GraphQLFormattedError {
    const { code } = error.extensions;
    const isFault = code == null && error.originalError != null;
    const extensions = {
      ...error.extensions,
      code: code ?? (isFault ? 'INTERNAL_SERVER_ERROR' : 'BAD_USER_INPUT'),
    };
    return this.parts.format({ ...error.toJSON(), extensions }, error);
  }
}

/** From `authorization`, however it is spelt, or from `headers` as some clients send them. */
function authorizationIn(params: Readonly<Record<string, unknown>> | undefined): string | undefined {
  if (params == null) return undefined;
  const told = Object.entries(params).find(([key]) => key.toLowerCase() === 'authorization')?.[1];
  if (typeof told === 'string') return told;
  const { headers } = params;
  return typeof headers === 'object' && headers != null
    ? authorizationIn({ ...headers, headers: undefined })
    : undefined;
}

function codeOf(error: unknown): string {
  const code = error instanceof GraphQLError ? error.extensions['code'] : undefined;
  return typeof code === 'string' ? code : 'SERVICE_UNAVAILABLE';
}

function tooMany(what: string, most: number): GraphQLError {
  return new GraphQLError(`${what} at most ${String(most)} subscriptions.`, {
    extensions: { code: 'TOO_MANY_SUBSCRIPTIONS' },
  });
}

function tooCostly(cost: number): GraphQLError {
  const message = `Each thing that is told may cost ${String(cost)}, more than ${String(MOST_COST_OF_EACH)}: ask for less of it.`;
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT', cost } });
}

function onlySubscriptions(): GraphQLError {
  return new GraphQLError('Queries and mutations are sent over HTTP; a WebSocket carries subscriptions.', {
    extensions: { code: 'BAD_USER_INPUT' },
  });
}
