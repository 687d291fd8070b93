import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { LoadCommand, ObservationKind, PhaseAmps } from '@chargebook/domain';
import { onEachPhase } from '@chargebook/domain';
import type { Book, WriteSide } from '../write-side.fixtures';
import {
  accepted,
  Clock,
  eventsOf,
  nodeOn,
  noticesOf,
  refused,
  startBook,
  verdictOn,
} from '../write-side.fixtures';
import type { Yard } from '../yard.fixtures';
import { anId, buildYard } from '../yard.fixtures';

let book: Book;
let clock: Clock;
let node: WriteSide;

beforeAll(async () => {
  book = await startBook();
});
afterAll(async () => {
  await book.stop();
});
beforeEach(() => {
  clock = new Clock();
  node = nodeOn(book.store, { clock });
});

const MINUTE_MS = 60_000;

/** C1 on P1, which is the primary, and C2 on P2. */
async function runningYard(): Promise<Yard> {
  const yard = await buildYard(node, { backplates: 2, chargers: 2 });
  const { circuit, backplates, chargers } = yard;
  accepted(await node.circuit({ type: 'designatePrimaryBackplate', circuit, backplate: backplates[0] }));
  for (const [index, charger] of chargers.entries())
    accepted(await node.move({ type: 'mountCharger', charger, backplate: backplates[index]! }));
  clock.forward(MINUTE_MS);
  return yard;
}

const set = (
  addressed: { circuit?: string; charger?: string },
  amps: PhaseAmps = onEachPhase(10),
): LoadCommand => ({
  type: 'setDynamicCircuitCurrent',
  ...addressed,
  amps,
});
const clear = (circuit: string): LoadCommand => ({ type: 'clearDynamicCircuitCurrent', circuit });

async function report(charger: string, kind: ObservationKind): Promise<void> {
  clock.forward(MINUTE_MS);
  const [outcome] = await node.observe([{ charger, kind, occurredAt: clock.now }]);
  accepted(outcome);
  clock.forward(MINUTE_MS);
}

describe('setDynamicCircuitCurrent', () => {
  it('is carried by the charger on the primary, named by the circuit or by that charger', async () => {
    const { circuit, chargers, backplates } = await runningYard();
    const data = { circuit, amps: onEachPhase(0), carrier: chargers[0], backplate: backplates[0] };
    const recorded = [{ type: 'DynamicCircuitCurrentSet', data }];

    expect(eventsOf(await node.load(set({ circuit }, onEachPhase(0))))).toEqual(recorded);
    expect(eventsOf(await node.load(set({ charger: chargers[0] }, onEachPhase(0))))).toEqual(recorded);
    expect(noticesOf(await node.load(set({ circuit }, onEachPhase(33))))).toEqual(['ABOVE_FUSE']);
  });

  it('is refused through another charger: the primary is named', async () => {
    const { chargers, backplates } = await runningYard();
    const refusal = refused(await node.load(set({ charger: chargers[1]! })));
    expect([refusal.code, refusal.details]).toMatchObject([
      'NOT_PRIMARY',
      { primaryBackplate: backplates[0], primaryCharger: chargers[0] },
    ]);
  });

  it('is refused without a primary, without a charger on it, without power', async () => {
    const yard = await buildYard(node, { chargers: 1 });
    const { circuit } = yard;
    const [charger, backplate] = [yard.chargers[0], yard.backplates[0]];
    const verdict = async () => verdictOn(await node.load(set({ circuit })));

    expect(verdictOn(await node.load(set({ charger })))).toBe('NOT_MOUNTED');
    expect(await verdict()).toBe('NO_PRIMARY');
    accepted(await node.circuit({ type: 'designatePrimaryBackplate', circuit, backplate }));
    expect(await verdict()).toBe('NO_PRIMARY');
    accepted(await node.move({ type: 'mountCharger', charger, backplate }));
    expect(await verdict()).toBe('RECORDED');
    await report(charger, 'POWER_LOST');
    expect(await verdict()).toBe('NO_POWER');
    await report(charger, 'POWER_RESTORED');
    expect(await verdict()).toBe('RECORDED');
    await report(charger, 'CONNECTIVITY_LOST');
    expect(await verdict()).toBe('RECORDED');
  });

  it('is refused for what is unknown, for both and for neither, and for values that cannot be', async () => {
    const { circuit, chargers } = await runningYard();
    const verdict = async (command: LoadCommand) => verdictOn(await node.load(command));

    expect(await verdict(set({ circuit: anId('unknown') }))).toBe('NOT_FOUND');
    expect(await verdict(set({ circuit: 'x'.repeat(5_000) }))).toBe('NOT_FOUND');
    expect(await verdict(set({ charger: anId('unknown') }))).toBe('NOT_FOUND');
    expect(await verdict(set({ circuit, charger: chargers[0] }))).toBe('OUT_OF_RANGE');
    expect(await verdict(set({}))).toBe('OUT_OF_RANGE');
    expect(await verdict(set({ circuit }, { l1: 6, l2: 6, l3: -1 }))).toBe('INVALID_AMPS');
    expect(await verdict({ ...set({ circuit }), timeToLiveSeconds: 0 } as LoadCommand)).toBe('INVALID_TTL');
  });

  it('of the past is carried by who was on the primary then', async () => {
    const { circuit, chargers, backplates } = await runningYard();
    const then = clock.now;
    clock.forward(60 * MINUTE_MS);
    accepted(await node.move({ type: 'dismountCharger', charger: chargers[0] }));
    expect(verdictOn(await node.load(set({ circuit })))).toBe('NO_PRIMARY');

    const late = accepted(await node.load(set({ circuit }), { occurredAt: then }));

    expect(late.facts[0]?.data).toMatchObject({ carrier: chargers[0], backplate: backplates[0] });
  });

  it('goes with a rewired primary: the old circuit has none', async () => {
    const { site, circuit, backplates } = await runningYard();
    const next = anId('K');
    accepted(await node.circuit({ type: 'addCircuit', id: next, site }));
    accepted(await node.backplate({ type: 'rewireBackplate', backplate: backplates[0], circuit: next }));

    expect(verdictOn(await node.load(set({ circuit })))).toBe('NO_PRIMARY');
    expect(verdictOn(await node.load(set({ circuit: next })))).toBe('NO_PRIMARY');
  });
});

describe('clearDynamicCircuitCurrent', () => {
  it('is recorded once; a second clear says that there is nothing to do', async () => {
    const { circuit } = await runningYard();
    expect(verdictOn(await node.load(clear(circuit)))).toBe('NOTHING_TO_DO');
    accepted(await node.load(set({ circuit })));
    clock.forward(MINUTE_MS);

    expect(eventsOf(await node.load(clear(circuit)))).toEqual([
      { type: 'DynamicCircuitCurrentCleared', data: { circuit } },
    ]);
    clock.forward(MINUTE_MS);
    const twice = await node.load(clear(circuit));
    expect([verdictOn(twice), ...noticesOf(twice)]).toEqual(['NOTHING_TO_DO', 'NOTHING_TO_DO']);
    expect(verdictOn(await node.load(clear(anId('unknown'))))).toBe('NOT_FOUND');
  });

  it('finds a value of many months ago', async () => {
    const { circuit } = await runningYard();
    accepted(await node.load(set({ circuit })));
    clock.now = '2026-12-24T18:00:00.000Z';
    expect(verdictOn(await node.load(clear(circuit)))).toBe('RECORDED');
  });

  type Tell = (yard: Yard) => Promise<unknown>;
  it.each<[what: string, Tell]>([
    ['the primary lost power', ({ chargers }) => report(chargers[0], 'POWER_LOST')],
    [
      'the primary was taken down',
      ({ chargers }) => node.move({ type: 'dismountCharger', charger: chargers[0] }),
    ],
    [
      'another primary was designated',
      ({ circuit, backplates }) =>
        node.circuit({ type: 'designatePrimaryBackplate', circuit, backplate: backplates[1]! }),
    ],
    [
      'the primary lost power, and has it back',
      async ({ chargers }) => {
        await report(chargers[0], 'POWER_LOST');
        await report(chargers[0], 'POWER_RESTORED');
      },
    ],
  ])('has nothing to do once %s', async (_, tell) => {
    const yard = await runningYard();
    accepted(await node.load(set({ circuit: yard.circuit })));
    clock.forward(MINUTE_MS);
    await tell(yard);
    clock.forward(MINUTE_MS);

    expect(verdictOn(await node.load(clear(yard.circuit)))).toBe('NOTHING_TO_DO');
  });

  it.each<[what: string, Tell]>([
    ['a secondary lost power', ({ chargers }) => report(chargers[1]!, 'POWER_LOST')],
    ['a car was connected', ({ chargers }) => report(chargers[0], 'CAR_CONNECTED')],
    [
      'the same primary was designated again',
      ({ circuit, backplates }) =>
        node.circuit({ type: 'designatePrimaryBackplate', circuit, backplate: backplates[0] }),
    ],
    [
      'it is suspended: the primary is offline, and a fallback stands in',
      async ({ circuit, chargers }) => {
        await node.circuit({ type: 'setOfflineFallbackCurrent', circuit, amps: onEachPhase(6) });
        await report(chargers[0], 'CONNECTIVITY_LOST');
      },
    ],
  ])('is recorded though %s', async (_, tell) => {
    const yard = await runningYard();
    accepted(await node.load(set({ circuit: yard.circuit })));
    clock.forward(MINUTE_MS);
    await tell(yard);
    clock.forward(MINUTE_MS);

    expect(verdictOn(await node.load(clear(yard.circuit)))).toBe('RECORDED');
  });

  it('is recorded after the time-to-live: it ends the fallback that stands in until then', async () => {
    const { circuit } = await runningYard();
    accepted(await node.load({ ...set({ circuit }), timeToLiveSeconds: 60 } as LoadCommand));
    clock.forward(5 * MINUTE_MS);

    expect(verdictOn(await node.load(clear(circuit)))).toBe('RECORDED');
    expect(verdictOn(await node.load(clear(circuit)))).toBe('NOTHING_TO_DO');
  });

  it('is recorded for a value that late facts show to have come through another than the primary', async () => {
    const { circuit, backplates } = await runningYard();
    accepted(await node.load(set({ circuit })));
    const before = { occurredAt: '2026-05-04T12:00:30.000Z' };
    const late = { type: 'designatePrimaryBackplate', circuit, backplate: backplates[1]! } as const;
    accepted(await node.circuit(late, before));
    clock.forward(MINUTE_MS);

    expect(verdictOn(await node.load(clear(circuit)))).toBe('RECORDED');
  });
});
