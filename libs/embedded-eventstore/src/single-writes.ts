import {
  status,
  type sendUnaryData,
  type ServerErrorResponse,
  type ServerReadableStream,
} from '@grpc/grpc-js';
import { faultOf, tooLarge, writeUntilMs, type AppendLimits, type RequestFault } from './append-limits';
import { appendOnlyError, messageOf, metadataOf, notBegunError, streamDeletedError } from './errors';
import type { LogWriter, WriteOutcome } from './log-writer';
import type { AppendFrame, ProposedEvent, StreamTarget } from './requests';
import { appendedResponse, appendRefusedResponse } from './responses';

/** One append, its events sent one by one. */
export class AppendCall {
  private target: StreamTarget = { stream: '', expected: 'any' };
  private events: ProposedEvent[] = [];
  private sizeBytes = 0;
  /** Refused, or being written: what still comes is passed over. */
  private isSettled = false;

  constructor(
    private readonly writer: LogWriter,
    private readonly limits: AppendLimits,
    private readonly call: ServerReadableStream<AppendFrame, Buffer>,
    private readonly answer: sendUnaryData<Buffer>,
  ) {
    call.on('data', (frame: AppendFrame) => this.take(frame));
    call.on('end', () => this.write());
  }

  /** Tells a client that is still sending that its call is cancelled; what is being written is answered. */
  stop(): void {
    if (!this.isSettled) this.refuse({ code: status.CANCELLED, details: 'The server is stopping' });
  }

  private take({ target, event }: AppendFrame): void {
    if (this.isSettled) return;
    if (target != null) this.target = target;
    if (event == null) return;
    this.events.push(event);
    // As EventStoreDB counts it here: the data alone.
    this.sizeBytes += event.data.length;
    if (this.sizeBytes > this.limits.maxAppendSizeBytes) this.refuse(faultError(tooLarge(this.limits)));
  }

  private write(): void {
    if (this.isSettled) return;
    const fault = faultOf(this.target, this.events);
    if (fault != null) return this.refuse(faultError(fault));
    this.isSettled = true;
    const untilMs = writeUntilMs(this.limits, deadlineMsOf(this.call));
    void answerAppend(this.writer.append(this.target, this.events, untilMs), this.target, this.answer);
  }

  private refuse(error: Partial<ServerErrorResponse>): void {
    this.isSettled = true;
    this.events = [];
    this.answer(error);
  }
}

function faultError({ message, trailers }: RequestFault): Partial<ServerErrorResponse> {
  return { code: status.INVALID_ARGUMENT, details: message, metadata: metadataOf(trailers) };
}

async function answerAppend(
  written: Promise<WriteOutcome>,
  target: StreamTarget,
  answer: sendUnaryData<Buffer>,
): Promise<void> {
  try {
    const outcome = await written;
    if (outcome.kind === 'written') answer(null, appendedResponse(outcome.lastRevision, outcome.position));
    else if (outcome.kind === 'wrongRevision') {
      answer(null, appendRefusedResponse(target.expected, outcome.currentRevision));
    } else answer(refusalError(target.stream, outcome.kind));
  } catch (error) {
    answer({ code: status.INTERNAL, details: messageOf(error) });
  }
}

/** Until when the caller of a single write waits, in milliseconds since 1970. */
export function deadlineMsOf(call: { getDeadline(): Date | number }): number {
  return Number(call.getDeadline());
}

/** The error of a single write that was refused for another reason than the stream's revision. */
export function refusalError(
  stream: string,
  reason: 'deleted' | 'forbidden' | 'late',
): Partial<ServerErrorResponse> {
  if (reason === 'late') return notBegunError();
  return reason === 'forbidden' ? appendOnlyError(stream) : streamDeletedError(stream);
}
