import { Metadata, status, type ServerErrorResponse } from '@grpc/grpc-js';
import type { ExpectedRevision } from './requests';

/** An error as the client makes its typed errors from: by the trailers. */
export function typedError(
  code: status,
  details: string,
  trailers: Record<string, string>,
): { code: status; details: string; metadata: Metadata } {
  return { code, details, metadata: metadataOf(trailers) };
}

/** Trailers carry ASCII only; what a stream's name has beyond that is percent-encoded. */
export function metadataOf(trailers: Record<string, string>): Metadata {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(trailers)) {
    metadata.set(name, value.replace(/[^\x20-\x7e]+/gu, encodeURIComponent));
  }
  return metadata;
}

export function streamDeletedError(stream: string): Partial<ServerErrorResponse> {
  return typedError(status.FAILED_PRECONDITION, `Stream ${stream} is deleted`, {
    exception: 'stream-deleted',
    'stream-name': stream,
  });
}

const EXPECTED_VERSION_IN_TRAILERS = { noStream: -1, any: -2, streamExists: -4 };

export function wrongExpectedVersionError(
  stream: string,
  expected: ExpectedRevision,
  currentRevision: number | undefined,
): Partial<ServerErrorResponse> {
  const expectedVersion = typeof expected === 'number' ? expected : EXPECTED_VERSION_IN_TRAILERS[expected];
  return typedError(status.FAILED_PRECONDITION, `Wrong expected version of ${stream}`, {
    exception: 'wrong-expected-version',
    'stream-name': stream,
    'expected-version': String(expectedVersion),
    ...(currentRevision == null ? {} : { 'actual-version': String(currentRevision) }),
  });
}

/** The server was told never to let anything disappear. */
export function appendOnlyError(stream: string): Partial<ServerErrorResponse> {
  return typedError(status.PERMISSION_DENIED, appendOnlyMessage(stream), { exception: 'access-denied' });
}

export function appendOnlyMessage(stream: string): string {
  return `Stream ${stream} is kept whole: this server neither deletes nor truncates`;
}

/** A caller whose own deadline has passed no longer hears this; others are told that the server was too slow. */
export function notBegunError(): Partial<ServerErrorResponse> {
  return { code: status.ABORTED, details: 'The write could not be begun in time; nothing was written' };
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
