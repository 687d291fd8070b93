import type { PhaseAmps } from '../amps';
import { LOWEST_CHARGING_AMPS, onEachPhase } from '../amps';
import type { Instant } from '../time';
import { epochMsOf } from '../time';
import type { LimitSource, LimitSourceKind, SourceList } from './limit-source';
import type { PhaseChoice, PhaseSetting } from './phases';
import { choosePhases } from './phases';

export type Behaviour = 'CHARGING_ALLOWED' | 'PAUSED' | 'NOT_MOUNTED' | 'NO_CAR';

/** What limits a charger at an instant, and stays until something happens but for what begins or ends by itself. */
export interface LimitSituation {
  readonly at: Instant;
  readonly isMounted: boolean;
  readonly hasCar: boolean;
  readonly sources: SourceList;
  readonly phaseSetting: PhaseSetting;
}

/** The answer in numbers. Amps are absent where nothing limits the current, and on no backplate. */
export interface LimitValue {
  readonly amps?: number;
  readonly offeredAmps?: number;
  readonly phases?: 1 | 3;
  readonly behaviour: Behaviour;
  readonly binding: readonly LimitSourceKind[];
}

/** A source as it is compared. */
export type Term = Pick<LimitSource, 'kind' | 'amps' | 'eventId' | 'axis' | 'ofId' | 'setBy'>;

/** A value, and how it came about. */
export interface Evaluation {
  readonly value: LimitValue;
  /** The sources in force. */
  readonly terms: readonly Term[];
  /** The sources that equal the limit. */
  readonly binding: readonly Term[];
  readonly choice?: PhaseChoice;
}

const NOT_MOUNTED: Evaluation = {
  value: { behaviour: 'NOT_MOUNTED', binding: [] },
  terms: [],
  binding: [],
};

/**
 * Compares the sources in force: the lowest wins, whatever its kind. The only place where limits are compared.
 *
 * @param laterMs an instant after that of the situation, for what will be then if nothing further happens
 * @param without ids of the facts whose values are left out, for what would be without them
 */
export function evaluate(
  situation: LimitSituation,
  laterMs?: number,
  without?: ReadonlySet<string>,
): Evaluation {
  if (!situation.isMounted) return NOT_MOUNTED;
  const terms = termsAt(situation, laterMs, without);
  const ceiling = { l1: Infinity, l2: Infinity, l3: Infinity };
  for (const { amps } of terms) {
    if (amps.l1 < ceiling.l1) ceiling.l1 = amps.l1;
    if (amps.l2 < ceiling.l2) ceiling.l2 = amps.l2;
    if (amps.l3 < ceiling.l3) ceiling.l3 = amps.l3;
  }
  const choice = choosePhases(ceiling, situation.phaseSetting);
  const binding = terms.filter(({ amps }) => binds(amps, choice));
  return { value: valueOf(choice, binding, situation.hasCar), terms, binding, choice };
}

function termsAt(
  situation: LimitSituation,
  laterMs: number | undefined,
  without: ReadonlySet<string> | undefined,
): readonly Term[] {
  const { inForce, coming, plan } = situation.sources;
  const among = without == null ? inForce : inForce.filter(({ eventId }) => !without.has(eventId));
  if (laterMs == null) return among;
  const terms: Term[] = among.filter(
    ({ kind, until }) => kind !== 'CHARGE_PLAN' && (until == null || laterMs < epochMsOf(until)),
  );
  for (const { source, from } of coming)
    if (epochMsOf(from) <= laterMs && without?.has(source.eventId) !== true) terms.push(source);
  const capAmps = plan?.calendar.capAmpsAt(laterMs);
  if (plan != null && capAmps != null && without?.has(plan.eventId) !== true) {
    const { axis, ofId, setBy, eventId } = plan;
    terms.push({ kind: 'CHARGE_PLAN', amps: onEachPhase(capAmps), axis, ofId, setBy, eventId });
  }
  return terms;
}

function binds(amps: PhaseAmps, choice: PhaseChoice): boolean {
  for (const line of choice.lines) if (amps[line] === choice.amps) return true;
  return false;
}

function valueOf(choice: PhaseChoice, binding: readonly Term[], hasCar: boolean): LimitValue {
  const isLimited = choice.amps !== Infinity;
  const isEnough = choice.amps >= LOWEST_CHARGING_AMPS;
  const kinds: LimitSourceKind[] = [];
  for (const { kind } of binding) if (!kinds.includes(kind)) kinds.push(kind);
  return {
    amps: isLimited ? choice.amps : undefined,
    offeredAmps: isLimited ? (isEnough ? choice.amps : 0) : undefined,
    phases: choice.phases,
    behaviour: !hasCar ? 'NO_CAR' : isEnough ? 'CHARGING_ALLOWED' : 'PAUSED',
    binding: kinds,
  };
}

export function isSameValue(a: LimitValue, b: LimitValue): boolean {
  return (
    a.amps === b.amps &&
    a.behaviour === b.behaviour &&
    a.phases === b.phases &&
    a.offeredAmps === b.offeredAmps &&
    a.binding.length === b.binding.length &&
    a.binding.every((kind) => b.binding.includes(kind))
  );
}
