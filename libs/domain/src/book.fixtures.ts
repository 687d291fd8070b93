import type { Acceptance, Decision, Moment } from './decision';
import type { DomainEvent } from './events';
import type { Fact } from './facts/fact';
import type { Evolution } from './facts/lifeline';
import { Lifeline } from './facts/lifeline';
import type { Refusal } from './refusal';
import type { Instant } from './time';

/** `10:30` or `10:30:15` on the day on which the specs play; a whole instant stays as it is. */
export function at(time: string): Instant {
  if (time.length === 24) return time;
  return `2026-05-04T${time.length === 5 ? `${time}:00` : time}.000Z`;
}

/** A minute of that day, for histories made by chance. */
export function atMinute(minute: number): Instant {
  const [hours, minutes] = [Math.floor(minute / 60), minute % 60].map((part) =>
    String(part).padStart(2, '0'),
  );
  return at(`${hours ?? ''}:${minutes ?? ''}`);
}

/** What makes a fact more than an event at a time. */
export interface Told {
  readonly event: DomainEvent;
  readonly at: Instant;
  /** Its place in the book; where it is left out, the order of telling. */
  readonly bookOrder?: number;
  readonly eventId?: string;
  readonly deviceSequence?: number | undefined;
}

export function fact({ event, at: occurredAt, bookOrder = 1, eventId, deviceSequence }: Told): Fact {
  const order = String(bookOrder);
  return {
    ...event,
    eventId: eventId ?? `fact-${order}`,
    schemaVersion: 1,
    stream: 'story',
    revision: bookOrder,
    bookOrder,
    metadata: {
      occurredAt,
      recordedAt: occurredAt,
      actor: { kind: 'OPERATOR', id: 'harbour-office' },
      channel: 'PARTNER_API',
      commandId: `command-${order}`,
      inputHash: '',
      correlationId: `command-${order}`,
      causationId: `command-${order}`,
      deviceSequence,
    },
  };
}

/** An event as a spec tells it. */
export type Entry = readonly [time: string, event: DomainEvent];

/** Facts in the order in which they were told: `told(['08:00', registered()], ['07:30', mounted('P')])`. */
export function told(...entries: readonly Entry[]): Fact[] {
  return entries.map(([time, event], index) => fact({ event, at: at(time), bookOrder: index + 1 }));
}

/** The life of one thing from facts in the order in which they were told. */
export function lifeOf<State>(evolution: Evolution<State>, ...entries: readonly Entry[]): Lifeline<State> {
  return Lifeline.of(evolution, told(...entries));
}

/** A command's moment: when it says that it happened, told at noon unless said otherwise. */
export function moment(occurredAt = '12:00', now = '12:00'): Moment {
  return { occurredAt: at(occurredAt), now: at(now) };
}

/** Told late in the day, as of an earlier time. */
export function late(occurredAt: string): Moment {
  return moment(occurredAt, '20:00');
}

/** What a command came to. */
export type Verdict = Refusal['code'] | 'ACCEPTED' | 'NOTHING_TO_DO';

export function verdictOn(decision: Decision): Verdict {
  if (decision.refused) return decision.code;
  return decision.events.length === 0 ? 'NOTHING_TO_DO' : 'ACCEPTED';
}

/** @throws what the refusal says, where there is one */
export function accepted<D extends Acceptance>(decision: D | Refusal): D {
  if (decision.refused) throw new Error(`${decision.code}: ${decision.message}`);
  return decision;
}

/** @throws where the command was accepted */
export function refused(decision: Decision): Refusal {
  if (!decision.refused) throw new Error(`accepted: ${JSON.stringify(decision.events)}`);
  return decision;
}

export function noticesOf(decision: Decision): string[] {
  return accepted(decision).notices.map(({ code }) => code);
}

/** The data of the one event that a command leads to, as it would be stored: absent fields are not there. */
export function onlyEvent(decision: Decision): unknown {
  const { events } = accepted(decision);
  if (events.length !== 1) throw new Error(`${String(events.length)} events`);
  return JSON.parse(JSON.stringify(events[0]));
}
