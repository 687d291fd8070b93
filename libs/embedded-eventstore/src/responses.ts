import { appendOnlyMessage } from './errors';
import type { ExpectedRevision, StreamTarget } from './requests';
import { encodeMessage, type FieldToEncode } from './wire';

const EMPTY = Buffer.alloc(0);

/** A log position: commit and prepare are one and the same in this store. */
function positionMessage(position: number): Buffer {
  return encodeMessage([1, position], [2, position]);
}

function streamIdentifier(stream: string): Buffer {
  return encodeMessage([3, stream]);
}

export function confirmationResponse(subscriptionId: string): Buffer {
  return encodeMessage([2, encodeMessage([1, subscriptionId])]);
}

export function checkpointResponse(position: number): Buffer {
  return encodeMessage([3, positionMessage(position)]);
}

export function streamNotFoundResponse(stream: string): Buffer {
  return encodeMessage([4, encodeMessage([1, streamIdentifier(stream)])]);
}

export const CAUGHT_UP_RESPONSE = encodeMessage([8, EMPTY]);
export const FELL_BEHIND_RESPONSE = encodeMessage([9, EMPTY]);

/** `position` is absent when nothing was written. */
function successFields(revision: number | undefined, position: number | undefined): FieldToEncode[] {
  return [
    revision == null ? [2, EMPTY] : [1, revision],
    position == null ? [4, EMPTY] : [3, positionMessage(position)],
  ];
}

export function appendedResponse(revision: number | undefined, position: number | undefined): Buffer {
  return encodeMessage([1, encodeMessage(...successFields(revision, position))]);
}

export function appendRefusedResponse(
  expected: ExpectedRevision,
  currentRevision: number | undefined,
): Buffer {
  const refusal = encodeMessage(
    currentRevision == null ? [7, EMPTY] : [6, currentRevision],
    expectedField(expected, { revision: 8, any: 9, streamExists: 10, noStream: 11 }),
  );
  return encodeMessage([2, refusal]);
}

/** Answer to a delete or a tombstone: where its record stands. */
export function deletedResponse(position: number | undefined): Buffer {
  return encodeMessage(position == null ? [2, EMPTY] : [1, positionMessage(position)]);
}

/** Which batch an answer belongs to. */
export interface BatchIdentity {
  correlationId: string;
  target: StreamTarget;
}

export function batchAppendedResponse(
  batch: BatchIdentity,
  revision: number | undefined,
  position: number | undefined,
): Buffer {
  return batchResponse(batch, [3, encodeMessage(...successFields(revision, position))]);
}

export function batchRefusedResponse(batch: BatchIdentity, failure: BatchFailure): Buffer {
  const details = encodeMessage(
    [1, `type.googleapis.com/event_store.client.${failure.typeName}`],
    [2, failure.detail],
  );
  const status = encodeMessage([1, failure.code], [2, failure.message], [3, details]);
  return batchResponse(batch, [2, status]);
}

function batchResponse({ correlationId, target }: BatchIdentity, outcome: FieldToEncode): Buffer {
  return encodeMessage(
    [1, encodeMessage([2, correlationId])],
    outcome,
    [4, streamIdentifier(target.stream)],
    expectedField(target.expected, { revision: 5, noStream: 6, any: 7, streamExists: 8 }),
  );
}

/** A failure of one batch, told in band; `code` is google.rpc.Code, `typeName` what the client looks for. */
export interface BatchFailure {
  code: number;
  message: string;
  typeName: string;
  detail: Buffer;
}

export function wrongExpectedVersionFailure(
  expected: ExpectedRevision,
  currentRevision?: number,
): BatchFailure {
  return {
    code: 9,
    message: 'Wrong expected version',
    typeName: 'WrongExpectedVersion',
    detail: encodeMessage(
      currentRevision == null ? [2, EMPTY] : [1, currentRevision],
      expectedField(expected, { revision: 3, any: 4, streamExists: 5, noStream: 6 }),
    ),
  };
}

export function streamDeletedFailure(stream: string): BatchFailure {
  return {
    code: 9,
    message: `Stream ${stream} is deleted`,
    typeName: 'StreamDeleted',
    detail: encodeMessage([1, streamIdentifier(stream)]),
  };
}

export function appendTooLargeFailure(maxAppendSizeBytes: number): BatchFailure {
  return {
    code: 3,
    message: `Maximum append size of ${maxAppendSizeBytes} bytes exceeded`,
    typeName: 'MaximumAppendSizeExceeded',
    detail: encodeMessage([1, maxAppendSizeBytes]),
  };
}

export function appendOnlyFailure(stream: string): BatchFailure {
  return { code: 7, message: appendOnlyMessage(stream), typeName: 'AccessDenied', detail: EMPTY };
}

export function deadlineFailure(): BatchFailure {
  return {
    code: 4,
    message: 'The deadline passed before the events were written',
    typeName: 'Timeout',
    detail: EMPTY,
  };
}

/** The client shows nothing but the message of what it does not know; the reason stands there. */
export function unknownFailure(message: string): BatchFailure {
  return { code: 13, message, typeName: 'InternalError', detail: EMPTY };
}

interface ExpectedFieldNumbers {
  revision: number;
  any: number;
  streamExists: number;
  noStream: number;
}

function expectedField(expected: ExpectedRevision, numbers: ExpectedFieldNumbers): FieldToEncode {
  return typeof expected === 'number' ? [numbers.revision, expected] : [numbers[expected], EMPTY];
}
