import type { EffectiveFact, Instant } from '@chargebook/domain';
import { monthBefore, monthOf } from '@chargebook/domain';

/** The newest fact at or before an instant in monthly streams, looked for backwards until an earliest instant. */
export async function newestByMonth(
  at: Instant,
  earliest: Instant,
  factsOfMonth: (month: Instant) => Promise<readonly EffectiveFact[]>,
  isWanted: (fact: EffectiveFact) => boolean = () => true,
): Promise<EffectiveFact | undefined> {
  for (let month = monthOf(at); month >= monthOf(earliest); month = monthBefore(month)) {
    const facts = await factsOfMonth(month);
    const newest = facts.findLast((fact) => fact.metadata.occurredAt <= at && isWanted(fact));
    if (newest != null) return newest;
  }
  return undefined;
}
