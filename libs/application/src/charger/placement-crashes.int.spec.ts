import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { PlacementCommand } from '@chargebook/domain';
import { everyFact, faultsOf, placeOf } from '../book.fixtures';
import { disturbed, NodeDiedError } from '../disturbed-store.fixtures';
import type { Book, WriteSide } from '../write-side.fixtures';
import { accepted, asStored, nodeOn, startBook, verdictOn } from '../write-side.fixtures';
import type { Yard } from '../yard.fixtures';
import { anId, buildYard } from '../yard.fixtures';

let book: Book;
let node: WriteSide;

beforeAll(async () => {
  book = await startBook();
});
afterAll(async () => {
  await book.stop();
});
beforeEach(() => {
  node = nodeOn(book.store);
});

type Move = 'mountCharger' | 'relocateCharger' | 'dismountCharger';

/** How many appends of a move came about before the node died; and whether the move comes true, if nothing intervenes. */
type Death = [move: Move, appends: number, isDone: boolean];

const deaths: Death[] = [
  ['mountCharger', 0, false],
  ['mountCharger', 1, true],
  ['mountCharger', 2, true],
  ['mountCharger', 3, true],
  ['relocateCharger', 0, false],
  ['relocateCharger', 1, true],
  ['relocateCharger', 2, true],
  ['relocateCharger', 3, true],
  ['relocateCharger', 4, true],
  ['dismountCharger', 0, false],
  ['dismountCharger', 1, true],
  ['dismountCharger', 2, true],
];

/** A yard in which a node died in the middle of a move. */
interface Crash {
  readonly yard: Yard;
  readonly charger: string;
  readonly other: string;
  /** Where it hung, unless it was to be mounted for the first time; and where it goes, unless it is taken down. */
  readonly from?: string;
  readonly to?: string;
  readonly command: PlacementCommand;
  readonly commandId: string;
}

async function crash([type, appends]: Death): Promise<Crash> {
  const yard = await buildYard(node, { backplates: 3, chargers: 2 });
  const [charger, other = ''] = yard.chargers;
  const [first, second = ''] = yard.backplates;
  const from = type === 'mountCharger' ? undefined : first;
  const to = type === 'dismountCharger' ? undefined : second;
  if (from != null) accepted(await node.move({ type: 'mountCharger', charger, backplate: from }));
  const command: PlacementCommand =
    to == null ? { type: 'dismountCharger', charger } : moveTo(type, charger, to);
  const commandId = anId('key-');
  node.clock.forward(60_000);
  const store =
    appends === 0 ? disturbed(book.store, 1, 'DIES_BEFORE') : disturbed(book.store, appends, 'DIES_AFTER');
  const mortal = nodeOn(store, { clock: node.clock });
  await mortal.move(command, { commandId }).catch((fault: unknown) => {
    if (!(fault instanceof NodeDiedError)) throw fault;
  });
  node.clock.forward(3_600_000);
  return { yard, charger, other, from, to, command, commandId };
}

function moveTo(type: Move, charger: string, backplate: string): PlacementCommand {
  return { type: type === 'mountCharger' ? 'mountCharger' : 'relocateCharger', charger, backplate };
}

/** Meets every place of a yard, without a wish. */
async function touch({ backplates }: Yard): Promise<void> {
  for (const backplate of backplates)
    await node.backplate({ type: 'removeBackplate', backplate }, { dryRun: true });
}

describe('a node dies in the middle of a move', () => {
  it.each(deaths)('%s, after %d appends: whoever touches the places finds one truth', async (...death) => {
    const { yard, charger, from, to } = await crash(death);

    await touch(yard);

    const isDone = death[2];
    expect(await placeOf(book.store, charger)).toBe(isDone ? to : from);
    expect(await faultsOf(book.store, yard)).toEqual([]);
  });

  it.each(deaths)('%s, after %d appends: told again with its key, it is one fact', async (...death) => {
    const { yard, charger, to, command, commandId } = await crash(death);

    const first = accepted(await node.move(command, { commandId }));
    const again = await nodeOn(book.store, { clock: node.clock }).move(command, { commandId });
    await touch(yard);

    expect(again).toEqual(first);
    const ofCommand = (await book.store.read(`charger-${charger}`)).filter(
      ({ metadata }) => metadata.commandId === commandId,
    );
    expect(asStored(first.facts)).toEqual(ofCommand);
    expect(await placeOf(book.store, charger)).toBe(to);
    expect(await faultsOf(book.store, yard)).toEqual([]);
  });

  it.each(deaths)('%s, after %d appends: another charger may have what is free', async (...death) => {
    const { yard, other, from, to } = await crash(death);
    const isDone = death[2];

    const onNew = to == null ? undefined : await node.move(moveTo('mountCharger', other, to));
    if (to != null) expect(verdictOn(onNew)).toBe(isDone ? 'BACKPLATE_OCCUPIED' : 'RECORDED');
    if (from != null) {
      const onOld = await node.move(moveTo('relocateCharger', other, from));
      expect(verdictOn(onOld)).toBe(isDone ? 'RECORDED' : 'BACKPLATE_OCCUPIED');
    }

    await touch(yard);
    expect(await faultsOf(book.store, yard)).toEqual([]);
  });

  it.each(deaths)('%s, after %d appends: the charger can go on from where it is', async (...death) => {
    const { yard, charger } = await crash(death);
    const third = yard.backplates[2]!;

    const moved = await node.move(moveTo('relocateCharger', charger, third));
    const disabled = await node.charger({ type: 'disableCharger', charger });
    await touch(yard);

    expect([moved, disabled].map(verdictOn)).toEqual(['RECORDED', 'RECORDED']);
    expect(await placeOf(book.store, charger)).toBe(third);
    expect(await faultsOf(book.store, yard)).toEqual([]);
  });
});

describe('a move that is finished by another node', () => {
  it('is who told it, when it happened, and recorded when it was finished', async () => {
    const { yard, charger, other, to } = await crash(['mountCharger', 1, true]);
    const correlationId = anId('round-');

    await node.move(moveTo('mountCharger', other, to!), {
      correlationId,
      actor: { kind: 'ADMIN', id: 'ann' },
    });

    const facts = (await everyFact(book.store)).slice(-2);
    expect(
      facts.map(({ type, metadata: { actor, occurredAt, recordedAt } }) => [
        type,
        actor.id,
        occurredAt,
        recordedAt,
      ]),
    ).toEqual([
      ['ChargerMounted', 'harbour-office', '2026-05-04T12:01:00.000Z', '2026-05-04T13:01:00.000Z'],
      ['BackplateTaken', 'harbour-office', '2026-05-04T12:01:00.000Z', '2026-05-04T13:01:00.000Z'],
    ]);
    expect(await placeOf(book.store, charger)).toBe(to);
    expect(await faultsOf(book.store, yard)).toEqual([]);
  });

  it('is undone where the charger’s stream went on: the place is free from the start', async () => {
    const { yard, charger, other, to } = await crash(['mountCharger', 1, true]);
    accepted(await node.charger({ type: 'disableCharger', charger }));

    expect(verdictOn(await node.move(moveTo('mountCharger', other, to!)))).toBe('RECORDED');

    expect(await placeOf(book.store, charger)).toBeUndefined();
    expect(await placeOf(book.store, other)).toBe(to);
    expect((await book.store.read(`backplate-${to!}`)).map(({ type }) => type)).toEqual([
      'BackplateInstalled',
      'BackplateReserved',
      'BackplateFreed',
      'BackplateReserved',
      'BackplateTaken',
    ]);
    expect(await faultsOf(book.store, yard)).toEqual([]);
  });

  it('is finished once by many who meet it at the same moment', async () => {
    const { yard, charger, to } = await crash(['relocateCharger', 1, true]);
    const nodes = Array.from({ length: 6 }, () => nodeOn(book.store, { clock: node.clock }));

    const outcomes = await Promise.all(
      nodes.map((each) => each.backplate({ type: 'removeBackplate', backplate: to! })),
    );

    expect(new Set(outcomes.map(verdictOn))).toEqual(new Set(['NOT_EMPTY']));
    const moves = (await book.store.read(`charger-${charger}`)).map(({ type }) => type);
    expect(moves.slice(1)).toEqual(['ChargerMounted', 'ChargerDismounted', 'ChargerMounted']);
    expect(await faultsOf(book.store, yard)).toEqual([]);
  });

  it('counts for a dynamic current that is told the circuit', async () => {
    const { yard, charger, to } = await crash(['mountCharger', 1, true]);
    const { circuit } = yard;
    accepted(await node.circuit({ type: 'designatePrimaryBackplate', circuit, backplate: to! }));

    const set = await node.load({
      type: 'setDynamicCircuitCurrent',
      circuit,
      amps: { l1: 10, l2: 10, l3: 10 },
    });

    expect(accepted(set).facts[0]?.data).toMatchObject({ carrier: charger, backplate: to });
  });
});
