/** gRPC's own framing: each message behind a byte that says whether it is compressed, and its length. */

const PREFIX_BYTES = 5;

export interface Frame {
  isCompressed: boolean;
  /** A view of what was received, where it came in one piece. */
  message: Buffer;
}

/** A message that says of itself that it is larger than is taken. */
export class MessageTooLargeError extends Error {
  constructor(sizeBytes: number, maxMessageBytes: number) {
    super(`Received message larger than max (${sizeBytes} vs ${maxMessageBytes})`);
  }
}

/** Finds the messages in what comes in, however it is cut. */
export class FrameReader {
  private held: Buffer[] = [];
  private heldBytes = 0;
  /** Less than this holds no further message. */
  private neededBytes = PREFIX_BYTES;

  constructor(private readonly maxMessageBytes: number) {}

  /**
   * The messages that are whole now.
   *
   * @throws MessageTooLargeError
   */
  take(chunk: Buffer): Frame[] {
    this.held.push(chunk);
    this.heldBytes += chunk.length;
    if (this.heldBytes < this.neededBytes) return [];
    const received = this.held.length === 1 ? chunk : Buffer.concat(this.held, this.heldBytes);
    const frames: Frame[] = [];
    let at = 0;
    while ((this.neededBytes = this.frameBytesAt(received, at)) <= received.length - at) {
      const end = at + this.neededBytes;
      frames.push({ isCompressed: received[at] === 1, message: received.subarray(at + PREFIX_BYTES, end) });
      at = end;
    }
    this.held = at === received.length ? [] : [received.subarray(at)];
    this.heldBytes = received.length - at;
    return frames;
  }

  private frameBytesAt(received: Buffer, at: number): number {
    if (received.length - at < PREFIX_BYTES) return PREFIX_BYTES;
    const messageBytes = received.readUInt32BE(at + 1);
    if (messageBytes > this.maxMessageBytes)
      throw new MessageTooLargeError(messageBytes, this.maxMessageBytes);
    return PREFIX_BYTES + messageBytes;
  }
}

/** Messages as they are sent: one piece, so that many small ones cost hardly more than a large one. */
export function framed(messages: readonly Buffer[]): Buffer {
  const sizeBytes = messages.reduce((sum, message) => sum + PREFIX_BYTES + message.length, 0);
  const frames = Buffer.allocUnsafe(sizeBytes);
  let at = 0;
  for (const message of messages) {
    frames[at] = 0;
    frames.writeUInt32BE(message.length, at + 1);
    at += PREFIX_BYTES;
    at += message.copy(frames, at);
  }
  return frames;
}
