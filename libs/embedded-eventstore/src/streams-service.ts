import { writeUntilMs, type AppendLimits } from './append-limits';
import { BatchAppendCall } from './batch-appends';
import { serveDelete } from './deletes';
import type { EventLog } from './event-log';
import type { GrpcCall } from './grpc-call';
import type { Handler } from './grpc-server';
import { status } from './grpc-status';
import type { LogWriter, WriteOutcome } from './log-writer';
import { ReadCall } from './read-call';
import { serveRead } from './reads';
import { decodeDeleteRequest, decodeReadRequest, type StreamTarget } from './requests';
import { AppendCall } from './single-writes';

const SERVICE = '/event_store.client.streams.Streams';

/** The calls of readers and writers that are under way, to be ended when the server stops. */
export class StreamsService {
  private readonly reads = new Set<ReadCall>();
  private readonly appends = new Set<BatchAppendCall | AppendCall>();

  constructor(
    private readonly log: EventLog,
    private readonly writer: LogWriter,
    private readonly limits: AppendLimits,
  ) {}

  methods(): [path: string, Handler][] {
    const { writer, limits } = this;
    return [
      [`${SERVICE}/Read`, (call) => call.receiveOne((request) => this.read(call, request))],
      [`${SERVICE}/Append`, (call) => this.keep(call, new AppendCall(writer, limits, call))],
      [`${SERVICE}/BatchAppend`, (call) => this.keep(call, new BatchAppendCall(writer, limits, call))],
      [`${SERVICE}/Delete`, this.deleting((target, untilMs) => writer.softDelete(target, untilMs))],
      [`${SERVICE}/Tombstone`, this.deleting((target, untilMs) => writer.tombstone(target, untilMs))],
    ];
  }

  private read(call: GrpcCall, request: Buffer): void {
    const reader = new ReadCall(call, decodeReadRequest(request));
    this.reads.add(reader);
    void serveRead(this.log, reader).finally(() => this.reads.delete(reader));
  }

  private deleting(write: (target: StreamTarget, untilMs: number) => Promise<WriteOutcome>): Handler {
    return (call) =>
      call.receiveOne((request) => {
        const target = decodeDeleteRequest(request);
        void serveDelete(call, target, () => write(target, writeUntilMs(this.limits, call.deadlineMs)));
      });
  }

  private keep(call: GrpcCall, append: BatchAppendCall | AppendCall): void {
    this.appends.add(append);
    call.onMoved(() => {
      if (!call.isOpen) this.appends.delete(append);
    });
  }

  /** Readers are told that they are cancelled; writers too, once what they sent is on disk and answered. */
  stop(): void {
    for (const append of this.appends) append.stop();
    for (const reader of this.reads)
      reader.fail({ code: status.CANCELLED, details: 'The server is stopping' });
  }
}
