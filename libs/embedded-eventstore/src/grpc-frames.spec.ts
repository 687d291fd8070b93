import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { framed, FrameReader, MessageTooLargeError } from './grpc-frames';

describe('frames of gRPC', () => {
  it('come out as they went in, however the wire cuts them', () => {
    const messages = fc.array(fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)));
    fc.assert(
      fc.property(messages, fc.array(fc.nat(20), { maxLength: 60 }), (sent, cuts) => {
        const wire = framed(sent);
        const reader = new FrameReader(40);
        const received: Buffer[] = [];
        let at = 0;
        for (const cut of [...cuts, wire.length]) {
          const frames = reader.take(wire.subarray(at, at + cut));
          received.push(...frames.map(({ message }) => message));
          at = Math.min(wire.length, at + cut);
        }
        expect(received).toEqual(sent);
      }),
    );
  });

  it('say whether they are compressed', () => {
    const frames = new FrameReader(9).take(
      Buffer.concat([Buffer.from([1, 0, 0, 0, 1, 7]), framed([Buffer.of(8)])]),
    );
    expect(frames).toEqual([
      { isCompressed: true, message: Buffer.of(7) },
      { isCompressed: false, message: Buffer.of(8) },
    ]);
  });

  it('are refused by their announced length, before they have come', () => {
    const reader = new FrameReader(9);
    expect(() => reader.take(framed([Buffer.alloc(10)]).subarray(0, 5))).toThrow(MessageTooLargeError);
  });
});
