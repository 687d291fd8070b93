import { compareFacts } from '../facts/fact';
import type { EffectiveFact } from '../facts/lifeline';
import type { Instant } from '../time';
import { epochMsOf } from '../time';
import { knownInstant } from './known-instants';
import { LAST_MS } from './wall-clock';
import type { FactLog, FactOf, FactType } from './fact-log';
import type { Ending, LimitEnd } from './limit-source';

const PLACED = ['ChargerMounted', 'ChargerDismounted'] as const;
const DISMOUNTED = ['ChargerDismounted'] as const;

/** The mount by which a charger hangs somewhere at an instant. */
export function mountedAt(charger: FactLog, at: Instant): FactOf<'ChargerMounted'> | undefined {
  const placed = charger.latest(PLACED, at);
  return placed?.type === 'ChargerMounted' ? placed : undefined;
}

/** The mount by which a charger hung somewhere when another fact took effect. */
export function mountedBefore(charger: FactLog, fact: EffectiveFact): FactOf<'ChargerMounted'> | undefined {
  const placed = charger.latestBefore(PLACED, fact);
  return placed?.type === 'ChargerMounted' ? placed : undefined;
}

/** The first time that a charger was taken down after a fact. A dismount of a charger that hangs nowhere does nothing. */
export function dismountAfter(
  charger: FactLog,
  after: EffectiveFact,
  at: Instant,
): FactOf<'ChargerDismounted'> | undefined {
  let dismounted = charger.firstAfter(DISMOUNTED, after, at);
  while (dismounted != null && mountedBefore(charger, dismounted) == null)
    dismounted = charger.firstAfter(DISMOUNTED, dismounted, at);
  return dismounted;
}

/** What a charger loses and regains: mains and connection are two flags, and neither restores the other. */
export interface Loss {
  /** The loss that has not been restored. */
  readonly since?: EffectiveFact;
  /** What ended the last loss. */
  readonly restored?: EffectiveFact;
}

const POWER_LOST = ['PowerLost'] as const;
const POWER_RESTORED = ['PowerRestored'] as const;
const CONNECTIVITY_LOST = ['ConnectivityLost'] as const;
const CONNECTIVITY_RESTORED = ['ConnectivityRestored'] as const;
const NOTHING_LOST: Loss = {};

export function powerLoss(charger: FactLog, at: Instant): Loss {
  const lost = charger.latest(POWER_LOST, at);
  return lost == null ? NOTHING_LOST : lossOf(lost, charger.firstAfter(POWER_RESTORED, lost, at));
}

export function connectivityLoss(charger: FactLog, at: Instant): Loss {
  const lost = charger.latest(CONNECTIVITY_LOST, at);
  return lost == null ? NOTHING_LOST : lossOf(lost, charger.firstAfter(CONNECTIVITY_RESTORED, lost, at));
}

function lossOf(lost: EffectiveFact, restored: EffectiveFact | undefined): Loss {
  return restored == null ? { since: lost } : { restored };
}

const POWER = ['PowerLost', 'PowerRestored'] as const;

/** Whether a charger had mains when another fact took effect. */
export function isPoweredBefore(charger: FactLog, fact: EffectiveFact): boolean {
  return charger.latestBefore(POWER, fact)?.type !== 'PowerLost';
}

/** The first of some facts to take effect. */
export function firstOf(...facts: readonly (EffectiveFact | undefined)[]): EffectiveFact | undefined {
  let first: EffectiveFact | undefined;
  for (const fact of facts)
    if (fact != null && (first == null || compareFacts(fact, first) < 0)) first = fact;
  return first;
}

/**
 * How a value with a time-to-live ended: by what came first. It is over at the very instant of its expiry, so a reset at
 * that instant finds nothing to unset.
 */
export function endingOf(
  reset: EffectiveFact | undefined,
  expiresAt: Instant | undefined,
  at: Instant,
): Ending | undefined {
  if (expiresAt != null && expiresAt <= at && (reset == null || expiresAt <= reset.metadata.occurredAt))
    return { by: 'EXPIRED', at: expiresAt };
  return reset == null ? undefined : { by: END_BY[reset.type] ?? 'CLEARED', at: reset.metadata.occurredAt };
}

const END_BY: Partial<Record<FactType, LimitEnd>> = {
  PowerLost: 'POWER_LOSS',
  ChargerDismounted: 'DISMOUNTED',
  SessionStarted: 'CAR_CONNECTED',
  PrimaryBackplateDesignated: 'PRIMARY_CHANGED',
  BackplateRewired: 'PRIMARY_CHANGED',
  BackplateRemoved: 'PRIMARY_CHANGED',
};

/** When a value ends by itself; absent without a time-to-live, or where that ends after all calendars. */
export function expiryOf(set: EffectiveFact, timeToLiveSeconds: number | undefined): Instant | undefined {
  if (timeToLiveSeconds == null) return undefined;
  const expiresMs = epochMsOf(set.metadata.occurredAt) + timeToLiveSeconds * 1000;
  return expiresMs > LAST_MS ? undefined : knownInstant(expiresMs);
}
