import type { EffectiveLimit } from './effective-limit';
import { isSameValue } from './limit-value';
import { inAmps, listOf, SOURCE_NAMES } from './plain-words';

/** What a command does to what a charger may deliver at an instant. */
export interface LimitEffect {
  readonly charger: string;
  readonly before: EffectiveLimit;
  readonly after: EffectiveLimit;
  /** One sentence. */
  readonly explanation: string;
}

/** The effect of facts on a charger's limit, from the limits without and with them. */
export function limitEffect(before: EffectiveLimit, after: EffectiveLimit): LimitEffect {
  const { charger } = after;
  const sentence = isSameValue(before, after)
    ? `stays at ${inWords(after)}`
    : `goes from ${inWords(before)} to ${inWords(after)}`;
  return { charger, before, after, explanation: `Charger ${charger} ${sentence}.` };
}

function inWords({ amps, binding, behaviour }: EffectiveLimit): string {
  if (behaviour === 'NOT_MOUNTED') return 'no limit, hanging on no backplate';
  if (amps == null) return 'no known limit';
  const names = listOf(binding.map((kind) => SOURCE_NAMES[kind]));
  const pauses = behaviour === 'PAUSED' ? ', which pauses it' : '';
  return `${inAmps(amps)} (${names})${pauses}`;
}
