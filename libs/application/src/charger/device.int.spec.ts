import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { DeviceCommand, ObservationKind } from '@chargebook/domain';
import type { Book, WriteSide } from '../write-side.fixtures';
import { accepted, Clock, eventsOf, nodeOn, noticesOf, startBook, verdictOn } from '../write-side.fixtures';
import { anId, buildYard } from '../yard.fixtures';

const MINUTE_MS = 60_000;

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

async function mountedCharger(): Promise<string> {
  const { chargers, backplates } = await buildYard(node);
  const [charger, backplate] = [chargers[0], backplates[0]];
  accepted(await node.move({ type: 'mountCharger', charger, backplate }));
  clock.forward(MINUTE_MS);
  return charger;
}

const set = (charger: string, amps = 8, timeToLiveSeconds?: number): DeviceCommand => ({
  type: 'setDynamicChargerCurrent',
  charger,
  amps,
  timeToLiveSeconds,
});
const clear = (charger: string): DeviceCommand => ({ type: 'clearDynamicChargerCurrent', charger });

async function report(charger: string, kind: ObservationKind, occurredAt = clock.now): Promise<void> {
  const [outcome] = await node.observe([{ charger, kind, occurredAt }]);
  accepted(outcome);
}

describe('setDynamicChargerCurrent', () => {
  it('is recorded in the month in which it happens; 0 A is a value', async () => {
    const charger = await mountedCharger();
    clock.now = '2026-07-01T08:00:00.000Z';
    const recorded = accepted(await node.device(set(charger, 0, 60)));
    const late = accepted(await node.device(set(charger), { occurredAt: '2026-06-30T23:59:59.999Z' }));

    expect(eventsOf(recorded)).toEqual([
      { type: 'DynamicChargerCurrentSet', data: { charger, amps: 0, timeToLiveSeconds: 60 } },
    ]);
    expect([recorded, late].map(({ facts }) => facts[0]?.stream)).toEqual([
      `device-${charger}-2026-07`,
      `device-${charger}-2026-06`,
    ]);
  });

  it('is refused for a charger that would not keep it, that is unknown, and for values that cannot be', async () => {
    const { chargers } = await buildYard(node);
    const charger = await mountedCharger();
    const verdict = async (command: DeviceCommand) => verdictOn(await node.device(command));

    expect(await verdict(set(chargers[0]))).toBe('NOT_MOUNTED');
    expect(await verdict(set(anId('unknown')))).toBe('NOT_FOUND');
    expect(await verdict(set(charger, Number.NaN))).toBe('INVALID_AMPS');
    expect(await verdict(set(charger, 8, 0))).toBe('INVALID_TTL');
    expect(await verdict(set(charger, 8, 1.5))).toBe('INVALID_TTL');
    await report(charger, 'POWER_LOST');
    expect(await verdict(set(charger))).toBe('NO_POWER');
    await report(charger, 'CONNECTIVITY_RESTORED');
    expect(await verdict(set(charger))).toBe('NO_POWER');
  });
});

describe('clearDynamicChargerCurrent', () => {
  it('is recorded once; a second clear says that there is nothing to do', async () => {
    const charger = await mountedCharger();
    expect(verdictOn(await node.device(clear(charger)))).toBe('NOTHING_TO_DO');
    accepted(await node.device(set(charger)));

    expect(eventsOf(await node.device(clear(charger)))).toEqual([
      { type: 'DynamicChargerCurrentCleared', data: { charger } },
    ]);
    const twice = await node.device(clear(charger));
    expect([verdictOn(twice), ...noticesOf(twice)]).toEqual(['NOTHING_TO_DO', 'NOTHING_TO_DO']);
    expect(verdictOn(await node.device(clear(anId('unknown'))))).toBe('NOT_FOUND');
  });

  it.each<[what: string, tell: (charger: string) => Promise<unknown>]>([
    ['a car was connected', (charger) => report(charger, 'CAR_CONNECTED')],
    ['power was lost', (charger) => report(charger, 'POWER_LOST')],
    ['the charger was taken down', (charger) => node.move({ type: 'dismountCharger', charger })],
  ])('has nothing to do once %s', async (_, tell) => {
    const charger = await mountedCharger();
    accepted(await node.device(set(charger)));
    clock.forward(MINUTE_MS);
    await tell(charger);
    clock.forward(MINUTE_MS);

    expect(verdictOn(await node.device(clear(charger)))).toBe('NOTHING_TO_DO');
  });

  it('has nothing to do once its time is up, from that very instant', async () => {
    const charger = await mountedCharger();
    accepted(await node.device(set(charger, 8, 60)));
    clock.forward(MINUTE_MS - 1);
    expect(verdictOn(await node.device(clear(charger), { dryRun: true }))).toBe('RECORDED');
    clock.forward(1);
    expect(verdictOn(await node.device(clear(charger)))).toBe('NOTHING_TO_DO');
  });

  it('is recorded though a car was disconnected, connectivity lost, or power lost before it was set', async () => {
    const charger = await mountedCharger();
    await report(charger, 'POWER_LOST');
    clock.forward(MINUTE_MS);
    await report(charger, 'POWER_RESTORED');
    clock.forward(MINUTE_MS);
    await report(charger, 'CAR_CONNECTED');
    clock.forward(MINUTE_MS);
    accepted(await node.device(set(charger)));
    clock.forward(MINUTE_MS);
    await report(charger, 'CAR_DISCONNECTED');
    await report(charger, 'CONNECTIVITY_LOST');

    expect(verdictOn(await node.device(clear(charger)))).toBe('RECORDED');
  });

  it('goes by the order of telling where a car was connected at the instant of the set', async () => {
    const [before, after] = [await mountedCharger(), await mountedCharger()];
    await report(before, 'CAR_CONNECTED');
    accepted(await node.device(set(before)));
    accepted(await node.device(set(after)));
    await report(after, 'CAR_CONNECTED');

    expect(verdictOn(await node.device(clear(before)))).toBe('RECORDED');
    expect(verdictOn(await node.device(clear(after)))).toBe('NOTHING_TO_DO');
  });

  it('finds a value of many months ago, and none behind a reset', async () => {
    const [charger, other] = [await mountedCharger(), await mountedCharger()];
    accepted(await node.device(set(charger)));
    accepted(await node.device(set(other)));
    clock.now = '2026-09-01T00:00:00.000Z';
    await report(other, 'CAR_CONNECTED');
    clock.now = '2027-02-01T00:00:00.000Z';

    expect(verdictOn(await node.device(clear(charger)))).toBe('RECORDED');
    expect(verdictOn(await node.device(clear(other)))).toBe('NOTHING_TO_DO');
  });
});
