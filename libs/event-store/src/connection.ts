import { EventStoreDBClient } from '@eventstore/db-client';
import type { ReadReq } from '@eventstore/db-client/generated/streams_pb.js';
import grpcStreams from '@eventstore/db-client/generated/streams_grpc_pb.js';
import type { CallOptions, Channel, ClientDuplexStream, ClientReadableStream, Metadata } from '@grpc/grpc-js';
import { appendReplyIn, type AppendReply } from './append-messages';
import { within } from './patience';
import { readAnswerIn, type ReadAnswer } from './read-messages';

/**
 * Where the store is: a connection string (`esdb://...`, `esdb+discover://...`, or the same by the store's new name,
 * `kurrentdb`), or one server without encryption, `unix:/path` or `host:port`.
 */
export type EventStoreAddress = { readonly connectionString: string } | { readonly endpoint: string };

/** Takes the messages of appends; its data are of the type `AppendReply`. */
export type BatchAppendCall = ClientDuplexStream<Buffer, AppendReply>;

/** Its data are of the type `ReadAnswer`. */
export type ReadCall = ClientReadableStream<ReadAnswer>;

/** A dead wire is found out after at most the sum of these, while calls are under way. */
const KEEP_ALIVE = { keepAliveInterval: 10_000, keepAliveTimeout: 5_000 };

/** What the client keeps to itself and to its subclasses, as far as it is needed here; checked when one is made. */
interface ClientParts {
  GRPCStreamCreator<Call>(
    service: typeof grpcStreams.StreamsClient,
    name: string,
    open: (service: grpcStreams.StreamsClient) => Call,
  ): () => Promise<Call>;
  callArguments(options: object, callOptions: CallOptions): [Metadata, CallOptions];
  handleError(service: unknown, fault: Error): Promise<void>;
  getChannel(): Promise<Channel>;
}

/** A client of the store, which finds the cluster's leader and reconnects by itself. */
export class Connection {
  readonly client: EventStoreDBClient;
  private readonly parts: ClientParts;
  private channel: Promise<Channel> | undefined;

  constructor(address: EventStoreAddress) {
    this.client =
      'endpoint' in address
        ? new EventStoreDBClient({ endpoint: address.endpoint, ...KEEP_ALIVE }, { insecure: true })
        : EventStoreDBClient.connectionString(byTheOldName(address.connectionString));
    this.parts = partsOf(this.client);
    this.neverBringDownTheProcess();
    this.watchChannel();
  }

  /**
   * A call of our own for appends. The client's own one shares its unanswered appends among all clients of the process:
   * the fault of one rejects those of all, and the answer that then comes all the same, or a write that was still
   * queued, ends the process by an unhandled rejection.
   */
  openBatchAppend(): Promise<BatchAppendCall> {
    const { path } = grpcStreams.StreamsService.batchAppend;
    const open = this.parts.GRPCStreamCreator(grpcStreams.StreamsClient, 'batchAppend', (service) =>
      service.makeBidiStreamRequest(
        path,
        asIs,
        appendReplyIn,
        ...this.parts.callArguments({}, { deadline: Infinity }),
      ),
    );
    return open();
  }

  /**
   * A call of our own for reading much. What the client makes of an event costs four times as much as what is needed of
   * it here, and more than all else on its way.
   */
  async openRead(request: ReadReq): Promise<ReadCall> {
    const { path, requestSerialize } = grpcStreams.StreamsService.read;
    const open = this.parts.GRPCStreamCreator(grpcStreams.StreamsClient, 'read', (service) =>
      service.makeServerStreamRequest(
        path,
        requestSerialize,
        readAnswerIn,
        request,
        ...this.parts.callArguments({}, { deadline: Infinity }),
      ),
    );
    const call = await open();
    // An error that nobody listens to any more would end the process.
    return call.on('error', () => undefined);
  }

  /** Ends all calls and the connection. The client's own `dispose` can wait for ever for a call that nobody reads. */
  async close(timeoutMs: number): Promise<void> {
    await within(timeoutMs, 'closing', this.client.dispose()).catch(() => undefined);
    this.channel?.then(
      (channel) => {
        channel.close();
      },
      () => undefined,
    );
  }

  /** The client looks after a fault in a promise that nobody waits for, and that fails while a cluster is out of reach. */
  private neverBringDownTheProcess(): void {
    const handleError = this.parts.handleError.bind(this.client);
    this.parts.handleError = (service, fault) => handleError(service, fault).catch(() => undefined);
  }

  private watchChannel(): void {
    const getChannel = this.parts.getChannel.bind(this.client);
    this.parts.getChannel = () => (this.channel = getChannel());
  }
}

function asIs(message: Buffer): Buffer {
  return message;
}

/** The client knows the store by the name that it had before. */
function byTheOldName(connectionString: string): string {
  return connectionString.trim().replace(/^kurrentdb(?=(\+discover)?:\/\/)/, 'esdb');
}

function partsOf(client: EventStoreDBClient): ClientParts {
  const parts = client as unknown as ClientParts;
  for (const name of ['GRPCStreamCreator', 'callArguments', 'handleError', 'getChannel'] as const) {
    if (typeof parts[name] !== 'function') throw new Error(`this version of the client has no ${name}`);
  }
  return parts;
}
