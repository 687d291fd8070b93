import { backplateEvolution } from '../backplate/backplate';
import { chargerEvolution } from '../charger/charger';
import type { ChargerCommand, DeviceCommand } from '../charger/charger.decide';
import { decideCharger, decideDevice } from '../charger/charger.decide';
import type { DeviceEvent } from '../charger/charger.events';
import type { PlacementCommand } from '../charger/placement.decide';
import { decidePlacement } from '../charger/placement.decide';
import type { Stay } from '../charger/placements';
import type { PlanCommand } from '../charger/plan.decide';
import { decidePlan } from '../charger/plan.decide';
import type { LoadEvent } from '../circuit/circuit';
import { circuitEvolution } from '../circuit/circuit';
import type { CircuitCommand, LoadCommand, LoadKnowledge } from '../circuit/circuit.decide';
import { decideCircuit, decideLoad } from '../circuit/circuit.decide';
import type { Decision, Moment } from '../decision';
import { asIfRecorded } from '../decision';
import type { Fact } from '../facts/fact';
import type { EffectiveFact, Evolution } from '../facts/lifeline';
import { Lifeline } from '../facts/lifeline';
import type { Refusal } from '../refusal';
import { refuse } from '../refusal';
import { siteEvolution } from '../site/site';
import type { SiteCommand } from '../site/site.decide';
import { decideSite } from '../site/site.decide';
import type { Instant } from '../time';
import { spanContains } from '../time';
import { primaryBackplateAt } from './circuit-limits';
import type { LimitKnowledge, LimitScope } from './knowledge';
import { forOneInstant } from './knowledge';
import { Overlay } from './overlay';
import { placeOf, timeZoneOf } from './place';

type Of<Command extends { readonly type: string }, Type extends Command['type']> = Extract<
  Command,
  { readonly type: Type }
>;

/** A change that is thought of and not made: the command that would make it. */
export type Supposition =
  | Of<PlacementCommand, 'relocateCharger'>
  | Of<PlanCommand, 'setChargePlan' | 'removeChargePlan'>
  | Of<SiteCommand, 'setSiteRatedCurrent'>
  | Of<CircuitCommand, 'setCircuitFuseRating' | 'setMaxCircuitCurrent'>
  | Of<LoadCommand, 'setDynamicCircuitCurrent'>
  | Of<ChargerCommand, 'setMaxChargerCurrent'>
  | Of<DeviceCommand, 'setDynamicChargerCurrent'>;

/** The things that a supposition is about, beside the charger whose limit is asked for. */
export function thingsNamedBy(supposition: Supposition): Partial<Record<LimitScope, string>> {
  const named = supposition as Partial<Record<LimitScope, string | null>>;
  return Object.fromEntries(
    (['charger', 'backplate', 'circuit', 'site'] as const).flatMap((scope) =>
      named[scope] == null ? [] : [[scope, named[scope]]],
    ),
  );
}

/** More than any plan has facts: what is supposed takes effect after all that is known. */
const FIRST_ORDER = Number.MAX_SAFE_INTEGER - 10_000;

/**
 * What would be known if some changes were made one after the other at an instant. Decided by the rules that decide
 * commands, as if that instant were the present.
 *
 * @param knowledge with all facts about what the suppositions name
 * @returns the refusal of the first change that could not be made
 */
export function suppose(
  suppositions: readonly Supposition[],
  knowledge: LimitKnowledge,
  at: Instant,
): LimitKnowledge | Refusal {
  const moment = { now: at, occurredAt: at };
  const facts: Fact[] = [];
  let known = knowledge;
  for (const supposition of suppositions) {
    const decision = decide(supposition, known, moment);
    if (decision.refused) return decision;
    for (const fact of asIfRecorded(decision.events, moment)) {
      const order = facts.length;
      const metadata = { ...fact.metadata, actor: { kind: 'SYSTEM', id: 'what-if' } as const };
      facts.push({ ...fact, metadata, eventId: `what-if-${String(order)}`, bookOrder: FIRST_ORDER + order });
    }
    known = new Overlay(facts).over(knowledge);
  }
  return known;
}

function decide(supposition: Supposition, known: LimitKnowledge, moment: Moment): Decision {
  const lifeOf = <State>(evolution: Evolution<State>, scope: LimitScope, id: string) =>
    ownLife(evolution, known.factsOf(scope, id));
  switch (supposition.type) {
    case 'relocateCharger': {
      const { charger, backplate } = supposition;
      const others = known.placementsOn(backplate).filter((stay) => stay.charger !== charger);
      return decidePlacement(
        supposition,
        {
          charger: lifeOf(chargerEvolution, 'charger', charger),
          backplate: lifeOf(backplateEvolution, 'backplate', backplate),
          othersThere: others.map((stay) => ({ ...stay, backplate }) as Stay),
        },
        moment,
      );
    }
    case 'setChargePlan':
    case 'removeChargePlan': {
      const charger = lifeOf(chargerEvolution, 'charger', supposition.charger);
      const siteTimeZone = zoneAt(charger.asOf(moment.occurredAt).mounting?.backplate, known, moment);
      return decidePlan(supposition, { charger, siteTimeZone }, moment);
    }
    case 'setSiteRatedCurrent': {
      const site = lifeOf(siteEvolution, 'site', supposition.site);
      return decideSite(supposition, { site, operatorIsKnown: true, circuits: [] }, moment);
    }
    case 'setCircuitFuseRating':
    case 'setMaxCircuitCurrent': {
      const circuit = lifeOf(circuitEvolution, 'circuit', supposition.circuit);
      return decideCircuit(supposition, { circuit, contents: [] }, moment);
    }
    case 'setDynamicCircuitCurrent':
      return decideLoadOf(supposition, known, moment);
    case 'setMaxChargerCurrent': {
      const charger = lifeOf(chargerEvolution, 'charger', supposition.charger);
      return decideCharger(supposition, { charger, operatorIsKnown: true }, moment);
    }
    case 'setDynamicChargerCurrent': {
      const charger = lifeOf(chargerEvolution, 'charger', supposition.charger);
      return decideDevice(supposition, { charger, isSet: false }, moment);
    }
  }
}

/** What is told by the minute is no part of a thing's own life. */
const BY_THE_MINUTE: ReadonlySet<string> = new Set<(DeviceEvent | LoadEvent)['type']>([
  'DynamicChargerCurrentSet',
  'DynamicChargerCurrentCleared',
  'ConnectivityLost',
  'ConnectivityRestored',
  'EnergyReadingRecorded',
  'DynamicCircuitCurrentSet',
  'DynamicCircuitCurrentCleared',
]);

function ownLife<State>(evolution: Evolution<State>, facts: readonly EffectiveFact[]): Lifeline<State> {
  return Lifeline.of(
    evolution,
    facts.filter(({ type }) => !BY_THE_MINUTE.has(type)),
  );
}

function zoneAt(backplate: string | undefined, known: LimitKnowledge, { occurredAt: at }: Moment) {
  if (backplate == null) return undefined;
  const facts = forOneInstant(known);
  const { site } = placeOf(backplate, facts, at);
  return site == null ? undefined : timeZoneOf(site, facts, at);
}

function decideLoadOf(
  supposition: Of<LoadCommand, 'setDynamicCircuitCurrent'>,
  known: LimitKnowledge,
  moment: Moment,
): Decision {
  const { circuit: named, charger } = supposition;
  if ((named == null) === (charger == null))
    return refuse('OUT_OF_RANGE', 'Name either the circuit or the charger that is to carry the value.');
  const at = moment.occurredAt;
  const chargerHangsOn =
    charger == null
      ? undefined
      : ownLife(chargerEvolution, known.factsOf('charger', charger)).asOf(at).mounting?.backplate;
  if (charger != null && chargerHangsOn == null)
    return refuse('NOT_MOUNTED', `The charger ${charger} hangs on no backplate at ${at}.`, { charger });
  const wired = chargerHangsOn == null ? [] : placeOf(chargerHangsOn, forOneInstant(known), at).circuits;
  const id = named ?? wired[0]?.id ?? '';
  const circuit = ownLife(circuitEvolution, known.factsOf('circuit', id));
  const primary = primaryAt(id, known, at);
  return decideLoad(supposition, { id, circuit, primary, chargerHangsOn, isSet: false }, moment);
}

/** A circuit's primary backplate, and who hangs there. */
function primaryAt(circuit: string, known: LimitKnowledge, at: Instant): LoadKnowledge['primary'] {
  const backplate = primaryBackplateAt(known, circuit, at);
  if (backplate == null) return undefined;
  const serial = known.placementsOn(backplate).find((stay) => spanContains(stay, at))?.charger;
  if (serial == null) return { backplate };
  const { powered } = ownLife(chargerEvolution, known.factsOf('charger', serial)).asOf(at);
  return { backplate, charger: { serial, powered } };
}
