import type { ProposedEvent, StreamTarget } from './requests';

export interface AppendLimits {
  maxAppendSizeBytes: number;
  /** An append that could not be begun for so long is not written. */
  writeTimeoutMs: number;
}

/** Until when an append that came just now may be begun, in milliseconds since 1970. */
export function writeUntilMs({ writeTimeoutMs }: AppendLimits, deadlineMs = Infinity): number {
  return Math.min(deadlineMs, Date.now() + writeTimeoutMs);
}

/** What is wrong with a request, and how the client is told by trailers. */
export interface RequestFault {
  message: string;
  trailers: Record<string, string>;
}

export function tooLarge({ maxAppendSizeBytes }: AppendLimits): RequestFault {
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

export function faultOf(
  { stream }: StreamTarget,
  events: readonly ProposedEvent[],
): RequestFault | undefined {
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
