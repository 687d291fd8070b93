import sharedMessages from '@eventstore/db-client/generated/shared_pb.js';
import streamsMessages from '@eventstore/db-client/generated/streams_pb.js';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { appendMessage, appendReplyIn, refusalIn } from './append-messages';
import { AppendTooLargeError, WrongExpectedRevisionError } from './event-store';

const { BatchAppendReq, BatchAppendResp } = streamsMessages;
const { AllStreamPosition, Empty, UUID } = sharedMessages;

const texts = fc.string({ unit: 'grapheme', minLength: 1 });

describe('an append as it goes over the wire', () => {
  it("is read by the client's own classes as it was meant, whatever is in it", () => {
    const facts = fc.array(
      fc.record({
        id: fc.uuid(),
        type: texts,
        data: fc.dictionary(texts, fc.jsonValue()),
        metadata: fc.dictionary(texts, fc.jsonValue()),
      }),
      { maxLength: 5 },
    );
    const revisions = fc.option(fc.maxSafeNat(), { nil: 'NO_STREAM' as const });
    fc.assert(
      fc.property(texts, facts, revisions, (stream, given, expected) => {
        const { id, message } = appendMessage(stream, given, expected);
        const request = BatchAppendReq.deserializeBinary(message);
        const options = request.getOptions();
        expect(request.getCorrelationId()?.getString()).toBe(id);
        expect(request.getIsFinal()).toBe(true);
        expect(Buffer.from(options?.getStreamIdentifier()?.getStreamName_asU8() ?? []).toString()).toBe(
          stream,
        );
        expect(options?.hasNoStream()).toBe(expected === 'NO_STREAM');
        expect(options?.getStreamPosition()).toBe(expected === 'NO_STREAM' ? '0' : String(expected));
        const proposed = request.getProposedMessagesList().map((event) => ({
          id: event.getId()?.getString(),
          type: event.getMetadataMap().get('type'),
          contentType: event.getMetadataMap().get('content-type'),
          data: Buffer.from(event.getData_asU8()).toString(),
          metadata: Buffer.from(event.getCustomMetadata_asU8()).toString(),
        }));
        expect(proposed).toStrictEqual(
          given.map(({ data, metadata, ...fact }) => ({
            ...fact,
            contentType: 'application/json',
            data: JSON.stringify(data),
            metadata: JSON.stringify(metadata),
          })),
        );
      }),
    );
  });

  it('is not made when it is larger than servers take', () => {
    const fact = { id: 'a', type: 'Large', data: { text: 'x'.repeat(3 * 1024 * 1024) }, metadata: {} };
    expect(() => appendMessage('s', [fact], 'NO_STREAM')).toThrow(AppendTooLargeError);
  });
});

describe('what the store says of an append', () => {
  const reply = (answer: InstanceType<typeof BatchAppendResp>) =>
    appendReplyIn(Buffer.from(answer.serializeBinary()));

  it('is where it stands', () => {
    const place = new AllStreamPosition().setCommitPosition('9000000000').setPreparePosition('9000000000');
    const success = new BatchAppendResp.Success().setCurrentRevision('41').setPosition(place);
    const answer = new BatchAppendResp().setCorrelationId(new UUID().setString('an-id')).setSuccess(success);
    expect(reply(answer)).toStrictEqual({
      id: 'an-id',
      outcome: { revision: 41, position: 9_000_000_000n },
    });
  });

  it('may lack its position, and have its id in two halves', () => {
    const halves = new UUID.Structured()
      .setMostSignificantBits(BigInt.asIntN(64, 0xff0d_3b52_5f0c_4c50n).toString())
      .setLeastSignificantBits(BigInt.asIntN(64, 0x02ad_3c6a_8f4f_3b10n).toString());
    const success = new BatchAppendResp.Success().setCurrentRevision('0').setNoPosition(new Empty());
    const answer = new BatchAppendResp()
      .setCorrelationId(new UUID().setStructured(halves))
      .setSuccess(success);
    expect(reply(answer)).toStrictEqual({
      id: 'ff0d3b52-5f0c-4c50-02ad-3c6a8f4f3b10',
      outcome: { revision: 0, position: undefined },
    });
  });

  it('is why it did not happen', () => {
    const append = appendMessage('s', [], 4);
    const state = new sharedMessages.WrongExpectedVersion()
      .setCurrentStreamRevision('7')
      .setExpectedAny(new Empty());
    const refused = (typeName: string, detail: Uint8Array) => {
      const answer = new BatchAppendResp().setCorrelationId(new UUID().setString(append.id));
      // google.rpc.Status, which the client's classes do not make: message 2, details 3 of type 1 and value 2.
      const bytes = Buffer.from(answer.serializeBinary());
      const details = Buffer.concat([text(1, `type.googleapis.com/${typeName}`), field(2, detail)]);
      const status = Buffer.concat([text(2, 'because'), field(3, details)]);
      const { id, outcome } = appendReplyIn(Buffer.concat([bytes, field(2, status)]));
      expect(id).toBe(append.id);
      return 'refusal' in outcome ? refusalIn(outcome.refusal, append) : undefined;
    };
    const wrong = refused('event_store.client.WrongExpectedVersion', state.serializeBinary());
    expect(wrong).toBeInstanceOf(WrongExpectedRevisionError);
    expect(wrong).toMatchObject({ stream: 's', expected: 4, actual: 7 });
    expect(refused('event_store.client.StreamDeleted', Buffer.alloc(0))).toMatchObject({ actual: undefined });
    const tooLarge = refused('event_store.client.MaximumAppendSizeExceeded', Buffer.alloc(0));
    expect(tooLarge).toBeInstanceOf(AppendTooLargeError);
    expect(refused('event_store.client.Timeout', Buffer.alloc(0))).toMatchObject({ message: 'because' });
  });
});

function text(number: number, value: string): Buffer {
  return field(number, Buffer.from(value));
}

/** With fewer than 128 bytes. */
function field(number: number, value: Uint8Array): Buffer {
  return Buffer.concat([Buffer.of((number << 3) | 2, value.length), value]);
}
