import { faultOf, tooLarge, writeUntilMs, type AppendLimits, type RequestFault } from './append-limits';
import { appendOnlyError, messageOf, notBegunError, streamDeletedError } from './errors';
import type { GrpcCall } from './grpc-call';
import { status, type CallError } from './grpc-status';
import type { LogWriter, WriteOutcome } from './log-writer';
import { decodeAppendFrame, type AppendFrame, type ProposedEvent, type StreamTarget } from './requests';
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
    private readonly call: GrpcCall,
  ) {
    call.receive(
      (message) => this.take(decodeAppendFrame(message)),
      () => this.write(),
    );
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
    const untilMs = writeUntilMs(this.limits, this.call.deadlineMs);
    void answerAppend(this.writer.append(this.target, this.events, untilMs), this.target, this.call);
  }

  private refuse(error: CallError): void {
    this.isSettled = true;
    this.events = [];
    this.call.fail(error);
  }
}

function faultError({ message, trailers }: RequestFault): CallError {
  return { code: status.INVALID_ARGUMENT, details: message, trailers };
}

async function answerAppend(
  written: Promise<WriteOutcome>,
  target: StreamTarget,
  call: GrpcCall,
): Promise<void> {
  try {
    const outcome = await written;
    if (outcome.kind === 'written') call.answer(appendedResponse(outcome.lastRevision, outcome.position));
    else if (outcome.kind === 'wrongRevision') {
      call.answer(appendRefusedResponse(target.expected, outcome.currentRevision));
    } else call.fail(refusalError(target.stream, outcome.kind));
  } catch (error) {
    call.fail({ code: status.INTERNAL, details: messageOf(error) });
  }
}

/** The error of a single write that was refused for another reason than the stream's revision. */
export function refusalError(stream: string, reason: 'deleted' | 'forbidden' | 'late'): CallError {
  if (reason === 'late') return notBegunError();
  return reason === 'forbidden' ? appendOnlyError(stream) : streamDeletedError(stream);
}
