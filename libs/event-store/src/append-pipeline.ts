import { randomUUID } from 'node:crypto';
import type { BatchAppendResp } from '@eventstore/db-client/generated/streams_pb.js';
import type { AppendAnswer, AppendRequest } from './append-messages';
import { answerIn, correlationIdIn, messagesOf, refusalIn } from './append-messages';
import type { BatchAppendCall } from './connection';

interface Waiting {
  readonly request: AppendRequest;
  readonly timer: NodeJS.Timeout;
  resolve(answer: AppendAnswer): void;
  reject(fault: Error): void;
}

/**
 * Sends appends down one call as they come, without waiting for the answers to earlier ones. An append that fails
 * otherwise than by an answer of the store may have happened or not.
 */
export class AppendPipeline {
  private lane: Promise<Lane> | undefined;

  constructor(private readonly openCall: () => Promise<BatchAppendCall>) {}

  /**
   * @throws WrongExpectedRevisionError, AppendTooLargeError as the store's answers
   * @throws Error in any other case, at the latest after the time-out
   */
  append(request: AppendRequest, timeoutMs: number): Promise<AppendAnswer> {
    return new Promise((resolve, reject) => {
      const id = randomUUID();
      let lane: Lane | undefined;
      const giveUp = () => {
        reject(new Error(`no answer within ${String(timeoutMs)} ms`));
        lane?.forget(id, timeoutMs);
      };
      const timer = setTimeout(giveUp, timeoutMs);
      this.openLane().then(
        (opened) => {
          lane = opened;
          lane.send(id, { request, timer, resolve, reject }, timeoutMs);
        },
        (fault: unknown) => {
          clearTimeout(timer);
          reject(fault instanceof Error ? fault : new Error(String(fault)));
        },
      );
    });
  }

  private openLane(): Promise<Lane> {
    if (this.lane != null) return this.lane;
    const lane = this.openCall().then(
      (call) =>
        new Lane(call, () => {
          if (this.lane === lane) this.lane = undefined;
        }),
    );
    this.lane = lane;
    lane.catch(() => {
      if (this.lane === lane) this.lane = undefined;
    });
    return lane;
  }
}

/** One call to the server, and the appends that it owes an answer. */
class Lane {
  private readonly waiting = new Map<string, Waiting>();
  private lastAnswerMs = performance.now();

  constructor(
    private readonly call: BatchAppendCall,
    private readonly onEnd: () => void,
  ) {
    call.on('data', (answer) => {
      this.take(answer);
    });
    call.on('error', (fault) => {
      this.end(fault);
    });
    call.on('end', () => {
      this.end(new Error('the server ended the call'));
    });
  }

  send(id: string, waiting: Waiting, timeoutMs: number): void {
    if (this.waiting.size === 0) this.lastAnswerMs = performance.now();
    this.waiting.set(id, waiting);
    // What the wire does not take is kept in memory: no more than there are callers who wait.
    for (const message of messagesOf(id, waiting.request, timeoutMs)) this.call.write(message);
  }

  /** Nobody waits for that answer any more. A call that has long answered nobody is given up. */
  forget(id: string, timeoutMs: number): void {
    this.waiting.delete(id);
    if (performance.now() - this.lastAnswerMs < timeoutMs) return;
    this.end(new Error('the server has stopped answering'));
    this.call.cancel();
  }

  private take(answer: BatchAppendResp): void {
    this.lastAnswerMs = performance.now();
    const id = correlationIdIn(answer);
    const waiting = this.waiting.get(id);
    // Nobody waits for a late answer.
    if (waiting == null) return;
    this.waiting.delete(id);
    clearTimeout(waiting.timer);
    const { stream, expected } = waiting.request;
    const success = answer.getSuccess();
    if (success == null) waiting.reject(refusalIn(answer, stream, expected));
    else waiting.resolve(answerIn(success));
  }

  private end(fault: Error): void {
    this.onEnd();
    for (const { timer, reject } of this.waiting.values()) {
      clearTimeout(timer);
      reject(fault);
    }
    this.waiting.clear();
  }
}
