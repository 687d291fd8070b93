import type { ChargePlan } from '../charger/charger.events';
import type { Instant } from '../time';
import { epochMsOf, later } from '../time';
import type { ChargerSituation } from './charger-situation';
import { chargerSituation } from './charger-situation';
import { originOf } from './charger-sources';
import type { FactOf } from './fact-log';
import { knownInstant } from './known-instants';
import type { LimitKnowledge } from './knowledge';
import { forOneInstant } from './knowledge';
import type { Ending, SourceList } from './limit-source';
import type { PlanCalendar } from './plan-calendar';
import { calendarOf } from './plan-calendar';

const PLAN_SET = ['ChargePlanSet'] as const;
const PLAN_REMOVED = ['ChargePlanRemoved'] as const;
const OVERRIDDEN = ['ScheduleOverridden'] as const;

/** The charge plan of a charger: a cap that comes and goes with its windows. */
export function addChargePlan(sources: SourceList, charger: ChargerSituation, at: Instant): void {
  const set = charger.log.latest(PLAN_SET, at);
  if (charger.registered == null || set == null) return;
  const calendar = calendarOf(set.data);
  const removed = charger.log.firstAfter(PLAN_REMOVED, set, at);
  const ending = endOf(set, calendar, removed, at) ?? overriding(charger, set, at);
  const origin = originOf('CHARGE_PLAN', charger, set);
  const atMs = epochMsOf(at);
  if (ending == null) {
    const { axis, ofId } = origin;
    sources.plan = {
      eventId: set.eventId,
      axis,
      ofId,
      setBy: set.metadata.actor,
      calendar,
      timeZone: set.data.timeZone,
    };
    const capAmps = calendar.capAmpsAt(atMs);
    if (capAmps != null) sources.addInForce(origin, capAmps);
    return;
  }
  // What it said when it ended; where it is set aside, what it would say now.
  const isSetAside = ending.by === 'OVERRIDDEN' || ending.by === 'DISABLED';
  const capAmps = calendar.capAmpsAt(isSetAside ? atMs : epochMsOf(ending.at ?? at));
  if (ending.by === 'PLAN_OVER') sources.addEnded(origin, 0, ending);
  else if (capAmps != null) sources.addEnded(origin, capAmps, ending);
}

/** When the cap of a plan will be another one. */
export function capChange(calendar: PlanCalendar, at: Instant): Instant | undefined {
  const untilMs = calendar.nextCapChangeMs(epochMsOf(at));
  return untilMs === Infinity ? undefined : knownInstant(untilMs);
}

/** What ended a plan for good, by what came first. */
function endOf(
  { data, metadata }: { data: ChargePlan; metadata: { occurredAt: Instant } },
  { overMs }: PlanCalendar,
  removed: FactOf<'ChargePlanRemoved'> | undefined,
  at: Instant,
): Ending | undefined {
  if (!data.enabled) return { by: 'DISABLED', at: metadata.occurredAt };
  const removedAt = removed?.metadata.occurredAt;
  const overAt = overMs === Infinity ? undefined : knownInstant(overMs);
  if (overAt != null && overAt <= at && (removedAt == null || overAt <= removedAt))
    return { by: 'PLAN_OVER', at: later(overAt, metadata.occurredAt) };
  return removedAt == null ? undefined : { by: 'CLEARED', at: removedAt };
}

/** Set aside for the session that is under way, together with plans that were set meanwhile. */
function overriding(
  { log, session }: ChargerSituation,
  plan: FactOf<'ChargePlanSet'>,
  at: Instant,
): Ending | undefined {
  const overridden = session == null ? undefined : log.firstAfter(OVERRIDDEN, session, at);
  if (overridden == null) return undefined;
  return { by: 'OVERRIDDEN', at: later(overridden.metadata.occurredAt, plan.metadata.occurredAt) };
}

/** Whether charge plans are set aside for the session that is under way, as told of a charger at an instant. */
export function isScheduleOverridden(knowledge: LimitKnowledge, at: Instant): boolean {
  const log = forOneInstant(knowledge).logOf('charger', knowledge.charger);
  const { session } = chargerSituation(knowledge.charger, log, at);
  return session != null && log.firstAfter(OVERRIDDEN, session, at) != null;
}
