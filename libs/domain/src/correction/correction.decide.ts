import type { BackplateState } from '../backplate/backplate';
import { checkBackplateExists } from '../backplate/backplate.decide';
import type { ChargerState } from '../charger/charger';
import { checkGained, overlapOnCharger } from '../charger/placement.decide';
import type { PlacementAcceptance } from '../charger/placement.decide';
import type { Stay } from '../charger/placements';
import { gainedStays, staysOf } from '../charger/placements';
import { checkExists } from '../checks';
import type { CircuitState } from '../circuit/circuit';
import { checkCircuitExists, checkWiredTo } from '../circuit/circuit.decide';
import type { Decision, Moment } from '../decision';
import { accept, asIfRecorded, firstRefusal } from '../decision';
import type { EffectiveFact, Lifeline } from '../facts/lifeline';
import type { Notice, Refusal } from '../refusal';
import { refuse } from '../refusal';
import type { SiteState } from '../site/site';
import type { Instant } from '../time';
import type { Proposal } from './proposal';

/** A thing's birth and end, by which the rest of its life has to lie. */
interface Thing<State> {
  readonly noun: string;
  readonly id: string;
  readonly birth: EffectiveFact['type'];
  readonly end?: EffectiveFact['type'];
  bounds(state: State): { readonly since?: Instant; readonly retiredAt?: Instant };
}

/** What the book keeps for itself beside what happened. */
const BOOKKEEPING = [
  'BackplateReserved',
  'BackplateTaken',
  'BackplateFreed',
  'ChargerReserved',
  'ChargerReleased',
];

/** The life that a thing would have had. */
function correctedLife<State>(life: Lifeline<State>, { event }: Proposal, moment: Moment): Lifeline<State> {
  return life.with(asIfRecorded([event], moment));
}

function checkBounds<State>(
  thing: Thing<State>,
  { wrong, replacement }: Proposal,
  after: Lifeline<State>,
): Refusal | undefined {
  const { noun, id, birth, end, bounds } = thing;
  if (wrong.type === birth) {
    const others = after.facts.filter(
      (fact) => fact.eventId !== wrong.eventId && !BOOKKEEPING.includes(fact.type),
    );
    const first = others[0];
    if (first == null) return undefined;
    const { type, metadata } = first;
    const details = { [noun]: id, type, at: metadata.occurredAt };
    if (replacement == null) {
      return refuse('NOT_EMPTY', `The ${noun} ${id} has a life: ${type} at ${metadata.occurredAt}.`, details);
    }
    if (metadata.occurredAt >= replacement.metadata.occurredAt) return undefined;
    return refuse(
      'NOT_CORRECTABLE',
      `The ${noun} ${id} was there at ${metadata.occurredAt} already: ${type}.`,
      details,
    );
  }
  if (replacement == null || wrong.type === end) return undefined;
  return checkExists(
    { noun, id, ...bounds(after.head) },
    replacement.metadata.occurredAt,
    'replacementOccurredAt',
  );
}

/** What a correction of a charger's fact is decided on. */
export interface ChargerCorrectionKnowledge {
  readonly charger: Lifeline<ChargerState>;
  /** The place at which the charger would hang as it did not before: see `placeGained`. */
  readonly backplate?: Lifeline<BackplateState>;
  /** When that place was, is and will be held by others. */
  readonly othersThere: readonly Stay[];
}

/** Where a charger would have hung that it did not before; a fact moves at most one stay. */
export function placeGained(
  proposal: Proposal,
  charger: Lifeline<ChargerState>,
  moment: Moment,
): Stay | undefined {
  const after = correctedLife(charger, proposal, moment);
  return gainedStays(staysOf(charger.facts).stays, staysOf(after.facts).stays)[0];
}

export function decideChargerCorrection(
  proposal: Proposal,
  known: ChargerCorrectionKnowledge,
  moment: Moment,
): PlacementAcceptance | Refusal {
  const { charger: serial } = proposal.wrong.data as { charger: string };
  const after = correctedLife(known.charger, proposal, moment);
  const before = staysOf(known.charger.facts).stays;
  const { stays, doubleMounts } = staysOf(after.facts);
  const gained = gainedStays(before, stays);
  const double = doubleMounts[0];
  const thing: Thing<ChargerState> = {
    noun: 'charger',
    id: serial,
    birth: 'ChargerRegistered',
    end: 'ChargerRetired',
    bounds: ({ registeredAt: since, retiredAt }) => ({ since, retiredAt }),
  };
  const refusal = firstRefusal(
    checkBounds(thing, proposal, after),
    double != null && overlapOnCharger(serial, double.stay, double.mount.metadata.occurredAt),
    checkRetired(serial, after, stays),
    ...gained.map((stay) => checkStay(stay, known, after)),
  );
  if (refusal != null) return refusal;
  return { ...accept(proposal.event, ...placementChanges(before, stays)), gained };
}

function checkRetired(serial: string, { head }: Lifeline<ChargerState>, stays: readonly Stay[]) {
  const { retiredAt } = head;
  if (retiredAt == null) return undefined;
  const beyond = stays.find(({ until }) => until == null || until > retiredAt);
  if (beyond == null) return undefined;
  const { backplate, from, until } = beyond;
  return refuse(
    'PLACEMENT_OVERLAP',
    `The charger ${serial} would hang on ${backplate} after it was retired at ${retiredAt}.`,
    { charger: serial, backplate, from, until, retiredAt },
  );
}

function checkStay(stay: Stay, known: ChargerCorrectionKnowledge, charger: Lifeline<ChargerState>) {
  const { backplate, from } = stay;
  const place = known.backplate;
  if (place == null)
    return refuse('NOT_FOUND', `There is no backplate ${backplate}.`, { backplate }, [
      'input',
      'replacementData',
      'backplate',
    ]);
  return (
    checkBackplateExists(backplate, place, { now: from, occurredAt: from }) ??
    checkGained(stay, { charger, backplate: place, othersThere: known.othersThere }, { occurredAt: from })
  );
}

/** Where the charger hung after all, and where it did not. */
function placementChanges(before: readonly Stay[], after: readonly Stay[]): Notice[] {
  const isIn = (stays: readonly Stay[], stay: Stay) =>
    stays.some(
      ({ backplate, from, until }) =>
        backplate === stay.backplate && from === stay.from && until === stay.until,
    );
  const inWords = ({ backplate, from, until }: Stay) =>
    `on ${backplate} from ${from} ${until == null ? 'on' : `until ${until}`}`;
  const lost = before.filter((stay) => !isIn(after, stay));
  const won = after.filter((stay) => !isIn(before, stay));
  if (lost.length === 0 && won.length === 0) return [];
  const parts = [...lost.map((stay) => `not ${inWords(stay)}`), ...won.map(inWords)];
  const serial = [...lost, ...won][0]?.charger ?? '';
  return [{ code: 'PLACEMENT_CHANGES', message: `The charger ${serial} hung ${parts.join(', but ')}.` }];
}

/** What a correction of a backplate's fact is decided on. */
export interface BackplateCorrectionKnowledge {
  readonly backplate: Lifeline<BackplateState>;
  /** The circuit that the replacement names. */
  readonly circuit?: Lifeline<CircuitState>;
  /** Everyone who ever hung here. */
  readonly stays: readonly Stay[];
  /** The session that was under way here at the replacement's instant. */
  readonly ongoingSession?: string;
}

export function decideBackplateCorrection(
  proposal: Proposal,
  known: BackplateCorrectionKnowledge,
  moment: Moment,
): Decision {
  const { backplate: id } = proposal.wrong.data as { backplate: string };
  const after = correctedLife(known.backplate, proposal, moment);
  const thing: Thing<BackplateState> = {
    noun: 'backplate',
    id,
    birth: 'BackplateInstalled',
    end: 'BackplateRemoved',
    bounds: ({ installedAt: since, removedAt: retiredAt }) => ({ since, retiredAt }),
  };
  const refusal = firstRefusal(
    checkBounds(thing, proposal, after),
    checkCircuitNamed(proposal, known),
    proposal.replacement?.type === 'BackplateRewired' &&
      known.ongoingSession != null &&
      refuse('SESSION_ONGOING', `A session was under way on the backplate ${id}: it was not rewired then.`, {
        session: known.ongoingSession,
      }),
    checkStaysWithin(id, after.head, known.stays),
  );
  return refusal ?? accept(proposal.event);
}

function checkCircuitNamed({ replacement }: Proposal, { circuit }: BackplateCorrectionKnowledge) {
  if (replacement?.type !== 'BackplateInstalled' && replacement?.type !== 'BackplateRewired')
    return undefined;
  const { circuit: id } = replacement.data;
  const at = replacement.metadata.occurredAt;
  if (circuit == null) return refuse('NOT_FOUND', `There is no circuit ${id}.`, { circuit: id });
  return checkCircuitExists(id, circuit, { now: at, occurredAt: at });
}

function checkStaysWithin(id: string, { installedAt, removedAt }: BackplateState, stays: readonly Stay[]) {
  const outside = stays.find(
    ({ from, until }) =>
      installedAt == null ||
      from < installedAt ||
      (removedAt != null && (until == null || until > removedAt)),
  );
  if (outside == null) return undefined;
  const { charger, from, until } = outside;
  return refuse(
    'PLACEMENT_OVERLAP',
    `The charger ${charger} hung on ${id} from ${from} ${until == null ? 'on' : `until ${until}`}: the backplate was there then.`,
    { backplate: id, charger, from, until, installedAt, removedAt },
  );
}

/** What a correction of a circuit's fact is decided on. */
export interface CircuitCorrectionKnowledge {
  readonly circuit: Lifeline<CircuitState>;
  /** The backplate that the replacement designates. */
  readonly backplate?: Lifeline<BackplateState>;
  /** What the circuit carries; asked for where its beginning is corrected. */
  readonly contents: readonly string[];
}

export function decideCircuitCorrection(
  proposal: Proposal,
  known: CircuitCorrectionKnowledge,
  moment: Moment,
): Decision {
  const { circuit: id } = proposal.wrong.data as { circuit: string };
  const thing: Thing<CircuitState> = {
    noun: 'circuit',
    id,
    birth: 'CircuitAdded',
    end: 'CircuitRetired',
    bounds: ({ addedAt: since, retiredAt }) => ({ since, retiredAt }),
  };
  const refusal = firstRefusal(
    checkBounds(thing, proposal, correctedLife(known.circuit, proposal, moment)),
    checkContents(thing, proposal, known.contents),
    checkDesignated(id, proposal, known.backplate),
  );
  return refusal ?? accept(proposal.event);
}

function checkDesignated(
  circuit: string,
  { replacement }: Proposal,
  place: Lifeline<BackplateState> | undefined,
) {
  if (replacement?.type !== 'PrimaryBackplateDesignated') return undefined;
  return checkWiredTo(circuit, replacement.data.backplate, place, replacement.metadata.occurredAt);
}

/** What is in it came after it. */
function checkContents<State>(
  { noun, id, birth }: Thing<State>,
  { wrong, replacement }: Proposal,
  contents: readonly string[],
) {
  if (wrong.type !== birth || contents.length === 0) return undefined;
  if (replacement != null && replacement.metadata.occurredAt <= wrong.metadata.occurredAt) return undefined;
  return refuse('NOT_EMPTY', `The ${noun} ${id} carries ${contents.slice(0, 5).join(', ')}.`, { contents });
}

/** What a correction of a site's fact is decided on. */
export interface SiteCorrectionKnowledge {
  readonly site: Lifeline<SiteState>;
  readonly contents: readonly string[];
}

export function decideSiteCorrection(
  proposal: Proposal,
  known: SiteCorrectionKnowledge,
  moment: Moment,
): Decision {
  const { site: id } = proposal.wrong.data as { site: string };
  const thing: Thing<SiteState> = {
    noun: 'site',
    id,
    birth: 'SiteRegistered',
    end: 'SiteRetired',
    bounds: ({ registeredAt: since, retiredAt }) => ({ since, retiredAt }),
  };
  const refusal = firstRefusal(
    checkBounds(thing, proposal, correctedLife(known.site, proposal, moment)),
    checkContents(thing, proposal, known.contents),
  );
  return refusal ?? accept(proposal.event);
}

export function decideOperatorCorrection({ event, wrong }: Proposal): Decision {
  if (event.type === 'FactReplaced') return accept(event);
  const { operator: id } = wrong.data as { operator: string };
  const message = `The operator ${id} may be named elsewhere: its registration can be replaced, not retracted.`;
  return refuse('NOT_CORRECTABLE', message, { operator: id });
}

/** A correction of what a device, or a circuit's load balancing, told by the minute. */
export function decideTellingCorrection(
  proposal: Proposal,
  told: { readonly noun: 'charger' | 'circuit'; readonly id: string; readonly since?: Instant },
): Decision {
  const { replacement } = proposal;
  const refusal =
    replacement == null
      ? undefined
      : checkExists({ ...told }, replacement.metadata.occurredAt, 'replacementOccurredAt');
  return refusal ?? accept(proposal.event);
}
