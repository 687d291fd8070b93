import {
  status,
  type sendUnaryData,
  type ServerDuplexStream,
  type ServerReadableStream,
} from '@grpc/grpc-js';
import type { LogWriter, WriteOutcome } from './log-writer';
import { messageOf, metadataOf, streamDeletedError } from './errors';
import type { AppendFrame, BatchAppendFrame, ProposedEvent, StreamTarget } from './requests';
import {
  appendedResponse,
  appendRefusedResponse,
  appendTooLargeFailure,
  batchAppendedResponse,
  batchRefusedResponse,
  deadlineFailure,
  streamDeletedFailure,
  unknownFailure,
  wrongExpectedVersionFailure,
  type BatchFailure,
  type BatchIdentity,
} from './responses';

export interface AppendLimits {
  maxAppendSizeBytes: number;
}

/** What one call may have waiting for the disk before its sender is slowed down. */
const MAX_WAITING_BYTES = 16 * 1024 * 1024;
const MAX_WAITING_BATCHES = 4096;

/** A batch whose frames are still coming in. */
interface OpenBatch extends BatchIdentity {
  deadlineMs: number | undefined;
  events: ProposedEvent[];
  sizeBytes: number;
}

export function sizeOf(event: ProposedEvent): number {
  return event.data.length + event.customMetadata.length + (event.type?.length ?? 0);
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
    private readonly call: ServerDuplexStream<BatchAppendFrame, Buffer>,
  ) {
    call.on('data', (frame: BatchAppendFrame) => this.take(frame));
    call.on('end', () => this.finishWith(() => call.end()));
  }

  /** Answers what is being written, takes no more, and tells the client that the call is cancelled. */
  stop(): void {
    this.call.pause();
    this.finishWith(() =>
      this.call.emit('error', { code: status.CANCELLED, details: 'The server is stopping' }),
    );
  }

  private take(frame: BatchAppendFrame): void {
    const batch = addFrame(this.open, frame, this.limits);
    if (batch == null) return;
    this.count(1, batch);
    void answerBatch(this.writer, this.limits, batch).then((answer) => {
      this.call.write(answer);
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

/** The batch, when this was its final frame. */
function addFrame(
  open: Map<string, OpenBatch>,
  frame: BatchAppendFrame,
  limits: AppendLimits,
): OpenBatch | undefined {
  const { correlationId } = frame;
  const batch = open.get(correlationId) ?? {
    correlationId,
    target: frame.target ?? { stream: '', expected: 'any' },
    deadlineMs: frame.deadlineMs,
    events: [],
    sizeBytes: 0,
  };
  for (const event of frame.events) {
    batch.sizeBytes += sizeOf(event);
    // What is refused anyway is not kept.
    if (batch.sizeBytes <= limits.maxAppendSizeBytes) batch.events.push(event);
  }
  if (frame.isFinal) open.delete(correlationId);
  else open.set(correlationId, batch);
  return frame.isFinal ? batch : undefined;
}

async function answerBatch(writer: LogWriter, limits: AppendLimits, batch: OpenBatch): Promise<Buffer> {
  if (batch.deadlineMs != null && Date.now() > batch.deadlineMs)
    return batchRefusedResponse(batch, deadlineFailure());
  if (batch.sizeBytes > limits.maxAppendSizeBytes) {
    return batchRefusedResponse(batch, appendTooLargeFailure(limits.maxAppendSizeBytes));
  }
  const fault = faultOf(batch.target, batch.events);
  if (fault != null) return batchRefusedResponse(batch, unknownFailure(fault.message));
  try {
    const outcome = await writer.append(batch.target, batch.events, batch.deadlineMs);
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
  return wrongExpectedVersionFailure(
    expected,
    outcome.kind === 'wrongRevision' ? outcome.currentRevision : undefined,
  );
}

/** One append, its events sent one by one. */
export function serveAppend(
  writer: LogWriter,
  limits: AppendLimits,
  call: ServerReadableStream<AppendFrame, Buffer>,
  answer: sendUnaryData<Buffer>,
): void {
  let target: StreamTarget = { stream: '', expected: 'any' };
  const events: ProposedEvent[] = [];
  let sizeBytes = 0;
  call.on('data', (frame: AppendFrame) => {
    if (frame.target != null) target = frame.target;
    if (frame.event == null) return;
    sizeBytes += sizeOf(frame.event);
    if (sizeBytes <= limits.maxAppendSizeBytes) events.push(frame.event);
  });
  call.on('end', () => {
    const fault = sizeBytes > limits.maxAppendSizeBytes ? tooLarge(limits) : faultOf(target, events);
    if (fault != null) {
      answer({ code: status.INVALID_ARGUMENT, details: fault.message, metadata: metadataOf(fault.trailers) });
    } else void answerAppend(writer, target, events, answer);
  });
}

async function answerAppend(
  writer: LogWriter,
  target: StreamTarget,
  events: readonly ProposedEvent[],
  answer: sendUnaryData<Buffer>,
): Promise<void> {
  try {
    const outcome = await writer.append(target, events);
    if (outcome.kind === 'written') answer(null, appendedResponse(outcome.lastRevision, outcome.position));
    else if (outcome.kind === 'wrongRevision') {
      answer(null, appendRefusedResponse(target.expected, outcome.currentRevision));
    } else answer(streamDeletedError(target.stream));
  } catch (error) {
    answer({ code: status.INTERNAL, details: messageOf(error) });
  }
}

interface RequestFault {
  message: string;
  trailers: Record<string, string>;
}

function tooLarge({ maxAppendSizeBytes }: AppendLimits): RequestFault {
  return {
    message: `Maximum append size of ${maxAppendSizeBytes} bytes exceeded`,
    trailers: {
      exception: 'maximum-append-size-exceeded',
      'maximum-append-size': String(maxAppendSizeBytes),
    },
  };
}

/** LMDB's keys have an end, and the stream's name is one. */
const MAX_STREAM_NAME_BYTES = 1024;

function faultOf({ stream }: StreamTarget, events: readonly ProposedEvent[]): RequestFault | undefined {
  if (stream === '') return { message: 'The stream has no name', trailers: {} };
  if (Buffer.byteLength(stream) > MAX_STREAM_NAME_BYTES) {
    return { message: `The stream's name is longer than ${MAX_STREAM_NAME_BYTES} bytes`, trailers: {} };
  }
  if (events.some(({ id }) => id === '')) return { message: 'An event has no id', trailers: {} };
  const missing = events.some(({ type, contentType }) => type == null || contentType == null);
  if (!missing) return undefined;
  return {
    message: 'An event lacks its type or content type',
    trailers: {
      exception: 'missing-required-metadata-property',
      'required-metadata-properties': 'type,content-type',
    },
  };
}
