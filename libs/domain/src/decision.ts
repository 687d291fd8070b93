import type { DomainEvent } from './events';
import type { Fact } from './facts/fact';
import type { Notice, Refusal } from './refusal';
import { refuse } from './refusal';
import type { Instant } from './time';
import { CLOCK_TOLERANCE_MS, plusMs } from './time';

/** When a command is decided: the present, and when it says that it happened. */
export interface Moment {
  readonly now: Instant;
  readonly occurredAt: Instant;
}

/** What a command that is done records, and what may surprise about it. */
export interface Acceptance {
  readonly refused?: false;
  readonly events: readonly DomainEvent[];
  readonly notices: readonly Notice[];
}

export type Decision = Acceptance | Refusal;

export function accept(events: DomainEvent | readonly DomainEvent[], ...notices: Notice[]): Acceptance {
  return { events: Array.isArray(events) ? (events as DomainEvent[]) : [events as DomainEvent], notices };
}

/** What is asked for is so already: a receipt without events. */
export function nothingToDo(message: string): Acceptance {
  return { events: [], notices: [{ code: 'NOTHING_TO_DO', message }] };
}

/** The first refusal among checks, which are made in order. */
export function firstRefusal(...checks: readonly (Refusal | undefined | false)[]): Refusal | undefined {
  return checks.find((check): check is Refusal => check != null && check !== false);
}

/** Commands may lie in the past without limit, but not more than five minutes in the future. */
export function refuseFuture(moment: Moment): Refusal | undefined {
  if (moment.occurredAt <= plusMs(moment.now, CLOCK_TOLERANCE_MS)) return undefined;
  return refuse(
    'IN_THE_FUTURE',
    `It cannot be recorded as of ${moment.occurredAt}: that is more than five minutes in the future.`,
    { occurredAt: moment.occurredAt, now: moment.now },
    ['options', 'occurredAt'],
  );
}

/** A device's clock may be wrong: what it reports from beyond the tolerance is taken as of now, its own time kept. */
export function observedMoment(
  now: Instant,
  reportedAt: Instant,
): Moment & { readonly deviceTime?: Instant } {
  if (reportedAt <= plusMs(now, CLOCK_TOLERANCE_MS)) return { now, occurredAt: reportedAt };
  return { now, occurredAt: now, deviceTime: reportedAt };
}

/** Decided events as facts, after everything that is recorded: to see what they would lead to. */
export function asIfRecorded(events: readonly DomainEvent[], moment: Moment): Fact[] {
  return events.map(
    (event, index) =>
      ({
        ...event,
        eventId: `undecided-${String(index)}`,
        schemaVersion: 1,
        stream: '',
        revision: index,
        bookOrder: Number.MAX_SAFE_INTEGER - events.length + index,
        metadata: {
          occurredAt: moment.occurredAt,
          recordedAt: moment.now,
          actor: { kind: 'SYSTEM', id: 'undecided' },
          channel: 'SYSTEM',
          commandId: '',
          inputHash: '',
          correlationId: '',
          causationId: '',
        },
      }) as Fact,
  );
}

/** Control and access follow the order of recording: such commands happen when they are told. */
export function refuseBackdating(moment: Moment): Refusal | undefined {
  if (moment.occurredAt === moment.now) return undefined;
  return refuse(
    'INVALID_TIME',
    'Who may see and do what follows the order in which the book learns it: this command takes no occurredAt.',
    { occurredAt: moment.occurredAt },
    ['options', 'occurredAt'],
  );
}
