import sharedMessages from '@eventstore/db-client/generated/shared_pb.js';
import type { Position } from './event-store';

const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;

/**
 * Reads a message in the protobuf wire format, field by field. The client's own classes take several times as long, which
 * matters where a whole book is read.
 *
 * @throws RangeError, from any method, where the message is none
 */
export class WireReader {
  /** Of the field that was come to last. */
  field = 0;
  private wireType = VARINT;

  constructor(
    private readonly bytes: Buffer,
    private at = 0,
    private readonly end = bytes.length,
  ) {}

  /** Goes to the next field. Its value is then to be taken, or passed over, once. */
  next(): boolean {
    if (this.at >= this.end) return false;
    const tag = this.varint();
    this.field = tag >>> 3;
    this.wireType = tag & 7;
    return true;
  }

  /** An unsigned number; exact as far as JavaScript's numbers are. */
  number(): number {
    return this.varint();
  }

  text(): string {
    const begin = this.enter();
    return this.bytes.toString('utf8', begin, this.at);
  }

  /** A view, not a copy. */
  view(): Buffer {
    const begin = this.enter();
    return this.bytes.subarray(begin, this.at);
  }

  /** The message within this one. */
  message(): WireReader {
    const begin = this.enter();
    return new WireReader(this.bytes, begin, this.at);
  }

  skip(): void {
    if (this.wireType === VARINT) this.varint();
    else this.enter();
  }

  /** Where the value begins; the reader stands behind it then. */
  private enter(): number {
    const lengthBytes = this.lengthBytes();
    const begin = this.at;
    this.at += lengthBytes;
    if (this.at > this.end) throw new RangeError('the message ends within a field');
    return begin;
  }

  private lengthBytes(): number {
    if (this.wireType === LENGTH_DELIMITED) return this.varint();
    if (this.wireType === FIXED64) return 8;
    if (this.wireType === FIXED32) return 4;
    throw new RangeError(`no value is of wire type ${String(this.wireType)}`);
  }

  private varint(): number {
    let value = 0;
    for (let factor = 1; this.at < this.end; factor *= 128) {
      const byte = this.bytes[this.at++] ?? 0;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
    throw new RangeError('the message ends within a number');
  }
}

/** An id as text; servers write it in either of two ways. */
export function uuidIn(message: Buffer): string {
  const reader = new WireReader(message);
  while (reader.next()) {
    if (reader.field === 2) return reader.text();
    reader.skip();
  }
  const halves = sharedMessages.UUID.deserializeBinary(message).getStructured();
  const digits = [halves?.getMostSignificantBits(), halves?.getLeastSignificantBits()]
    .map((bits) =>
      BigInt.asUintN(64, BigInt(bits ?? 0))
        .toString(16)
        .padStart(16, '0'),
    )
    .join('');
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** The commit position. */
export function positionIn(reader: WireReader): Position {
  let position = 0;
  while (reader.next()) {
    if (reader.field === 1) position = reader.number();
    else reader.skip();
  }
  return BigInt(position);
}
