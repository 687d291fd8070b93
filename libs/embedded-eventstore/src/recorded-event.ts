import type { ProposedEvent } from './requests';
import { fieldLengthBytes, readFields, readVarint, varintLengthBytes, WireWriter } from './wire';

/**
 * An event as stored is the very message that a read answers with: ReadResp { event: ReadEvent { event, commit_position } }.
 * Its fields stand in a fixed order (id, stream, revision, positions, type first among the metadata), so that the few
 * things the server looks at are found without decoding the rest.
 */
export type EncodedEvent = Buffer;

/** What a stored event is made of, besides what its writer proposed. */
export interface RecordedPlace {
  stream: string;
  revision: number;
  position: number;
  createdMs: number;
}

const CLOCK_TICKS_PER_MS = 10_000n;
const TYPE_KEY = Buffer.from('type');
const CONTENT_TYPE_KEY = Buffer.from('content-type');
const CREATED_KEY = Buffer.from('created');

export function encodeRecordedEvent(proposed: ProposedEvent, place: RecordedPlace): EncodedEvent {
  const id = Buffer.from(proposed.id, 'latin1');
  const stream = Buffer.from(place.stream, 'utf8');
  const entries = [
    [TYPE_KEY, Buffer.from(proposed.type ?? '', 'utf8')],
    [CONTENT_TYPE_KEY, Buffer.from(proposed.contentType ?? '', 'utf8')],
    [CREATED_KEY, Buffer.from((BigInt(place.createdMs) * CLOCK_TICKS_PER_MS).toString(), 'latin1')],
  ] as const;
  const positionBytes = 1 + varintLengthBytes(place.position);
  const idBytes = fieldLengthBytes(id.length);
  const streamBytes = fieldLengthBytes(stream.length);
  let recordedBytes = fieldLengthBytes(idBytes) + fieldLengthBytes(streamBytes);
  recordedBytes += 1 + varintLengthBytes(place.revision) + 2 * positionBytes;
  for (const [key, value] of entries) recordedBytes += fieldLengthBytes(entryLengthBytes(key, value));
  for (const bytes of [proposed.customMetadata, proposed.data]) {
    if (bytes.length > 0) recordedBytes += fieldLengthBytes(bytes.length);
  }
  const eventBytes = fieldLengthBytes(recordedBytes) + positionBytes;

  const writer = new WireWriter(fieldLengthBytes(eventBytes));
  writer.open(1, eventBytes);
  writer.open(1, recordedBytes);
  writer.open(1, idBytes);
  writer.bytes(2, id);
  writer.open(2, streamBytes);
  writer.bytes(3, stream);
  writer.number(3, place.revision);
  writer.number(4, place.position);
  writer.number(5, place.position);
  for (const [key, value] of entries) {
    writer.open(6, entryLengthBytes(key, value));
    writer.bytes(1, key);
    writer.bytes(2, value);
  }
  // Absent and empty are the same on this wire, and absent is quicker to read.
  if (proposed.customMetadata.length > 0) writer.bytes(7, proposed.customMetadata);
  if (proposed.data.length > 0) writer.bytes(8, proposed.data);
  writer.number(3, place.position);
  return writer.buffer;
}

function entryLengthBytes(key: Buffer, value: Buffer): number {
  return fieldLengthBytes(key.length) + fieldLengthBytes(value.length);
}

/**
 * What is answered when a link was followed: the event, unless it can no longer be read, the link, and the link's position.
 */
export function encodeResolvedLink(
  event: EncodedEvent | undefined,
  link: EncodedEvent,
  linkPosition: number,
): Buffer {
  const eventBytes = event == null ? undefined : recordedEventOf(event);
  const linkBytes = recordedEventOf(link);
  const positionBytes = 1 + varintLengthBytes(linkPosition);
  const bodyBytes =
    (eventBytes == null ? 0 : fieldLengthBytes(eventBytes.length)) +
    fieldLengthBytes(linkBytes.length) +
    positionBytes;
  const writer = new WireWriter(fieldLengthBytes(bodyBytes));
  writer.open(1, bodyBytes);
  if (eventBytes != null) writer.bytes(1, eventBytes);
  writer.bytes(2, linkBytes);
  writer.number(3, linkPosition);
  return writer.buffer;
}

/** Where the text of a length-delimited field begins; the cursor stands on its tag. */
function enter(event: EncodedEvent, cursor: { at: number }): number {
  cursor.at++;
  return readVarint(event, cursor);
}

function recordedEventOf(event: EncodedEvent): Buffer {
  const cursor = { at: 0 };
  enter(event, cursor);
  const lengthBytes = enter(event, cursor);
  return event.subarray(cursor.at, cursor.at + lengthBytes);
}

/** A cursor on the text of the event's id. */
function atId(event: EncodedEvent): { at: number; lengthBytes: number } {
  const cursor = { at: 0, lengthBytes: 0 };
  enter(event, cursor);
  enter(event, cursor);
  enter(event, cursor);
  cursor.lengthBytes = enter(event, cursor);
  return cursor;
}

/** A cursor on the stream's name. */
function atStreamName(event: EncodedEvent): { at: number; lengthBytes: number } {
  const cursor = atId(event);
  cursor.at += cursor.lengthBytes;
  enter(event, cursor);
  cursor.lengthBytes = enter(event, cursor);
  return cursor;
}

export function eventIdOf(event: EncodedEvent): string {
  const { at, lengthBytes } = atId(event);
  return event.toString('latin1', at, at + lengthBytes);
}

export function streamNameOf(event: EncodedEvent): string {
  const { at, lengthBytes } = atStreamName(event);
  return event.toString('utf8', at, at + lengthBytes);
}

export function revisionOf(event: EncodedEvent): number {
  const cursor = atStreamName(event);
  cursor.at += cursor.lengthBytes + 1;
  return readVarint(event, cursor);
}

export function eventTypeOf(event: EncodedEvent): string {
  const cursor = atStreamName(event);
  cursor.at += cursor.lengthBytes;
  for (let numbers = 0; numbers < 3; numbers++) enter(event, cursor);
  enter(event, cursor);
  const keyBytes = enter(event, cursor);
  cursor.at += keyBytes;
  const typeBytes = enter(event, cursor);
  return event.toString('utf8', cursor.at, cursor.at + typeBytes);
}

/** When the event was recorded, in milliseconds since 1970. */
export function recordedMsOf(event: EncodedEvent): number {
  let recordedMs = 0;
  readFields(recordedEventOf(event), ({ number, bytes }) => {
    if (number === 6 && bytes.indexOf(CREATED_KEY) === 2) recordedMs = recordedMsOfEntry(bytes);
  });
  return recordedMs;
}

function recordedMsOfEntry(entry: Buffer): number {
  let recordedMs = 0;
  readFields(entry, ({ number, bytes }) => {
    if (number === 2) recordedMs = Number(BigInt(bytes.toString('latin1')) / CLOCK_TICKS_PER_MS);
  });
  return recordedMs;
}

export function dataOf(event: EncodedEvent): Buffer {
  let data: Buffer = Buffer.alloc(0);
  readFields(recordedEventOf(event), ({ number, bytes }) => {
    if (number === 8) data = bytes;
  });
  return data;
}
