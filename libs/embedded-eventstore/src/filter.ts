import { eventTypeOf, streamNameOf, type EncodedEvent } from './recorded-event';
import type { FilterRequest } from './requests';

export type EventFilter = (event: EncodedEvent) => boolean;

/** An expression that no regular expression engine takes. */
export class BadFilterError extends Error {}

export function compileFilter({ on, regex, prefixes }: FilterRequest): EventFilter {
  const subjectOf = on === 'streamName' ? streamNameOf : eventTypeOf;
  if (regex == null || regex === '') {
    return (event) => {
      const subject = subjectOf(event);
      return prefixes.some((prefix) => subject.startsWith(prefix));
    };
  }
  const expression = compileExpression(regex);
  return (event) => expression.test(subjectOf(event));
}

function compileExpression(regex: string): RegExp {
  try {
    return new RegExp(regex, 'u');
  } catch {
    try {
      // Escapes that are no error elsewhere are one in unicode mode.
      return new RegExp(regex);
    } catch (error) {
      throw new BadFilterError(error instanceof Error ? error.message : String(error));
    }
  }
}
