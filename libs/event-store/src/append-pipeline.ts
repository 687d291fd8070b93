import type { BatchAppendResp } from '@eventstore/db-client/generated/streams_pb.js';
import type { AppendAnswer, AppendMessage } from './append-messages';
import { answerIn, appendIdIn, refusalIn } from './append-messages';
import type { BatchAppendCall } from './connection';
import { within } from './patience';

interface Waiting {
  readonly append: AppendMessage;
  readonly timer: NodeJS.Timeout;
  resolve(answer: AppendAnswer): void;
  reject(fault: Error): void;
}

/**
 * Sends appends down one call as they come, without waiting for the answers to earlier ones. An append that fails
 * otherwise than by an answer of the store may have happened or not.
 */
export class AppendPipeline {
  private lane: Lane | undefined;
  private opening: Promise<Lane> | undefined;

  constructor(private readonly openCall: () => Promise<BatchAppendCall>) {}

  /**
   * @throws WrongExpectedRevisionError, AppendTooLargeError as the store's answers
   * @throws Error in any other case, at the latest after the time-out
   */
  async append(append: AppendMessage, timeoutMs: number): Promise<AppendAnswer> {
    const beginMs = performance.now();
    const lane = this.lane ?? (await within(timeoutMs, 'opening the call', this.open()));
    return lane.send(append, timeoutMs - (performance.now() - beginMs));
  }

  private open(): Promise<Lane> {
    this.opening ??= this.openCall()
      .then((call) => (this.lane = new Lane(call, () => (this.lane = undefined))))
      .finally(() => (this.opening = undefined));
    return this.opening;
  }
}

/** One call to the server, and the appends that it owes an answer. */
class Lane {
  private readonly waiting = new Map<string, Waiting>();
  private lastAnswerMs = 0;
  private fault: Error | undefined;

  constructor(
    private readonly call: BatchAppendCall,
    private readonly onEnd: () => void,
  ) {
    call.on('data', (answer) => {
      this.take(answer);
    });
    // The listener for errors stays for good: a late one without a listener would end the process.
    call.on('error', (fault) => {
      this.end(fault);
    });
    call.on('end', () => {
      this.end(new Error('the server ended the call'));
    });
  }

  send(append: AppendMessage, timeoutMs: number): Promise<AppendAnswer> {
    return new Promise((resolve, reject) => {
      if (this.fault != null) {
        reject(this.fault);
        return;
      }
      if (this.waiting.size === 0) this.lastAnswerMs = performance.now();
      const timer = setTimeout(() => {
        this.giveUp(append.id, timeoutMs);
      }, timeoutMs);
      this.waiting.set(append.id, { append, timer, resolve, reject });
      // What the wire does not take is kept in memory: no more than there are callers who wait.
      this.call.write(append.message);
    });
  }

  /** Nobody waits for that answer any more. A call that has long answered nobody is given up as a whole. */
  private giveUp(id: string, timeoutMs: number): void {
    this.waiting.get(id)?.reject(new Error(`no answer within ${timeoutMs.toFixed()} ms`));
    this.waiting.delete(id);
    if (performance.now() - this.lastAnswerMs < timeoutMs) return;
    this.end(new Error('the server has stopped answering'));
    this.call.cancel();
  }

  private take(answer: BatchAppendResp): void {
    this.lastAnswerMs = performance.now();
    const waiting = this.waiting.get(appendIdIn(answer));
    // Nobody waits for a late answer.
    if (waiting == null) return;
    this.waiting.delete(waiting.append.id);
    clearTimeout(waiting.timer);
    const success = answer.getSuccess();
    if (success == null) waiting.reject(refusalIn(answer, waiting.append));
    else waiting.resolve(answerIn(success));
  }

  private end(fault: Error): void {
    if (this.fault != null) return;
    this.fault = fault;
    this.onEnd();
    for (const { timer, reject } of this.waiting.values()) {
      clearTimeout(timer);
      reject(fault);
    }
    this.waiting.clear();
  }
}
