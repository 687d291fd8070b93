import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import type { GrpcCall } from './grpc-call';
import type { CallError } from './grpc-status';
import type { ReadRequest } from './requests';

/** The call of one reader: feels its back-pressure, and knows when the reader has gone. */
export class ReadCall {
  private wake: (() => void) | undefined;

  constructor(
    private readonly call: GrpcCall,
    readonly request: ReadRequest,
  ) {
    call.onMoved(() => this.wake?.());
  }

  get isOpen(): boolean {
    return this.call.isOpen;
  }

  send(message: Buffer): void {
    this.call.send(message);
  }

  /** To be awaited now and then by whoever sends much: lets others have their turn, and waits for a slow reader. */
  async untilTaken(): Promise<void> {
    await turnOfTheLoop();
    while (this.isOpen && this.call.isBehind) await this.untilWoken();
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
    this.call.end();
  }

  /** Ends the call with an error. */
  fail(error: CallError): void {
    this.call.fail(error);
  }
}
