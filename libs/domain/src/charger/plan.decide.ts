import { checkAmps, checkTimeZone } from '../checks';
import type { Decision, Moment } from '../decision';
import { accept, firstRefusal, nothingToDo, refuseFuture } from '../decision';
import type { Lifeline } from '../facts/lifeline';
import { PlanCalendar } from '../limits/plan-calendar';
import type { Notice, Refusal } from '../refusal';
import { refuse } from '../refusal';
import { epochMsOf, parseInstant } from '../time';
import type { ChargerState } from './charger';
import { checkChargerExists } from './charger.decide';
import type { ChargePlan, ChargerProtocol, PlanKind, PlanWindow, Weekday } from './charger.events';

type Absent = null | undefined;

/** A window as it is told. */
export interface ToldWindow {
  readonly date?: string | Absent;
  readonly weekdays?: readonly Weekday[] | Absent;
  readonly start: string;
  readonly stop?: string | Absent;
  readonly limitAmps?: number | Absent;
}

export type PlanCommand =
  | {
      readonly type: 'setChargePlan';
      readonly charger: string;
      readonly kind: PlanKind;
      readonly timeZone?: string | Absent;
      readonly enabled?: boolean | Absent;
      readonly windows: readonly ToldWindow[];
    }
  | { readonly type: 'removeChargePlan'; readonly charger: string }
  | { readonly type: 'overrideSchedule'; readonly charger: string };

/** What can be asked of a charger, by the protocol over which it is operated: the one table of capabilities. */
const TAKES_OVERRIDE: Readonly<Record<ChargerProtocol, boolean>> = { NATIVE: true, OCPP: false };

const MOST_WINDOWS = 1000;
const WALL_TIME = /^([01]\d|2[0-3]):[0-5]\d$/;
const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** What a command about a charge plan is decided on. */
export interface PlanKnowledge {
  readonly charger: Lifeline<ChargerState>;
  /** The zone of the site where the charger hangs at the command's instant. */
  readonly siteTimeZone?: string;
}

export function decidePlan(command: PlanCommand, known: PlanKnowledge, moment: Moment): Decision {
  const { charger } = command;
  const refusal = refuseFuture(moment) ?? checkChargerExists(charger, known.charger, moment);
  if (refusal != null) return refusal;
  const state = known.charger.asOf(moment.occurredAt);
  switch (command.type) {
    case 'setChargePlan':
      return setPlan(command, state, known.siteTimeZone);
    case 'removeChargePlan':
      if (state.plan == null)
        return nothingToDo(`The charger ${charger} has no charge plan that could be removed.`);
      return accept({ type: 'ChargePlanRemoved', data: { charger } });
    case 'overrideSchedule':
      return override(charger, state, moment);
  }
}

function setPlan(
  command: PlanCommand & { type: 'setChargePlan' },
  state: ChargerState,
  siteTimeZone: string | undefined,
): Decision {
  const { charger, kind, windows, enabled } = command;
  const timeZone = command.timeZone ?? siteTimeZone;
  if (timeZone == null) {
    const message = `The charger ${charger} hangs in no site whose time zone the plan could take: name one.`;
    return refuse('ZONE_REQUIRED', message, { charger }, ['input', 'timeZone']);
  }
  const refusal = checkPlan(kind, timeZone, windows);
  if (refusal != null) return refusal;
  const plan: ChargePlan = { kind, timeZone, enabled: enabled ?? true, windows: windows.map(planWindow) };
  return accept(
    { type: 'ChargePlanSet', data: { charger, ...plan } },
    ...waitsForNextSession(charger, state),
  );
}

/** Whether a plan is one that can be followed. */
export function checkPlan(
  kind: PlanKind,
  timeZone: string,
  windows: readonly ToldWindow[],
): Refusal | undefined {
  return firstRefusal(
    checkTimeZone(timeZone),
    windows.length === 0 && invalid('A plan has at least one window; remove the plan instead.', ['windows']),
    windows.length > MOST_WINDOWS &&
      invalid(`A plan has at most ${String(MOST_WINDOWS)} windows.`, ['windows']),
    ...windows.map((window, index) => checkWindow(window, kind, index)),
  );
}

export function planWindow({ date, weekdays, start, stop, limitAmps }: ToldWindow): PlanWindow {
  return {
    date: date ?? undefined,
    weekdays: weekdays ?? [],
    start,
    stop: stop ?? undefined,
    limitAmps: limitAmps ?? undefined,
  };
}

function checkWindow(window: ToldWindow, kind: PlanKind, index: number): Refusal | undefined {
  const { date, weekdays, start, stop, limitAmps } = window;
  const at = (field: string) => ['windows', String(index), field];
  return firstRefusal(
    !WALL_TIME.test(start) && invalid(`"${start}" is not a wall time from 00:00 to 23:59.`, at('start')),
    stop != null &&
      !WALL_TIME.test(stop) &&
      invalid(`"${stop}" is not a wall time from 00:00 to 23:59.`, at('stop')),
    start === stop && invalid('A window does not stop when it starts.', at('stop')),
    kind === 'RECURRING' && stop == null && invalid('A recurring window needs a stop.', at('stop')),
    kind === 'RECURRING' &&
      date != null &&
      invalid('A recurring window has weekdays, not a date.', at('date')),
    kind === 'ONE_OFF' &&
      !isDate(date) &&
      invalid('A one-off window needs its date, as YYYY-MM-DD.', at('date')),
    kind === 'ONE_OFF' &&
      (weekdays ?? []).length > 0 &&
      invalid('A one-off window has a date, not weekdays.', at('weekdays')),
    checkAmps(limitAmps, 'limitAmps'),
  );
}

function isDate(date: string | Absent): boolean {
  return date != null && DATE.test(date) && parseInstant(`${date}T00:00:00Z`) != null;
}

function invalid(message: string, path: readonly string[]): Refusal {
  return refuse('INVALID_PLAN', message, { path: path.join('.') }, ['input', ...path]);
}

/** An override holds until its session ends, also against a plan that is set meanwhile. */
function waitsForNextSession(charger: string, { ongoingSession, overriddenSession }: ChargerState): Notice[] {
  if (ongoingSession == null || ongoingSession.id !== overriddenSession) return [];
  const message = `The plan is overridden for the session under way on the charger ${charger}: it begins after that.`;
  return [{ code: 'OVERRIDDEN', message }];
}

function override(charger: string, state: ChargerState, { occurredAt }: Moment): Decision {
  const { protocol, ongoingSession, plan } = state;
  if (!TAKES_OVERRIDE[protocol]) {
    const message = `A charger that is operated over ${protocol} takes no override.`;
    return refuse('CHANNEL_UNSUPPORTED', message, { charger, protocol });
  }
  if (ongoingSession == null) {
    return refuse('NO_ONGOING_SESSION', `No session is under way on the charger ${charger}.`, { charger });
  }
  if (plan == null || !plan.enabled || new PlanCalendar(plan).overMs <= epochMsOf(occurredAt)) {
    return refuse(
      'NO_ACTIVE_PLAN',
      `The charger ${charger} has no charge plan that is enabled and not over.`,
      { charger },
    );
  }
  return accept({ type: 'ScheduleOverridden', data: { charger, session: ongoingSession.id } });
}
