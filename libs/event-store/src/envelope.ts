import type { Actor, ActorKind, Channel, Fact, FactMetadata, NewFact } from '@chargebook/domain';
import type { BookEntry, Position, WrittenEvent } from './event-store';
import type { JsonObject } from './upcasting';
import { upcast } from './upcasting';

/** A fact as the store is given it. The store's convention names the two ids that its own tools can follow. */
export interface EncodedFact {
  readonly id: string;
  readonly type: string;
  readonly data: object;
  readonly metadata: object;
}

/** An event as the store hands it out. */
export interface StoredEvent {
  readonly id: string;
  readonly streamId: string;
  readonly revision: bigint;
  readonly type: string;
  readonly data: unknown;
  readonly metadata?: unknown;
}

export function encodeFact(fact: NewFact): EncodedFact {
  const { correlationId, causationId, ...metadata } = fact.metadata;
  return {
    id: fact.eventId,
    type: fact.type,
    data: fact.data,
    metadata: {
      $correlationId: correlationId,
      $causationId: causationId,
      ...metadata,
      schemaVersion: fact.schemaVersion,
    },
  };
}

/** A stored event as it was written. */
export function writtenEvent({ id, streamId, revision, type, data, metadata }: StoredEvent): WrittenEvent {
  return {
    id,
    stream: streamId,
    revision: Number(revision),
    type,
    data: told(data),
    metadata: told(metadata),
  };
}

function told(value: unknown): unknown {
  return value instanceof Uint8Array ? { base64: Buffer.from(value).toString('base64') } : (value ?? null);
}

/** Reads a stored event in the shape of today. Never throws: what cannot be read says why. */
export function decodeEvent(event: StoredEvent, position: Position): BookEntry['content'] {
  const place = { eventId: event.id, stream: event.streamId, revision: Number(event.revision) };
  try {
    const stored = objectAt('metadata', event.metadata);
    const written = versionAt('schemaVersion', stored['schemaVersion']);
    const { schemaVersion, data } = upcast(event.type, written, objectAt('data', event.data));
    const metadata = metadataOf(stored);
    // The type is one of the upcasters' table, and the data has the shape in which that type was written.
    const fact = { type: event.type, data, metadata, schemaVersion, ...place, bookOrder: Number(position) };
    return { fact: fact as unknown as Fact };
  } catch (fault) {
    const problem = fault instanceof Error ? fault.message : String(fault);
    return { unreadable: { ...place, type: event.type, problem } };
  }
}

function metadataOf(stored: JsonObject): FactMetadata {
  return {
    occurredAt: instantAt('occurredAt', stored['occurredAt']),
    recordedAt: instantAt('recordedAt', stored['recordedAt']),
    actor: actorAt('actor', stored['actor']),
    channel: memberAt(CHANNELS, 'channel', stored['channel']),
    commandId: textAt('commandId', stored['commandId']),
    inputHash: textAt('inputHash', stored['inputHash']),
    correlationId: textAt('$correlationId', stored['$correlationId']),
    causationId: textAt('$causationId', stored['$causationId']),
    ...optional('reason', stored, textAt),
    ...optional('deviceSequence', stored, numberAt),
    ...optional('deviceTime', stored, instantAt),
  };
}

const ACTOR_KINDS: Readonly<Record<ActorKind, true>> = {
  ADMIN: true,
  OPERATOR: true,
  INSTALLER: true,
  ASSET_MANAGER: true,
  AUDITOR: true,
  DEVICE: true,
  PARTNER: true,
  USER: true,
  SYSTEM: true,
};

const CHANNELS: Readonly<Record<Channel, true>> = {
  PARTNER_API: true,
  CONSOLE: true,
  INSTALLER_APP: true,
  DEVICE: true,
  OCPP: true,
  IMPORT: true,
  SYSTEM: true,
};

/** A field that may be absent: then it is absent in the outcome too, not undefined. */
function optional<Name extends string, Value>(
  name: Name,
  stored: JsonObject,
  read: (name: string, value: unknown) => Value,
): Partial<Record<Name, Value>> {
  const value = stored[name];
  return value == null ? {} : ({ [name]: read(name, value) } as Record<Name, Value>);
}

function objectAt(name: string, value: unknown): JsonObject {
  const isObject =
    typeof value === 'object' && value != null && !Array.isArray(value) && !(value instanceof Uint8Array);
  if (!isObject) throw new Error(`${name} is not a JSON object`);
  return value as JsonObject;
}

function textAt(name: string, value: unknown): string {
  if (typeof value !== 'string') throw new Error(`metadata.${name} is not a text`);
  return value;
}

function numberAt(name: string, value: unknown): number {
  if (typeof value !== 'number') throw new Error(`metadata.${name} is not a number`);
  return value;
}

function versionAt(name: string, value: unknown): number {
  if (!Number.isSafeInteger(value) || (value as number) < 1) {
    throw new Error(`metadata.${name} is not a positive whole number`);
  }
  return value as number;
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** Instants are compared as strings, so only their one canonical spelling will do. */
function instantAt(name: string, value: unknown): string {
  const text = textAt(name, value);
  // A day or an hour that there is not is taken for the next one; writing the instant again would tell, but takes long.
  const isCanonical = INSTANT.test(text) && new Date(text).getUTCDate() === Number(text.slice(8, 10));
  if (!isCanonical) throw new Error(`metadata.${name} is not a UTC instant with milliseconds`);
  return text;
}

function memberAt<Member extends string>(
  members: Readonly<Record<Member, true>>,
  name: string,
  value: unknown,
): Member {
  const text = textAt(name, value);
  if (!Object.hasOwn(members, text)) throw new Error(`metadata.${name} is ${text}, which is not known`);
  return text as Member;
}

function actorAt(name: string, value: unknown): Actor {
  const actor = objectAt(`metadata.${name}`, value);
  return {
    kind: memberAt(ACTOR_KINDS, `${name}.kind`, actor['kind']),
    id: textAt(`${name}.id`, actor['id']),
  };
}
