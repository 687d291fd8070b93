import type { Instant } from '../time';
import { earlier, epochMsOf, instantOf } from '../time';
import { limitSituation } from './effective-limit';
import type { LimitKnowledge } from './knowledge';
import type { LimitSituation, LimitValue } from './limit-value';
import { evaluate, isSameValue } from './limit-value';
import { ownEnds } from './next-change';
import { SpanFacts } from './span-facts';

/** A span [from, to) in which the effective limit stays the same. */
export interface LimitSegment extends LimitValue {
  readonly from: Instant;
  readonly to: Instant;
}

/** A value, and the instant from which it holds. */
interface ValueFrom {
  readonly from: Instant;
  readonly value: LimitValue;
}

/**
 * The effective limit of a charger over [from, to): adjacent segments without gaps, each as long as its value stays. Empty
 * unless `from` is before `to`.
 *
 * @param knowledge all facts that can matter at any instant of the span
 */
export function limitTimeline(knowledge: LimitKnowledge, from: Instant, to: Instant): LimitSegment[] {
  return [...limitSegments(knowledge, from, to)];
}

/** The same one after the other, for those who must stop when there are too many. */
export function* limitSegments(
  knowledge: LimitKnowledge,
  from: Instant,
  to: Instant,
): Generator<LimitSegment> {
  let open: ValueFrom | undefined;
  for (const next of values(knowledge, from, to)) {
    if (open != null && isSameValue(open.value, next.value)) continue;
    if (open != null) yield { from: open.from, to: next.from, ...open.value };
    open = next;
  }
  if (open != null) yield { from: open.from, to, ...open.value };
}

/** The value at each instant of the span at which it may be another than before. */
function* values(knowledge: LimitKnowledge, from: Instant, to: Instant): Generator<ValueFrom> {
  const facts = new SpanFacts(knowledge);
  let at = from;
  while (at < to) {
    const { situation } = limitSituation(knowledge.charger, facts, at);
    yield { from: at, value: evaluate(situation).value };
    const next = earlier(facts.nextInstantAfter(at) ?? to, to);
    for (const change of ownChanges(situation, next))
      yield { from: change, value: evaluate(situation, change).value };
    at = next;
  }
}

/** The instants before another at which a situation may change by itself, in order. */
function* ownChanges(situation: LimitSituation, before: Instant): Generator<Instant> {
  if (!situation.isMounted) return;
  const { plan } = situation.sources;
  let from = situation.at;
  for (const end of [...ownEnds(situation).filter((instant) => instant < before), before]) {
    const edges = plan?.calendar.edges(epochMsOf(from), epochMsOf(end) - 1) ?? [];
    for (const edgeMs of edges) yield instantOf(edgeMs);
    if (end < before) yield end;
    from = end;
  }
}
