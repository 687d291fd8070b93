import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { onEachPhase } from '@chargebook/domain';
import { EventStoreUnavailableError } from '@chargebook/event-store';
import { faultsOf, gapsIn } from '../book.fixtures';
import { disturbed } from '../disturbed-store.fixtures';
import type { Book, WriteSide } from '../write-side.fixtures';
import { accepted, asStored, Clock, nodeOn, startBook, verdictOn } from '../write-side.fixtures';
import type { Yard } from '../yard.fixtures';
import { anId, buildYard } from '../yard.fixtures';
import type { CommandContext, Outcome } from './command-context';

let book: Book;
const clock = new Clock();
let node: WriteSide;

beforeAll(async () => {
  book = await startBook();
  node = nodeOn(book.store, { clock });
});
afterAll(async () => {
  await book.stop();
});

async function runningYard(): Promise<Yard> {
  const yard = await buildYard(node, { backplates: 2, chargers: 2 });
  const { circuit, backplates, chargers } = yard;
  const [charger, backplate] = [chargers[0], backplates[0]];
  accepted(await node.move({ type: 'mountCharger', charger, backplate }));
  accepted(await node.circuit({ type: 'designatePrimaryBackplate', circuit, backplate }));
  clock.forward(60_000);
  return yard;
}

type Tell = (
  by: WriteSide,
  yard: Yard,
  context: Partial<CommandContext> & { commandId: string },
) => Promise<Outcome | undefined>;

interface Telling {
  readonly what: string;
  /** The append whose answer is lost. */
  readonly nth: number;
  readonly stream: (yard: Yard) => string;
  readonly tell: Tell;
}

const tellings: Telling[] = [
  {
    what: 'a limit',
    nth: 1,
    stream: ({ chargers }) => `charger-${chargers[0]}`,
    tell: (by, { chargers: [charger] }, context) =>
      by.charger({ type: 'setMaxChargerCurrent', charger, amps: 8 }, context),
  },
  {
    what: 'a fuse rating',
    nth: 1,
    stream: ({ circuit }) => `circuit-${circuit}`,
    tell: (by, { circuit }, context) =>
      by.circuit({ type: 'setCircuitFuseRating', circuit, amps: 25 }, context),
  },
  {
    what: 'a dynamic current of a circuit',
    nth: 1,
    stream: ({ circuit }) => `load-${circuit}-2026-05`,
    tell: (by, { circuit }, context) =>
      by.load({ type: 'setDynamicCircuitCurrent', circuit, amps: onEachPhase(12) }, context),
  },
  {
    what: 'a dynamic current of a charger',
    nth: 1,
    stream: ({ chargers }) => `device-${chargers[0]}-2026-05`,
    tell: (by, { chargers: [charger] }, context) =>
      by.device({ type: 'setDynamicChargerCurrent', charger, amps: 12 }, context),
  },
  {
    what: 'an observation',
    nth: 1,
    stream: ({ chargers }) => `charger-${chargers[0]}`,
    tell: async (by, { chargers: [charger] }, { commandId: id, ...context }) => {
      const occurredAt = '2026-05-04T12:00:30.000Z';
      return (await by.observe([{ id, charger, kind: 'CAR_CONNECTED', occurredAt }], context))[0];
    },
  },
  ...[1, 2, 3, 4].map((nth) => ({
    what: `a move, append ${String(nth)}`,
    nth,
    stream: ({ chargers }: Yard) => `charger-${chargers[0]}`,
    tell: ((by, { chargers: [charger], backplates }, context) =>
      by.move({ type: 'relocateCharger', charger, backplate: backplates[1]! }, context)) as Tell,
  })),
  ...[1, 2].map((nth) => ({
    what: `a dismount, append ${String(nth)}`,
    nth,
    stream: ({ chargers }: Yard) => `charger-${chargers[0]}`,
    tell: ((by, { chargers: [charger] }, context) =>
      by.move({ type: 'dismountCharger', charger }, context)) as Tell,
  })),
];

/** The node's view of the thing is warm; then the answer to its nth append is lost. */
async function loseAnswer(telling: Telling) {
  const yard = await runningYard();
  const unlucky = nodeOn(disturbed(book.store, telling.nth, 'LOSES_ANSWER'), { clock });
  await telling.tell(unlucky, yard, { commandId: anId('dry-'), dryRun: true });
  const commandId = anId('key-');
  const fault = await telling.tell(unlucky, yard, { commandId }).then(
    () => undefined,
    (error: unknown) => error,
  );
  return { yard, unlucky, commandId, fault };
}

describe('the answer to an append is lost', () => {
  it.each(tellings)(
    '$what: told again with its key, it has the receipt of what is stored',
    async (telling) => {
      const { yard, unlucky, commandId, fault } = await loseAnswer(telling);
      // What is only tidying up is left to whoever comes next, and the command is done.
      if (fault != null) expect(fault).toBeInstanceOf(EventStoreUnavailableError);
      clock.forward(5_000);

      const onceMore = accepted(await telling.tell(unlucky, yard, { commandId }));
      const elsewhere = await telling.tell(node, yard, { commandId });

      expect(elsewhere).toEqual(onceMore);
      const stored = await book.store.read(telling.stream(yard));
      expect(gapsIn(stored)).toEqual([]);
      expect(asStored(onceMore.facts)).toEqual(
        stored.filter(({ metadata }) => metadata.commandId === commandId),
      );
      await node.backplate({ type: 'removeBackplate', backplate: yard.backplates[1]! }, { dryRun: true });
      expect(await faultsOf(book.store, yard)).toEqual([]);
    },
  );

  it.each(tellings)('$what: another telling with that key is refused', async (telling) => {
    const { yard, unlucky, commandId } = await loseAnswer(telling);

    const other = await telling.tell(unlucky, yard, { commandId, reason: 'on second thoughts' });

    expect(verdictOn(other)).toBe('IDEMPOTENCY_KEY_REUSED');
    expect(gapsIn(await book.store.read(telling.stream(yard)))).toEqual([]);
  });

  it('leaves a node with what is stored: its next decision is right', async () => {
    const { yard, unlucky } = await loseAnswer(tellings[0]!);
    const [charger] = yard.chargers;

    expect(verdictOn(await unlucky.charger({ type: 'setMaxChargerCurrent', charger }))).toBe('RECORDED');
    expect(verdictOn(await unlucky.charger({ type: 'setMaxChargerCurrent', charger }))).toBe('NOTHING_TO_DO');
  });
});
