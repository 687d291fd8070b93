import { beforeAll, describe, expect, it } from '@jest/globals';
import { DEMO_FLEET } from './fill';
import type { Fleet } from './fleet';
import { simulateFleet } from './fleet';
import type { SimulatedCommand, SimulatedObservation } from './step';
import { DAY_MS, HOUR_MS } from './step';
import type { ToldSession, ToldStay } from './told.fixtures';
import { commandsOf, observationsOf, sessionsOf, staysOf } from './told.fixtures';

const untilMs = Date.parse('2026-05-04T10:20:30Z');

describe('the demo fleet', () => {
  let fleet: Fleet;
  let commands: SimulatedCommand[];
  let observations: Map<string, SimulatedObservation[]>;
  let sessions: ToldSession[];
  let stays: ToldStay[];

  beforeAll(() => {
    fleet = simulateFleet({ ...DEMO_FLEET, untilMs });
    commands = commandsOf(fleet);
    observations = observationsOf(fleet);
    sessions = [...observations.values()].flatMap(sessionsOf);
    stays = staysOf(commands);
  });

  const siteOf = (backplate: string) =>
    fleet.layout.sites.find(({ circuits }) =>
      circuits.some(({ backplates }) => backplates.some(({ id }) => id === backplate)),
    );
  const kindsAt = (charger: string) => observations.get(charger)?.map(({ kind }) => kind) ?? [];
  const whereToGo = () => {
    const dismounts = commands.filter(({ mutation }) => mutation === 'dismountCharger');
    return dismounts.filter(
      ({ input }) =>
        !stays.some(({ charger, untilMs: end }) => charger === input['charger'] && end === Infinity),
    );
  };

  it('has 60 chargers on 8 sites in 3 time zones, of two operators, one on an IT grid', () => {
    const { chargers, sites } = fleet.layout;
    expect(chargers).toHaveLength(60);
    expect(sites).toHaveLength(8);
    expect(new Set(sites.map(({ model }) => model.timeZone)).size).toBe(3);
    expect(new Set(sites.map(({ operator }) => operator)).size).toBe(2);
    expect(sites.some(({ model }) => model.gridType === 'IT')).toBe(true);
  });

  it('has circuits within circuits, an unknown fuse, and backplates that are empty', () => {
    const circuits = fleet.layout.sites.flatMap((site) => site.circuits);
    expect(circuits.some(({ parent }) => parent != null)).toBe(true);
    expect(circuits.some(({ fuseRatingAmps }) => fuseRatingAmps == null)).toBe(true);
    const taken = new Set(
      stays.filter((stay) => stay.untilMs === Infinity).map(({ backplate }) => backplate),
    );
    const empty = circuits.flatMap(({ backplates }) => backplates).filter(({ id }) => !taken.has(id));
    expect(empty.length).toBeGreaterThan(2);
  });

  it('has about 0.9 sessions a charger a day, and 27 % of the chargers in use at a day’s peak', () => {
    const mountedDays = stays.reduce(
      (days, { fromMs, untilMs: end }) => days + (Math.min(end, untilMs) - fromMs) / DAY_MS,
      0,
    );
    expect(sessions.length / mountedDays).toBeGreaterThan(0.83);
    expect(sessions.length / mountedDays).toBeLessThan(0.97);
    const peaks = peaksOf(sessions, untilMs - 365 * DAY_MS, untilMs).sort((a, b) => a - b);
    const median = peaks[Math.floor(peaks.length / 2)] ?? 0;
    expect(median / 60).toBeGreaterThan(0.23);
    expect(median / 60).toBeLessThan(0.31);
  });

  it('moves chargers between sites, and sends some to store and to repair', () => {
    const relocations = commands.filter(({ mutation }) => mutation === 'relocateCharger');
    const between = relocations.filter(({ input, options }) => {
      const before = stays.find(
        ({ charger, untilMs: end }) =>
          charger === input['charger'] && end === Date.parse(options.occurredAt ?? ''),
      );
      return siteOf(before?.backplate ?? '') !== siteOf(String(input['backplate']));
    });
    expect(between.length).toBeGreaterThan(5);
    expect(new Set(whereToGo().map(({ input }) => input['destination']))).toEqual(
      new Set(['STORE', 'REPAIR']),
    );
  });

  it('replaces a unit by another one within the hour', () => {
    const repaired = commands.filter(
      ({ mutation, options }) => mutation === 'dismountCharger' && options.reason != null,
    );
    expect(repaired.length).toBeGreaterThan(0);
    const place = stays.find(
      ({ charger, untilMs: end }) =>
        charger === repaired[0]?.input['charger'] &&
        end === Date.parse(repaired[0]?.options.occurredAt ?? ''),
    );
    const next = stays.find(
      ({ backplate, fromMs }) => backplate === place?.backplate && fromMs > (place?.untilMs ?? Infinity),
    );
    expect((next?.fromMs ?? Infinity) - (place?.untilMs ?? 0)).toBeLessThan(HOUR_MS);
  });

  it('ends with a correction, and with a move told days late that falls into a session', () => {
    expect(fleet.finale.map(({ mutation }) => mutation)).toEqual([
      'transferChargerControl',
      'correctFact',
      'relocateCharger',
    ]);
    const late = fleet.finale.at(-1);
    const movedMs = Date.parse(late?.options.occurredAt ?? '');
    expect(untilMs - movedMs).toBeGreaterThan(2 * DAY_MS);
    const own = sessionsOf(observations.get(String(late?.input['charger'])) ?? []);
    expect(
      own.filter(({ fromMs, untilMs: end = Infinity }) => fromMs < movedMs && movedMs < end),
    ).toHaveLength(1);
    expect(own.some(({ fromMs }) => fromMs > movedMs)).toBe(true);
  });

  it('has every kind of limit set, and everything reported that devices report', () => {
    const told = new Set(commands.map(({ mutation }) => mutation));
    for (const mutation of [
      'setSiteRatedCurrent',
      'setMaxCircuitCurrent',
      'setOfflineFallbackCurrent',
      'setDynamicCircuitCurrent',
      'setMaxChargerCurrent',
      'setDynamicChargerCurrent',
      'setChargePlan',
      'overrideSchedule',
    ])
      expect(told).toContain(mutation);
    expect(new Set([...observations.values()].flat().map(({ kind }) => kind)).size).toBe(9);
  });

  it('is alive at its end: cars are connected, one unit is offline, one has a fault', () => {
    expect(sessions.filter((session) => session.untilMs == null).length).toBeGreaterThan(3);
    const { chargers } = fleet.layout;
    const stillLost = chargers.filter(({ serial }) => {
      const kinds = kindsAt(serial);
      return kinds.lastIndexOf('CONNECTIVITY_LOST') > kinds.lastIndexOf('CONNECTIVITY_RESTORED');
    });
    const stillFaulty = chargers.filter(({ serial }) => {
      const kinds = kindsAt(serial);
      return kinds.lastIndexOf('FAULT_RAISED') > kinds.lastIndexOf('FAULT_CLEARED');
    });
    expect([stillLost.length, stillFaulty.length]).toEqual([1, 1]);
  });
});

/** The most sessions at once, on each day of a span, looked at each hour. */
function peaksOf(sessions: readonly ToldSession[], fromMs: number, untilMs: number): number[] {
  const hours = new Array<number>(Math.floor((untilMs - fromMs) / HOUR_MS)).fill(0);
  for (const { fromMs: begin, untilMs: end = Infinity } of sessions) {
    const first = Math.max(0, Math.ceil((begin - fromMs) / HOUR_MS));
    for (let hour = first; hour < hours.length && fromMs + hour * HOUR_MS < end; hour++)
      hours[hour] = (hours[hour] ?? 0) + 1;
  }
  return Array.from({ length: Math.floor(hours.length / 24) }, (_, day) =>
    Math.max(...hours.slice(day * 24, day * 24 + 24)),
  );
}
