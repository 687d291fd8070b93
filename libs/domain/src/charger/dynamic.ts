import type { EffectiveFact } from '../facts/lifeline';
import type { Instant } from '../time';
import { plusMs } from '../time';

/** Facts by which a charger loses the dynamic current that it was told. */
const UNSETS_DYNAMIC_CHARGER_CURRENT: readonly string[] = [
  'PowerLost',
  'SessionStarted',
  'ChargerDismounted',
];

/** The last instant, at or before `at`, at which a charger lost what it had been told. */
export function lastDynamicReset(facts: readonly EffectiveFact[], at: Instant): Instant | undefined {
  return facts.findLast(
    ({ type, metadata }) => metadata.occurredAt <= at && UNSETS_DYNAMIC_CHARGER_CURRENT.includes(type),
  )?.metadata.occurredAt;
}

/** Whether the newest set or clear is a set that has not run out. */
export function isInForce(newest: EffectiveFact | undefined, at: Instant): boolean {
  if (newest?.type !== 'DynamicChargerCurrentSet' && newest?.type !== 'DynamicCircuitCurrentSet')
    return false;
  const { timeToLiveSeconds } = newest.data;
  return timeToLiveSeconds == null || plusMs(newest.metadata.occurredAt, timeToLiveSeconds * 1000) > at;
}
