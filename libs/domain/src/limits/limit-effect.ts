import type { Instant } from '../time';
import type { EffectiveLimit } from './effective-limit';
import { effectiveLimit, limitSituation } from './effective-limit';
import type { LimitKnowledge } from './knowledge';
import { forOneInstant } from './knowledge';
import { isSameValue } from './limit-value';
import { timeZoneOf } from './place';
import { inAmps, listOf, SOURCE_NAMES } from './plain-words';

/** What a command does to what a charger may deliver at an instant. */
export interface LimitEffect {
  readonly charger: string;
  readonly before: EffectiveLimit;
  readonly after: EffectiveLimit;
  /** One sentence. */
  readonly explanation: string;
  /** The zone of the charge plan that is in force after it, and that of the clocks at the place. */
  readonly planZone?: string;
  readonly placeZone?: string;
}

/** The effect of facts on a charger's limit at an instant, from what is known without and with them. */
export function limitEffect(without: LimitKnowledge, withFacts: LimitKnowledge, at: Instant): LimitEffect {
  const [before, after] = [effectiveLimit(without, at), effectiveLimit(withFacts, at)];
  const { charger } = after;
  const sentence =
    isSameValue(before, after) || valueInWords(before, after) === valueInWords(after, before)
      ? `stays at ${inWords(after, before)}`
      : `goes from ${inWords(before, after)} to ${inWords(after, before)}`;
  return {
    charger,
    before,
    after,
    explanation: `Charger ${charger} ${sentence}.`,
    ...zonesOf(withFacts, at),
  };
}

function zonesOf(knowledge: LimitKnowledge, at: Instant): Pick<LimitEffect, 'planZone' | 'placeZone'> {
  const facts = forOneInstant(knowledge);
  const { place, situation } = limitSituation(knowledge.charger, facts, at);
  if (situation.sources.plan == null || place?.site == null) return {};
  return { planZone: situation.sources.plan.timeZone, placeZone: timeZoneOf(place.site, facts, at) };
}

/** @param other with what it is compared: phases are told where they differ */
function inWords(limit: EffectiveLimit, other: EffectiveLimit): string {
  return `${valueInWords(limit, other)}${limit.behaviour === 'PAUSED' ? ', which pauses it' : ''}`;
}

function valueInWords({ amps, binding, behaviour, phases }: EffectiveLimit, other: EffectiveLimit): string {
  if (behaviour === 'NOT_MOUNTED') return 'no limit, hanging on no backplate';
  if (amps == null) return 'no known limit';
  const names = listOf(binding.map((kind) => SOURCE_NAMES[kind]));
  const differ = phases != null && other.phases != null && phases !== other.phases;
  const on = differ ? ` on ${phases === 1 ? 'one phase' : 'three phases'}` : '';
  return `${inAmps(amps)}${on} (${names})`;
}
