import { randomUUID } from 'node:crypto';
import sharedMessages, { type UUID } from '@eventstore/db-client/generated/shared_pb.js';
import type {
  BatchAppendReq as BatchAppendRequest,
  BatchAppendResp,
} from '@eventstore/db-client/generated/streams_pb.js';
import streamsMessages from '@eventstore/db-client/generated/streams_pb.js';
import type { EncodedFact } from './envelope';
import type { ExpectedRevision, Position } from './event-store';
import { AppendTooLargeError, WrongExpectedRevisionError } from './event-store';

const { BatchAppendReq } = streamsMessages;

/** Servers close a call on a message of 4 MiB, and with it every append that waits there; few of them take one of 1 MiB. */
const LARGEST_APPEND_BYTES = 3 * 1024 * 1024;

/** An append as the server is told it; the same one again means the same append. */
export interface AppendMessage {
  readonly id: string;
  readonly stream: string;
  readonly expected: ExpectedRevision;
  readonly message: BatchAppendRequest;
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
  const message = new BatchAppendReq()
    .setCorrelationId(new sharedMessages.UUID().setString(id))
    .setOptions(optionsOf(stream, expected))
    .setIsFinal(true);
  let sizeBytes = 0;
  for (const fact of facts) {
    const data = Buffer.from(JSON.stringify(fact.data));
    const metadata = Buffer.from(JSON.stringify(fact.metadata));
    sizeBytes += data.length + metadata.length;
    if (sizeBytes > LARGEST_APPEND_BYTES) throw new AppendTooLargeError(stream);
    message.addProposedMessages(proposedMessage(fact, data, metadata));
  }
  return { id, stream, expected, message };
}

function optionsOf(stream: string, expected: ExpectedRevision) {
  const name = new sharedMessages.StreamIdentifier().setStreamName(Buffer.from(stream));
  const options = new BatchAppendReq.Options().setStreamIdentifier(name);
  return expected === 'NO_STREAM'
    ? options.setNoStream(new sharedMessages.Empty())
    : options.setStreamPosition(String(expected));
}

function proposedMessage({ id, type }: EncodedFact, data: Buffer, metadata: Buffer) {
  const message = new BatchAppendReq.ProposedMessage()
    .setId(new sharedMessages.UUID().setString(id))
    .setData(data)
    .setCustomMetadata(metadata);
  message.getMetadataMap().set('type', type).set('content-type', 'application/json');
  return message;
}

/** Which append is answered. */
export function appendIdIn(answer: BatchAppendResp): string {
  const id = answer.getCorrelationId();
  return id == null ? '' : uuidOf(id);
}

/** Servers write an id in either of two ways. */
export function uuidOf(id: UUID): string {
  const halves = id.getStructured();
  if (halves == null) return id.getString();
  const digits = [halves.getMostSignificantBits(), halves.getLeastSignificantBits()]
    .map((bits) => BigInt.asUintN(64, BigInt(bits)).toString(16).padStart(16, '0'))
    .join('');
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

export function answerIn(success: BatchAppendResp.Success): AppendAnswer {
  const position = success.getPosition()?.getCommitPosition();
  return {
    revision: Number(success.getCurrentRevision()),
    position: position == null ? undefined : BigInt(position),
  };
}

/** Why the store did not append; an error of no class of its own where that does not settle the matter. */
export function refusalIn(answer: BatchAppendResp, { stream, expected }: AppendMessage): Error {
  const fault = answer.getError();
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
