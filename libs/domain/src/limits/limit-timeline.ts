import type { Instant } from '../time';
import { earlier, epochMsOf, instantOf } from '../time';
import { limitSituation } from './effective-limit';
import type { LimitKnowledge } from './knowledge';
import type { LimitSource } from './limit-source';
import type { Evaluation, LimitSituation, LimitValue } from './limit-value';
import { evaluate, isSameValue } from './limit-value';
import { ownEnds } from './next-change';
import { SourceSpans } from './source-spans';
import { SpanFacts } from './span-facts';

/** A source in force, over the part [from, to) of a segment in which it stays as it is. */
export interface SourceSpan extends Pick<
  LimitSource,
  'kind' | 'amps' | 'axis' | 'ofId' | 'setBy' | 'eventId'
> {
  readonly from: Instant;
  readonly to: Instant;
}

/** A span [from, to) in which the effective limit stays the same. */
export interface LimitSegment extends LimitValue {
  readonly from: Instant;
  readonly to: Instant;
  /** All sources in force, binding or not: what they are may change while the limit stays. */
  readonly sources: readonly SourceSpan[];
}

/** A timeline would take more steps than whoever asks can use. */
export class TimelineTooLongError extends Error {
  constructor(readonly mostSteps: number) {
    super(
      `The limit would have to be looked at more than ${String(mostSteps)} times: ask for a shorter span.`,
    );
    this.name = 'TimelineTooLongError';
  }
}

/** What holds from an instant on. */
interface EvaluatedFrom {
  readonly from: Instant;
  readonly evaluation: Evaluation;
}

/**
 * The effective limit of a charger over [from, to): adjacent segments without gaps, each as long as its value stays. Empty
 * unless `from` is before `to`.
 *
 * @param knowledge all facts that can matter at any instant of the span
 * @param mostSteps at how many instants the limit may be looked at; there are no more segments than that
 * @throws TimelineTooLongError where that is not enough
 */
export function limitTimeline(
  knowledge: LimitKnowledge,
  from: Instant,
  to: Instant,
  mostSteps = Infinity,
): LimitSegment[] {
  return [...limitSegments(knowledge, from, to, mostSteps)];
}

/** The same one after the other, for those who must stop when there are too many. */
export function* limitSegments(
  knowledge: LimitKnowledge,
  from: Instant,
  to: Instant,
  mostSteps = Infinity,
): Generator<LimitSegment> {
  let open: EvaluatedFrom | undefined;
  let sources = new SourceSpans();
  let steps = 0;
  for (const next of evaluations(knowledge, from, to)) {
    if ((steps += 1) > mostSteps) throw new TimelineTooLongError(mostSteps);
    if (open != null && !isSameValue(open.evaluation.value, next.evaluation.value)) {
      yield { from: open.from, to: next.from, ...open.evaluation.value, sources: sources.until(next.from) };
      open = undefined;
      sources = new SourceSpans();
    }
    open ??= next;
    sources.add(next.evaluation.terms, next.from);
  }
  if (open != null) yield { from: open.from, to, ...open.evaluation.value, sources: sources.until(to) };
}

/** What holds from each instant of the span at which it may be another than before. */
function* evaluations(knowledge: LimitKnowledge, from: Instant, to: Instant): Generator<EvaluatedFrom> {
  const facts = new SpanFacts(knowledge);
  let at = from;
  while (at < to) {
    const { situation } = limitSituation(knowledge.charger, facts, at);
    yield { from: at, evaluation: evaluate(situation) };
    const next = earlier(facts.nextInstantAfter(at) ?? to, to);
    for (const changeMs of ownChanges(situation, next))
      yield { from: instantOf(changeMs), evaluation: evaluate(situation, changeMs) };
    at = next;
  }
}

/** Milliseconds since the epoch of the instants before another at which a situation may change by itself, in order. */
function* ownChanges(situation: LimitSituation, before: Instant): Generator<number> {
  if (!situation.isMounted) return;
  const { plan } = situation.sources;
  const ends = ownEnds(situation).map(epochMsOf);
  if (plan == null && ends.length === 0) return;
  const beforeMs = epochMsOf(before);
  let fromMs = epochMsOf(situation.at);
  for (const endMs of [...ends.filter((each) => each < beforeMs), beforeMs]) {
    if (plan != null) yield* plan.calendar.edges(fromMs, endMs - 1);
    if (endMs < beforeMs) yield endMs;
    fromMs = endMs;
  }
}
