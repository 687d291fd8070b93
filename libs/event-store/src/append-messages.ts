import { randomUUID } from 'node:crypto';
import sharedMessages from '@eventstore/db-client/generated/shared_pb.js';
import streamsMessages from '@eventstore/db-client/generated/streams_pb.js';
import type { EncodedFact } from './envelope';
import type { ExpectedRevision, Position } from './event-store';
import { AppendTooLargeError, WrongExpectedRevisionError } from './event-store';
import { wireMessage, type WireField } from './wire-message';
import { positionIn, uuidIn, WireReader } from './wire-reader';

/** Servers close a call on a message of 4 MiB, and with it every append that waits there; few of them take one of 1 MiB. */
const LARGEST_APPEND_BYTES = 3 * 1024 * 1024;

/** An append as the server is told it; the same one again means the same append. */
export interface AppendMessage {
  readonly id: string;
  readonly stream: string;
  readonly expected: ExpectedRevision;
  /** As it goes over the wire. */
  readonly message: Buffer;
}

/** What the store says of one of the appends on a call: that it happened, or the whole message that says why not. */
export interface AppendReply {
  readonly id: string;
  readonly outcome: AppendAnswer | { readonly refusal: Buffer };
}

export interface AppendAnswer {
  readonly revision: number;
  /** Some servers do not say it of an append that was repeated. */
  readonly position: Position | undefined;
}

/**
 * Puts an append into words. It has no deadline, which would be told by our clock and read by the server's: the
 * server's own write time-out holds.
 *
 * @throws AppendTooLargeError
 */
export function appendMessage(
  stream: string,
  facts: readonly EncodedFact[],
  expected: ExpectedRevision,
): AppendMessage {
  const id = randomUUID();
  const fields: WireField[] = [
    [1, wireMessage([2, id])],
    [2, wireMessage([1, wireMessage([3, stream])], expected === 'NO_STREAM' ? [3, ''] : [2, expected])],
  ];
  let sizeBytes = 0;
  for (const fact of facts) {
    const data = Buffer.from(JSON.stringify(fact.data));
    const metadata = Buffer.from(JSON.stringify(fact.metadata));
    sizeBytes += data.length + metadata.length;
    if (sizeBytes > LARGEST_APPEND_BYTES) throw new AppendTooLargeError(stream);
    fields.push([3, proposedMessage(fact, data, metadata)]);
  }
  return { id, stream, expected, message: wireMessage(...fields, [4, IS_FINAL]) };
}

const IS_FINAL = 1;
const JSON_CONTENT = wireMessage([1, 'content-type'], [2, 'application/json']);

function proposedMessage({ id, type }: EncodedFact, data: Buffer, metadata: Buffer): Buffer {
  return wireMessage(
    [1, wireMessage([2, id])],
    [2, wireMessage([1, 'type'], [2, type])],
    [2, JSON_CONTENT],
    [3, metadata],
    [4, data],
  );
}

/** @throws RangeError when it is no such message */
export function appendReplyIn(message: Buffer): AppendReply {
  const reader = new WireReader(message);
  let id = '';
  let outcome: AppendReply['outcome'] = { refusal: message };
  while (reader.next()) {
    if (reader.field === 1) id = uuidIn(reader.view());
    else if (reader.field === 3) outcome = answerIn(reader.message());
    else reader.skip();
  }
  return { id, outcome };
}

function answerIn(reader: WireReader): AppendAnswer {
  let revision = 0;
  let position: Position | undefined;
  while (reader.next()) {
    if (reader.field === 1) revision = reader.number();
    else if (reader.field === 3) position = positionIn(reader.message());
    else reader.skip();
  }
  return { revision, position };
}

/** Why the store did not append; an error of no class of its own where that does not settle the matter. */
export function refusalIn(refusal: Buffer, { stream, expected }: AppendMessage): Error {
  const fault = streamsMessages.BatchAppendResp.deserializeBinary(refusal).getError();
  const details = fault?.getDetails();
  const reason = details?.getTypeName();
  if (details != null && reason === 'event_store.client.WrongExpectedVersion') {
    const state = sharedMessages.WrongExpectedVersion.deserializeBinary(details.getValue_asU8());
    const actual = state.hasCurrentStreamRevision() ? Number(state.getCurrentStreamRevision()) : undefined;
    return new WrongExpectedRevisionError(stream, expected, actual);
  }
  if (reason === 'event_store.client.StreamDeleted') {
    return new WrongExpectedRevisionError(stream, expected, undefined);
  }
  if (reason === 'event_store.client.MaximumAppendSizeExceeded') return new AppendTooLargeError(stream);
  return new Error(fault?.getMessage() ?? 'an answer without a result');
}
