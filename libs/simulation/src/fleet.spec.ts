import { isId, spansOverlap } from '@chargebook/domain';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { inBatches } from './batches';
import { simulateFleet } from './fleet';
import type { FleetOptions } from './fleet-options';
import { beginOf } from './fleet-options';
import { inTimeOrder } from './lanes';
import { commandsOf, observationsOf, sessionsOf, staysOf, stepsOf } from './told.fixtures';

const untilMs = Date.parse('2026-05-04T10:20:30Z');

/** Fleets of all sizes that a moment suffices for. */
const anyFleet = fc.record<FleetOptions>({
  chargerCount: fc.integer({ min: 1, max: 16 }),
  siteCount: fc.integer({ min: 1, max: 10 }),
  months: fc.integer({ min: 1, max: 3 }),
  seed: fc.integer({ min: 0, max: 2 ** 31 }),
  untilMs: fc.integer({ min: Date.parse('2020-01-01'), max: untilMs }),
  prefix: fc.option(fc.constantFrom('x-', 'Q.'), { nil: undefined }),
});

function forEachFleet(check: (options: FleetOptions) => void): void {
  fc.assert(fc.property(anyFleet, check), { numRuns: 8 });
}

const instantsOf = (at: number | undefined) =>
  at == null || at === Infinity ? undefined : new Date(at).toISOString();

describe('a simulated fleet', () => {
  it('is the same to the letter for the same options, and another one for another seed', () => {
    const options = { chargerCount: 12, siteCount: 4, months: 3, seed: 5, untilMs };
    const told = (seed: number) => {
      const { structure, finale, ...fleet } = simulateFleet({ ...options, seed });
      return JSON.stringify([structure, stepsOf({ structure, finale, ...fleet }), finale]);
    };
    expect(told(5)).toBe(told(5));
    expect(told(6)).not.toBe(told(5));
  });

  it('gives each thing that it tells a key of its own, and ids that the book takes', () => {
    forEachFleet((options) => {
      const fleet = simulateFleet(options);
      const keys = [
        ...commandsOf(fleet).map((command) => command.options.commandId),
        ...[...observationsOf(fleet).values()].flat().map(({ id }) => id),
      ];
      expect(new Set(keys).size).toBe(keys.length);
      const sessions = [...observationsOf(fleet).values()].flat().flatMap(({ sessionId }) => sessionId ?? []);
      expect([...keys, ...sessions].filter((id) => !isId(id))).toEqual([]);
    });
  });

  it('lies within its time', () => {
    forEachFleet((options) => {
      const fleet = simulateFleet(options);
      const times = stepsOf(fleet).map(({ atMs }) => atMs);
      const told = commandsOf(fleet).flatMap((command) => command.options.occurredAt ?? []);
      const all = [...times, ...told.map((at) => Date.parse(at))];
      expect(all.filter((atMs) => atMs < beginOf(options) || atMs > options.untilMs)).toEqual([]);
    });
  });

  it('has as many chargers and sites as it is asked for', () => {
    forEachFleet((options) => {
      const { layout } = simulateFleet(options);
      expect(layout.chargers).toHaveLength(options.chargerCount);
      expect(layout.sites).toHaveLength(options.siteCount);
    });
  });

  it('hangs one charger on a backplate at a time, on backplates that are there', () => {
    forEachFleet((options) => {
      const fleet = simulateFleet(options);
      const built = new Map(
        fleet.layout.sites.flatMap(({ circuits, builtMs }) =>
          circuits.flatMap(({ backplates }) => backplates.map(({ id }) => [id, builtMs] as const)),
        ),
      );
      const stays = staysOf(commandsOf(fleet));
      for (const stay of stays)
        expect(stay.fromMs).toBeGreaterThanOrEqual(built.get(stay.backplate) ?? Infinity);
      const spans = stays.map(({ backplate, fromMs, untilMs: end }) => ({
        backplate,
        from: instantsOf(fromMs) ?? '',
        until: instantsOf(end),
      }));
      for (const [n, one] of spans.entries())
        for (const other of spans.slice(n + 1))
          if (one.backplate === other.backplate) expect(spansOverlap(one, other)).toBe(false);
    });
  });

  it('reports in order, one car at a time, only while mounted, no more energy than a car can take', () => {
    forEachFleet((options) => {
      const fleet = simulateFleet(options);
      const stays = staysOf(commandsOf({ ...fleet, finale: [] }));
      for (const [charger, observations] of observationsOf(fleet)) {
        const numbers = observations.map(({ deviceSequence }) => deviceSequence);
        expect(numbers).toEqual(observations.map((_, n) => n + 1));
        const times = observations.map(({ occurredAt }) => occurredAt);
        expect(times).toEqual([...times].sort());
        const sessions = sessionsOf(observations);
        const own = stays.filter((stay) => stay.charger === charger);
        const odd = sessions.filter(({ fromMs, untilMs: end = options.untilMs, energyWattHours }, n) => {
          const isFree = fromMs > (sessions[n - 1]?.untilMs ?? -Infinity);
          const isMounted = own.some((stay) => stay.fromMs < fromMs && end < stay.untilMs);
          const grows = energyWattHours.every((energy, k) => energy >= (energyWattHours[k - 1] ?? 0));
          const most = ((end - fromMs) / 3_600_000) * 11_000 + 1;
          return !isFree || !isMounted || !grows || (energyWattHours.at(-1) ?? 0) > most;
        });
        expect(odd).toEqual([]);
      }
    });
  });

  it('can be told in one order of time, and in batches, without a step before one that it needs', () => {
    forEachFleet((options) => {
      const fleet = simulateFleet(options);
      const steps = [...inTimeOrder(fleet.lanes.map((lane) => lane.steps()))];
      const times = steps.map(({ atMs }) => atMs);
      expect(times).toEqual([...times].sort((a, b) => a - b));
      const orderOf = (keys: readonly string[]) => new Map(keys.map((key, n) => [key, n]));
      const told = orderOf(
        [...inBatches(steps, { commands: 3, observations: 50 })].flatMap((batch) =>
          batch.kind === 'COMMANDS'
            ? batch.commands.map((command) => command.options.commandId)
            : batch.observations.map(({ id }) => id),
        ),
      );
      const lastOf = new Map<string, number>();
      const overtaken: string[] = [];
      for (const step of steps) {
        const things = step.kind === 'COMMAND' ? step.things : [step.observation.charger];
        const order =
          told.get(step.kind === 'COMMAND' ? step.command.options.commandId : step.observation.id) ?? -1;
        for (const thing of things) {
          if (order < (lastOf.get(thing) ?? -1)) overtaken.push(thing);
          lastOf.set(thing, order);
        }
      }
      expect(overtaken).toEqual([]);
    });
  });
});
