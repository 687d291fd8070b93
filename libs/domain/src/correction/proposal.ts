import { checkPlan, planWindow } from '../charger/plan.decide';
import type { ToldWindow } from '../charger/plan.decide';
import { checkName } from '../checks';
import type { Decision, Moment } from '../decision';
import { nothingToDo, refuseBackdating } from '../decision';
import type { DomainEvent } from '../events';
import type { CorrectionEvent } from '../facts/correction';
import type { Fact } from '../facts/fact';
import type { EffectiveFact } from '../facts/lifeline';
import { isCorrection } from '../facts/lifeline';
import type { Refusal } from '../refusal';
import { refuse } from '../refusal';
import type { Instant } from '../time';
import { CLOCK_TOLERANCE_MS, monthOf, plusMs } from '../time';
import { fieldsOf } from './fields';

type Absent = null | undefined;

/** Without a replacement the fact is retracted: it is as if it had never been told. */
export interface CorrectionCommand {
  readonly type: 'correctFact';
  readonly eventId: string;
  readonly reason: string;
  /** When it really happened; else the time stays as it was told. */
  readonly replacementOccurredAt?: Instant | Absent;
  /** The fields that were told wrongly, as they should be; null takes an optional one away. The others stay. */
  readonly replacementData?: Readonly<Record<string, unknown>> | Absent;
}

/** A correction that is well formed. What it would do to the thing's life is to be looked at. */
export interface Proposal {
  readonly refused?: false;
  readonly wrong: Fact;
  readonly event: CorrectionEvent;
  /** The fact as it would be; absent where it is retracted. */
  readonly replacement?: EffectiveFact;
}

/** How a correction of one of these facts would read, or why it is none. */
export function proposeCorrection(
  command: CorrectionCommand,
  recorded: readonly Fact[],
  moment: Moment,
): Proposal | Decision {
  const { eventId, reason } = command;
  const wrong = recorded.find((fact) => fact.eventId === eventId);
  const refusal =
    refuseBackdating(moment) ?? checkName(reason, 'reason') ?? checkCorrectable(eventId, wrong, recorded);
  if (refusal != null) return refusal;
  if (wrong == null) throw new Error('a fact that is correctable is on record');
  if (command.replacementOccurredAt == null && command.replacementData == null) {
    return { wrong, event: { type: 'FactRetracted', data: { corrects: eventId } } };
  }
  return proposeReplacement(command, wrong, moment);
}

function checkCorrectable(
  eventId: string,
  wrong: Fact | undefined,
  recorded: readonly Fact[],
): Refusal | undefined {
  if (wrong == null)
    return refuse('NOT_FOUND', `There is no fact ${eventId}.`, { eventId }, ['input', 'eventId']);
  if (isCorrection(wrong)) {
    const { corrects } = wrong.data;
    const message = `The fact ${eventId} is itself the correction of ${corrects}: corrections are not corrected, tell what is so anew.`;
    return refuse('ALREADY_CORRECTED', message, { eventId, corrects });
  }
  const earlier = recorded.find((fact) => isCorrection(fact) && fact.data.corrects === eventId);
  if (earlier != null) {
    const message = `The fact ${eventId} was corrected by ${earlier.eventId} already.`;
    return refuse('ALREADY_CORRECTED', message, { eventId, correctedBy: earlier.eventId });
  }
  if (fieldsOf(wrong.type) == null) {
    const message = `${wrong.type} is not to be corrected: what it says follows the order of recording.`;
    return refuse('NOT_CORRECTABLE', message, { eventId, type: wrong.type });
  }
  return undefined;
}

function proposeReplacement(command: CorrectionCommand, wrong: Fact, moment: Moment): Proposal | Decision {
  const told = wrong.data as Readonly<Record<string, unknown>>;
  if (typeof (command.replacementData ?? {}) !== 'object' || Array.isArray(command.replacementData)) {
    const message = 'replacementData is an object that holds the fields to be replaced.';
    return refuse('INVALID_REPLACEMENT', message, {}, ['input', 'replacementData']);
  }
  const occurredAt = command.replacementOccurredAt ?? wrong.metadata.occurredAt;
  const asTold = withoutNulls({ ...told, ...command.replacementData });
  const data = inFull(wrong, asTold);
  const refusal =
    checkFields(wrong, asTold) ?? checkRules(wrong, data) ?? checkTime(wrong, occurredAt, moment);
  if (refusal != null) return refusal;
  if (occurredAt === wrong.metadata.occurredAt && isSame(told, data)) {
    return nothingToDo(`The fact ${wrong.eventId} says so already.`);
  }
  const metadata = { ...wrong.metadata, occurredAt };
  return {
    wrong,
    event: { type: 'FactReplaced', data: { corrects: wrong.eventId, occurredAt, replacement: data } },
    replacement: { ...wrong, data, metadata } as unknown as EffectiveFact,
  };
}

function withoutNulls(data: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(data).filter(([, value]) => value != null));
}

/** A plan's windows may be told without what they do not need. */
function inFull(wrong: Fact, data: Record<string, unknown>): Record<string, unknown> {
  if (wrong.type !== 'ChargePlanSet' || !Array.isArray(data.windows)) return data;
  return { ...data, windows: (data.windows as ToldWindow[]).map(planWindow) };
}

function checkFields(wrong: Fact, data: Readonly<Record<string, unknown>>): Refusal | undefined {
  const fields = fieldsOf(wrong.type) ?? {};
  const told = wrong.data as Readonly<Record<string, unknown>>;
  const invalid = (field: string, message: string) =>
    refuse('INVALID_REPLACEMENT', message, { type: wrong.type, field }, ['input', 'replacementData', field]);
  for (const field of Object.keys(data)) {
    if (!Object.hasOwn(fields, field)) {
      return invalid(field, `${wrong.type} has no ${field}; it has ${Object.keys(fields).join(', ')}.`);
    }
  }
  for (const [field, { says, isOptional, isFixed, holds }] of Object.entries(fields)) {
    const value = data[field];
    if (isFixed && value !== told[field]) {
      return invalid(field, `${field} says what the fact is about: retract it and tell the right one anew.`);
    }
    if (value == null ? !isOptional : !holds(value)) return invalid(field, `${field} must be ${says}.`);
  }
  return undefined;
}

/** Rules over several fields of one fact. */
function checkRules(wrong: Fact, data: Readonly<Record<string, unknown>>): Refusal | undefined {
  const event = { type: wrong.type, data } as unknown as DomainEvent;
  if (event.type === 'ChargePlanSet') {
    const { kind, timeZone, windows } = event.data;
    return checkPlan(kind, timeZone, windows);
  }
  if (event.type === 'PhaseModeSet' && event.data.singlePhase != null && event.data.mode !== 'LOCKED_1') {
    const { mode } = event.data;
    return refuse('OUT_OF_RANGE', `A single phase can be named with LOCKED_1 only, not with ${mode}.`, {
      mode,
    });
  }
  return undefined;
}

/** Streams that are kept by month, by when their facts happened. */
const MONTHLY = /^(?:device|load)-.+-\d{4}-\d{2}$/;

function checkTime(wrong: Fact, occurredAt: Instant, { now }: Moment): Refusal | undefined {
  const path = ['input', 'replacementOccurredAt'];
  if (occurredAt > plusMs(now, CLOCK_TOLERANCE_MS)) {
    const message = `It cannot have happened at ${occurredAt}: that is more than five minutes in the future.`;
    return refuse('IN_THE_FUTURE', message, { occurredAt, now }, path);
  }
  if (MONTHLY.test(wrong.stream) && monthOf(occurredAt) !== monthOf(wrong.metadata.occurredAt)) {
    const message =
      'What is told by the minute is kept by month: retract it and tell it anew in the other month.';
    return refuse('NOT_CORRECTABLE', message, { occurredAt }, path);
  }
  return undefined;
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value == null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, part]) => part != null)
      .sort(([x], [y]) => (x < y ? -1 : 1))
      .map(([key, part]) => [key, sorted(part)]),
  );
}
