import { UNNAMED_FAULT } from '../charger/charger';
import type { GridType } from '../site/site';
import type { Instant } from '../time';
import type { FactLog, FactOf } from './fact-log';
import type { PhaseSetting, SinglePhase } from './phases';
import { connectivityLoss, dismountAfter, firstOf, mountedAt, powerLoss } from './resets';

/** What keeps a charger from working, beside its limit. */
export type Blocker = 'DISABLED' | 'FAULTY' | 'NO_POWER' | 'OFFLINE' | 'RETIRED';

const REGISTERED = ['ChargerRegistered'] as const;
const RETIRED = ['ChargerRetired'] as const;
const SESSION_STARTED = ['SessionStarted'] as const;
const SESSION_ENDS = ['SessionEnded', 'PowerLost'] as const;
const MOUNTED = ['ChargerMounted'] as const;
const ABILITY = ['ChargerEnabled', 'ChargerDisabled'] as const;
const FAULTS = ['FaultRaised', 'FaultCleared'] as const;
const PHASE_MODE = ['ChargerRegistered', 'PhaseModeSet'] as const;

/** A charger at an instant, as far as its limit depends on it. */
export interface ChargerSituation {
  readonly serial: string;
  readonly log: FactLog;
  /** Absent before its registration. */
  readonly registered?: FactOf<'ChargerRegistered'>;
  readonly isRetired: boolean;
  /** Absent while it hangs nowhere. */
  readonly mounted?: FactOf<'ChargerMounted'>;
  /** The start of the session that is under way. */
  readonly session?: FactOf<'SessionStarted'>;
}

export function chargerSituation(serial: string, log: FactLog, at: Instant): ChargerSituation {
  const registered = log.latest(REGISTERED, at);
  const isRetired = log.latest(RETIRED, at) != null;
  const hangs = registered != null && !isRetired;
  return {
    serial,
    log,
    registered,
    isRetired,
    mounted: hangs ? mountedAt(log, at) : undefined,
    session: hangs ? ongoingSession(log, at) : undefined,
  };
}

/** The start of the session that is under way at an instant. */
function ongoingSession(log: FactLog, at: Instant): FactOf<'SessionStarted'> | undefined {
  const started = log.latest(SESSION_STARTED, at);
  if (started == null) return undefined;
  const end = firstOf(log.firstAfter(SESSION_ENDS, started, at), dismountAfter(log, started, at));
  if (end != null) return undefined;
  // A session never crosses a later mount. One at the very instant of its start gave it its place.
  const mounted = log.firstAfter(MOUNTED, started, at);
  const isCut = mounted != null && mounted.metadata.occurredAt > started.metadata.occurredAt;
  return isCut ? undefined : started;
}

/** The phase mode that was told last. LOCKED_1 uses the first phase, if nobody has named another with it. */
export function phaseSettingOf({ log }: ChargerSituation, grid: GridType, at: Instant): PhaseSetting {
  const told = log.latest(PHASE_MODE, at);
  if (told?.type !== 'PhaseModeSet') return { mode: told?.data.phaseMode ?? 'AUTO', singlePhase: 1, grid };
  return { mode: told.data.mode, singlePhase: (told.data.singlePhase ?? 1) as SinglePhase, grid };
}

export function blockersOf({ log, registered, isRetired }: ChargerSituation, at: Instant): Blocker[] {
  if (registered == null) return [];
  const blockers: Blocker[] = [];
  if (log.latest(ABILITY, at)?.type === 'ChargerDisabled') blockers.push('DISABLED');
  if (isFaulty(log, at)) blockers.push('FAULTY');
  if (powerLoss(log, at).since != null) blockers.push('NO_POWER');
  if (connectivityLoss(log, at).since != null) blockers.push('OFFLINE');
  if (isRetired) blockers.push('RETIRED');
  return blockers;
}

/** Whether a fault has been raised that was not cleared since, by its name or together with all others. */
function isFaulty(log: FactLog, at: Instant): boolean {
  let fact = log.latest(FAULTS, at);
  if (fact == null) return false;
  const cleared = new Set<string>();
  while (fact != null) {
    const { fault } = fact.data;
    if (fact.type === 'FaultRaised') {
      if (!cleared.has(fault ?? UNNAMED_FAULT)) return true;
    } else {
      if (fault == null) return false;
      cleared.add(fault);
    }
    fact = log.latestBefore(FAULTS, fact);
  }
  return false;
}
