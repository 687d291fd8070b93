import type { Fact } from '../facts/fact';
import type { EffectiveFact } from '../facts/lifeline';
import type { Instant } from '../time';

export type SessionEndCause = 'UNPLUGGED' | 'POWER_LOSS' | 'DISMOUNTED' | 'UNKNOWN';

/** From car connected to car disconnected, as the facts have it; how it ended may follow from another fact. */
export interface Session {
  readonly id: string;
  readonly charger: string;
  readonly startedAt: Instant;
  readonly endedAt?: Instant;
  readonly endCause?: SessionEndCause;
  /** A move recorded later falls into it. */
  readonly cutByMove: boolean;
  /** As told at the end or amended afterwards; readings apart. */
  readonly toldEnergyWattHours?: number;
  readonly driverReference?: string;
  /** Place in the book of the fact that ended it. */
  readonly endedByBookOrder?: number;
}

/** The session that is open, and the last that was closed: all that the next fact can concern without naming it. */
export interface SessionFold {
  readonly open?: Session;
  readonly lastClosed?: Session;
  /** Whether the charger hangs on a backplate; absent where that is not known. */
  readonly hangs?: boolean;
}

/** The fold after a fact, and the sessions that the fact made or changed. */
export interface SessionStep {
  readonly fold: SessionFold;
  readonly changed: readonly Session[];
  /** Figures for an older session, by its id. */
  readonly amended?: { readonly session: string; readonly energyWattHours?: number };
}

/** Types of the facts that sessions are made of. */
export const SESSION_FACTS = [
  'ChargerMounted',
  'ChargerDismounted',
  'PowerLost',
  'SessionStarted',
  'SessionEnded',
  'SessionFiguresAmended',
] as const;

/** Takes one fact, given in the order in which facts take effect. */
export function stepSessions(fold: SessionFold, fact: EffectiveFact): SessionStep {
  const at = fact.metadata.occurredAt;
  switch (fact.type) {
    case 'SessionStarted': {
      const { session: id, charger, driverReference } = fact.data;
      const begun: Session = { id, charger, startedAt: at, cutByMove: false, driverReference };
      const { changed, fold: closed } = close(fold, fact, 'UNKNOWN');
      return { fold: { ...closed, open: begun }, changed: [...changed, begun] };
    }
    case 'SessionEnded':
      return fold.open == null ? afterTheEnd(fold, fact) : close(fold, fact, 'UNPLUGGED');
    case 'SessionFiguresAmended':
      return amend(fold, fact.data);
    case 'PowerLost':
      return close(fold, fact, 'POWER_LOSS');
    case 'ChargerDismounted': {
      // The same removal noted a second time does nothing.
      const step = fold.hangs === false ? cut(fold, fact) : close(fold, fact, 'DISMOUNTED');
      return { ...step, fold: { ...step.fold, hangs: false } };
    }
    case 'ChargerMounted': {
      // A car was on it while it hung nowhere; a session never crosses a mount. One that begins with it has its place.
      const step = fold.open?.startedAt === at ? { fold, changed: [] } : close(fold, fact, 'UNKNOWN');
      return { ...step, fold: { ...step.fold, hangs: true } };
    }
    default:
      return { fold, changed: [] };
  }
}

/**
 * All sessions of a charger, in order of their starts, from its facts in the order in which they take effect.
 *
 * @param before what is known of the time before the facts, where they are not all
 */
export function sessionsOf(facts: readonly EffectiveFact[], before: SessionFold = {}): Session[] {
  const sessions = new Map<string, Session>();
  let fold = before;
  for (const fact of facts) {
    const step = stepSessions(fold, fact);
    fold = step.fold;
    for (const session of step.changed) sessions.set(session.id, session);
    const older = step.amended && sessions.get(step.amended.session);
    if (older != null)
      sessions.set(older.id, { ...older, toldEnergyWattHours: step.amended?.energyWattHours });
  }
  return [...sessions.values()];
}

function close(fold: SessionFold, fact: EffectiveFact, endCause: SessionEndCause): SessionStep {
  if (fold.open == null) return cut(fold, fact);
  const closed: Session = {
    ...fold.open,
    endedAt: fact.metadata.occurredAt,
    endCause,
    endedByBookOrder: fact.bookOrder,
    ...toldEnergy(fact),
  };
  return { fold: { ...fold, open: undefined, lastClosed: closed }, changed: [closed] };
}

/** Without the move that ended the last session, this fact would have; where it was on record first, the move was late. */
function cut(fold: SessionFold, fact: EffectiveFact): SessionStep {
  const last = fold.lastClosed;
  // Nothing but a mount leaves an end unknown and no session open.
  const wasMoved = last?.endCause === 'DISMOUNTED' || last?.endCause === 'UNKNOWN';
  if (last == null || !wasMoved || last.cutByMove || (last.endedByBookOrder ?? 0) <= fact.bookOrder)
    return { fold, changed: [] };
  const session = { ...last, cutByMove: true };
  return { fold: { ...fold, lastClosed: session }, changed: [session] };
}

/** The car left, but the session had been ended by something else; its figures still count. */
function afterTheEnd(fold: SessionFold, fact: Fact & { readonly type: 'SessionEnded' }): SessionStep {
  const step = cut(fold, fact);
  const { session: named, energyWattHours } = fact.data;
  const last = step.fold.lastClosed;
  if (energyWattHours == null) return step;
  if (named != null && named !== last?.id) return { ...step, amended: { session: named, energyWattHours } };
  if (last == null || last.endCause === 'UNPLUGGED') return step;
  const session = { ...last, toldEnergyWattHours: energyWattHours };
  return { fold: { ...step.fold, lastClosed: session }, changed: [session] };
}

function amend(fold: SessionFold, figures: { session: string; energyWattHours?: number }): SessionStep {
  const { session: id, energyWattHours } = figures;
  if (fold.open?.id === id) {
    const open = { ...fold.open, toldEnergyWattHours: energyWattHours };
    return { fold: { ...fold, open }, changed: [open] };
  }
  if (fold.lastClosed?.id === id) {
    const lastClosed = { ...fold.lastClosed, toldEnergyWattHours: energyWattHours };
    return { fold: { ...fold, lastClosed }, changed: [lastClosed] };
  }
  return { fold, changed: [], amended: { session: id, energyWattHours } };
}

function toldEnergy(fact: EffectiveFact): Pick<Session, 'toldEnergyWattHours'> {
  return fact.type === 'SessionEnded' && fact.data.energyWattHours != null
    ? { toldEnergyWattHours: fact.data.energyWattHours }
    : {};
}
