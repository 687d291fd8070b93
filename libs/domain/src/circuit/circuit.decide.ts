import type { PhaseAmps } from '../amps';
import type { BackplateState } from '../backplate/backplate';
import { checkAmps, checkExists, checkId, checkName, checkPhaseAmps, checkTimeToLive } from '../checks';
import type { Decision, Moment } from '../decision';
import { accept, firstRefusal, nothingToDo, refuseFuture } from '../decision';
import type { Lifeline } from '../facts/lifeline';
import { primaryBackplateAt } from '../limits/circuit-limits';
import type { LimitFacts } from '../limits/knowledge';
import type { Refusal } from '../refusal';
import { refuse } from '../refusal';
import type { SiteState } from '../site/site';
import type { Instant } from '../time';
import type { CircuitState } from './circuit';
import { aboveFuse, decideCircuitCurrent } from './circuit-current.decide';

type Absent = null | undefined;

export type CircuitCommand =
  | {
      readonly type: 'addCircuit';
      readonly id: string;
      readonly site: string;
      readonly name?: string | Absent;
      readonly fuseRatingAmps?: number | Absent;
      readonly parent?: string | Absent;
    }
  | { readonly type: 'setCircuitFuseRating'; readonly circuit: string; readonly amps?: number | Absent }
  | { readonly type: 'setMaxCircuitCurrent'; readonly circuit: string; readonly amps?: PhaseAmps | Absent }
  | {
      readonly type: 'setOfflineFallbackCurrent';
      readonly circuit: string;
      readonly amps?: PhaseAmps | Absent;
    }
  | { readonly type: 'designatePrimaryBackplate'; readonly circuit: string; readonly backplate: string }
  | { readonly type: 'retireCircuit'; readonly circuit: string };

/** Commands on what a circuit is told by the minute. */
export type LoadCommand =
  | {
      readonly type: 'setDynamicCircuitCurrent';
      /** Exactly one of circuit and charger; the charger is to carry the value. */
      readonly circuit?: string | Absent;
      readonly charger?: string | Absent;
      readonly amps: PhaseAmps;
      readonly timeToLiveSeconds?: number | Absent;
    }
  | { readonly type: 'clearDynamicCircuitCurrent'; readonly circuit: string };

/** What a command about a circuit is decided on; parts that a command does not need are absent. */
export interface CircuitKnowledge {
  readonly circuit: Lifeline<CircuitState>;
  readonly site?: Lifeline<SiteState>;
  readonly parent?: Lifeline<CircuitState>;
  readonly backplate?: Lifeline<BackplateState>;
  /** Installed backplates and circuits below that are not retired; asked for by `retireCircuit` only. */
  readonly contents: readonly string[];
}

export function decideCircuit(command: CircuitCommand, known: CircuitKnowledge, moment: Moment): Decision {
  const refusal = refuseFuture(moment) ?? checkInput(command) ?? checkCircuit(command, known, moment);
  if (refusal != null) return refusal;
  const { circuit } = idsOf(command);
  switch (command.type) {
    case 'addCircuit':
      return add(command, known, moment);
    case 'setCircuitFuseRating':
    case 'setMaxCircuitCurrent':
    case 'setOfflineFallbackCurrent':
      return decideCircuitCurrent(command, known.circuit.asOf(moment.occurredAt));
    case 'designatePrimaryBackplate':
      return designate(command, known, moment);
    case 'retireCircuit':
      return retire(circuit, known.contents);
  }
}

export function idsOf(command: CircuitCommand): { readonly circuit: string } {
  return { circuit: command.type === 'addCircuit' ? command.id : command.circuit };
}

function checkInput(command: CircuitCommand): Refusal | undefined {
  switch (command.type) {
    case 'addCircuit':
      return firstRefusal(
        checkId(command.id, 'id'),
        checkName(command.name, 'name'),
        checkAmps(command.fuseRatingAmps, 'fuseRatingAmps'),
      );
    case 'setCircuitFuseRating':
      return checkAmps(command.amps, 'amps');
    case 'setMaxCircuitCurrent':
    case 'setOfflineFallbackCurrent':
      return checkPhaseAmps(command.amps, 'amps');
    case 'designatePrimaryBackplate':
    case 'retireCircuit':
      return undefined;
  }
}

function checkCircuit(command: CircuitCommand, known: CircuitKnowledge, moment: Moment): Refusal | undefined {
  if (command.type === 'addCircuit') return undefined;
  return checkCircuitExists(command.circuit, known.circuit, moment);
}

export function checkCircuitExists(
  id: string,
  circuit: Lifeline<CircuitState>,
  moment: Moment,
  field = 'circuit',
): Refusal | undefined {
  const { addedAt: since, retiredAt } = circuit.head;
  return checkExists({ noun: 'circuit', id, since, retiredAt }, moment.occurredAt, field);
}

function add(
  command: CircuitCommand & { type: 'addCircuit' },
  known: CircuitKnowledge,
  moment: Moment,
): Decision {
  const { id: circuit, site, name, fuseRatingAmps, parent } = command;
  const { registeredAt: since, retiredAt } = known.site?.head ?? {};
  const refusal = firstRefusal(
    known.circuit.head.addedAt != null &&
      refuse('ALREADY_EXISTS', `There is a circuit ${circuit} already.`, { id: circuit }, ['input', 'id']),
    checkExists({ noun: 'site', id: site, since, retiredAt }, moment.occurredAt, 'site'),
    parent != null && checkParent(parent, site, known, moment),
  );
  if (refusal != null) return refusal;
  return accept({
    type: 'CircuitAdded',
    data: {
      circuit,
      site,
      name: name ?? undefined,
      fuseRatingAmps: fuseRatingAmps ?? undefined,
      parent: parent ?? undefined,
    },
  });
}

function checkParent(
  parent: string,
  site: string,
  known: CircuitKnowledge,
  moment: Moment,
): Refusal | undefined {
  if (known.parent == null)
    return refuse('NOT_FOUND', `There is no circuit ${parent}.`, { parent }, ['input', 'parent']);
  const missing = checkCircuitExists(parent, known.parent, moment, 'parent');
  if (missing != null || known.parent.head.site === site) return missing;
  return refuse('NOT_FOUND', `The circuit ${parent} is not in the site ${site}.`, { parent, site }, [
    'input',
    'parent',
  ]);
}

function designate(
  command: CircuitCommand & { type: 'designatePrimaryBackplate' },
  known: CircuitKnowledge,
  moment: Moment,
): Decision {
  const { circuit, backplate } = command;
  const refusal = checkWiredTo(circuit, backplate, known.backplate, moment.occurredAt);
  if (refusal != null) return refusal;
  return accept({ type: 'PrimaryBackplateDesignated', data: { circuit, backplate } });
}

/** Whether a backplate was there and wired to a circuit. */
export function checkWiredTo(
  circuit: string,
  backplate: string,
  place: Lifeline<BackplateState> | undefined,
  at: Instant,
): Refusal | undefined {
  const missing = checkExists(
    { noun: 'backplate', id: backplate, since: place?.head.installedAt, retiredAt: place?.head.removedAt },
    at,
    'backplate',
  );
  if (missing != null) return missing;
  const wiredTo = place?.asOf(at).circuit;
  if (wiredTo === circuit) return undefined;
  const message = `The backplate ${backplate} is wired to the circuit ${wiredTo ?? '?'}, not to ${circuit}.`;
  return refuse('NOT_FOUND', message, { backplate, circuit, wiredTo }, ['input', 'backplate']);
}

function retire(circuit: string, contents: readonly string[]): Decision {
  if (contents.length === 0) return accept({ type: 'CircuitRetired', data: { circuit } });
  return refuse('NOT_EMPTY', `The circuit ${circuit} still carries ${contents.slice(0, 5).join(', ')}.`, {
    contents,
  });
}

/** The place that carries a circuit's dynamic current at an instant, and who hangs there. */
export interface Primary {
  readonly backplate: string;
  readonly charger?: { readonly serial: string; readonly powered: boolean };
}

/**
 * The primary backplate of a circuit: the one designated last, unless it was rewired or removed since.
 *
 * @param designated the life of the backplate that `circuit.asOf(at).designated` names
 */
export function primaryBackplate(
  id: string,
  circuit: Lifeline<CircuitState>,
  designated: Lifeline<BackplateState>,
  at: string,
): string | undefined {
  const named = circuit.asOf(at).designated;
  const facts: LimitFacts = {
    factsOf: (scope, of) => (scope === 'circuit' ? circuit.facts : of === named ? designated.facts : []),
    placementsOn: () => [],
  };
  return primaryBackplateAt(facts, id, at);
}

/** What a command about a circuit's dynamic current is decided on. */
export interface LoadKnowledge {
  /** The circuit that the command names, or the one of the charger that it names. */
  readonly id: string;
  readonly circuit: Lifeline<CircuitState>;
  readonly primary?: Primary;
  /** Where the charger that the command names hangs. */
  readonly chargerHangsOn?: string;
  /** Whether a dynamic current is set that a clear would end; asked for by the clear only. */
  readonly isSet: boolean;
}

export function decideLoad(command: LoadCommand, known: LoadKnowledge, moment: Moment): Decision {
  const circuit = known.id;
  const refusal = refuseFuture(moment) ?? checkCircuitExists(circuit, known.circuit, moment);
  if (refusal != null) return refusal;
  if (command.type === 'clearDynamicCircuitCurrent') {
    if (!known.isSet)
      return nothingToDo(`The circuit ${circuit} has no dynamic current that could be cleared.`);
    return accept({ type: 'DynamicCircuitCurrentCleared', data: { circuit } });
  }
  const carrier =
    checkPhaseAmps(command.amps, 'amps') ??
    checkTimeToLive(command.timeToLiveSeconds) ??
    carrierOf(command, known);
  if ('refused' in carrier) return carrier;
  const { amps, timeToLiveSeconds } = command;
  return accept(
    {
      type: 'DynamicCircuitCurrentSet',
      data: { circuit, amps, timeToLiveSeconds: timeToLiveSeconds ?? undefined, ...carrier },
    },
    ...aboveFuse(circuit, amps, known.circuit.asOf(moment.occurredAt)),
  );
}

function carrierOf(
  command: LoadCommand & { type: 'setDynamicCircuitCurrent' },
  { id: circuit, primary, chargerHangsOn }: LoadKnowledge,
): { carrier: string; backplate: string } | Refusal {
  const { charger } = command;
  const details = { circuit, primaryBackplate: primary?.backplate, primaryCharger: primary?.charger?.serial };
  if (charger != null && chargerHangsOn !== primary?.backplate) {
    return refuse(
      'NOT_PRIMARY',
      `The charger ${charger} is not on the primary backplate of the circuit ${circuit}.`,
      details,
    );
  }
  if (primary == null)
    return refuse('NO_PRIMARY', `The circuit ${circuit} has no primary backplate.`, details);
  if (primary.charger == null) {
    return refuse(
      'NO_PRIMARY',
      `No charger is on ${primary.backplate}, the primary backplate of the circuit ${circuit}.`,
      details,
    );
  }
  if (!primary.charger.powered) {
    return refuse(
      'NO_POWER',
      `The primary charger ${primary.charger.serial} is without power: it would not keep the value.`,
      details,
    );
  }
  return { carrier: primary.charger.serial, backplate: primary.backplate };
}
