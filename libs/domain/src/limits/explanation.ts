import { LOWEST_CHARGING_AMPS } from '../amps';
import type { Instant } from '../time';
import { epochMsOf } from '../time';
import type { Blocker } from './charger-situation';
import type { Evaluation, LimitSituation } from './limit-value';
import { knownInstant } from './known-instants';
import { evaluate } from './limit-value';
import { BLOCKED, clockTime, inAmps, listOf, SOURCE_NAMES } from './plain-words';

/** What a sentence about a limit is made of. */
export interface ExplainedLimit {
  readonly situation: LimitSituation;
  readonly evaluation: Evaluation;
  readonly blockers: readonly Blocker[];
  readonly nextChangeAt?: Instant;
  readonly isRegistered: boolean;
  /** When the ongoing session started. */
  readonly sessionStartedAt?: Instant;
  /** The zone of the clocks at the place; asked for only where the sentence names a time. */
  readonly timeZone: () => string;
}

/** Ids of facts whose values are left out. */
type Without = ReadonlySet<string> | undefined;

/** One sentence in plain words: what the person at the car will see, and why. */
export function explain(limit: ExplainedLimit): string {
  const main = mainClause(limit);
  const blocked = limit.blockers.map((blocker) => BLOCKED[blocker]);
  const it = /^(may|pauses)/.test(main) ? 'it ' : '';
  const sentence = blocked.length === 0 ? main : `${listOf(blocked)}; apart from that, ${it}${main}`;
  return `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`;
}

function mainClause(limit: ExplainedLimit): string {
  if (!limit.isRegistered) return 'the charger is not registered yet and has no limit';
  switch (limit.evaluation.value.behaviour) {
    case 'NOT_MOUNTED':
      return 'it hangs on no backplate: there is no charging and no limit';
    case 'NO_CAR':
      return noCarClause(limit);
    case 'PAUSED':
    case 'CHARGING_ALLOWED':
      return `${outcome(limit, limit.evaluation)}${lostAtPlugIn(limit)}`;
  }
}

/** What the next car gets: connecting it unsets the dynamic charger current. */
function noCarClause(limit: ExplainedLimit): string {
  const { situation, evaluation } = limit;
  const dynamic = situation.sources.inForce.find(({ kind }) => kind === 'DYNAMIC_CHARGER');
  if (dynamic == null) return `no car: the next one ${outcome(limit, evaluation)}`;
  const without = new Set([dynamic.eventId]);
  const next = outcome(limit, evaluate(situation, undefined, without), without);
  return `no car: the next one ${next}; connecting it ends the dynamic charger current of ${inAmps(dynamic.amps.l1)}`;
}

/** What a car does under a value: "may charge ..." or "pauses: ..." */
function outcome(limit: ExplainedLimit, evaluation: Evaluation, without?: Without): string {
  const { hasCar, sources } = limit.situation;
  const pauses = hasCar ? 'pauses' : 'would pause';
  const clause =
    evaluation.value.offeredAmps === 0
      ? `${pauses}: ${whyPaused(limit, evaluation, without)}`
      : `may charge ${howMuch(limit, evaluation, without)}`;
  const isSetAside = sources.ended.some(({ endedBy }) => endedBy === 'OVERRIDDEN');
  return isSetAside ? `${clause}; the charge plan is set aside until the car is disconnected` : clause;
}

/** "with up to 16 A on three phases (charger max) until 22:00, then it pauses" */
function howMuch(limit: ExplainedLimit, evaluation: Evaluation, without: Without): string {
  const { amps } = evaluation.value;
  const phases = onPhases(limit, evaluation);
  const most =
    amps == null
      ? `${phases} without a known limit`
      : `with up to ${inAmps(amps)} ${phases} ${boundBy(limit, evaluation)}`;
  const next = changed(limit, evaluation, without);
  const then = next == null ? '' : ` until ${next.time}, then ${next.isPause ? 'it pauses' : next.amps}`;
  return `${most}${then}${stayingOnOne(limit, evaluation)}`;
}

function onPhases({ situation }: ExplainedLimit, { choice }: Evaluation): string {
  if (choice == null || choice.phases === 3) return 'on three phases';
  const lines = choice.lines.map((line) => line.toUpperCase());
  return situation.phaseSetting.grid === 'IT'
    ? `on one phase between ${listOf(lines)}`
    : `on phase ${listOf(lines)}`;
}

/** Units that chose one phase keep to it, although the ceiling may allow three again. */
function stayingOnOne({ situation }: ExplainedLimit, { choice }: Evaluation): string {
  if (choice?.phases !== 1 || situation.phaseSetting.mode !== 'AUTO' || !situation.hasCar) return '';
  return '; a car that charges on one phase may stay on it until it is disconnected';
}

/** What is offered after the next change by itself, where that is another current. */
function changed({ situation, nextChangeAt, timeZone }: ExplainedLimit, now: Evaluation, without: Without) {
  if (nextChangeAt == null) return undefined;
  const { offeredAmps } = evaluate(situation, epochMsOf(nextChangeAt), without).value;
  if (offeredAmps === now.value.offeredAmps) return undefined;
  const time = clockTime(nextChangeAt, situation.at, timeZone());
  const amps = offeredAmps == null ? 'without a known limit' : `up to ${inAmps(offeredAmps)}`;
  return { time, amps, isPause: offeredAmps === 0 };
}

/** What holds the current under what a car needs, and what there would be without that. */
function whyPaused(limit: ExplainedLimit, evaluation: Evaluation, without: Without): string {
  const { binding, value } = evaluation;
  const { situation } = limit;
  const isClosed = value.amps === 0 && value.binding.every((kind) => kind === 'CHARGE_PLAN');
  const next = isClosed ? undefined : changed(limit, evaluation, without);
  const why = isClosed ? untilPlanOpens(limit, without) : tooLittle(evaluation);
  const then = next == null ? '' : `; from ${next.time} ${next.amps}`;
  const rest = evaluate(
    situation,
    undefined,
    new Set([...(without ?? []), ...binding.map(({ eventId }) => eventId)]),
  );
  const still = rest.value.offeredAmps === 0 ? 'still only ' : '';
  const { amps } = rest.value;
  const left = amps == null ? 'no known limit' : `${still}${inAmps(amps)} ${boundBy(limit, rest)}`;
  return `${why}${then}; without ${binding.length === 1 ? 'it' : 'them'}, ${left}`;
}

/** "the charger max and the charge plan allow 5 A, less than the 6 A that a car needs" */
function tooLittle({ value }: Evaluation): string {
  const names = listOf(value.binding.map((kind) => `the ${SOURCE_NAMES[kind]}`));
  const allows = value.binding.length === 1 ? 'allows' : 'allow';
  if (value.amps === 0) return `${names} ${allows} no current`;
  return `${names} ${allows} ${inAmps(value.amps ?? 0)}, less than the ${inAmps(LOWEST_CHARGING_AMPS)} that a car needs`;
}

function untilPlanOpens({ situation, timeZone }: ExplainedLimit, without: Without): string {
  const opensMs = situation.sources.plan?.calendar.nextCapChangeMs(epochMsOf(situation.at)) ?? Infinity;
  if (opensMs === Infinity) return 'the charge plan allows no charging';
  const opens = clockTime(knownInstant(opensMs), situation.at, timeZone());
  const open = evaluate(situation, opensMs, without).value;
  if (open.offeredAmps !== 0) return `the charge plan allows charging from ${opens}`;
  const least = inAmps(LOWEST_CHARGING_AMPS);
  return `the charge plan allows no charging until ${opens}, and then ${inAmps(open.amps ?? 0)} are less than the ${least} that a car needs`;
}

/** The commonest surprise: a current that vanished when the car was plugged in. */
function lostAtPlugIn({ situation, sessionStartedAt }: ExplainedLimit): string {
  const lost = situation.sources.ended.find(
    ({ kind, endedBy, endedAt }) =>
      kind === 'DYNAMIC_CHARGER' && endedBy === 'CAR_CONNECTED' && endedAt === sessionStartedAt,
  );
  if (lost == null) return '';
  return `; the dynamic charger current of ${inAmps(lost.amps.l1)} ended when the car was connected`;
}

/** "(circuit fuse and charger max)" */
function boundBy({ situation }: ExplainedLimit, { value }: Evaluation): string {
  const names = listOf(value.binding.map((kind) => SOURCE_NAMES[kind]));
  return situation.sources.unknown.length === 0 ? `(${names})` : `(${names}; not all ratings are known)`;
}
