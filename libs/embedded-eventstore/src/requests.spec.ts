import { describe, expect, it } from '@jest/globals';
import { Empty, StreamIdentifier, UUID } from '@eventstore/db-client/generated/shared_pb';
import { AppendReq, BatchAppendReq, DeleteReq, ReadReq } from '@eventstore/db-client/generated/streams_pb';
import fc from 'fast-check';
import { Timestamp } from 'google-protobuf/google/protobuf/timestamp_pb';
import {
  decodeAppendFrame,
  decodeBatchAppendFrame,
  decodeDeleteRequest,
  decodeReadRequest,
  type ExpectedRevision,
  type FilterRequest,
  type ProposedEvent,
  type ReadRequest,
} from './requests';

/*
 * The messages are built by the classes that the client uses, so what is checked is that both sides mean the same.
 */
const anyName = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 50 });
const anyId = fc.uuid();
const anyBytes = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes));
const anyExpected = fc.oneof(
  fc.maxSafeNat(),
  fc.constantFrom('any' as const, 'noStream' as const, 'streamExists' as const),
);
const anyEvent: fc.Arbitrary<ProposedEvent> = fc.record({
  id: anyId,
  type: fc.option(anyName, { nil: undefined }),
  contentType: fc.constantFrom('application/json', 'application/octet-stream'),
  data: anyBytes,
  customMetadata: anyBytes,
});

function serialized(message: { serializeBinary(): Uint8Array }): Buffer {
  return Buffer.from(message.serializeBinary());
}

function identifier(name: string): StreamIdentifier {
  return new StreamIdentifier().setStreamName(Buffer.from(name).toString('base64'));
}

function proposed<T extends AppendReq.ProposedMessage | BatchAppendReq.ProposedMessage>(
  message: T,
  event: ProposedEvent,
): T {
  message.setId(new UUID().setString(event.id));
  if (event.type != null) message.getMetadataMap().set('type', event.type);
  message.getMetadataMap().set('something', 'else').set('content-type', event.contentType!);
  message.setData(event.data);
  message.setCustomMetadata(event.customMetadata);
  return message;
}

function withExpected(options: AppendReq.Options | DeleteReq.Options, expected: ExpectedRevision): void {
  if (typeof expected === 'number') options.setRevision(String(expected));
  else if (expected === 'any') options.setAny(new Empty());
  else if (expected === 'noStream') options.setNoStream(new Empty());
  else options.setStreamExists(new Empty());
}

describe('requests', () => {
  it('of an append', () => {
    fc.assert(
      fc.property(anyName, anyExpected, anyEvent, (stream, expected, event) => {
        const options = new AppendReq.Options().setStreamIdentifier(identifier(stream));
        withExpected(options, expected);
        const header = decodeAppendFrame(serialized(new AppendReq().setOptions(options)));
        expect(header).toEqual({ target: { stream, expected } });
        const message = proposed(new AppendReq.ProposedMessage(), event);
        expect(decodeAppendFrame(serialized(new AppendReq().setProposedMessage(message)))).toEqual({ event });
      }),
    );
  });

  it('of a batch append', () => {
    const anyDeadlineMs = fc.integer({ min: 0, max: 8_000_000_000_000 });
    fc.assert(
      fc.property(
        anyName,
        fc.array(anyEvent),
        anyId,
        anyDeadlineMs,
        (stream, events, correlationId, deadlineMs) => {
          const deadline = Timestamp.fromDate(new Date(deadlineMs));
          const options = new BatchAppendReq.Options()
            .setStreamIdentifier(identifier(stream))
            .setDeadline(deadline);
          const request = new BatchAppendReq()
            .setCorrelationId(new UUID().setString(correlationId))
            .setIsFinal(true);
          request.setOptions(options.setStreamPosition('7'));
          request.setProposedMessagesList(
            events.map((event) => proposed(new BatchAppendReq.ProposedMessage(), event)),
          );
          expect(decodeBatchAppendFrame(serialized(request))).toEqual({
            correlationId,
            target: { stream, expected: 7 },
            deadlineMs,
            events,
            isFinal: true,
          });
        },
      ),
    );
  });

  it('of a delete', () => {
    fc.assert(
      fc.property(anyName, anyExpected, (stream, expected) => {
        const options = new DeleteReq.Options().setStreamIdentifier(identifier(stream));
        withExpected(options, expected);
        expect(decodeDeleteRequest(serialized(new DeleteReq().setOptions(options)))).toEqual({
          stream,
          expected,
        });
      }),
    );
  });

  it('with an id in two halves', () => {
    fc.assert(
      fc.property(anyId, (id) => {
        const bytes = Buffer.from(id.replaceAll('-', ''), 'hex');
        const halves = new UUID.Structured()
          .setMostSignificantBits(bytes.readBigInt64BE(0).toString())
          .setLeastSignificantBits(bytes.readBigInt64BE(8).toString());
        const request = new BatchAppendReq().setCorrelationId(new UUID().setStructured(halves));
        expect(decodeBatchAppendFrame(serialized(request)).correlationId).toBe(id);
      }),
    );
  });

  describe('of a read', () => {
    const options = (): ReadReq.Options => new ReadReq.Options().setNoFilter(new Empty());
    const decoded = (from: ReadReq.Options): ReadRequest =>
      decodeReadRequest(serialized(new ReadReq().setOptions(from)));
    const plain = { from: 'start', backwards: false, resolveLinks: false, limitEvents: 0, subscribe: false };

    it('of a stream', () => {
      fc.assert(
        fc.property(
          anyName,
          fc.maxSafeNat(),
          fc.maxSafeNat(),
          fc.boolean(),
          (stream, from, limitEvents, flag) => {
            const streamOptions = new ReadReq.Options.StreamOptions()
              .setStreamIdentifier(identifier(stream))
              .setRevision(String(from));
            const request = options()
              .setStream(streamOptions)
              .setCount(String(limitEvents))
              .setReadDirection(flag ? 1 : 0)
              .setResolveLinks(!flag);
            expect(decoded(request)).toEqual({
              stream,
              from,
              limitEvents,
              backwards: flag,
              resolveLinks: !flag,
              subscribe: false,
            });
          },
        ),
      );
    });

    it('of everything, from both ends and from a position', () => {
      const all = (from: ReadReq.Options.AllOptions): ReadRequest =>
        decoded(options().setAll(from).setCount('0'));
      const AllOptions = ReadReq.Options.AllOptions;
      const position = new ReadReq.Options.Position().setCommitPosition('42').setPreparePosition('42');
      expect(all(new AllOptions().setStart(new Empty()))).toEqual(plain);
      expect(all(new AllOptions().setEnd(new Empty()))).toEqual({ ...plain, from: 'end' });
      expect(all(new AllOptions().setPosition(position))).toEqual({ ...plain, from: 42 });
    });

    it('that is a subscription with a filter', () => {
      const filterOf = (
        build: (options: ReadReq.Options.FilterOptions) => void,
      ): FilterRequest | undefined => {
        const filter = new ReadReq.Options.FilterOptions().setCheckpointintervalmultiplier(3);
        build(filter);
        const request = options().setAll(new ReadReq.Options.AllOptions()).setFilter(filter);
        request.setSubscription(new ReadReq.Options.SubscriptionOptions());
        return decoded(request).filter;
      };
      const Expression = ReadReq.Options.FilterOptions.Expression;
      expect(
        filterOf((filter) =>
          filter.setStreamIdentifier(new Expression().setPrefixList(['a-', 'b-'])).setMax(16),
        ),
      ).toEqual({ on: 'streamName', prefixes: ['a-', 'b-'], windowEvents: 16, checkpointWindows: 3 });
      expect(
        filterOf((filter) => filter.setEventType(new Expression().setRegex('^x')).setCount(new Empty())),
      ).toEqual({ on: 'eventType', prefixes: [], regex: '^x', checkpointWindows: 3 });
    });
  });
});
