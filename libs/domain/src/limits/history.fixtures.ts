import fc from 'fast-check';
import type { Instant } from '../time';
import { instantOf } from '../time';
import type { ToldStep } from './told-steps.fixtures';
import { Story } from './story.fixtures';

/** Everything below happens on this day. */
export const DAY_MS = Date.UTC(2026, 4, 4);
const STEP_MS = 5 * 60_000;
const LAST_STEP = 240;

export const CHARGERS = ['X', 'Y', 'Z'] as const;
const BACKPLATES = ['B1', 'B2', 'B3', 'B4'] as const;
const CIRCUITS = ['C', 'M', 'N'] as const;

/** A site with a main circuit M, C below it, a circuit N beside it, four places and three chargers. */
const WORLD: readonly Omit<ToldStep, 'at'>[] = [
  { do: 'registerSite', input: { id: 'S', name: 'Harbour', timeZone: 'Europe/Oslo', ratedCurrentAmps: 63 } },
  { do: 'addCircuit', input: { id: 'M', site: 'S', fuseRatingAmps: 50 } },
  { do: 'addCircuit', input: { id: 'C', site: 'S', fuseRatingAmps: 32, parent: 'M' } },
  { do: 'addCircuit', input: { id: 'N', site: 'S' } },
  { do: 'installBackplate', input: { id: 'B1', circuit: 'C' } },
  { do: 'installBackplate', input: { id: 'B2', circuit: 'C' } },
  { do: 'installBackplate', input: { id: 'B3', circuit: 'M' } },
  { do: 'installBackplate', input: { id: 'B4', circuit: 'N' } },
  { do: 'registerCharger', input: { serial: 'X', ratedCurrentAmps: 32 } },
  { do: 'registerCharger', input: { serial: 'Y' } },
  { do: 'registerCharger', input: { serial: 'Z', ratedCurrentAmps: 16, phaseMode: 'LOCKED_3' } },
  { do: 'mountCharger', input: { charger: 'X', backplate: 'B1' } },
  { do: 'mountCharger', input: { charger: 'Y', backplate: 'B2' } },
  { do: 'mountCharger', input: { charger: 'Z', backplate: 'B3' } },
  { do: 'designatePrimaryBackplate', input: { circuit: 'C', backplate: 'B1' } },
  { do: 'designatePrimaryBackplate', input: { circuit: 'M', backplate: 'B3' } },
];

const amps = fc.constantFrom(0, 4, 6, 10, 16, 20, 40);
const perPhase = fc.record({ l1: amps, l2: amps, l3: amps });
const timeToLiveSeconds = fc.option(fc.constantFrom(450, 3600, 36_000), { nil: undefined });
const charger = fc.constantFrom(...CHARGERS);
const circuit = fc.constantFrom(...CIRCUITS);
const backplate = fc.constantFrom(...BACKPLATES);
const wallTime = fc
  .integer({ min: 0, max: 95 })
  .map(
    (quarter) =>
      `${String(Math.floor(quarter / 4)).padStart(2, '0')}:${String((quarter % 4) * 15).padStart(2, '0')}`,
  );
const planWindow = fc
  .record({ start: wallTime, stop: wallTime, limitAmps: fc.option(amps, { nil: undefined }) })
  .filter(({ start, stop }) => start !== stop);

function told(
  name: string,
  input: Record<string, fc.Arbitrary<unknown>>,
): fc.Arbitrary<Omit<ToldStep, 'at'>> {
  return fc.record(input).map((values) => ({ do: name, input: values }));
}

const observed = fc.record({
  observe: fc.constantFrom(
    'POWER_LOST',
    'POWER_RESTORED',
    'CONNECTIVITY_LOST',
    'CONNECTIVITY_RESTORED',
    'CAR_CONNECTED',
    'CAR_DISCONNECTED',
    'FAULT_RAISED',
    'FAULT_CLEARED',
  ),
  charger,
  fault: fc.constantFrom(undefined, 'E1', 'E2'),
});

const step: fc.Arbitrary<Omit<ToldStep, 'at'>> = fc.oneof(
  { weight: 9, arbitrary: observed },
  { weight: 2, arbitrary: told('relocateCharger', { charger, backplate }) },
  { weight: 1, arbitrary: told('dismountCharger', { charger }) },
  { weight: 6, arbitrary: told('setDynamicCircuitCurrent', { circuit, amps: perPhase, timeToLiveSeconds }) },
  { weight: 2, arbitrary: told('setDynamicCircuitCurrent', { charger, amps: perPhase, timeToLiveSeconds }) },
  { weight: 1, arbitrary: told('clearDynamicCircuitCurrent', { circuit }) },
  { weight: 3, arbitrary: told('designatePrimaryBackplate', { circuit, backplate }) },
  { weight: 1, arbitrary: told('rewireBackplate', { backplate, circuit }) },
  {
    weight: 2,
    arbitrary: told('setOfflineFallbackCurrent', { circuit, amps: fc.option(perPhase, { nil: undefined }) }),
  },
  {
    weight: 1,
    arbitrary: told('setMaxCircuitCurrent', { circuit, amps: fc.option(perPhase, { nil: undefined }) }),
  },
  {
    weight: 1,
    arbitrary: told('setCircuitFuseRating', { circuit, amps: fc.option(amps, { nil: undefined }) }),
  },
  {
    weight: 1,
    arbitrary: told('setMaxChargerCurrent', { charger, amps: fc.option(amps, { nil: undefined }) }),
  },
  { weight: 4, arbitrary: told('setDynamicChargerCurrent', { charger, amps, timeToLiveSeconds }) },
  { weight: 1, arbitrary: told('clearDynamicChargerCurrent', { charger }) },
  {
    weight: 1,
    arbitrary: told('setPhaseMode', { charger, mode: fc.constantFrom('AUTO', 'LOCKED_1', 'LOCKED_3') }),
  },
  {
    weight: 2,
    arbitrary: told('setChargePlan', {
      charger,
      kind: fc.constant('RECURRING'),
      timeZone: fc.constant('Europe/Oslo'),
      enabled: fc.constantFrom(true, true, true, false),
      windows: fc.array(planWindow, { minLength: 1, maxLength: 3 }),
    }),
  },
  {
    weight: 1,
    arbitrary: told('setChargePlan', {
      charger,
      kind: fc.constant('ONE_OFF'),
      timeZone: fc.constant('Europe/Oslo'),
      windows: fc.array(
        planWindow.map((window) => ({ ...window, date: '2026-05-04' })),
        { minLength: 1, maxLength: 2 },
      ),
    }),
  },
  { weight: 1, arbitrary: told('removeChargePlan', { charger }) },
  { weight: 2, arbitrary: told('overrideSchedule', { charger }) },
  { weight: 1, arbitrary: fc.record({ charger }).map((input) => ({ do: 'disableCharger', input })) },
);

/** An instant of the day: between two steps or at one. */
export const instant: fc.Arbitrary<Instant> = fc
  .integer({ min: -1, max: 2 * LAST_STEP + 40 })
  .map((halfStep) => instantOf(DAY_MS + (halfStep * STEP_MS) / 2));

/** A day in the life of the world: facts in the order in which they happened, some of them at one instant. */
export const history: fc.Arbitrary<Story> = fc
  .array(fc.tuple(fc.integer({ min: 1, max: LAST_STEP }), step), {
    minLength: 10,
    maxLength: 50,
    size: 'max',
  })
  .map((steps) => {
    const story = new Story();
    for (const first of WORLD) story.tell({ ...first, at: instantOf(DAY_MS) });
    const inOrder = [...steps].sort(([a], [b]) => a - b);
    for (const [index, next] of inOrder) {
      const at = instantOf(DAY_MS + index * STEP_MS);
      if (canHappen(story, next, at)) story.tell({ ...next, at });
    }
    return story;
  });

/** Places are taken by one charger at a time. The rest is told as it comes, also where a command would be refused. */
function canHappen(story: Story, { do: name, input }: Omit<ToldStep, 'at'>, at: Instant): boolean {
  if (name !== 'relocateCharger') return true;
  const others = CHARGERS.filter((serial) => serial !== input?.charger);
  return [...others, input?.charger as string].every(
    (serial) => story.placeOf(serial, at) !== input?.backplate,
  );
}
