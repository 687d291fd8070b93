import type { PhaseAmps } from '../amps';
import { onEachPhase } from '../amps';
import type { Actor } from '../facts/fact';
import type { EffectiveFact } from '../facts/lifeline';
import type { Instant } from '../time';
import type { PlanCalendar } from './plan-calendar';

/** Everything that can cap the current, in the order in which answers list it. */
export const LIMIT_SOURCE_KINDS = [
  'SITE_RATED',
  'CIRCUIT_FUSE',
  'MAX_CIRCUIT',
  'DYNAMIC_CIRCUIT',
  'OFFLINE_FALLBACK',
  'CHARGER_RATED',
  'MAX_CHARGER',
  'DYNAMIC_CHARGER',
  'CHARGE_PLAN',
] as const;
export type LimitSourceKind = (typeof LIMIT_SOURCE_KINDS)[number];

/** Why a source is no longer, or not now, in force. */
export type LimitEnd =
  | 'CAR_CONNECTED'
  | 'POWER_LOSS'
  | 'DISMOUNTED'
  | 'EXPIRED'
  | 'CLEARED'
  | 'PRIMARY_CHANGED'
  | 'OFFLINE'
  | 'ONLINE'
  | 'OVERRIDDEN'
  | 'PLAN_OVER'
  | 'DISABLED';

/** The kind of thing that carries a value. */
export type LimitAxis = 'SITE' | 'CIRCUIT' | 'CHARGER';

/** One of the values that can cap the current. */
export interface LimitSource {
  readonly kind: LimitSourceKind;
  readonly amps: PhaseAmps;
  readonly inForce: boolean;
  /** What ended or suspended it; absent while it is in force. */
  readonly endedBy?: LimitEnd;
  /** When that was; absent where it has not been in force before or the facts do not tell. */
  readonly endedAt?: Instant;
  /** Whether it equals the effective limit. */
  readonly binding: boolean;
  /** Whether a loss of power takes it away. */
  readonly volatile: boolean;
  readonly axis: LimitAxis;
  readonly ofId: string;
  readonly setBy: Actor;
  /** When it was set. */
  readonly since: Instant;
  /** When it ends, or for a charge plan when its cap changes, by itself; absent where it does not or has ended. */
  readonly until?: Instant;
  /** The fact that set it. */
  readonly eventId: string;
}

/** What carries a value, and the fact by which it was told. */
export interface Origin {
  readonly kind: LimitSourceKind;
  readonly axis: LimitAxis;
  readonly ofId: string;
  readonly fact: EffectiveFact;
}

/** How a source ended or was suspended. */
export interface Ending {
  readonly by: LimitEnd;
  readonly at?: Instant;
}

/** A charge plan that is enabled, not over and not overridden. */
export interface PlanInForce extends Pick<LimitSource, 'eventId' | 'axis' | 'ofId' | 'setBy'> {
  readonly calendar: PlanCalendar;
  readonly timeZone: string;
}

/** All sources at an instant, and what becomes of them if nothing further happens. */
export class SourceList {
  readonly inForce: LimitSource[] = [];
  readonly ended: LimitSource[] = [];
  /** Not in force, and coming into force by themselves. */
  readonly coming: { readonly source: LimitSource; readonly from: Instant }[] = [];
  /** The charge plan, while it has an effect now or later. */
  plan?: PlanInForce;
  /** Ratings that nobody has told. */
  readonly unknown: LimitSourceKind[] = [];

  addInForce(origin: Origin, amps: PhaseAmps | number, until?: Instant): LimitSource {
    const source = sourceOf(origin, amps, until, undefined);
    this.inForce.push(source);
    return source;
  }

  addEnded(origin: Origin, amps: PhaseAmps | number, ending: Ending, until?: Instant): LimitSource {
    const source = sourceOf(origin, amps, until, ending);
    this.ended.push(source);
    return source;
  }

  addUnknown(kind: LimitSourceKind): void {
    if (!this.unknown.includes(kind)) this.unknown.push(kind);
  }
}

function sourceOf(
  { kind, axis, ofId, fact }: Origin,
  amps: PhaseAmps | number,
  until: Instant | undefined,
  ending: Ending | undefined,
): LimitSource {
  return {
    kind,
    amps: typeof amps === 'number' ? onEachPhase(amps) : amps,
    inForce: ending == null,
    endedBy: ending?.by,
    endedAt: ending?.at,
    binding: false,
    volatile: kind === 'DYNAMIC_CHARGER' || kind === 'DYNAMIC_CIRCUIT',
    axis,
    ofId,
    setBy: fact.metadata.actor,
    since: fact.metadata.occurredAt,
    until,
    eventId: fact.eventId,
  };
}
