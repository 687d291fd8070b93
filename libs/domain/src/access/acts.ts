import type { Permission, Role } from './requester';

/** Everything that somebody may be allowed to do: reading, and what commands come down to. */
export const ACTS = [
  'READ_STATE',
  'READ_HISTORY',
  /** The offered maximum of a charger, which its user sets as well. */
  'SET_MAX_CHARGER',
  /** Dynamic currents, phase mode, switching on and off. */
  'CONTROL_LIMITS',
  'CONTROL_PLAN',
  'MANAGE_ASSETS',
  'RECORD_OBSERVATIONS',
  /** What fuses are rated at. */
  'SET_RATINGS',
  'SET_MAX_CIRCUIT',
  'SET_FALLBACK',
  'CORRECT_FACTS',
  'TRANSFER_CONTROL',
  'GOVERN_PARTNERS',
  /** Looking at partners and at what use they make of their access. */
  'REVIEW_PARTNERS',
  'GOVERN_CREDENTIALS',
  'GOVERN_BOOK',
] as const;

export type Act = (typeof ACTS)[number];

const READING: readonly Act[] = ['READ_STATE', 'READ_HISTORY'];

/** What each role may do to what it is about. A partner may do what its grants allow. */
export const ACTS_OF_ROLE: Readonly<Record<Exclude<Role, 'PARTNER'>, ReadonlySet<Act>>> = {
  ADMIN: new Set(ACTS),
  OPERATOR: new Set(ACTS.filter((act) => act !== 'SET_RATINGS' && act !== 'GOVERN_BOOK')),
  INSTALLER: new Set([...READING, 'MANAGE_ASSETS', 'SET_RATINGS', 'SET_MAX_CIRCUIT']),
  ASSET_MANAGER: new Set([...READING, 'MANAGE_ASSETS', 'CORRECT_FACTS', 'REVIEW_PARTNERS']),
  AUDITOR: new Set([...READING, 'REVIEW_PARTNERS']),
  DEVICE: new Set(['READ_STATE', 'RECORD_OBSERVATIONS']),
  USER: new Set(['READ_STATE', 'SET_MAX_CHARGER', 'CONTROL_PLAN']),
};

export const ACTS_OF_PERMISSION: Readonly<Record<Permission, ReadonlySet<Act>>> = {
  READ_STATE: new Set(['READ_STATE']),
  READ_HISTORY: new Set(['READ_HISTORY']),
  CONTROL_LIMITS: new Set(['CONTROL_LIMITS', 'SET_MAX_CHARGER']),
  CONTROL_PLAN: new Set(['CONTROL_PLAN']),
  MANAGE_ASSETS: new Set(['MANAGE_ASSETS']),
  RECORD_OBSERVATIONS: new Set(['RECORD_OBSERVATIONS']),
};
