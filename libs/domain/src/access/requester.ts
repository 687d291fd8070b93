import type { Actor } from '../facts/fact';
import type { Instant } from '../time';

/** What a credential makes of who holds it. */
export const ROLES = [
  'ADMIN',
  'OPERATOR',
  'INSTALLER',
  'ASSET_MANAGER',
  'AUDITOR',
  'DEVICE',
  'PARTNER',
  'USER',
] as const;

export type Role = (typeof ROLES)[number];

/** What a partner can be granted. */
export const PERMISSIONS = [
  'READ_STATE',
  'READ_HISTORY',
  'CONTROL_LIMITS',
  'CONTROL_PLAN',
  'MANAGE_ASSETS',
  'RECORD_OBSERVATIONS',
] as const;

export type Permission = (typeof PERMISSIONS)[number];

/** What a partner was given: permissions on a fleet, on sites, on chargers; in force on [from, until). */
export interface Grant {
  readonly id: string;
  readonly permissions: readonly Permission[];
  /** All that the partner's operator controls. */
  readonly fleet: boolean;
  readonly sites: readonly string[];
  readonly chargers: readonly string[];
  readonly from: Instant;
  readonly until?: Instant;
}

/** Who asks, as far as it matters for what may be seen and done. */
export interface Requester {
  readonly actor: Actor;
  readonly role: Role;
  /** On whose behalf; absent: of the whole book, which only ADMIN and AUDITOR can be. */
  readonly operator?: string;
  /** Only these of the operator's chargers; always told of a USER. */
  readonly chargers?: readonly string[];
  /** Of a PARTNER alone; what they grant counts while the operator has control. */
  readonly grants?: readonly Grant[];
}

export function isGrantInForce({ from, until }: Grant, at: Instant): boolean {
  return from <= at && (until == null || at < until);
}
