import type { AppendAnswer, AppendMessage, AppendReply } from './append-messages';
import { refusalIn } from './append-messages';
import type { BatchAppendCall } from './connection';
import type { Patience } from './patience';
import { within } from './patience';

interface Waiting {
  readonly append: AppendMessage;
  readonly sinceMs: number;
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

  constructor(
    private readonly openCall: () => Promise<BatchAppendCall>,
    private readonly patience: Patience,
  ) {}

  /**
   * @throws WrongExpectedRevisionError, AppendTooLargeError as the store's answers
   * @throws Error in any other case, in bounded time
   */
  async append(append: AppendMessage): Promise<AppendAnswer> {
    const lane = this.lane ?? (await within(this.patience.attemptTimeoutMs, 'opening the call', this.open()));
    return lane.send(append);
  }

  private open(): Promise<Lane> {
    this.opening ??= this.openCall()
      .then((call) => (this.lane = new Lane(call, this.patience, () => (this.lane = undefined))))
      .finally(() => (this.opening = undefined));
    return this.opening;
  }
}

/**
 * One call to the server, and the appends that it owes an answer, the oldest first. A server that answers is waited
 * for, however slow: to send again what stands in its queue would make it slower. One that answers nothing is given up.
 */
class Lane {
  private readonly waiting = new Map<string, Waiting>();
  private lastAnswerMs = 0;
  private look: NodeJS.Timeout | undefined;
  private fault: Error | undefined;

  constructor(
    private readonly call: BatchAppendCall,
    private readonly patience: Patience,
    private readonly onEnd: () => void,
  ) {
    call.on('data', (reply: AppendReply) => {
      this.take(reply);
    });
    // The listener for errors stays for good: a late one without a listener would end the process.
    call.on('error', (fault) => {
      this.end(fault);
    });
    call.on('end', () => {
      this.end(new Error('the server ended the call'));
    });
  }

  send(append: AppendMessage): Promise<AppendAnswer> {
    return new Promise((resolve, reject) => {
      if (this.fault != null) {
        reject(this.fault);
        return;
      }
      const sinceMs = performance.now();
      if (this.waiting.size === 0) {
        this.lastAnswerMs = sinceMs;
        this.lookLater(this.patience.attemptTimeoutMs);
      }
      this.waiting.set(append.id, { append, sinceMs, resolve, reject });
      // What the wire does not take is kept in memory: no more than there are callers who wait.
      this.call.write(append.message);
    });
  }

  private take({ id, outcome }: AppendReply): void {
    this.lastAnswerMs = performance.now();
    const waiting = this.waiting.get(id);
    // Nobody waits for a late answer.
    if (waiting == null) return;
    this.waiting.delete(waiting.append.id);
    if (this.waiting.size === 0) clearTimeout(this.look);
    if ('refusal' in outcome) waiting.reject(refusalIn(outcome.refusal, waiting.append));
    else waiting.resolve(outcome);
  }

  private lookLater(afterMs: number): void {
    this.look = setTimeout(() => {
      this.lookAtWaiting();
    }, afterMs);
  }

  private lookAtWaiting(): void {
    const nowMs = performance.now();
    const patienceLeftMs = this.lastAnswerMs + this.patience.attemptTimeoutMs - nowMs;
    if (patienceLeftMs <= 0) {
      this.end(new Error(`no answer within ${String(this.patience.attemptTimeoutMs)} ms`));
      this.call.cancel();
      return;
    }
    for (const { append, sinceMs, reject } of this.waiting.values()) {
      if (nowMs - sinceMs < this.patience.retryBudgetMs) break;
      this.waiting.delete(append.id);
      reject(new Error('others are answered, but not this one'));
    }
    if (this.waiting.size > 0) this.lookLater(patienceLeftMs);
  }

  private end(fault: Error): void {
    if (this.fault != null) return;
    this.fault = fault;
    clearTimeout(this.look);
    this.onEnd();
    for (const { reject } of this.waiting.values()) reject(fault);
    this.waiting.clear();
  }
}
