/**
 * A UTC instant with milliseconds in its one canonical spelling, `2026-05-04T10:00:00.000Z`. Canonical spellings
 * sort like the instants they name, so instants are compared as strings.
 */
export type Instant = string;

/** How far in the future a command may say that it occurs, and a device's clock may run ahead. */
export const CLOCK_TOLERANCE_MS = 5 * 60_000;

const ISO_INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/;

/**
 * Reads an ISO 8601 instant; one with an offset is converted to UTC, digits after the millisecond are dropped.
 *
 * @returns undefined where the text is not an instant of the years 0001 to 9999, or names a day that does not exist
 */
export function parseInstant(text: string): Instant | undefined {
  if (!ISO_INSTANT.test(text)) return undefined;
  const epochMs = Date.parse(text);
  if (Number.isNaN(epochMs) || !namesARealDay(text)) return undefined;
  const instant = new Date(epochMs).toISOString();
  return instant.length === 24 && instant >= '0001' ? instant : undefined;
}

/** `Date.parse` takes 30 February for 1 March. */
function namesARealDay(text: string): boolean {
  const day = text.slice(0, 10);
  const epochMs = Date.parse(`${day}T00:00:00.000Z`);
  return !Number.isNaN(epochMs) && new Date(epochMs).toISOString().startsWith(day);
}

export function instantOf(epochMs: number): Instant {
  return new Date(epochMs).toISOString();
}

export function epochMsOf(instant: Instant): number {
  return Date.parse(instant);
}

export function plusMs(instant: Instant, durationMs: number): Instant {
  return instantOf(epochMsOf(instant) + durationMs);
}

export function earlier(a: Instant, b: Instant): Instant {
  return a < b ? a : b;
}

export function later(a: Instant, b: Instant): Instant {
  return a > b ? a : b;
}

/** The month of an instant in UTC, `2026-05`: the last part of the names of monthly streams. */
export function monthOf(instant: Instant): string {
  return instant.slice(0, 7);
}

/** The month before, `2026-01` to `2025-12`. */
export function monthBefore(month: string): string {
  return monthOf(plusMs(`${month}-01T00:00:00.000Z`, -1));
}

/** A half-open span of valid time, [from, until); without `until` it is open. */
export interface Span {
  readonly from: Instant;
  readonly until?: Instant;
}

/** Whether some instant lies in both; none lies in a span that ends where it starts. */
export function spansOverlap(a: Span, b: Span): boolean {
  const from = later(a.from, b.from);
  return (a.until == null || from < a.until) && (b.until == null || from < b.until);
}

export function spanContains(span: Span, at: Instant): boolean {
  return span.from <= at && (span.until == null || at < span.until);
}

export function isTimeZone(name: string): boolean {
  try {
    // Fixed offsets such as "+01:00" are accepted by Intl, but they are not places whose rules can change.
    return /^[A-Za-z]/.test(name) && new Intl.DateTimeFormat('en', { timeZone: name }).format(0) !== '';
  } catch {
    return false;
  }
}
