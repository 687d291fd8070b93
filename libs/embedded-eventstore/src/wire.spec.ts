import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { encodeMessage, readFields, readVarint, varintLengthBytes, type FieldToEncode } from './wire';

const anyValue = fc.oneof(
  fc.maxSafeNat(),
  fc.string(),
  fc.uint8Array().map((bytes) => Buffer.from(bytes)),
);
const anyFields = fc.array(fc.tuple(fc.integer({ min: 1, max: 15 }), anyValue));

describe('the wire format', () => {
  it('reads every field that it wrote, in order', () => {
    fc.assert(
      fc.property(anyFields, (fields: FieldToEncode[]) => {
        const read: FieldToEncode[] = [];
        readFields(encodeMessage(...fields), ({ number, varint, bytes }) => {
          const [, written] = fields[read.length]!;
          if (typeof written === 'number') read.push([number, varint]);
          else read.push([number, typeof written === 'string' ? bytes.toString('utf8') : Buffer.from(bytes)]);
        });
        expect(read).toEqual(fields);
      }),
    );
  });

  it('knows how long a number is', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (value) => {
        expect(encodeMessage([1, value])).toHaveLength(1 + varintLengthBytes(value));
      }),
    );
  });

  it('refuses a message that ends too early, wherever that is', () => {
    const message = encodeMessage([1, 300], [2, 'text']);
    for (const length of [1, 2, 4, 5, message.length - 1]) {
      expect(() => readFields(message.subarray(0, length), () => undefined)).toThrow(RangeError);
    }
  });

  it('passes over fixed numbers, and refuses what is no field at all', () => {
    const numbers: number[] = [];
    const message = Buffer.from([0x0d, 1, 2, 3, 4, 0x11, 1, 2, 3, 4, 5, 6, 7, 8, 0x18, 5]);
    readFields(message, ({ number }) => numbers.push(number));
    expect(numbers).toEqual([1, 2, 3]);
    expect(() => readFields(Buffer.from([0x0b]), () => undefined)).toThrow(/wire type 3/);
  });

  it('takes what is beyond every number of ours for the very end', () => {
    const greatest = Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]);
    expect(readVarint(greatest, { at: 0 })).toBe(Number.MAX_SAFE_INTEGER);
    expect(() => readVarint(Buffer.alloc(11, 0xff), { at: 0 })).toThrow(/ten bytes/);
  });
});
