import { checkAmps, checkExists, checkId, checkName, checkTimeToLive } from '../checks';
import type { Decision, Moment } from '../decision';
import { accept, firstRefusal, nothingToDo, refuseBackdating, refuseFuture } from '../decision';
import type { Lifeline } from '../facts/lifeline';
import { DEFAULT_OPERATOR } from '../identifiers';
import type { Refusal } from '../refusal';
import { refuse } from '../refusal';
import { unknownOperator } from '../site/site.decide';
import type { ChargerState } from './charger';
import type { ChargerProtocol, PhaseMode, ProductLine } from './charger.events';
import { staysOf } from './placements';

type Absent = null | undefined;

export type ChargerCommand =
  | {
      readonly type: 'registerCharger';
      readonly serial: string;
      readonly model?: string | Absent;
      readonly productLine?: ProductLine | Absent;
      readonly ratedCurrentAmps?: number | Absent;
      readonly protocol?: ChargerProtocol | Absent;
      readonly phaseMode?: PhaseMode | Absent;
      readonly operator?: string | Absent;
    }
  | { readonly type: 'transferChargerControl'; readonly charger: string; readonly operator: string }
  | { readonly type: 'retireCharger'; readonly charger: string }
  | { readonly type: 'setMaxChargerCurrent'; readonly charger: string; readonly amps?: number | Absent }
  | { readonly type: 'setChargerProtocol'; readonly charger: string; readonly protocol: ChargerProtocol }
  | {
      readonly type: 'setPhaseMode';
      readonly charger: string;
      readonly mode: PhaseMode;
      readonly singlePhase?: number | Absent;
    }
  | { readonly type: 'enableCharger'; readonly charger: string }
  | { readonly type: 'disableCharger'; readonly charger: string };

/** Commands on what a charger is told by the minute. */
export type DeviceCommand =
  | {
      readonly type: 'setDynamicChargerCurrent';
      readonly charger: string;
      readonly amps: number;
      readonly timeToLiveSeconds?: number | Absent;
    }
  | { readonly type: 'clearDynamicChargerCurrent'; readonly charger: string };

/** What can be set on a unit, by product line: the one table of capabilities. */
const OFFERS_MAX_CURRENT: Readonly<Record<ProductLine, boolean>> = { HOME: true, PRO: false };

/** What a command about a charger is decided on. */
export interface ChargerKnowledge {
  readonly charger: Lifeline<ChargerState>;
  /** Whether the operator that the command names is on record; the default one always is. */
  readonly operatorIsKnown: boolean;
}

export function chargerOf(command: ChargerCommand): string {
  return command.type === 'registerCharger' ? command.serial : command.charger;
}

export function checkChargerExists(
  serial: string,
  charger: Lifeline<ChargerState>,
  moment: Moment,
): Refusal | undefined {
  const { registeredAt: since, retiredAt } = charger.head;
  return checkExists({ noun: 'charger', id: serial, since, retiredAt }, moment.occurredAt, 'charger');
}

export function decideCharger(command: ChargerCommand, known: ChargerKnowledge, moment: Moment): Decision {
  const future = refuseFuture(moment);
  if (future != null) return future;
  if (command.type === 'registerCharger') return register(command, known);
  const missing = checkChargerExists(command.charger, known.charger, moment);
  if (missing != null) return missing;
  const { charger } = command;
  const state = known.charger.asOf(moment.occurredAt);
  switch (command.type) {
    case 'transferChargerControl': {
      const { operator } = command;
      const refusal =
        refuseBackdating(moment) ?? (known.operatorIsKnown ? undefined : unknownOperator(operator));
      return refusal ?? accept({ type: 'ChargerControlTransferred', data: { charger, operator } });
    }
    case 'retireCharger':
      return retire(charger, known.charger, moment);
    case 'setMaxChargerCurrent':
      return setMaxCurrent(command, state);
    case 'setChargerProtocol':
      return accept({ type: 'ChargerProtocolSet', data: { charger, protocol: command.protocol } });
    case 'setPhaseMode':
      return setPhaseMode(command);
    case 'enableCharger':
      if (state.enabled) return nothingToDo(`The charger ${charger} is enabled already.`);
      return accept({ type: 'ChargerEnabled', data: { charger } });
    case 'disableCharger':
      if (!state.enabled) return nothingToDo(`The charger ${charger} is disabled already.`);
      return accept({ type: 'ChargerDisabled', data: { charger } });
  }
}

function register(command: ChargerCommand & { type: 'registerCharger' }, known: ChargerKnowledge): Decision {
  const { serial: charger, model, productLine, ratedCurrentAmps, protocol, phaseMode, operator } = command;
  const refusal = firstRefusal(
    checkId(charger, 'serial'),
    checkName(model, 'model'),
    checkAmps(ratedCurrentAmps, 'ratedCurrentAmps'),
    known.charger.head.registeredAt != null &&
      refuse('ALREADY_EXISTS', `There is a charger ${charger} already.`, { serial: charger }, [
        'input',
        'serial',
      ]),
    !known.operatorIsKnown && unknownOperator(operator),
  );
  if (refusal != null) return refusal;
  return accept({
    type: 'ChargerRegistered',
    data: {
      charger,
      model: model ?? undefined,
      productLine: productLine ?? 'HOME',
      ratedCurrentAmps: ratedCurrentAmps ?? undefined,
      protocol: protocol ?? 'NATIVE',
      phaseMode: phaseMode ?? 'AUTO',
      operator: operator ?? DEFAULT_OPERATOR,
    },
  });
}

/** Retired means: it hangs nowhere any more, from then on for ever. */
function retire(charger: string, life: Lifeline<ChargerState>, moment: Moment): Decision {
  const inTheWay = staysOf(life.facts).stays.find(({ until }) => until == null || until > moment.occurredAt);
  if (inTheWay == null) return accept({ type: 'ChargerRetired', data: { charger } });
  const { backplate, from: mountedAt } = inTheWay;
  const what =
    mountedAt > moment.occurredAt
      ? `was mounted on ${backplate} later, at ${mountedAt}`
      : `hangs on ${backplate} since ${mountedAt}: dismount it first`;
  return refuse('ALREADY_MOUNTED', `The charger ${charger} ${what}.`, { charger, backplate, mountedAt });
}

function setMaxCurrent(
  command: ChargerCommand & { type: 'setMaxChargerCurrent' },
  state: ChargerState,
): Decision {
  const { charger, amps } = command;
  const invalid = checkAmps(amps, 'amps');
  if (invalid != null) return invalid;
  if (!OFFERS_MAX_CURRENT[state.productLine]) {
    const { productLine } = state;
    return refuse(
      'NOT_SUPPORTED',
      `A charger of the product line ${productLine} offers no max charger current.`,
      {
        charger,
        productLine,
      },
    );
  }
  if (amps == null && state.maxCurrentAmps == null)
    return nothingToDo(`The charger ${charger} has no max current that could be cleared.`);
  return accept({ type: 'MaxChargerCurrentSet', data: { charger, amps: amps ?? undefined } });
}

function setPhaseMode(command: ChargerCommand & { type: 'setPhaseMode' }): Decision {
  const { charger, mode, singlePhase } = command;
  if (singlePhase != null && ![1, 2, 3].includes(singlePhase)) {
    return refuse('OUT_OF_RANGE', 'A phase is 1, 2 or 3.', { singlePhase }, ['input', 'singlePhase']);
  }
  if (singlePhase != null && mode !== 'LOCKED_1') {
    return refuse(
      'OUT_OF_RANGE',
      `A single phase can be named with LOCKED_1 only, not with ${mode}.`,
      { mode, singlePhase },
      ['input', 'singlePhase'],
    );
  }
  return accept({ type: 'PhaseModeSet', data: { charger, mode, singlePhase: singlePhase ?? undefined } });
}

/** What a command about a charger's dynamic current is decided on. */
export interface DeviceKnowledge {
  readonly charger: Lifeline<ChargerState>;
  /** Whether a dynamic current is set that a clear would end; asked for by the clear only. */
  readonly isSet: boolean;
}

export function decideDevice(command: DeviceCommand, known: DeviceKnowledge, moment: Moment): Decision {
  const { charger } = command;
  const refusal = refuseFuture(moment) ?? checkChargerExists(charger, known.charger, moment);
  if (refusal != null) return refusal;
  if (command.type === 'clearDynamicChargerCurrent') {
    if (!known.isSet)
      return nothingToDo(`The charger ${charger} has no dynamic current that could be cleared.`);
    return accept({ type: 'DynamicChargerCurrentCleared', data: { charger } });
  }
  const { amps, timeToLiveSeconds } = command;
  const state = known.charger.asOf(moment.occurredAt);
  const invalid = firstRefusal(
    checkAmps(amps, 'amps'),
    checkTimeToLive(timeToLiveSeconds),
    // A unit off its backplate has no mains: it would not keep a volatile value.
    state.mounting == null &&
      refuse('NOT_MOUNTED', `The charger ${charger} hangs on no backplate: it would not keep the value.`, {
        charger,
      }),
    !state.powered &&
      refuse('NO_POWER', `The charger ${charger} is without power: it would not keep the value.`, {
        charger,
      }),
  );
  return (
    invalid ??
    accept({
      type: 'DynamicChargerCurrentSet',
      data: { charger, amps, timeToLiveSeconds: timeToLiveSeconds ?? undefined },
    })
  );
}
