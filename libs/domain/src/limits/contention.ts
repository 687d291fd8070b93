import type { PhaseAmps } from '../amps';
import { LOWEST_CHARGING_AMPS, onEachPhase } from '../amps';
import type { Instant } from '../time';
import { addCircuitSources, addSiteSources } from './circuit-sources';
import type { LimitedCharger } from './effective-limit';
import { limitSituation } from './effective-limit';
import type { FactOf } from './fact-log';
import type { KnownFacts, LimitFacts } from './knowledge';
import { forOneInstant } from './knowledge';
import type { LimitAxis } from './limit-source';
import { SourceList } from './limit-source';
import type { Evaluation } from './limit-value';
import { evaluate } from './limit-value';
import type { Claim } from './shares';
import { sharesOf } from './shares';

const ADDED = ['CircuitAdded'] as const;

/** Something that carries several chargers: a circuit, or a site. */
export interface ContentionLevel {
  readonly axis: LimitAxis;
  readonly ofId: string;
  /** The lowest of its own sources in force; absent where nobody has told one. */
  readonly capacityAmps?: PhaseAmps;
  /** What the ceilings of all chargers on it add up to; absent where one has no ceiling. */
  readonly ceilingsAmps?: PhaseAmps;
  /** The same of those that have a car and may charge. */
  readonly claimedAmps?: PhaseAmps;
  /** Whether all ceilings together are more than it can carry. */
  readonly isOversubscribed: boolean;
  /** Whether those with a car claim more than it can carry. */
  readonly isContended: boolean;
}

/** A charger on the circuit, and what local balancing would give it. */
export interface Share {
  readonly charger: string;
  readonly circuit: string;
  /** Its effective limit; absent where nothing limits it. */
  readonly ceilingAmps?: number;
  readonly hasCar: boolean;
  /** Absent without a car, or where the ceiling is less than a car needs; 0 while the car waits. */
  readonly shareAmps?: number;
  /** Whether its car waits for another to be done: there is less than a car needs for it. */
  readonly waits: boolean;
}

/** How the chargers on a circuit get in each other's way. No part of any charger's ceiling. */
export interface Contention {
  readonly circuit: string;
  readonly at: Instant;
  /** The circuit, those above it, and the site. */
  readonly levels: readonly ContentionLevel[];
  /** Whether one of these levels is. */
  readonly isContended: boolean;
  /** Of the chargers on the circuit and on those below it, by serial. */
  readonly shares: readonly Share[];
}

/** A charger that hangs in the site. */
interface Member {
  readonly charger: string;
  readonly evaluation: Evaluation;
  readonly claim?: Claim;
  /** Its circuit and those above. */
  readonly line: readonly string[];
}

/**
 * @param facts of the site, its circuits and all chargers in it
 * @param chargers all that hang in the site: those on other circuits claim a part of what is above
 */
export function contention(
  facts: LimitFacts,
  circuit: string,
  chargers: readonly string[],
  at: Instant,
): Contention {
  const known = forOneInstant(facts);
  const members = [...chargers].sort().flatMap((serial) => memberOf(limitSituation(serial, known, at)));
  const { line, site } = above(circuit, known, at);
  const capacities = new Map<string, PhaseAmps>();
  for (const id of new Set([...line, ...members.flatMap((member) => member.line)]))
    capacities.set(id, capacityOfCircuit(id, known, at));
  const ofSite = capacityOfSite(site, known, at);
  if (site != null) capacities.set(siteKey(site), ofSite);
  const claims = members.flatMap(({ claim }) => claim ?? []);
  const shares = sharesOf(claims, capacities);
  const levels = [
    ...line.map((id) =>
      levelOf(
        'CIRCUIT',
        id,
        capacities.get(id),
        members.filter((member) => member.line.includes(id)),
      ),
    ),
    ...(site == null ? [] : [levelOf('SITE', site, ofSite, members)]),
  ];
  return {
    circuit,
    at,
    levels,
    isContended: levels.some(({ isContended }) => isContended),
    shares: members
      .filter((member) => member.line.includes(circuit))
      .map((member) => shareOf(member, shares)),
  };
}

/** Nothing where the charger hangs nowhere. */
function memberOf({ charger, place, situation }: LimitedCharger): Member[] {
  if (place == null) return [];
  const evaluation = evaluate(situation);
  const line = place.circuits.map(({ id }) => id);
  const carriers = place.site == null ? line : [...line, siteKey(place.site)];
  const ceilingAmps = evaluation.value.amps ?? Infinity;
  const lines = evaluation.choice?.lines ?? [];
  const since = charger.session?.metadata.occurredAt;
  const claim =
    since == null || ceilingAmps < LOWEST_CHARGING_AMPS
      ? undefined
      : { charger: charger.serial, since, ceilingAmps, lines, carriers };
  return [{ charger: charger.serial, evaluation, claim, line }];
}

/** A circuit with those above it, and its site. */
function above(circuit: string, facts: KnownFacts, at: Instant): { line: string[]; site?: string } {
  const line: string[] = [];
  let site: string | undefined;
  for (let id: string | undefined = circuit; id != null && !line.includes(id);) {
    const added: FactOf<'CircuitAdded'> | undefined = facts.logOf('circuit', id).latest(ADDED, at);
    line.push(id);
    site ??= added?.data.site;
    id = added?.data.parent;
  }
  return { line, site };
}

function capacityOfCircuit(id: string, facts: KnownFacts, at: Instant): PhaseAmps {
  const sources = new SourceList();
  addCircuitSources(sources, { id, log: facts.logOf('circuit', id) }, facts, at);
  return lowestOf(sources);
}

function capacityOfSite(site: string | undefined, facts: KnownFacts, at: Instant): PhaseAmps {
  const sources = new SourceList();
  addSiteSources(sources, site, facts, at);
  return lowestOf(sources);
}

function lowestOf({ inForce }: SourceList): PhaseAmps {
  return inForce.reduce(
    (lowest, { amps }) => ({
      l1: Math.min(lowest.l1, amps.l1),
      l2: Math.min(lowest.l2, amps.l2),
      l3: Math.min(lowest.l3, amps.l3),
    }),
    onEachPhase(Infinity),
  );
}

/** Ids of sites and circuits are of different kinds, and may be the same. */
function siteKey(site: string): string {
  return `site ${site}`;
}

function levelOf(
  axis: LimitAxis,
  ofId: string,
  capacity: PhaseAmps = onEachPhase(Infinity),
  members: readonly Member[] = [],
): ContentionLevel {
  const ceilings = sumOf(members);
  const claimed = sumOf(members.filter(({ claim }) => claim != null));
  return {
    axis,
    ofId,
    capacityAmps: finite(capacity),
    ceilingsAmps: finite(ceilings),
    claimedAmps: finite(claimed),
    isOversubscribed: exceeds(ceilings, capacity),
    isContended: exceeds(claimed, capacity),
  };
}

/** On each line the ceilings of those that use it. */
function sumOf(members: readonly Member[]): PhaseAmps {
  const sum = { l1: 0, l2: 0, l3: 0 };
  for (const { evaluation } of members)
    for (const line of evaluation.choice?.lines ?? []) sum[line] += evaluation.value.amps ?? Infinity;
  return sum;
}

function exceeds(a: PhaseAmps, b: PhaseAmps): boolean {
  return a.l1 > b.l1 || a.l2 > b.l2 || a.l3 > b.l3;
}

function finite(amps: PhaseAmps): PhaseAmps | undefined {
  return Object.values(amps).every(Number.isFinite) ? amps : undefined;
}

function shareOf({ charger, evaluation, claim, line }: Member, shares: ReadonlyMap<string, number>): Share {
  const { amps, behaviour } = evaluation.value;
  const share = shares.get(charger);
  return {
    charger,
    circuit: line[0] ?? '',
    ceilingAmps: amps,
    hasCar: behaviour !== 'NO_CAR',
    shareAmps: claim == null ? undefined : finiteNumber(share ?? 0),
    waits: claim != null && share == null,
  };
}

function finiteNumber(amps: number): number | undefined {
  return Number.isFinite(amps) ? amps : undefined;
}
