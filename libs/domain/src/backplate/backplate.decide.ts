import { checkExists, checkId, checkName } from '../checks';
import type { CircuitState } from '../circuit/circuit';
import { checkCircuitExists } from '../circuit/circuit.decide';
import type { Stay } from '../charger/placements';
import type { Decision, Moment } from '../decision';
import { accept, firstRefusal, nothingToDo, refuseFuture } from '../decision';
import type { Lifeline } from '../facts/lifeline';
import type { Refusal } from '../refusal';
import { refuse } from '../refusal';
import { spanContains } from '../time';
import type { BackplateState } from './backplate';

type Absent = null | undefined;

export type BackplateCommand =
  | {
      readonly type: 'installBackplate';
      readonly id: string;
      readonly circuit: string;
      readonly label?: string | Absent;
    }
  | { readonly type: 'rewireBackplate'; readonly backplate: string; readonly circuit: string }
  | { readonly type: 'removeBackplate'; readonly backplate: string };

/** What a command about a backplate is decided on. */
export interface BackplateKnowledge {
  readonly backplate: Lifeline<BackplateState>;
  /** The circuit that the command names. */
  readonly circuit?: Lifeline<CircuitState>;
  /** Everyone who hung or hangs here; not asked for by `installBackplate`. */
  readonly stays: readonly Stay[];
  /** The session that is under way here at the command's instant. */
  readonly ongoingSession?: string;
}

export function decideBackplate(
  command: BackplateCommand,
  known: BackplateKnowledge,
  moment: Moment,
): Decision {
  const refusal = refuseFuture(moment) ?? checkPlace(command, known, moment);
  if (refusal != null) return refusal;
  switch (command.type) {
    case 'installBackplate':
      return install(command, known, moment);
    case 'rewireBackplate':
      return rewire(command, known, moment);
    case 'removeBackplate':
      return remove(command.backplate, known, moment);
  }
}

function checkPlace(
  command: BackplateCommand,
  known: BackplateKnowledge,
  moment: Moment,
): Refusal | undefined {
  if (command.type === 'installBackplate') return undefined;
  return checkBackplateExists(command.backplate, known.backplate, moment);
}

export function checkBackplateExists(
  id: string,
  backplate: Lifeline<BackplateState>,
  moment: Moment,
): Refusal | undefined {
  const { installedAt: since, removedAt: retiredAt } = backplate.head;
  return checkExists({ noun: 'backplate', id, since, retiredAt }, moment.occurredAt, 'backplate');
}

function checkCircuit(id: string, { circuit }: BackplateKnowledge, moment: Moment): Refusal | undefined {
  if (circuit == null)
    return refuse('NOT_FOUND', `There is no circuit ${id}.`, { circuit: id }, ['input', 'circuit']);
  return checkCircuitExists(id, circuit, moment);
}

function install(
  command: BackplateCommand & { type: 'installBackplate' },
  known: BackplateKnowledge,
  moment: Moment,
): Decision {
  const { id: backplate, circuit, label } = command;
  const refusal = firstRefusal(
    checkId(backplate, 'id'),
    checkName(label, 'label'),
    known.backplate.head.installedAt != null &&
      refuse('ALREADY_EXISTS', `There is a backplate ${backplate} already.`, { id: backplate }, [
        'input',
        'id',
      ]),
    checkCircuit(circuit, known, moment),
  );
  return (
    refusal ?? accept({ type: 'BackplateInstalled', data: { backplate, circuit, label: label ?? undefined } })
  );
}

function rewire(
  command: BackplateCommand & { type: 'rewireBackplate' },
  known: BackplateKnowledge,
  moment: Moment,
): Decision {
  const { backplate, circuit } = command;
  const formerCircuit = known.backplate.asOf(moment.occurredAt).circuit ?? '';
  if (formerCircuit === circuit)
    return nothingToDo(`The backplate ${backplate} is wired to the circuit ${circuit} already.`);
  const session = known.ongoingSession;
  const refusal =
    checkCircuit(circuit, known, moment) ??
    (session == null
      ? undefined
      : refuse(
          'SESSION_ONGOING',
          `A session is under way on the backplate ${backplate}: it cannot be rewired now.`,
          { session },
        ));
  return refusal ?? accept({ type: 'BackplateRewired', data: { backplate, circuit, formerCircuit } });
}

function remove(backplate: string, known: BackplateKnowledge, moment: Moment): Decision {
  const at = moment.occurredAt;
  const inTheWay =
    known.stays.find((stay) => spanContains(stay, at)) ?? known.stays.find((stay) => stay.from >= at);
  if (inTheWay == null) return accept({ type: 'BackplateRemoved', data: { backplate } });
  const { charger, from, until } = inTheWay;
  const tense = from > at ? `was mounted on it later, at ${from}` : 'hangs on it';
  return refuse(
    'NOT_EMPTY',
    `The backplate ${backplate} cannot be removed: the charger ${charger} ${tense}.`,
    {
      charger,
      from,
      until,
    },
  );
}
