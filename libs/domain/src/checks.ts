import type { PhaseAmps } from './amps';
import { HIGHEST_AMPS, arePhaseAmps, isAmps } from './amps';
import { isId } from './identifiers';
import type { Refusal } from './refusal';
import { refuse } from './refusal';
import type { Instant } from './time';
import { isTimeZone } from './time';

/** Checks of single values, each giving a refusal that names the input's field. */

export function checkId(id: string, field: string): Refusal | undefined {
  if (isId(id)) return undefined;
  return refuse(
    'INVALID_ID',
    `An id is 1 to 64 of A-Z a-z 0-9 . _ : - ; ${field} is not.`,
    { [field]: id.slice(0, 80) },
    ['input', field],
  );
}

export function checkAmps(amps: number | null | undefined, field: string): Refusal | undefined {
  if (amps == null || isAmps(amps)) return undefined;
  return refuse(
    'INVALID_AMPS',
    `${field} must be a current from 0 to ${String(HIGHEST_AMPS)} A.`,
    { [field]: String(amps) },
    ['input', field],
  );
}

export function checkPhaseAmps(amps: PhaseAmps | null | undefined, field: string): Refusal | undefined {
  if (amps == null || arePhaseAmps(amps)) return undefined;
  const { l1, l2, l3 } = amps;
  return refuse(
    'INVALID_AMPS',
    `${field} must hold currents from 0 to ${String(HIGHEST_AMPS)} A on each phase.`,
    { [field]: { l1: String(l1), l2: String(l2), l3: String(l3) } },
    ['input', field],
  );
}

export const LONGEST_NAME = 200;

export function checkName(name: string | null | undefined, field: string): Refusal | undefined {
  if (name == null || (name.trim() !== '' && name.length <= LONGEST_NAME)) return undefined;
  return refuse(
    'INVALID_NAME',
    `${field} must have 1 to ${String(LONGEST_NAME)} characters.`,
    { length: name.length },
    ['input', field],
  );
}

const LONGEST_TEXT = 2_000;

/** A text for people, such as a ground or a justification. */
export function checkText(text: string, field: string): Refusal | undefined {
  if (text.trim() !== '' && text.length <= LONGEST_TEXT) return undefined;
  return refuse(
    'OUT_OF_RANGE',
    `${field} must have 1 to ${String(LONGEST_TEXT)} characters.`,
    { length: text.length },
    ['input', field],
  );
}

export function checkTimeZone(timeZone: string, field = 'timeZone'): Refusal | undefined {
  if (isTimeZone(timeZone)) return undefined;
  return refuse(
    'INVALID_TIME_ZONE',
    `${timeZone} is not the name of a time zone, such as Europe/Oslo.`,
    { [field]: timeZone },
    ['input', field],
  );
}

/** A year is more than any sensible time-to-live, and keeps the sum within what an instant can say. */
export const LONGEST_TIME_TO_LIVE_SECONDS = 366 * 86_400;

export function checkTimeToLive(seconds: number | null | undefined): Refusal | undefined {
  if (
    seconds == null ||
    (Number.isInteger(seconds) && seconds > 0 && seconds <= LONGEST_TIME_TO_LIVE_SECONDS)
  )
    return undefined;
  return refuse(
    'INVALID_TTL',
    `A time-to-live is a whole number of seconds from 1 to ${String(LONGEST_TIME_TO_LIVE_SECONDS)}; without one the value has no end.`,
    { timeToLiveSeconds: seconds },
    ['input', 'timeToLiveSeconds'],
  );
}

/** A thing as of the moment of a command: there, gone, or not there yet. */
interface Existence {
  readonly noun: string;
  readonly id: string;
  /** When it came to be, as known now; absent when the book does not know it. */
  readonly since?: Instant;
  readonly retiredAt?: Instant;
}

/** Refuses what is addressed to a thing that is unknown, came later, or has been retired by then. */
export function checkExists(thing: Existence, at: Instant, field: string): Refusal | undefined {
  const { noun, id, since, retiredAt } = thing;
  if (since == null)
    return refuse('NOT_FOUND', `There is no ${noun} ${id}.`, { [field]: id }, ['input', field]);
  if (since > at) {
    return refuse(
      'NOT_FOUND',
      `There was no ${noun} ${id} at ${at}: it is on record since ${since}.`,
      { [field]: id, onRecordSince: since, occurredAt: at },
      ['input', field],
    );
  }
  if (retiredAt != null && retiredAt <= at) {
    return refuse('RETIRED', `The ${noun} ${id} was retired at ${retiredAt}.`, { [field]: id, retiredAt }, [
      'input',
      field,
    ]);
  }
  return undefined;
}
