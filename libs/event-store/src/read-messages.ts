import sharedMessages from '@eventstore/db-client/generated/shared_pb.js';
import streamsMessages, { type ReadReq as ReadRequest } from '@eventstore/db-client/generated/streams_pb.js';
import type { StoredEvent } from './envelope';
import type { Position } from './event-store';
import { positionIn, uuidIn, WireReader } from './wire-reader';

const { ReadReq } = streamsMessages;

/** An event as the store tells it. */
export interface ReadEvent extends StoredEvent {
  readonly position: Position;
  readonly isJson: boolean;
}

/** What a reader is told, as far as it is of use here. */
export type ReadAnswer =
  | { readonly kind: 'confirmation' }
  | { readonly kind: 'event'; readonly event: ReadEvent }
  | { readonly kind: 'checkpoint'; readonly position: Position }
  | { readonly kind: 'other' };

export interface Subscribing {
  /** Events after this position; from the beginning when absent. */
  readonly after: Position | undefined;
  /** How many events that are left out the store passes before it says how far it is. */
  readonly checkpointEvents: number;
}

/** Asks for the events of a stream from a revision on. */
export function streamRequest(stream: string, fromRevision: number): ReadRequest {
  const { StreamOptions } = ReadReq.Options;
  const name = new sharedMessages.StreamIdentifier().setStreamName(Buffer.from(stream));
  const options = optionsWithTextIds()
    .setStream(new StreamOptions().setStreamIdentifier(name).setRevision(String(fromRevision)))
    .setCount(String(Number.MAX_SAFE_INTEGER))
    .setNoFilter(new sharedMessages.Empty());
  return new ReadReq().setOptions(options);
}

/** Asks for all events but the store's own, past and future. */
export function subscribingRequest({ after, checkpointEvents }: Subscribing): ReadRequest {
  const { AllOptions, FilterOptions, Position: Place, SubscriptionOptions } = ReadReq.Options;
  const all = new AllOptions();
  if (after == null) all.setStart(new sharedMessages.Empty());
  else all.setPosition(new Place().setCommitPosition(String(after)).setPreparePosition(String(after)));
  const filter = new FilterOptions()
    .setEventType(new FilterOptions.Expression().setRegex('^[^$]'))
    .setMax(checkpointEvents)
    .setCheckpointintervalmultiplier(1);
  const options = optionsWithTextIds()
    .setAll(all)
    .setSubscription(new SubscriptionOptions())
    .setFilter(filter);
  return new ReadReq().setOptions(options);
}

function optionsWithTextIds() {
  const textIds = new ReadReq.Options.UUIDOption().setString(new sharedMessages.Empty());
  return new ReadReq.Options().setUuidOption(textIds);
}

/** @throws RangeError when it is no such message */
export function readAnswerIn(message: Buffer): ReadAnswer {
  const reader = new WireReader(message);
  while (reader.next()) {
    if (reader.field === 1) return eventAnswer(reader.message());
    if (reader.field === 2) return { kind: 'confirmation' };
    if (reader.field === 3) return { kind: 'checkpoint', position: positionIn(reader.message()) };
    reader.skip();
  }
  return { kind: 'other' };
}

function eventAnswer(reader: WireReader): ReadAnswer {
  while (reader.next()) {
    if (reader.field === 1) return { kind: 'event', event: eventIn(reader.message()) };
    reader.skip();
  }
  return { kind: 'other' };
}

const NO_BYTES: Buffer = Buffer.alloc(0);

function eventIn(reader: WireReader): ReadEvent {
  let [id, streamId, type, contentType] = ['', '', '<no-event-type-provided>', ''];
  let [revision, position] = [0, 0];
  let [data, metadata] = [NO_BYTES, NO_BYTES];
  while (reader.next()) {
    switch (reader.field) {
      case 1:
        id = uuidIn(reader.view());
        break;
      case 2:
        streamId = streamNameIn(reader.message());
        break;
      case 3:
        revision = reader.number();
        break;
      case 5:
        position = reader.number();
        break;
      case 6: {
        const [key, value] = entryIn(reader.message());
        if (key === 'type') type = value;
        else if (key === 'content-type') contentType = value;
        break;
      }
      case 7:
        metadata = reader.view();
        break;
      case 8:
        data = reader.view();
        break;
      default:
        reader.skip();
    }
  }
  const isJson = contentType === 'application/json';
  return {
    id,
    streamId,
    revision: BigInt(revision),
    type,
    data: isJson ? jsonIn(data, 'text') : data,
    metadata: metadata.length === 0 ? undefined : jsonIn(metadata, 'bytes'),
    position: BigInt(position),
    isJson,
  };
}

/** What is not JSON is told as the client tells it. */
function jsonIn(bytes: Buffer, otherwise: 'text' | 'bytes'): unknown {
  const text = bytes.toString('utf8');
  try {
    return JSON.parse(text);
  } catch {
    return otherwise === 'text' ? text : bytes;
  }
}

function streamNameIn(reader: WireReader): string {
  let name = '';
  while (reader.next()) {
    if (reader.field === 3) name = reader.text();
    else reader.skip();
  }
  return name;
}

function entryIn(reader: WireReader): [key: string, value: string] {
  let [key, value] = ['', ''];
  while (reader.next()) {
    if (reader.field === 1) key = reader.text();
    else if (reader.field === 2) value = reader.text();
    else reader.skip();
  }
  return [key, value];
}
