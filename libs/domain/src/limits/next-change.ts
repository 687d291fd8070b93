import type { Instant } from '../time';
import { epochMsOf } from '../time';
import { knownInstant } from './known-instants';
import type { LimitSituation, LimitValue } from './limit-value';
import type { PlanCalendar } from './plan-calendar';
import { evaluate, isSameValue } from './limit-value';

/** When the value changes by itself: a time-to-live ends, or a charge plan opens or closes a window that matters. */
export function nextChange(situation: LimitSituation, value: LimitValue): Instant | undefined {
  if (!situation.isMounted) return undefined;
  const { plan } = situation.sources;
  const ends = ownEnds(situation);
  if (plan == null && ends.length === 0) return undefined;
  const changesAt = (atMs: number) => !isSameValue(evaluate(situation, atMs).value, value);
  let fromMs = epochMsOf(situation.at);
  for (const end of [...ends.map(epochMsOf), Infinity]) {
    const edgeMs = firstEdge(plan?.calendar, fromMs, end, changesAt);
    if (edgeMs != null) return knownInstant(edgeMs);
    if (end !== Infinity && changesAt(end)) return knownInstant(end);
    fromMs = end;
  }
  return undefined;
}

/** The next change of the cap is the one most of the time. */
function firstEdge(
  calendar: PlanCalendar | undefined,
  fromMs: number,
  untilMs: number,
  changesAt: (atMs: number) => boolean,
): number | undefined {
  if (calendar == null || fromMs === Infinity) return undefined;
  const nextMs = calendar.nextCapChangeMs(fromMs);
  if (nextMs >= untilMs) return undefined;
  return changesAt(nextMs) ? nextMs : calendar.firstEdge(nextMs, untilMs, changesAt);
}

const NONE: readonly Instant[] = [];

/** The instants at which sources other than the plan begin or end by themselves, in order. */
export function ownEnds({ sources }: LimitSituation): readonly Instant[] {
  let ends: Instant[] | undefined;
  for (const { kind, until } of sources.inForce)
    if (until != null && kind !== 'CHARGE_PLAN') (ends ??= []).push(until);
  for (const { from } of sources.coming) (ends ??= []).push(from);
  return ends?.sort() ?? NONE;
}
