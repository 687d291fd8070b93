import type { ServerErrorResponse, ServerWritableStream } from '@grpc/grpc-js';
import type { ReadRequest } from './requests';

/** The call of one reader: writes with back-pressure, and knows when the reader has gone. */
export class ReadCall {
  readonly request: ReadRequest;
  private ended = false;
  private wake: (() => void) | undefined;

  constructor(private readonly call: ServerWritableStream<ReadRequest, Buffer>) {
    this.request = call.request;
    call.on('cancelled', () => this.leave());
    call.on('close', () => this.leave());
    call.on('error', () => this.leave());
    call.on('drain', () => this.wake?.());
  }

  get isOpen(): boolean {
    return !this.ended;
  }

  /** Resolves when the reader can take more, or has gone. Only waits when the reader is slow. */
  async send(message: Buffer): Promise<void> {
    if (!this.isOpen || this.call.write(message)) return;
    while (this.isOpen && this.call.writableNeedDrain) await this.untilWoken();
  }

  /** Resolves at the next `nudge`, or when the reader can take more or has gone: look again at what you wait for. */
  async untilWoken(): Promise<void> {
    if (this.isOpen) await new Promise<void>((resolve) => (this.wake = resolve));
    this.wake = undefined;
  }

  nudge(): void {
    this.wake?.();
  }

  end(): void {
    if (this.isOpen) this.call.end();
    this.leave();
  }

  /** Ends the call with an error. */
  fail(error: Partial<ServerErrorResponse>): void {
    if (this.isOpen) this.call.emit('error', error);
    this.leave();
  }

  private leave(): void {
    this.ended = true;
    this.wake?.();
  }
}
