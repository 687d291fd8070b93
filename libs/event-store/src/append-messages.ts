import sharedMessages from '@eventstore/db-client/generated/shared_pb.js';
import type { BatchAppendResp } from '@eventstore/db-client/generated/streams_pb.js';
import streamsMessages from '@eventstore/db-client/generated/streams_pb.js';
import timestamps from 'google-protobuf/google/protobuf/timestamp_pb.js';
import type { EncodedFact } from './envelope';
import type { ExpectedRevision, Position } from './event-store';
import { AppendTooLargeError, WrongExpectedRevisionError } from './event-store';

const { BatchAppendReq } = streamsMessages;

/** A server takes messages of a few megabytes; a larger append goes in several. */
const LARGEST_MESSAGE_BYTES = 1024 * 1024;

export interface AppendRequest {
  readonly stream: string;
  readonly facts: readonly EncodedFact[];
  readonly expected: ExpectedRevision;
}

export interface AppendAnswer {
  readonly revision: number;
  /** Some servers do not say it of an append that was repeated. */
  readonly position: Position | undefined;
}

/** The messages in which an append travels; the server is not to begin it once the deadline has passed. */
export function* messagesOf(id: string, { stream, facts, expected }: AppendRequest, timeoutMs: number) {
  const correlationId = new sharedMessages.UUID().setString(id);
  let message = new BatchAppendReq().setCorrelationId(correlationId).setOptions(optionsOf());
  let messageBytes = 0;
  for (const fact of facts) {
    const data = Buffer.from(JSON.stringify(fact.data));
    const metadata = Buffer.from(JSON.stringify(fact.metadata));
    const bytes = data.length + metadata.length;
    if (messageBytes > 0 && messageBytes + bytes > LARGEST_MESSAGE_BYTES) {
      yield message;
      message = new BatchAppendReq().setCorrelationId(correlationId);
      messageBytes = 0;
    }
    messageBytes += bytes;
    message.addProposedMessages(proposedMessage(fact, data, metadata));
  }
  yield message.setIsFinal(true);

  function optionsOf() {
    const options = new BatchAppendReq.Options();
    options.setStreamIdentifier(new sharedMessages.StreamIdentifier().setStreamName(Buffer.from(stream)));
    options.setDeadline(timestamps.Timestamp.fromDate(new Date(Date.now() + timeoutMs)));
    return expected === 'NO_STREAM'
      ? options.setNoStream(new sharedMessages.Empty())
      : options.setStreamPosition(String(expected));
  }
}

function proposedMessage({ id, type }: EncodedFact, data: Buffer, metadata: Buffer) {
  const message = new BatchAppendReq.ProposedMessage()
    .setId(new sharedMessages.UUID().setString(id))
    .setData(data)
    .setCustomMetadata(metadata);
  message.getMetadataMap().set('type', type).set('content-type', 'application/json');
  return message;
}

/** Which append is answered; servers write the id in either of two ways. */
export function correlationIdIn(answer: BatchAppendResp): string {
  const id = answer.getCorrelationId();
  const halves = id?.getStructured();
  if (halves == null) return id?.getString() ?? '';
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
export function refusalIn(answer: BatchAppendResp, stream: string, expected: ExpectedRevision): Error {
  const fault = answer.getError();
  const details = fault?.getDetails();
  switch (details?.getTypeName()) {
    case 'event_store.client.WrongExpectedVersion': {
      const state = sharedMessages.WrongExpectedVersion.deserializeBinary(details.getValue_asU8());
      const actual = state.hasCurrentStreamRevision() ? Number(state.getCurrentStreamRevision()) : undefined;
      return new WrongExpectedRevisionError(stream, expected, actual);
    }
    case 'event_store.client.StreamDeleted':
      return new WrongExpectedRevisionError(stream, expected, undefined);
    case 'event_store.client.MaximumAppendSizeExceeded':
      return new AppendTooLargeError(stream);
    default:
      return new Error(fault?.getMessage() ?? 'an answer without a result');
  }
}
