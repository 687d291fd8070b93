import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DeviceCommand, LoadCommand } from '@chargebook/domain';
import { onEachPhase } from '@chargebook/domain';
import { indexOver } from '../book.fixtures';
import type { Book, WriteSide } from '../write-side.fixtures';
import { accepted, Clock, nodeOn, startBook, verdictOn } from '../write-side.fixtures';
import type { Yard } from '../yard.fixtures';
import { anId, buildYard } from '../yard.fixtures';

const NEW_YEARS_EVE = '2026-12-31T23:59:59.900Z';

let book: Book;
const clock = new Clock();
let here: WriteSide;
/** A node that was started after everything else, beside an index of what is recorded. */
let afresh: () => WriteSide;

beforeAll(async () => {
  book = await startBook();
  here = nodeOn(book.store, { clock });
  afresh = () => nodeOn(book.store, { clock, index: indexOver(book.store) });
});
afterAll(async () => {
  await book.stop();
});

/** A yard whose first charger hangs on its first backplate, which is the primary. */
async function runningYard(): Promise<Yard> {
  clock.now = '2026-12-01T08:00:00.000Z';
  const yard = await buildYard(here, { backplates: 2 });
  const { circuit, backplates, chargers } = yard;
  const [charger, backplate] = [chargers[0], backplates[0]];
  accepted(await here.circuit({ type: 'designatePrimaryBackplate', circuit, backplate }));
  accepted(await here.move({ type: 'mountCharger', charger, backplate }));
  clock.now = NEW_YEARS_EVE;
  return yard;
}

describe('a command told again in another month', () => {
  it('gives the first receipt: the dynamic current of a charger', async () => {
    const { chargers } = await runningYard();
    const commandId = anId('key-');
    const command: DeviceCommand = { type: 'setDynamicChargerCurrent', charger: chargers[0], amps: 8 };

    const first = accepted(await here.device(command, { commandId }));
    clock.forward(200);

    expect(await here.device(command, { commandId })).toEqual(first);
    expect(await afresh().device(command, { commandId })).toEqual(first);
    expect(await book.store.read(`device-${chargers[0]}-2027-01`)).toEqual([]);
  });

  it('gives the first receipt: the dynamic current of a circuit', async () => {
    const { circuit } = await runningYard();
    const commandId = anId('key-');
    const command: LoadCommand = { type: 'setDynamicCircuitCurrent', circuit, amps: onEachPhase(20) };

    const first = accepted(await here.load(command, { commandId }));
    clock.forward(200);

    expect(await here.load(command, { commandId })).toEqual(first);
    expect(await afresh().load(command, { commandId })).toEqual(first);
    expect(await book.store.read(`load-${circuit}-2027-01`)).toEqual([]);
  });

  it('is known for a reuse', async () => {
    const { chargers } = await runningYard();
    const commandId = anId('key-');
    const command: DeviceCommand = { type: 'setDynamicChargerCurrent', charger: chargers[0], amps: 8 };
    accepted(await here.device(command, { commandId }));
    clock.forward(200);

    for (const node of [here, afresh()])
      expect(verdictOn(await node.device({ ...command, amps: 9 }, { commandId }))).toBe(
        'IDEMPOTENCY_KEY_REUSED',
      );
  });
});

describe('a command told again after the charger that it names has moved', () => {
  it('gives the first receipt', async () => {
    const { circuit, chargers } = await runningYard();
    const commandId = anId('key-');
    const command: LoadCommand = {
      type: 'setDynamicCircuitCurrent',
      charger: chargers[0],
      amps: onEachPhase(20),
    };

    const first = accepted(await here.load(command, { commandId }));
    accepted(await here.move({ type: 'dismountCharger', charger: chargers[0] }));

    expect(first.facts.map(({ stream }) => stream)).toEqual([`load-${circuit}-2026-12`]);
    expect(await here.load(command, { commandId })).toEqual(first);
    expect(await afresh().load(command, { commandId })).toEqual(first);
  });
});

describe('a move told again', () => {
  it('gives the charger’s facts, whatever an index knows of the places', async () => {
    const { chargers, backplates } = await runningYard();
    const commandId = anId('key-');
    const command = { type: 'relocateCharger', charger: chargers[0], backplate: backplates[1]! } as const;

    const first = accepted(await here.move(command, { commandId }));
    accepted(await here.move({ type: 'dismountCharger', charger: chargers[0] }));

    expect(first.facts.map(({ type }) => type)).toEqual(['ChargerDismounted', 'ChargerMounted']);
    expect(await here.move(command, { commandId })).toEqual(first);
    expect(await afresh().move(command, { commandId })).toEqual(first);
  });
});
