/** The protobuf wire format: just what the messages of this protocol need. */

const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;

/** A field as it stands on the wire: `varint` for numbers, `bytes` (a view, not a copy) for everything with a length. */
export interface WireField {
  number: number;
  /** Unsigned; what does not fit a safe integer is answered as `Number.MAX_SAFE_INTEGER` ("the very end"). */
  varint: number;
  bytes: Buffer;
}

const NO_BYTES = Buffer.alloc(0);

/** Calls `visit` for every field of a message. The field object is reused: take what you need from it at once. */
export function readFields(message: Buffer, visit: (field: WireField) => void): void {
  const field: WireField = { number: 0, varint: 0, bytes: NO_BYTES };
  const cursor = { at: 0 };
  while (cursor.at < message.length) {
    const tag = readVarint(message, cursor);
    field.number = Math.floor(tag / 8);
    field.varint = 0;
    field.bytes = NO_BYTES;
    readValue(message, cursor, tag % 8, field);
    visit(field);
  }
}

function readValue(message: Buffer, cursor: { at: number }, wireType: number, field: WireField): void {
  if (wireType === VARINT) {
    field.varint = readVarint(message, cursor);
    return;
  }
  const lengthBytes = lengthOfValue(message, cursor, wireType);
  const end = cursor.at + lengthBytes;
  if (end > message.length) throw new RangeError('Message ends inside a field');
  field.bytes = message.subarray(cursor.at, end);
  cursor.at = end;
}

function lengthOfValue(message: Buffer, cursor: { at: number }, wireType: number): number {
  if (wireType === LENGTH_DELIMITED) return readVarint(message, cursor);
  if (wireType === FIXED64) return 8;
  if (wireType === FIXED32) return 4;
  throw new RangeError(`Unknown wire type ${wireType}`);
}

/** Reads a varint at the cursor and moves the cursor behind it. */
export function readVarint(message: Buffer, cursor: { at: number }): number {
  let value = 0;
  let factor = 1;
  for (let i = 0; i < 10; i++) {
    const byte = message[cursor.at++];
    if (byte === undefined) throw new RangeError('Message ends inside a number');
    value += (byte & 0x7f) * factor;
    if (byte < 0x80) return Math.min(value, Number.MAX_SAFE_INTEGER);
    factor *= 128;
  }
  throw new RangeError('Number is longer than ten bytes');
}

/** How many bytes a number takes as a varint. */
export function varintLengthBytes(value: number): number {
  let lengthBytes = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) lengthBytes++;
  return lengthBytes;
}

/** How many bytes a field with this payload takes, tag and length included. Field numbers are all below 16. */
export function fieldLengthBytes(payloadBytes: number): number {
  return 1 + varintLengthBytes(payloadBytes) + payloadBytes;
}

/** Writes fields into a buffer of exactly the announced size. */
export class WireWriter {
  readonly buffer: Buffer;
  private at = 0;

  constructor(sizeBytes: number) {
    this.buffer = Buffer.allocUnsafe(sizeBytes);
  }

  /** Tag and length of a field whose payload is written next. */
  open(fieldNumber: number, payloadBytes: number): void {
    this.buffer[this.at++] = (fieldNumber << 3) | LENGTH_DELIMITED;
    this.varint(payloadBytes);
  }

  bytes(fieldNumber: number, payload: Buffer): void {
    this.open(fieldNumber, payload.length);
    this.at += payload.copy(this.buffer, this.at);
  }

  number(fieldNumber: number, value: number): void {
    this.buffer[this.at++] = (fieldNumber << 3) | VARINT;
    this.varint(value);
  }

  private varint(value: number): void {
    let rest = value;
    while (rest >= 128) {
      this.buffer[this.at++] = (rest % 128) | 0x80;
      rest = Math.floor(rest / 128);
    }
    this.buffer[this.at++] = rest;
  }
}

/** A field of a message to be encoded: a number, or anything with a length. */
export type FieldToEncode = readonly [fieldNumber: number, value: number | string | Buffer];

/** Encodes a message from its fields; for the messages that are not on the hot path. */
export function encodeMessage(...fields: readonly FieldToEncode[]): Buffer {
  const payloads = fields.map(([, value]) =>
    typeof value === 'string' ? Buffer.from(value, 'utf8') : value,
  );
  const sizeBytes = payloads.reduce<number>(
    (sum, payload) =>
      sum + (typeof payload === 'number' ? 1 + varintLengthBytes(payload) : fieldLengthBytes(payload.length)),
    0,
  );
  const writer = new WireWriter(sizeBytes);
  fields.forEach(([fieldNumber], index) => {
    const payload = payloads[index] ?? NO_BYTES;
    if (typeof payload === 'number') writer.number(fieldNumber, payload);
    else writer.bytes(fieldNumber, payload);
  });
  return writer.buffer;
}
