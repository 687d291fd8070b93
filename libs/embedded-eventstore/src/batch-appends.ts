import { faultOf, writeUntilMs, type AppendLimits } from './append-limits';
import { messageOf } from './errors';
import type { GrpcCall } from './grpc-call';
import { status } from './grpc-status';
import type { LogWriter, WriteOutcome } from './log-writer';
import {
  decodeBatchAppendFrame,
  type BatchAppendFrame,
  type ProposedEvent,
  type StreamTarget,
} from './requests';
import {
  appendTooLargeFailure,
  batchAppendedResponse,
  batchRefusedResponse,
  appendOnlyFailure,
  deadlineFailure,
  streamDeletedFailure,
  unknownFailure,
  wrongExpectedVersionFailure,
  type BatchFailure,
  type BatchIdentity,
} from './responses';

/** What one call may have waiting for the disk before its sender is slowed down. */
const MAX_WAITING_BYTES = 16 * 1024 * 1024;
const MAX_WAITING_BATCHES = 4096;

/** A batch whose frames are still coming in. */
interface OpenBatch extends BatchIdentity {
  deadlineMs: number | undefined;
  events: ProposedEvent[];
  sizeBytes: number;
  /** Answered before its last frame came: what still comes of it is passed over. */
  isRefused: boolean;
}

const NO_TARGET: StreamTarget = { stream: '', expected: 'any' };

/** What counts for the limit of a batch; as EventStoreDB counts it, with two bytes for a character of the type. */
function sizeOf(event: ProposedEvent): number {
  return event.data.length + event.customMetadata.length + 2 * (event.type?.length ?? 0);
}

/** Many appends on one call; each is answered by its correlation id as soon as it is on disk. */
export class BatchAppendCall {
  private readonly open = new Map<string, OpenBatch>();
  private waitingBytes = 0;
  private waitingBatches = 0;
  /** What ends the call once everything is answered. */
  private finish: (() => void) | undefined;

  constructor(
    private readonly writer: LogWriter,
    private readonly limits: AppendLimits,
    private readonly call: GrpcCall,
  ) {
    call.receive(
      (message) => this.take(decodeBatchAppendFrame(message)),
      () => this.finishWith(() => call.end()),
    );
  }

  /** Answers what is being written, takes no more, and tells the client that the call is cancelled. */
  stop(): void {
    this.call.pause();
    this.finishWith(() => this.call.fail({ code: status.CANCELLED, details: 'The server is stopping' }));
  }

  private take(frame: BatchAppendFrame): void {
    const batch = this.addFrame(frame);
    if (batch.isRefused) return;
    const refusal = refusalOf(batch, this.limits);
    if (refusal != null) {
      batch.isRefused = true;
      batch.events = [];
      this.call.send(batchRefusedResponse(batch, refusal));
    } else if (frame.isFinal) this.append(batch);
  }

  private addFrame(frame: BatchAppendFrame): OpenBatch {
    const { correlationId, target = NO_TARGET, deadlineMs } = frame;
    const begun = this.open.get(correlationId);
    const batch = begun ?? { correlationId, target, deadlineMs, events: [], sizeBytes: 0, isRefused: false };
    for (const event of frame.events) {
      batch.sizeBytes += sizeOf(event);
      if (!batch.isRefused) batch.events.push(event);
    }
    if (frame.isFinal) this.open.delete(correlationId);
    else if (begun == null) this.open.set(correlationId, batch);
    return batch;
  }

  private append(batch: OpenBatch): void {
    this.count(1, batch);
    void answerBatch(this.writer, this.limits, batch).then((answer) => {
      this.call.send(answer);
      this.count(-1, batch);
    });
  }

  private count(batches: 1 | -1, { sizeBytes }: OpenBatch): void {
    this.waitingBatches += batches;
    this.waitingBytes += batches * sizeBytes;
    const isBehind = this.waitingBytes > MAX_WAITING_BYTES || this.waitingBatches > MAX_WAITING_BATCHES;
    if (isBehind) this.call.pause();
    else if (this.finish == null) this.call.resume();
    if (this.waitingBatches === 0) this.finish?.();
  }

  private finishWith(finish: () => void): void {
    this.finish = finish;
    if (this.waitingBatches === 0) finish();
  }
}

/** What is wrong with a batch, as far as it has come. */
function refusalOf(batch: OpenBatch, { maxAppendSizeBytes }: AppendLimits): BatchFailure | undefined {
  if (batch.deadlineMs != null && Date.now() > batch.deadlineMs) return deadlineFailure();
  if (batch.sizeBytes > maxAppendSizeBytes) return appendTooLargeFailure(maxAppendSizeBytes);
  const fault = faultOf(batch.target, batch.events);
  return fault == null ? undefined : unknownFailure(fault.message);
}

async function answerBatch(writer: LogWriter, limits: AppendLimits, batch: OpenBatch): Promise<Buffer> {
  try {
    const untilMs = writeUntilMs(limits, batch.deadlineMs);
    const outcome = await writer.append(batch.target, batch.events, untilMs);
    if (outcome.kind === 'written')
      return batchAppendedResponse(batch, outcome.lastRevision, outcome.position);
    return batchRefusedResponse(batch, failureOf(batch.target, outcome));
  } catch (error) {
    return batchRefusedResponse(batch, unknownFailure(messageOf(error)));
  }
}

function failureOf({ stream, expected }: StreamTarget, outcome: WriteOutcome): BatchFailure {
  if (outcome.kind === 'deleted') return streamDeletedFailure(stream);
  if (outcome.kind === 'late') return deadlineFailure();
  if (outcome.kind === 'forbidden') return appendOnlyFailure(stream);
  return wrongExpectedVersionFailure(
    expected,
    outcome.kind === 'wrongRevision' ? outcome.currentRevision : undefined,
  );
}
