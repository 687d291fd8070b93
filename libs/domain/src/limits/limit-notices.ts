import { LOWEST_CHARGING_AMPS } from '../amps';
import type { Fact } from '../facts/fact';
import type { Notice } from '../refusal';
import { epochMsOf, instantOf } from '../time';
import type { LimitEffect } from './limit-effect';
import type { LimitSource, LimitSourceKind } from './limit-source';
import { calendarOf } from './plan-calendar';
import { clockTime, inAmps, SOURCE_NAMES } from './plain-words';

const DAY_MS = 86_400_000;
/** So many chargers are named; of more only the number is told. */
const MOST_NAMED = 5;

/** Facts that people tell of their own accord, and whose effects they may not expect. */
const NOTABLE: ReadonlySet<string> = new Set([
  'ChargerMounted',
  'MaxChargerCurrentSet',
  'DynamicChargerCurrentSet',
  'ChargePlanSet',
  'ChargerDisabled',
  'PhaseModeSet',
  'SiteRatedCurrentSet',
  'CircuitFuseRatingSet',
  'MaxCircuitCurrentSet',
  'OfflineFallbackCurrentSet',
  'DynamicCircuitCurrentSet',
  'DynamicCircuitCurrentCleared',
  'PrimaryBackplateDesignated',
]);

/** Whether the effects of some facts can be such that a notice is due. */
export function areNotable(facts: readonly Pick<Fact, 'type'>[]): boolean {
  return facts.some(({ type }) => NOTABLE.has(type));
}

/** What may surprise about values and plans by themselves. */
export function noticesOfFacts(facts: readonly Fact[]): Notice[] {
  return facts.flatMap((fact) => [...belowSix(fact), ...unsetSoon(fact), ...planFarOff(fact)]);
}

/**
 * What may surprise about what facts lead to.
 *
 * @param effects of these facts, all at one instant
 */
export function noticesOfEffects(facts: readonly Fact[], effects: readonly LimitEffect[]): Notice[] {
  const effectOn = new Map(effects.map((effect) => [effect.charger, effect]));
  return [
    ...facts.flatMap((fact) => [
      ...aboveWhatHolds(fact, effects),
      ...primaryOffline(fact, effectOn),
      ...atNewPlace(fact, effectOn),
    ]),
    ...sessionsPause(effects),
  ];
}

/** The value that a fact sets, in amperes: the highest and the lowest of its phases. */
function valueOf({ data }: Fact): { highest: number; lowest: number } | undefined {
  if (!('amps' in data) || data.amps == null) return undefined;
  if (typeof data.amps === 'number') return { highest: data.amps, lowest: data.amps };
  const phases = [data.amps.l1, data.amps.l2, data.amps.l3];
  return { highest: Math.max(...phases), lowest: Math.min(...phases) };
}

function belowSix(fact: Fact): Notice[] {
  const lowest =
    fact.type === 'ChargePlanSet'
      ? Math.min(...fact.data.windows.map(({ limitAmps }) => limitAmps ?? Infinity))
      : valueOf(fact)?.lowest;
  if (lowest == null || lowest >= LOWEST_CHARGING_AMPS) return [];
  const message = `${inAmps(lowest)} is less than the ${inAmps(LOWEST_CHARGING_AMPS)} that a car needs: cars pause, and charge on at 6 A again.`;
  return [{ code: 'BELOW_6_AMPS', message }];
}

function unsetSoon({ type, data }: Fact): Notice[] {
  if (type !== 'DynamicChargerCurrentSet') return [];
  const message = `The dynamic charger current of ${data.charger} ends when the next car is connected, when it loses power or is taken down.`;
  return [{ code: 'UNSET_AT_NEXT_CAR', message }];
}

function planFarOff({ type, data, metadata }: Fact): Notice[] {
  if (type !== 'ChargePlanSet' || data.kind !== 'ONE_OFF' || !data.enabled) return [];
  const calendar = calendarOf(data);
  const atMs = epochMsOf(metadata.occurredAt);
  if (calendar.overMs <= atMs)
    return [{ code: 'PLAN_OVER', message: 'All windows of the plan are over: it has no effect.' }];
  if (calendar.capAmpsAt(atMs) !== 0) return [];
  const opensMs = calendar.firstEdge(atMs, Infinity, (edgeMs) => calendar.capAmpsAt(edgeMs) !== 0);
  if (opensMs == null) return [{ code: 'PLAN_FAR_OFF', message: 'The plan never allows charging.' }];
  if (opensMs - atMs <= DAY_MS) return [];
  const opens = clockTime(instantOf(opensMs), metadata.occurredAt, data.timeZone);
  const days = Math.floor((opensMs - atMs) / DAY_MS);
  const message = `Until ${opens} (${data.timeZone}) the plan allows no charging: that is ${String(days)} ${days === 1 ? 'day' : 'days'} from when it holds.`;
  return [{ code: 'PLAN_FAR_OFF', message }];
}

/** What is wired in the wall or built into the unit. */
const HOLDING: readonly LimitSourceKind[] = ['SITE_RATED', 'CIRCUIT_FUSE', 'CHARGER_RATED'];

function aboveWhatHolds(fact: Fact, effects: readonly LimitEffect[]): Notice[] {
  const value = valueOf(fact);
  if (value == null || fact.type === 'CircuitFuseRatingSet' || fact.type === 'SiteRatedCurrentSet') return [];
  const lower = new Map<string, LimitSource>();
  for (const source of effects.flatMap(({ charger, after }) => holding(fact, charger, after.sources)))
    if (source.amps.l1 < value.highest) lower.set(`${source.kind} ${source.ofId}`, source);
  return [...lower.values()].map(({ kind, ofId, amps }) => {
    const code = kind === 'CHARGER_RATED' ? 'ABOVE_RATING' : 'ABOVE_FUSE';
    const message = `${inAmps(value.highest)} is more than the ${SOURCE_NAMES[kind]} of ${ofId}, ${inAmps(amps.l1)}, which holds all the same.`;
    return { code, message };
  });
}

/** Ratings that hold for a charger's value, or those above a circuit for the circuit's. */
function holding({ data }: Fact, charger: string, sources: readonly LimitSource[]): readonly LimitSource[] {
  const rated = sources.filter(({ kind }) => HOLDING.includes(kind));
  if ('charger' in data) return data.charger === charger ? rated : [];
  if (!('circuit' in data)) return [];
  // Circuits are listed from that of the charger upwards; the site comes before them.
  const own = sources.findLastIndex(({ axis, ofId }) => axis === 'CIRCUIT' && ofId === data.circuit);
  const isAbove = (source: LimitSource) => source.axis === 'CIRCUIT' && sources.indexOf(source) > own;
  return rated.filter((source) => source.axis === 'SITE' || (own !== -1 && isAbove(source)));
}

function primaryOffline({ type, data }: Fact, effectOn: ReadonlyMap<string, LimitEffect>): Notice[] {
  if (type !== 'DynamicCircuitCurrentSet') return [];
  if (effectOn.get(data.carrier)?.after.blockers.includes('OFFLINE') !== true) return [];
  const message = `The primary charger ${data.carrier} is offline: the value reaches the circuit ${data.circuit} when it is back.`;
  return [{ code: 'PRIMARY_OFFLINE', message }];
}

function atNewPlace({ type, data }: Fact, effectOn: ReadonlyMap<string, LimitEffect>): Notice[] {
  if (type !== 'ChargerMounted') return [];
  const effect = effectOn.get(data.charger);
  if (effect == null || effect.after.behaviour === 'NOT_MOUNTED') return [];
  const { amps, binding } = effect.after;
  const names = binding.map((kind) => SOURCE_NAMES[kind]).join(' and ');
  const limit = amps == null ? 'no known limit' : `a limit of ${inAmps(amps)} (${names})`;
  const notices = [
    { code: 'LIMIT_AT_PLACE', message: `On ${data.backplate} the charger ${data.charger} has ${limit}.` },
  ];
  const { planZone, placeZone } = effect;
  if (planZone == null || placeZone == null || planZone === placeZone) return notices;
  const message = `The charge plan of ${data.charger} keeps to the clocks of ${planZone}; those at its place are of ${placeZone}.`;
  return [...notices, { code: 'PLAN_IN_ANOTHER_ZONE', message }];
}

function sessionsPause(effects: readonly LimitEffect[]): Notice[] {
  const pausing = effects.filter(
    ({ before, after }) => before.behaviour === 'CHARGING_ALLOWED' && after.behaviour === 'PAUSED',
  );
  const named = pausing.slice(0, MOST_NAMED).map(({ charger, after }) => ({
    code: 'SESSION_PAUSES',
    message: `The session under way on the charger ${charger} pauses. ${after.explanation}`,
  }));
  const others = pausing.length - named.length;
  if (others === 0) return named;
  return [...named, { code: 'SESSION_PAUSES', message: `So do those on ${String(others)} other chargers.` }];
}
