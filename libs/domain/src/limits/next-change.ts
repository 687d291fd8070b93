import type { Instant } from '../time';
import { epochMsOf, instantOf } from '../time';
import type { LimitSituation, LimitValue } from './limit-value';
import { evaluate, isSameValue } from './limit-value';

/** When the value changes by itself: a time-to-live ends, or a charge plan opens or closes a window that matters. */
export function nextChange(situation: LimitSituation, value: LimitValue): Instant | undefined {
  if (!situation.isMounted) return undefined;
  const { plan } = situation.sources;
  const ends = ownEnds(situation);
  if (plan == null && ends.length === 0) return undefined;
  const changesAt = (at: Instant) => !isSameValue(evaluate(situation, at).value, value);
  const firstEdge = (from: Instant, untilMs: number) =>
    plan?.calendar.firstEdge(epochMsOf(from), untilMs, (edgeMs) => changesAt(instantOf(edgeMs)));
  let from = situation.at;
  for (const end of ends) {
    const edgeMs = firstEdge(from, epochMsOf(end));
    if (edgeMs != null) return instantOf(edgeMs);
    if (changesAt(end)) return end;
    from = end;
  }
  const edgeMs = firstEdge(from, Infinity);
  return edgeMs == null ? undefined : instantOf(edgeMs);
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
