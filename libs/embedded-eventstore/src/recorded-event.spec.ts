import { describe, expect, it } from '@jest/globals';
import { ReadResp } from '@eventstore/db-client/generated/streams_pb';
import fc from 'fast-check';
import {
  dataOf,
  encodeRecordedEvent,
  encodeResolvedLink,
  eventIdOf,
  eventTypeOf,
  recordedMsOf,
  revisionOf,
  streamNameOf,
} from './recorded-event';

const anyText = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 300 });
const anyBytes = fc.uint8Array({ maxLength: 500 }).map((bytes) => Buffer.from(bytes));
const anyProposed = fc.record({
  id: fc.uuid(),
  type: anyText,
  contentType: fc.constantFrom('application/json', 'application/octet-stream'),
  data: anyBytes,
  customMetadata: anyBytes,
});
const anyPlace = fc.record({
  stream: anyText,
  revision: fc.maxSafeNat(),
  position: fc.maxSafeNat(),
  createdMs: fc.integer({ min: 0, max: 8_000_000_000_000 }),
});

describe('a recorded event', () => {
  it('is what the client takes for an event', () => {
    fc.assert(
      fc.property(anyProposed, anyPlace, (proposed, place) => {
        const response = ReadResp.deserializeBinary(encodeRecordedEvent(proposed, place));
        const recorded = response.getEvent()!.getEvent()!;
        const metadata = recorded.getMetadataMap();
        expect(response.getEvent()!.getCommitPosition()).toBe(String(place.position));
        expect({
          id: recorded.getId()!.getString(),
          type: metadata.get('type'),
          contentType: metadata.get('content-type'),
          data: Buffer.from(recorded.getData_asU8()),
          customMetadata: Buffer.from(recorded.getCustomMetadata_asU8()),
        }).toEqual(proposed);
        expect({
          stream: Buffer.from(recorded.getStreamIdentifier()!.getStreamName_asU8()).toString('utf8'),
          revision: Number(recorded.getStreamRevision()),
          position: Number(recorded.getCommitPosition()),
          createdMs: Number(BigInt(metadata.get('created')!) / 10_000n),
        }).toEqual(place);
        expect(recorded.getPreparePosition()).toBe(recorded.getCommitPosition());
      }),
    );
  });

  it('tells what the server looks at', () => {
    fc.assert(
      fc.property(anyProposed, anyPlace, (proposed, place) => {
        const event = encodeRecordedEvent(proposed, place);
        expect(eventIdOf(event)).toBe(proposed.id);
        expect(eventTypeOf(event)).toBe(proposed.type);
        expect(streamNameOf(event)).toBe(place.stream);
        expect(revisionOf(event)).toBe(place.revision);
        expect(recordedMsOf(event)).toBe(place.createdMs);
        expect(dataOf(event).equals(proposed.data)).toBe(true);
      }),
    );
  });

  it('goes with the link that led to it', () => {
    fc.assert(
      fc.property(anyProposed, anyPlace, anyProposed, anyPlace, (proposed, place, link, linkPlace) => {
        const event = encodeRecordedEvent(proposed, place);
        const response = encodeResolvedLink(event, encodeRecordedEvent(link, linkPlace), linkPlace.position);
        const resolved = ReadResp.deserializeBinary(response).getEvent()!;
        expect(resolved.getEvent()!.getId()!.getString()).toBe(proposed.id);
        expect(resolved.getLink()!.getId()!.getString()).toBe(link.id);
        expect(resolved.getCommitPosition()).toBe(String(linkPlace.position));
      }),
    );
  });
});
