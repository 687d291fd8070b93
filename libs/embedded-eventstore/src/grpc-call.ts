import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import { gunzipSync, inflateSync } from 'node:zlib';
import { messageOf } from './errors';
import { framed, FrameReader, MessageTooLargeError, type Frame } from './grpc-frames';
import { status, statusHeaders, type CallError } from './grpc-status';

/** Somewhat more than the largest append that is ever accepted, so that too large a one can be refused in words. */
const MAX_MESSAGE_BYTES = 17 * 1024 * 1024;
/** Messages of one turn of the event loop leave together, in pieces of about this size. */
const PIECE_BYTES = 64 * 1024;
/** With more than this on its way to the socket, a call is behind. */
const MAX_UNSENT_BYTES = 128 * 1024;
const LONGEST_TIMER_MS = 2 ** 31 - 1;

const RESPONSE_HEADERS = {
  ':status': 200,
  'content-type': 'application/grpc+proto',
  'grpc-accept-encoding': 'identity,deflate,gzip',
} as const;
const OK: CallError = { code: status.OK, details: 'OK' };

/** One call of a client: its messages come in one by one, and go out many together. */
export class GrpcCall {
  /** Until when the client waits, in milliseconds since 1970. */
  readonly deadlineMs: number;
  private readonly listeners: (() => void)[] = [];
  private readonly encoding: string | undefined;
  private unsent: Buffer[] = [];
  private unsentBytes = 0;
  /** Given to the socket, which has not taken it yet. */
  private onItsWayBytes = 0;
  private hasEnded = false;

  constructor(
    private readonly stream: ServerHttp2Stream,
    headers: IncomingHttpHeaders,
  ) {
    this.encoding = headers['grpc-encoding']?.toString();
    // A client that goes is told by "close"; what else there is to an error nobody can mend.
    stream.on('error', () => undefined);
    stream.on('close', () => this.leave());
    const timeoutMs = timeoutMsOf(headers['grpc-timeout']?.toString());
    this.deadlineMs = Date.now() + timeoutMs;
    if (timeoutMs === Infinity) return;
    const late = () => this.fail({ code: status.DEADLINE_EXCEEDED, details: 'Deadline exceeded' });
    const timer = setTimeout(late, Math.min(timeoutMs, LONGEST_TIMER_MS));
    stream.on('close', () => clearTimeout(timer));
  }

  /** Nothing was answered yet that ends the call, and its client has not gone. */
  get isOpen(): boolean {
    return !this.hasEnded;
  }

  /** The client takes less than it is sent. */
  get isBehind(): boolean {
    return this.onItsWayBytes > MAX_UNSENT_BYTES;
  }

  /** Calls `listener` when the call may no longer be behind, and when it has ended. */
  onMoved(listener: () => void): void {
    this.listeners.push(listener);
  }

  /** Hands over what the client sends, and tells when it has sent everything. What `take` throws fails the call. */
  receive(take: (message: Buffer) => void, done: () => void): void {
    const frames = new FrameReader(MAX_MESSAGE_BYTES);
    this.stream.on('data', (chunk: Buffer) => {
      if (!this.isOpen) return;
      try {
        for (const frame of frames.take(chunk)) take(this.messageIn(frame));
      } catch (error) {
        const code = error instanceof MessageTooLargeError ? status.RESOURCE_EXHAUSTED : status.INTERNAL;
        this.fail({ code, details: messageOf(error) });
      }
    });
    // A client that cuts its call may end it in the same breath: whether it did shows a moment later.
    this.stream.on('end', () =>
      setImmediate(() => {
        if (this.isOpen && !this.isCut) done();
      }),
    );
  }

  /** As `receive`, where the client sends one message only. */
  receiveOne(take: (message: Buffer) => void): void {
    const messages: Buffer[] = [];
    this.receive(
      (message) => messages.push(message),
      () => {
        const [only] = messages;
        if (only != null && messages.length === 1) take(only);
        else this.fail({ code: status.UNIMPLEMENTED, details: 'This method takes one message' });
      },
    );
  }

  pause(): void {
    this.stream.pause();
  }

  resume(): void {
    this.stream.resume();
  }

  send(message: Buffer): void {
    if (this.hasEnded) return;
    if (this.unsent.length === 0) process.nextTick(() => this.flush());
    this.unsent.push(message);
    this.unsentBytes += message.length;
    if (this.unsentBytes > PIECE_BYTES) this.flush();
  }

  /** Sends the only message of an answer. */
  answer(message: Buffer): void {
    this.send(message);
    this.end();
  }

  /** Ends the call, after what was sent. */
  end(): void {
    this.finish(OK);
  }

  /** Ends the call with an error, after what was sent. */
  fail(error: CallError): void {
    this.finish(error);
  }

  private flush(): void {
    const messages = this.unsent;
    this.unsent = [];
    this.unsentBytes = 0;
    if (messages.length === 0 || this.isCut) return;
    this.begin();
    const piece = framed(messages);
    this.onItsWayBytes += piece.length;
    this.stream.write(piece, () => {
      this.onItsWayBytes -= piece.length;
      if (!this.isBehind) this.tellMoved();
    });
  }

  /** The client has gone, which the call is told a moment later. */
  private get isCut(): boolean {
    return this.stream.destroyed || this.stream.closed;
  }

  private begin(): void {
    if (!this.stream.headersSent) this.stream.respond(RESPONSE_HEADERS, { waitForTrailers: true });
  }

  private finish(outcome: CallError): void {
    if (this.hasEnded) return;
    this.flush();
    this.leave();
    if (this.isCut) return;
    const headers = statusHeaders(outcome);
    if (this.stream.headersSent) {
      this.stream.once('wantTrailers', () => this.stream.sendTrailers(headers));
      this.stream.end();
    } else {
      this.stream.respond({ ...RESPONSE_HEADERS, ...headers }, { endStream: true });
    }
    // What the client still sends is passed over.
    this.stream.resume();
  }

  private leave(): void {
    this.hasEnded = true;
    this.tellMoved();
  }

  private tellMoved(): void {
    for (const listener of this.listeners) listener();
  }

  private messageIn({ isCompressed, message }: Frame): Buffer {
    if (!isCompressed) return message;
    const bounds = { maxOutputLength: MAX_MESSAGE_BYTES };
    if (this.encoding === 'gzip') return gunzipSync(message, bounds);
    if (this.encoding === 'deflate') return inflateSync(message, bounds);
    throw new Error(`Nobody knows how ${this.encoding ?? 'a message of no encoding'} is compressed`);
  }
}

const MS_OF_UNIT: Record<string, number> = { H: 3_600_000, M: 60_000, S: 1000, m: 1, u: 1e-3, n: 1e-6 };

/** How long a client waits; without the header, for ever. */
function timeoutMsOf(header: string | undefined): number {
  const [, amount, unit = ''] = /^(\d{1,8})([HMSmun])$/.exec(header ?? '') ?? [];
  return amount == null ? Infinity : Number(amount) * (MS_OF_UNIT[unit] ?? 1);
}
