import { createHash } from 'node:crypto';
import type { Instant } from '@chargebook/domain';
import { isId, parseInstant } from '@chargebook/domain';
import { canonicalJson } from '@chargebook/transparency';

/**
 * Meaning and order of the lines of a report. Whatever would change bytes of reports that were made changes this: since 2,
 * reports on operators tell placements, limits, sessions and energy; of everything else they are as they were.
 */
export function formatOf({ kind }: ReportScope): string {
  return kind === 'operator' ? 'chargebook-report/2' : 'chargebook-report/1';
}

/** What a report can be about. */
export const SCOPE_KINDS = [
  'charger',
  'backplate',
  'circuit',
  'site',
  'operator',
  'partner',
  'book',
] as const;
export type ScopeKind = (typeof SCOPE_KINDS)[number];

/** A thing, or the whole book. */
export type ReportScope =
  | { readonly kind: Exclude<ScopeKind, 'book'>; readonly id: string }
  | { readonly kind: 'book'; readonly id?: undefined };

/** A thing that stays where it is. */
export type PlaceScope = {
  readonly kind: Extract<ScopeKind, 'backplate' | 'circuit' | 'site'>;
  readonly id: string;
};

export function isPlace(scope: ReportScope): scope is PlaceScope {
  return scope.kind === 'backplate' || scope.kind === 'circuit' || scope.kind === 'site';
}

/** A report as somebody asks for it: without knownAt and asOfSequence, as of what is known now. */
export interface AskedReport {
  readonly scope: ReportScope;
  readonly from: Instant;
  readonly to: Instant;
  readonly knownAt?: Instant;
  readonly asOfSequence?: number;
}

/** All that a report's bytes depend on, beside the book itself. */
export interface ReportArguments {
  /** Which book: the origin of its checkpoints. */
  readonly origin: string;
  readonly scope: ReportScope;
  /** The span [from, to) in which facts occurred. */
  readonly from: Instant;
  readonly to: Instant;
  /** The fact after which the book is not looked at. */
  readonly asOfSequence: number;
  /** When that fact was recorded. */
  readonly knownAt: Instant;
}

/** What was asked for makes no sense; the message says why. */
export class ReportRequestError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ReportRequestError';
  }
}

/** There is no such thing, or who asks may not know that there is. */
export class ReportNotFoundError extends Error {
  constructor(scope: string) {
    super(`There is no ${scope} that you may look at.`);
    this.name = 'ReportNotFoundError';
  }
}

/** Such as `charger:CB-1`, or `book`. */
export function nameOfScope({ kind, id }: ReportScope): string {
  return id == null ? kind : `${kind}:${id}`;
}

/** As it is asked for and told: one member, by its kind. */
export function toldScope({ kind, id }: ReportScope): Readonly<Record<string, string | true>> {
  return { [kind]: id ?? true };
}

/** The name under which a report is kept: the same for the same arguments, of the same book. */
export function nameOfReport({ origin, scope, from, to, asOfSequence }: ReportArguments): string {
  const told = { asOfSequence, format: formatOf(scope), from, origin, scope: nameOfScope(scope), to };
  return createHash('sha256').update(canonicalJson(told)).digest('hex');
}

/**
 * Reads what somebody sent.
 *
 * @throws ReportRequestError, ReportNotFoundError for what can be no thing's id
 */
export function readAskedReport(told: unknown): AskedReport {
  if (typeof told !== 'object' || told == null)
    throw new ReportRequestError('Say what the report is to be about: scope, from, to.');
  const { scope, from, to, knownAt, asOfSequence } = told as Readonly<Record<string, unknown>>;
  const asked = {
    scope: readScope(scope),
    from: readInstant('from', from),
    to: readInstant('to', to),
    knownAt: knownAt == null ? undefined : readInstant('knownAt', knownAt),
    asOfSequence: asOfSequence == null ? undefined : readSequence(asOfSequence),
  };
  if (asked.from >= asked.to)
    throw new ReportRequestError('A report spans some time: from must be before to.');
  if (asked.knownAt != null && asked.asOfSequence != null)
    throw new ReportRequestError('Say either knownAt or asOfSequence: both mean a place in the book.');
  return asked;
}

function readScope(told: unknown): ReportScope {
  const members =
    typeof told === 'object' && told != null
      ? Object.entries(told).filter(([, value]) => value != null && value !== false)
      : [];
  const [first, ...others] = members;
  const kind = SCOPE_KINDS.find((known) => known === first?.[0]);
  if (first == null || kind == null || others.length > 0)
    throw new ReportRequestError(`A report's scope is exactly one of ${SCOPE_KINDS.join(', ')}.`);
  if (kind === 'book') {
    if (first[1] !== true) throw new ReportRequestError('The whole book is asked for by book: true.');
    return { kind };
  }
  const id = first[1];
  if (typeof id !== 'string') throw new ReportRequestError(`A ${kind} is named by its id.`);
  if (!isId(id)) throw new ReportNotFoundError(kind);
  return { kind, id };
}

function readInstant(name: string, told: unknown): Instant {
  const instant = typeof told === 'string' ? parseInstant(told) : undefined;
  if (instant != null) return instant;
  throw new ReportRequestError(`${name} is not an instant such as 2026-05-04T10:00:00.000Z.`);
}

function readSequence(told: unknown): number {
  const sequence = typeof told === 'string' && /^\d{1,16}$/.test(told) ? Number(told) : told;
  if (typeof sequence === 'number' && Number.isSafeInteger(sequence) && sequence > 0) return sequence;
  throw new ReportRequestError('asOfSequence is not a sequence such as 42.');
}
