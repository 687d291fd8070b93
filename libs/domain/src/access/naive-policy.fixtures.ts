import type { Asset } from './policy';
import type { Requester } from './requester';

/**
 * Who may do what, told a second time and in another way: as one list of sentences, each of which lets somebody do
 * something. What no sentence allows is forbidden.
 */
type Sentence = (who: Requester, act: string, asset: Asset, now: string) => boolean;

const acts = (text: string) => text.split(' ');
const ofOwnOperator = (who: Requester, asset: Asset) =>
  who.operator !== undefined && who.operator === (asset.kind === 'OPERATOR' ? asset.id : asset.operator);
const isNamed = (who: Requester, asset: Asset) =>
  asset.kind === 'CHARGER' && who.chargers?.some((serial) => serial === asset.id) === true;
const grantable: Record<string, string> = {
  READ_STATE: 'READ_STATE',
  READ_HISTORY: 'READ_HISTORY',
  SET_MAX_CHARGER: 'CONTROL_LIMITS',
  CONTROL_LIMITS: 'CONTROL_LIMITS',
  CONTROL_PLAN: 'CONTROL_PLAN',
  MANAGE_ASSETS: 'MANAGE_ASSETS',
  RECORD_OBSERVATIONS: 'RECORD_OBSERVATIONS',
};

const SENTENCES: Sentence[] = [
  (who) => who.role === 'ADMIN' && who.operator === undefined,
  (who, act, asset) =>
    who.role === 'AUDITOR' &&
    (who.operator === undefined || ofOwnOperator(who, asset)) &&
    acts('READ_STATE READ_HISTORY REVIEW_PARTNERS').includes(act),
  (who, act, asset) =>
    who.role === 'OPERATOR' && ofOwnOperator(who, asset) && !acts('SET_RATINGS GOVERN_BOOK').includes(act),
  (who, act, asset) =>
    who.role === 'INSTALLER' &&
    ofOwnOperator(who, asset) &&
    acts('READ_STATE READ_HISTORY MANAGE_ASSETS SET_RATINGS SET_MAX_CIRCUIT').includes(act),
  (who, act, asset) =>
    who.role === 'ASSET_MANAGER' &&
    ofOwnOperator(who, asset) &&
    acts('READ_STATE READ_HISTORY MANAGE_ASSETS CORRECT_FACTS REVIEW_PARTNERS').includes(act),
  (who, act, asset) =>
    who.role === 'DEVICE' &&
    ofOwnOperator(who, asset) &&
    (who.chargers === undefined || isNamed(who, asset)) &&
    acts('READ_STATE RECORD_OBSERVATIONS').includes(act),
  (who, act, asset) =>
    who.role === 'USER' &&
    ofOwnOperator(who, asset) &&
    isNamed(who, asset) &&
    acts('READ_STATE SET_MAX_CHARGER CONTROL_PLAN').includes(act),
  (who, act, asset, now) =>
    who.role === 'PARTNER' &&
    ofOwnOperator(who, asset) &&
    isGranted(who, asset, now, (permissions) => permissions.some((one) => one === grantable[act])),
];

export function naivelyPermits(who: Requester, act: string, asset: Asset, now: string): boolean {
  return SENTENCES.some((sentence) => sentence(who, act, asset, now));
}

const ALL_ACTS = acts(
  'READ_STATE READ_HISTORY SET_MAX_CHARGER CONTROL_LIMITS CONTROL_PLAN MANAGE_ASSETS RECORD_OBSERVATIONS ' +
    'SET_RATINGS SET_MAX_CIRCUIT SET_FALLBACK CORRECT_FACTS TRANSFER_CONTROL GOVERN_PARTNERS REVIEW_PARTNERS ' +
    'GOVERN_CREDENTIALS GOVERN_BOOK',
);

/** One knows of what one may do anything to. */
export function naivelySees(who: Requester, asset: Asset, now: string): boolean {
  if (asset.kind === 'OPERATOR' && who.role === 'PARTNER') return ofOwnOperator(who, asset);
  return ALL_ACTS.some((act) => naivelyPermits(who, act, asset, now));
}

function isGranted(
  who: Requester,
  asset: Asset,
  now: string,
  isEnough: (permissions: readonly string[]) => boolean,
): boolean {
  for (const grant of who.grants ?? []) {
    if (now < grant.from || (grant.until !== undefined && now >= grant.until)) continue;
    if (!isEnough(grant.permissions)) continue;
    if (asset.kind === 'PARTNER' || asset.kind === 'CREDENTIAL') continue;
    if (grant.fleet) return true;
    if (asset.kind === 'SITE' && grant.sites.includes(asset.id)) return true;
    if (asset.kind !== 'CHARGER') continue;
    if (grant.chargers.includes(asset.id)) return true;
    const there = asset.site;
    if (there !== undefined && there.operator === who.operator && grant.sites.includes(there.id)) return true;
  }
  return false;
}
