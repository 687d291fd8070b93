import { compareFacts } from '../facts/fact';
import type { EffectiveFact } from '../facts/lifeline';
import type { Instant } from '../time';
import { earlier, later, spanContains } from '../time';
import type { FactLog, FactOf } from './fact-log';
import type { KnownFacts, LimitPlacement } from './knowledge';
import {
  connectivityLoss,
  dismountAfter,
  firstOf,
  isPoweredBefore,
  mountedBefore,
  powerLoss,
} from './resets';

const DESIGNATED = ['PrimaryBackplateDesignated'] as const;
const WIRED = ['BackplateInstalled', 'BackplateRewired', 'BackplateRemoved'] as const;
const UNWIRED = ['BackplateRewired', 'BackplateRemoved'] as const;
const SET = ['DynamicCircuitCurrentSet'] as const;
const CLEARED = ['DynamicCircuitCurrentCleared'] as const;
const MOUNTED = ['ChargerMounted'] as const;
const POWER_LOST = ['PowerLost'] as const;

/** A circuit and its own facts. */
export interface KnownCircuit {
  readonly id: string;
  readonly log: FactLog;
}

/** The span in which a backplate was the primary of a circuit. */
export interface Reign {
  readonly backplate: string;
  readonly from: EffectiveFact;
  /** What ended it: another designation, a rewiring or a removal. */
  readonly until?: EffectiveFact;
}

/** Who was primary when, up to an instant, in order. Designating the same backplate again changes nothing. */
export function reignsOf(circuit: KnownCircuit, facts: KnownFacts, at: Instant): Reign[] {
  const reigns: Reign[] = [];
  for (const designated of circuit.log.all(DESIGNATED, at)) {
    const { backplate } = designated.data;
    const last = reigns.at(-1);
    if (last != null && (last.until == null || compareFacts(designated, last.until) < 0)) {
      if (last.backplate === backplate) continue;
      reigns[reigns.length - 1] = { ...last, until: designated };
    }
    const place = facts.logOf('backplate', backplate);
    const wired = place.latestBefore(WIRED, designated);
    const isWiredHere =
      wired != null && wired.type !== 'BackplateRemoved' && wired.data.circuit === circuit.id;
    if (isWiredHere)
      reigns.push({ backplate, from: designated, until: leaves(circuit, place, designated, at) });
  }
  return reigns;
}

/** What took a backplate from a circuit after a fact. */
function leaves(
  circuit: KnownCircuit,
  place: FactLog,
  after: EffectiveFact,
  at: Instant,
): EffectiveFact | undefined {
  let left = place.firstAfter(UNWIRED, after, at);
  while (left?.type === 'BackplateRewired' && left.data.circuit === circuit.id)
    left = place.firstAfter(UNWIRED, left, at);
  return left;
}

/** Whether a circuit's primary can be told anything. Instants are absent where the facts do not tell. */
export interface Reach {
  readonly isOffline: boolean;
  /** Since when it has been as it is. */
  readonly since?: Instant;
}

export function reachOf(reigns: readonly Reign[], facts: KnownFacts, at: Instant): Reach {
  const reign = reigns.at(-1);
  if (reign == null) return { isOffline: true };
  if (reign.until != null) return { isOffline: true, since: reign.until.metadata.occurredAt };
  const from = reign.from.metadata.occurredAt;
  const placements = facts.placementsOn(reign.backplate);
  const occupant = placements.find((placement) => spanContains(placement, at));
  if (occupant == null) return { isOffline: true, since: later(from, lastEnd(placements, at) ?? from) };
  const log = facts.logOf('charger', occupant.charger);
  const [power, connectivity] = [powerLoss(log, at), connectivityLoss(log, at)];
  const hangsSince = later(from, occupant.from);
  const lost = earliestOf(power.since, connectivity.since);
  if (lost != null) return { isOffline: true, since: later(hangsSince, lost) };
  const restored = [power.restored, connectivity.restored].map((fact) => fact?.metadata.occurredAt ?? '');
  return { isOffline: false, since: restored.reduce(later, hangsSince) };
}

function lastEnd(placements: readonly LimitPlacement[], at: Instant): Instant | undefined {
  let last: Instant | undefined;
  for (const { until } of placements)
    if (until != null && until <= at && (last == null || until > last)) last = until;
  return last;
}

function earliestOf(a: EffectiveFact | undefined, b: EffectiveFact | undefined): Instant | undefined {
  if (a == null || b == null) return (a ?? b)?.metadata.occurredAt;
  return earlier(a.metadata.occurredAt, b.metadata.occurredAt);
}

/**
 * The last dynamic current that was set. One whose carrier hung nowhere or was without power, as late facts may show,
 * set nothing.
 */
export function latestSet(
  circuit: KnownCircuit,
  facts: KnownFacts,
  at: Instant,
): FactOf<'DynamicCircuitCurrentSet'> | undefined {
  let set = circuit.log.latest(SET, at);
  while (set != null && !wasCarried(set, facts)) set = circuit.log.latestBefore(SET, set);
  return set;
}

function wasCarried(set: FactOf<'DynamicCircuitCurrentSet'>, facts: KnownFacts): boolean {
  const carrier = facts.logOf('charger', set.data.carrier);
  return mountedBefore(carrier, set) != null && isPoweredBefore(carrier, set);
}

/** What unset a dynamic current: a clear, a change of primary, or what befell the charger on the primary backplate. */
export function resetOf(
  set: EffectiveFact,
  circuit: KnownCircuit,
  reigns: readonly Reign[],
  facts: KnownFacts,
  at: Instant,
): EffectiveFact | undefined {
  const cleared = circuit.log.firstAfter(CLEARED, set, at);
  const reign = reigns.find(({ until }) => until == null || compareFacts(set, until) < 0);
  if (reign == null) return cleared;
  // Without a primary when it was set, the next one to be designated is a change.
  if (compareFacts(set, reign.from) < 0) return firstOf(cleared, reign.from);
  return firstOf(cleared, reign.until, lossOnPrimary(reign.backplate, set, facts, at));
}

/**
 * The first power loss or dismount of whoever hung on the primary backplate after a fact. The dismount ends the value, so
 * only one charger can matter: the one that hung there, or the next one that came.
 */
function lossOnPrimary(
  backplate: string,
  set: EffectiveFact,
  facts: KnownFacts,
  at: Instant,
): EffectiveFact | undefined {
  let first: LimitPlacement | undefined;
  for (const placement of facts.placementsOn(backplate)) {
    if (placement.from > at || (first != null && first.from <= placement.from)) continue;
    if (!endedBefore(placement, set, facts)) first = placement;
  }
  if (first == null) return undefined;
  const log = facts.logOf('charger', first.charger);
  const mounted = log.latest(MOUNTED, first.from);
  const after = mounted != null && compareFacts(mounted, set) > 0 ? mounted : set;
  return firstOf(log.firstAfter(POWER_LOST, after, at), dismountAfter(log, after, at));
}

function endedBefore({ charger, until }: LimitPlacement, set: EffectiveFact, facts: KnownFacts): boolean {
  const setAt = set.metadata.occurredAt;
  if (until == null || until > setAt) return false;
  if (until < setAt) return true;
  // Both at one instant: the order of facts decides.
  return dismountAfter(facts.logOf('charger', charger), set, until) == null;
}
