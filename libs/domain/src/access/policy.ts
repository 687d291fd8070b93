import type { Instant } from '../time';
import type { Act } from './acts';
import { ACTS_OF_PERMISSION, ACTS_OF_ROLE } from './acts';
import type { Grant, Permission, Requester } from './requester';
import { isGrantInForce, PERMISSIONS } from './requester';

/** A site and who controls it now. */
export interface SiteAsset {
  readonly kind: 'SITE';
  readonly id: string;
  readonly operator: string;
}

/** A charger, who controls it now, and the site where it hangs now. */
export interface ChargerAsset {
  readonly kind: 'CHARGER';
  readonly id: string;
  readonly operator: string;
  readonly site?: Pick<SiteAsset, 'id' | 'operator'>;
}

/** What an act is about. Circuits and backplates are what their site is. */
export type Asset =
  | ChargerAsset
  | SiteAsset
  /** An operator's book as a whole: what is new there, its persons. */
  | { readonly kind: 'OPERATOR'; readonly id: string }
  | { readonly kind: 'PARTNER'; readonly id: string; readonly operator: string }
  /** A credential of an operator; without one, of the whole book. */
  | { readonly kind: 'CREDENTIAL'; readonly id: string; readonly operator?: string };

/** HIDDEN: for who asks, it is as if there were no such thing. */
export type Verdict = 'ALLOWED' | 'HIDDEN' | 'FORBIDDEN';

/**
 * Who may do what to which asset. An asset that is not there is answered as one that may not be seen.
 *
 * @param asset undefined where there is none
 */
export function decideAccess(
  requester: Requester,
  act: Act,
  asset: Asset | undefined,
  now: Instant,
): Verdict {
  if (!mayEver(requester, act, now)) return 'FORBIDDEN';
  if (asset == null) return 'HIDDEN';
  if (permits(requester, act, asset, now)) return 'ALLOWED';
  return sees(requester, asset, now) ? 'FORBIDDEN' : 'HIDDEN';
}

/** Whether there can be anything to which one may do it. */
export function mayEver(requester: Requester, act: Act, now: Instant): boolean {
  return grantsOf(requester, now)?.some((grant) => allows(grant, act)) ?? actsOf(requester).has(act);
}

export function permits(requester: Requester, act: Act, asset: Asset, now: Instant): boolean {
  if (!isWithin(requester, asset)) return false;
  const grants = grantsOf(requester, now);
  if (grants == null) return actsOf(requester).has(act);
  return grants.some((grant) => allows(grant, act) && covers(grant, asset));
}

/** Whether one knows that it is there: whoever may do anything to it does. */
export function sees(requester: Requester, asset: Asset, now: Instant): boolean {
  if (!isWithin(requester, asset)) return false;
  const grants = grantsOf(requester, now);
  // Whose one is, one knows.
  return grants == null || asset.kind === 'OPERATOR' || grants.some((grant) => covers(grant, asset));
}

/** The permissions that a requester has on at least one thing, as a partner's grants call them. */
export function permissionsOf(requester: Requester, now: Instant): Permission[] {
  return PERMISSIONS.filter((permission) =>
    [...ACTS_OF_PERMISSION[permission]].every((act) => mayEver(requester, act, now)),
  );
}

/** The grants that count now; undefined for whoever needs none. */
export function grantsOf({ role, grants }: Requester, now: Instant): readonly Grant[] | undefined {
  return role === 'PARTNER' ? (grants ?? []).filter((grant) => isGrantInForce(grant, now)) : undefined;
}

const NOTHING: ReadonlySet<Act> = new Set();

function actsOf({ role }: Requester): ReadonlySet<Act> {
  return role === 'PARTNER' ? NOTHING : ACTS_OF_ROLE[role];
}

export function allows({ permissions }: Grant, act: Act): boolean {
  return permissions.some((permission) => ACTS_OF_PERMISSION[permission].has(act));
}

/** Whether an asset is of those that the requester is about at all: control decides, and names where there are some. */
function isWithin({ role, operator, chargers }: Requester, asset: Asset): boolean {
  if (operator == null) return role === 'ADMIN' || role === 'AUDITOR';
  if (operatorOf(asset) !== operator) return false;
  if (role !== 'USER' && chargers == null) return true;
  return asset.kind === 'CHARGER' && (chargers ?? []).includes(asset.id);
}

function operatorOf(asset: Asset): string | undefined {
  return asset.kind === 'OPERATOR' ? asset.id : asset.operator;
}

/** A grant on sites is also one on the chargers that hang there, while they do. */
function covers({ fleet, sites, chargers }: Grant, asset: Asset): boolean {
  switch (asset.kind) {
    case 'CHARGER':
      return fleet || chargers.includes(asset.id) || isThere(asset, sites);
    case 'SITE':
      return fleet || sites.includes(asset.id);
    case 'OPERATOR':
      return fleet;
    case 'PARTNER':
    case 'CREDENTIAL':
      return false;
  }
}

function isThere({ operator, site }: ChargerAsset, sites: readonly string[]): boolean {
  return site != null && site.operator === operator && sites.includes(site.id);
}
