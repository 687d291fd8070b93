import {
  status,
  type handleBidiStreamingCall,
  type handleClientStreamingCall,
  type handleServerStreamingCall,
  type handleUnaryCall,
  type MethodDefinition,
  type Server,
} from '@grpc/grpc-js';
import { writeUntilMs, type AppendLimits } from './append-limits';
import { BatchAppendCall } from './batch-appends';
import { serveDelete } from './deletes';
import type { EventLog } from './event-log';
import type { LogWriter } from './log-writer';
import { gossipResponse, SUPPORTED_METHODS_RESPONSE } from './node-services';
import { ReadCall } from './read-call';
import { serveRead } from './reads';
import { AppendCall, deadlineMsOf } from './single-writes';
import {
  decodeAppendFrame,
  decodeBatchAppendFrame,
  decodeDeleteRequest,
  decodeReadRequest,
  type AppendFrame,
  type BatchAppendFrame,
  type ReadRequest,
  type StreamTarget,
} from './requests';

/** A method whose requests are decoded by hand and whose responses are encoded already. */
function method<Request>(
  path: string,
  decode: (message: Buffer) => Request,
  streams: { request?: boolean; response?: boolean } = {},
): MethodDefinition<Request, Buffer> {
  return {
    path,
    requestStream: streams.request ?? false,
    responseStream: streams.response ?? false,
    requestSerialize: notAClient,
    requestDeserialize: decode,
    responseSerialize: (message) => message,
    responseDeserialize: notAClient,
  };
}

function notAClient(): never {
  throw new Error('These definitions serve; they do not call');
}

const STREAMS = '/event_store.client.streams.Streams';
const readMethod = method(`${STREAMS}/Read`, decodeReadRequest, { response: true });
const appendMethod = method(`${STREAMS}/Append`, decodeAppendFrame, { request: true });
const batchAppendMethod = method(`${STREAMS}/BatchAppend`, decodeBatchAppendFrame, {
  request: true,
  response: true,
});
const deleteMethod = method(`${STREAMS}/Delete`, decodeDeleteRequest);
const tombstoneMethod = method(`${STREAMS}/Tombstone`, decodeDeleteRequest);
const featuresMethod = method('/event_store.client.server_features.ServerFeatures/GetSupportedMethods', asIs);
const gossipMethod = method('/event_store.client.gossip.Gossip/Read', asIs);

/** These requests say nothing, but undefined would be taken for no request at all. */
function asIs(message: Buffer): Buffer {
  return message;
}

/** The calls of readers and writers that are under way, to be ended when the server stops. */
export class StreamsService {
  private readonly reads = new Set<ReadCall>();
  private readonly appends = new Set<BatchAppendCall | AppendCall>();

  constructor(
    private readonly log: EventLog,
    private readonly writer: LogWriter,
    private readonly limits: AppendLimits,
  ) {}

  addTo(server: Server): void {
    const read: handleServerStreamingCall<ReadRequest, Buffer> = (call) => {
      const reader = new ReadCall(call);
      this.reads.add(reader);
      void serveRead(this.log, reader).finally(() => this.reads.delete(reader));
    };
    const append: handleClientStreamingCall<AppendFrame, Buffer> = (call, answer) =>
      this.keep(call, new AppendCall(this.writer, this.limits, call, answer));
    const batchAppend: handleBidiStreamingCall<BatchAppendFrame, Buffer> = (call) =>
      this.keep(call, new BatchAppendCall(this.writer, this.limits, call));
    const softDelete: handleUnaryCall<StreamTarget, Buffer> = (call, answer) =>
      void serveDelete(call.request, answer, () => this.writer.softDelete(call.request, this.untilMs(call)));
    const tombstone: handleUnaryCall<StreamTarget, Buffer> = (call, answer) =>
      void serveDelete(call.request, answer, () => this.writer.tombstone(call.request, this.untilMs(call)));
    const methods = {
      read: readMethod,
      append: appendMethod,
      batchAppend: batchAppendMethod,
      softDelete: deleteMethod,
      tombstone: tombstoneMethod,
    };
    server.addService(methods, { read, append, batchAppend, softDelete, tombstone });
  }

  private untilMs(call: { getDeadline(): Date | number }): number {
    return writeUntilMs(this.limits, deadlineMsOf(call));
  }

  private keep(call: NodeJS.EventEmitter, append: BatchAppendCall | AppendCall): void {
    this.appends.add(append);
    call.on('close', () => this.appends.delete(append));
  }

  /** Readers are told that they are cancelled; writers too, once what they sent is on disk and answered. */
  stop(): void {
    for (const append of this.appends) append.stop();
    for (const reader of this.reads)
      reader.fail({ code: status.CANCELLED, details: 'The server is stopping' });
  }
}

/** ServerFeatures and Gossip: what the server is, and that it is alone. */
export function addNodeServices(server: Server, endpoint: () => { host: string; port: number }): void {
  const features: handleUnaryCall<unknown, Buffer> = (_call, answer) =>
    answer(null, SUPPORTED_METHODS_RESPONSE);
  const gossip: handleUnaryCall<unknown, Buffer> = (_call, answer) => {
    const { host, port } = endpoint();
    answer(null, gossipResponse(host, port));
  };
  server.addService({ features: featuresMethod, gossip: gossipMethod }, { features, gossip });
}
