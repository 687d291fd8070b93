import { createHash } from 'node:crypto';
import type { NewFact } from '@chargebook/domain';

/**
 * JSON with sorted keys, and without what is absent: two spellings of one input are equal. Ids of events follow from it, so it stays
 * as it is; it is not the canonical JSON of the tree of hashes, which keeps what is null.
 */
export function jsonOfTold(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (part == null) return undefined;
    if (typeof part !== 'object' || Array.isArray(part)) return part;
    return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

/** SHA-256 of a command's input, hexadecimal. */
export function inputHashOf(input: unknown): string {
  return createHash('sha256').update(jsonOfTold(input)).digest('hex');
}

/**
 * The id of the nth event that is written after a revision of a stream. The same fact at the same place has the same id,
 * which the store takes as a repeat; anything else, also the same command told at another moment, is another event.
 */
export function eventIdOf(
  fact: Omit<NewFact, 'eventId'>,
  place: { stream: string; expectedRevision: number; index: number },
): string {
  const { stream, expectedRevision, index } = place;
  const { type, data, metadata } = fact;
  return uuidOf(jsonOfTold([stream, expectedRevision, index, type, data, metadata]));
}

/** A UUID (version 8) made of a text. */
export function uuidOf(text: string): string {
  const digest = createHash('sha256').update(text).digest();
  digest.writeUInt8((digest.readUInt8(6) & 0x0f) | 0x80, 6);
  digest.writeUInt8((digest.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = digest.toString('hex', 0, 16);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
