import sharedMessages from '@eventstore/db-client/generated/shared_pb.js';
import streamsMessages from '@eventstore/db-client/generated/streams_pb.js';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readAnswerIn } from './read-messages';

const { ReadResp } = streamsMessages;
const { StreamIdentifier, UUID } = sharedMessages;

interface Told {
  readonly id: string;
  readonly stream: string;
  readonly type: string;
  readonly contentType: string;
  readonly revision: number;
  readonly position: number;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
}

/** An event as servers tell it, by the client's own classes. */
function messageOf(told: Told): InstanceType<typeof ReadResp> {
  const event = new ReadResp.ReadEvent.RecordedEvent()
    .setId(new UUID().setString(told.id))
    .setStreamIdentifier(new StreamIdentifier().setStreamName(Buffer.from(told.stream)))
    .setStreamRevision(String(told.revision))
    .setPreparePosition(String(told.position))
    .setCommitPosition(String(told.position))
    .setCustomMetadata(told.metadata)
    .setData(told.data);
  event.getMetadataMap().set('created', '17672166000000000').set('content-type', told.contentType);
  event.getMetadataMap().set('type', told.type);
  return new ReadResp().setEvent(
    new ReadResp.ReadEvent().setEvent(event).setCommitPosition(String(told.position)),
  );
}

const read = (message: InstanceType<typeof ReadResp>) => readAnswerIn(Buffer.from(message.serializeBinary()));

const AN_EVENT: Told = {
  id: '0b0d3b52-5f0c-4c50-b2ad-3c6a8f4f3b10',
  stream: 'charger-1',
  type: 'SiteRenamed',
  contentType: 'application/json',
  revision: 3,
  position: 4_711,
  data: Buffer.from('{"name":"Zürich"}'),
  metadata: Buffer.from('{"by":1}'),
};

describe('what a subscription is told', () => {
  it('is read as it was written: any event', () => {
    const json = fc.jsonValue().map((value) => JSON.stringify(value));
    const events = fc.record({
      id: fc.uuid(),
      stream: fc.string({ unit: 'grapheme', minLength: 1 }),
      type: fc.string({ unit: 'grapheme', minLength: 1 }),
      revision: fc.maxSafeNat(),
      position: fc.maxSafeNat(),
      data: json,
      metadata: json,
    });
    fc.assert(
      fc.property(events, ({ data, metadata, ...told }) => {
        const bytes = { data: Buffer.from(data), metadata: Buffer.from(metadata) };
        const answer = read(messageOf({ ...AN_EVENT, ...told, ...bytes }));
        expect(answer).toStrictEqual({
          kind: 'event',
          event: {
            id: told.id,
            streamId: told.stream,
            revision: BigInt(told.revision),
            type: told.type,
            data: JSON.parse(data) as unknown,
            metadata: JSON.parse(metadata) as unknown,
            position: BigInt(told.position),
            isJson: true,
          },
        });
      }),
    );
  });

  it.each([
    ['data that is no JSON, as text', { data: Buffer.from('{"half') }, { data: '{"half' }],
    [
      'metadata that is no JSON, as bytes',
      { metadata: Buffer.from([1, 2]) },
      { metadata: Buffer.from([1, 2]) },
    ],
    ['no metadata, as none', { metadata: Buffer.alloc(0) }, { metadata: undefined }],
    [
      'data of another kind, as bytes',
      { contentType: 'application/octet-stream', data: Buffer.from([3]) },
      { data: Buffer.from([3]), isJson: false },
    ],
  ])('is read as the client would: %s', (_name, told, event) => {
    expect(read(messageOf({ ...AN_EVENT, ...told }))).toMatchObject({ kind: 'event', event });
  });

  it('may have an id in two halves', () => {
    const message = messageOf(AN_EVENT);
    const halves = new UUID.Structured()
      .setMostSignificantBits(BigInt.asIntN(64, 0x0fb0_d3b5_25f0_c4c5n).toString())
      .setLeastSignificantBits(BigInt.asIntN(64, 0xb2ad_3c6a_8f4f_3b10n).toString());
    message.getEvent()?.getEvent()?.setId(new UUID().setStructured(halves));
    const answer = read(message);
    expect(answer).toMatchObject({ event: { id: '0fb0d3b5-25f0-c4c5-b2ad-3c6a8f4f3b10' } });
  });

  it('tells what is no event', () => {
    const confirmation = new ReadResp.SubscriptionConfirmation().setSubscriptionId('a');
    expect(read(new ReadResp().setConfirmation(confirmation))).toStrictEqual({ kind: 'confirmation' });
    const checkpoint = new ReadResp.Checkpoint()
      .setCommitPosition('9000000000')
      .setPreparePosition('9000000000');
    expect(read(new ReadResp().setCheckpoint(checkpoint))).toStrictEqual({
      kind: 'checkpoint',
      position: 9_000_000_000n,
    });
    expect(read(new ReadResp().setCaughtUp(new ReadResp.CaughtUp()))).toStrictEqual({ kind: 'other' });
    expect(read(new ReadResp())).toStrictEqual({ kind: 'other' });
  });

  it('is refused when it ends too early, wherever', () => {
    const whole = Buffer.from(messageOf(AN_EVENT).serializeBinary());
    for (let end = 1; end < whole.length; end += 1)
      expect(() => readAnswerIn(whole.subarray(0, end))).toThrow(RangeError);
  });
});
