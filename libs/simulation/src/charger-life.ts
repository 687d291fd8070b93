import type { ObservationKind } from '@chargebook/domain';
import { instantOf } from '@chargebook/domain';
import { Chance } from './chance';
import type { FleetOptions } from './fleet-options';
import type { PlannedSession } from './sessions';
import { carsOf, energyBy, midnightOf, Queue } from './sessions';
import type { SiteKind } from './site-kinds';
import type { CommandMaker, CommandStep, SpanMs, Step } from './step';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from './step';

/** A charger at a place, with what happens there. */
export interface StayAtSite extends SpanMs {
  readonly kind: SiteKind;
  readonly timeZone: string;
  readonly powerCuts: readonly SpanMs[];
}

/** What a charger's life is made of. */
export interface ChargerLifeParts {
  readonly serial: string;
  /** Begins the keys of what it reports. */
  readonly key: string;
  readonly stays: readonly StayAtSite[];
  readonly offlineSpans: readonly SpanMs[];
  readonly faults: readonly SpanMs[];
  /** Since when drivers may have a charge plan to switch off. */
  readonly planFromMs?: number;
}

/** Devices keep readings of sessions for so long; of older ones only the whole is known. */
const DAYS_WITH_READINGS = 30;
/** A day's reports are known once the days of all zones have begun. */
const MARGIN_MS = 14 * HOUR_MS;

type Report =
  Omit<CommandStep, 'things'> | { readonly kind: 'REPORT'; readonly atMs: number; readonly told: Told };

interface Told {
  readonly kind: ObservationKind;
  readonly sessionId?: string;
  readonly energyWattHours?: number;
  readonly fault?: string;
}

/** All that a charger reports in its life, in the order in which it happens; made as it is asked for. */
export class ChargerLife {
  private readonly chance: Chance;
  private readonly popularity: number;
  private readonly lastMs: number;
  private readonly readingsFromMs: number;
  private pending: Report[] = [];
  private deviceSequence = 0;

  constructor(
    private readonly parts: ChargerLifeParts,
    options: FleetOptions,
    private readonly make: CommandMaker,
  ) {
    this.chance = new Chance(options.seed, 'cars', parts.serial);
    this.popularity = this.chance.between(0.6, 1.4);
    // What a unit notices while it reaches nobody is not known yet.
    this.lastMs = parts.offlineSpans.find(({ untilMs }) => untilMs == null)?.fromMs ?? options.untilMs;
    this.readingsFromMs = options.untilMs - DAYS_WITH_READINGS * DAY_MS;
  }

  *steps(): Generator<Step> {
    const { offlineSpans, faults, stays } = this.parts;
    this.pending = [
      ...spanReports(offlineSpans, { kind: 'CONNECTIVITY_LOST' }, { kind: 'CONNECTIVITY_RESTORED' }),
      ...spanReports(
        faults,
        { kind: 'FAULT_RAISED', fault: 'relay' },
        { kind: 'FAULT_CLEARED', fault: 'relay' },
      ),
    ];
    for (const stay of stays) yield* this.stepsOfStay(stay);
    yield* this.release(Infinity);
  }

  private *stepsOfStay(stay: StayAtSite): Generator<Step> {
    const { kind, timeZone, fromMs } = stay;
    const untilMs = Math.min(stay.untilMs ?? Infinity, this.lastMs);
    const cuts = stay.powerCuts.filter(
      (cut) => cut.fromMs > fromMs && (cut.untilMs ?? Infinity) < untilMs - DAY_MS,
    );
    this.pending.push(...spanReports(cuts, { kind: 'POWER_LOST' }, { kind: 'POWER_RESTORED' }));
    const queue = new Queue();
    for (let dayMs = midnightOf(fromMs); dayMs <= untilMs; dayMs += DAY_MS) {
      const day = { dayMs, timeZone, popularity: this.popularity };
      const cars = carsOf(this.chance, kind, day).flatMap((car) => within(car, stay));
      for (const car of queue.take(cars)) this.addSession(car, cuts);
      yield* this.release(dayMs + DAY_MS - MARGIN_MS);
    }
  }

  private addSession(car: PlannedSession, cuts: readonly SpanMs[]): void {
    const { planFromMs } = this.parts;
    const sessions = splitBy(car, cuts);
    for (const { session, isCut } of sessions) this.report(session, isCut);
    const first = sessions[0]?.session;
    if (planFromMs == null || first == null || first.fromMs < planFromMs || !this.chance.happens(0.04))
      return;
    const atMs = first.fromMs + 2 * MINUTE_MS;
    if (atMs >= first.untilMs) return;
    const { serial } = this.parts;
    const told = { atMs, reason: 'leaves again tonight' };
    const command = this.make.command(
      'overrideSchedule',
      `override.${idOf(serial, atMs)}`,
      { charger: serial },
      told,
    );
    this.pending.push({ kind: 'COMMAND', atMs, command });
  }

  private report(session: PlannedSession, isCut: boolean): void {
    const { fromMs, untilMs, energyWattHours } = session;
    const sessionId = idOf(this.parts.serial, fromMs);
    this.add(fromMs, { kind: 'CAR_CONNECTED', sessionId });
    let told = 0;
    for (let atMs = fromMs + HOUR_MS; atMs < untilMs && told < energyWattHours; atMs += HOUR_MS) {
      told = energyBy(session, atMs);
      if (atMs >= this.readingsFromMs)
        this.add(atMs, { kind: 'SESSION_ENERGY', sessionId, energyWattHours: told });
    }
    // Without power it cannot say good-bye; what it has counted it tells before its power is gone for good.
    if (isCut) this.add(untilMs - SECOND_MS, { kind: 'SESSION_ENERGY', sessionId, energyWattHours });
    else this.add(untilMs, { kind: 'CAR_DISCONNECTED', sessionId, energyWattHours });
  }

  private add(atMs: number, told: Told): void {
    this.pending.push({ kind: 'REPORT', atMs, told });
  }

  /** What happens before an instant, and is known in full by now. */
  private *release(beforeMs: number): Generator<Step> {
    this.pending.sort((a, b) => a.atMs - b.atMs);
    const count = this.pending.findIndex(({ atMs }) => atMs >= beforeMs);
    const due = this.pending.splice(0, count < 0 ? this.pending.length : count);
    for (const report of due) if (report.atMs <= this.lastMs) yield this.stepOf(report);
  }

  private stepOf(report: Report): Step {
    const { serial, key } = this.parts;
    if (report.kind === 'COMMAND') return { ...report, things: [serial] };
    const { atMs, told } = report;
    const deviceSequence = ++this.deviceSequence;
    const id = `${key}.${serial}.${String(deviceSequence)}`;
    const observation = { id, charger: serial, occurredAt: instantOf(atMs), deviceSequence, ...told };
    return { kind: 'OBSERVATION', atMs, observation };
  }
}

function spanReports(spans: readonly SpanMs[], begin: Told, end: Told): Report[] {
  return spans.flatMap(({ fromMs, untilMs }): Report[] => [
    { kind: 'REPORT', atMs: fromMs, told: begin },
    ...(untilMs == null ? [] : [{ kind: 'REPORT' as const, atMs: untilMs, told: end }]),
  ]);
}

/** A car that comes while the charger hangs there; it goes before the charger does. */
function within(car: PlannedSession, stay: SpanMs): PlannedSession[] {
  const lastMs = (stay.untilMs ?? Infinity) - 5 * MINUTE_MS;
  if (car.fromMs < stay.fromMs + 5 * MINUTE_MS || car.fromMs > lastMs - 10 * MINUTE_MS) return [];
  return [car.untilMs > lastMs ? endedAt(car, lastMs) : car];
}

/** A car that stays through a power cut is connected anew when power is back. */
function splitBy(
  car: PlannedSession,
  cuts: readonly SpanMs[],
): { session: PlannedSession; isCut: boolean }[] {
  const cut = cuts.find(
    ({ fromMs, untilMs }) => fromMs < car.untilMs && (untilMs ?? Infinity) + MINUTE_MS > car.fromMs,
  );
  if (cut == null) return [{ session: car, isCut: false }];
  const backMs = (cut.untilMs ?? Infinity) + MINUTE_MS / 2;
  const before =
    car.fromMs < cut.fromMs - MINUTE_MS ? [{ session: endedAt(car, cut.fromMs), isCut: true }] : [];
  if (car.untilMs < backMs + MINUTE_MS) return before;
  const taken = before[0]?.session.energyWattHours ?? 0;
  const rest = { ...car, fromMs: backMs, energyWattHours: car.energyWattHours - taken };
  const after = { ...rest, energyWattHours: energyBy(rest, rest.untilMs) };
  return [...before, { session: after, isCut: false }];
}

function endedAt(car: PlannedSession, untilMs: number): PlannedSession {
  return { ...car, untilMs, energyWattHours: energyBy(car, untilMs) };
}

function idOf(serial: string, atMs: number): string {
  return `${serial}-${Math.floor(atMs / SECOND_MS).toString(36)}`;
}
