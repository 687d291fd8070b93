import { status, type CallError } from './grpc-status';
import type { ExpectedRevision } from './requests';

export function streamDeletedError(stream: string): CallError {
  return {
    code: status.FAILED_PRECONDITION,
    details: `Stream ${stream} is deleted`,
    trailers: { exception: 'stream-deleted', 'stream-name': stream },
  };
}

const EXPECTED_VERSION_IN_TRAILERS = { noStream: -1, any: -2, streamExists: -4 };

export function wrongExpectedVersionError(
  stream: string,
  expected: ExpectedRevision,
  currentRevision: number | undefined,
): CallError {
  const expectedVersion = typeof expected === 'number' ? expected : EXPECTED_VERSION_IN_TRAILERS[expected];
  const trailers = {
    exception: 'wrong-expected-version',
    'stream-name': stream,
    'expected-version': String(expectedVersion),
    ...(currentRevision == null ? {} : { 'actual-version': String(currentRevision) }),
  };
  return { code: status.FAILED_PRECONDITION, details: `Wrong expected version of ${stream}`, trailers };
}

/** The server was told never to let anything disappear. */
export function appendOnlyError(stream: string): CallError {
  return {
    code: status.PERMISSION_DENIED,
    details: appendOnlyMessage(stream),
    trailers: { exception: 'access-denied' },
  };
}

export function appendOnlyMessage(stream: string): string {
  return `Stream ${stream} is kept whole: this server neither deletes nor truncates`;
}

/** A caller whose own deadline has passed no longer hears this; others are told that the server was too slow. */
export function notBegunError(): CallError {
  return { code: status.ABORTED, details: 'The write could not be begun in time; nothing was written' };
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
