import type { DomainEvent } from '../events';
import type { Instant } from '../time';

export type ActorKind =
  'ADMIN' | 'OPERATOR' | 'INSTALLER' | 'ASSET_MANAGER' | 'AUDITOR' | 'DEVICE' | 'PARTNER' | 'USER' | 'SYSTEM';

/** Who did it. The id refers to a person or machine; names are kept apart. */
export interface Actor {
  readonly kind: ActorKind;
  readonly id: string;
}

export const CHANNELS = [
  'PARTNER_API',
  'CONSOLE',
  'INSTALLER_APP',
  'DEVICE',
  'OCPP',
  'IMPORT',
  'SYSTEM',
] as const;

/** The way by which a fact reached the book. */
export type Channel = (typeof CHANNELS)[number];

/** What every event carries beside its own data. Times are UTC instants. */
export interface FactMetadata {
  /** When it happened in the world (valid time). */
  readonly occurredAt: Instant;
  /** When the book learned it (record time); in read models raised to its predecessor's. */
  readonly recordedAt: Instant;
  readonly actor: Actor;
  readonly channel: Channel;
  /** The idempotency key, one per actor. */
  readonly commandId: string;
  /** SHA-256 of the command's canonical input, hexadecimal: tells a repeat from a reuse of its key. */
  readonly inputHash: string;
  readonly correlationId: string;
  /** The fact or command that led to this one. */
  readonly causationId: string;
  readonly reason?: string;
  /** The device's own count of what it reported. */
  readonly deviceSequence?: number;
  /** What the device's clock said, where that was too far ahead to be believed. */
  readonly deviceTime?: Instant;
}

/** A decided event that is not recorded yet. */
export type NewFact<E extends DomainEvent = DomainEvent> = E & {
  readonly eventId: string;
  readonly schemaVersion: number;
  readonly metadata: FactMetadata;
};

/** A recorded event: what happened, and its place in the book. */
export type Fact<E extends DomainEvent = DomainEvent> = NewFact<E> & {
  readonly stream: string;
  readonly revision: number;
  /**
   * The fact's place in the store's total order. On the read side this is its `sequence`; on the write side the
   * store's position. Only the order matters, so either serves the rules.
   */
  readonly bookOrder: number;
};

/**
 * The order in which facts take effect: by what happened when; among simultaneous ones a device's own numbering first,
 * then the order in which the book learned them.
 */
export function compareFacts(a: Fact, b: Fact): number {
  const [x, y] = [a.metadata, b.metadata];
  if (x.occurredAt !== y.occurredAt) return x.occurredAt < y.occurredAt ? -1 : 1;
  if (x.deviceSequence != null && y.deviceSequence != null) {
    const [deviceOfA, deviceOfB] = [deviceOf(a), deviceOf(b)];
    if (deviceOfA !== deviceOfB) return deviceOfA < deviceOfB ? -1 : 1;
    if (x.deviceSequence !== y.deviceSequence) return x.deviceSequence - y.deviceSequence;
  } else if (x.deviceSequence != null || y.deviceSequence != null) {
    return x.deviceSequence != null ? -1 : 1;
  }
  return a.bookOrder - b.bookOrder;
}

function deviceOf(fact: Fact): string {
  return 'charger' in fact.data ? fact.data.charger : '';
}
