import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { PlacementCommand } from '@chargebook/domain';
import fc from 'fast-check';
import { faultsOf } from '../book.fixtures';
import type { Disturbance } from '../disturbed-store.fixtures';
import { disturbed } from '../disturbed-store.fixtures';
import type { Book, WriteSide } from '../write-side.fixtures';
import { accepted, asStored, Clock, nodeOn, startBook } from '../write-side.fixtures';
import type { Yard } from '../yard.fixtures';
import { anId, buildYard } from '../yard.fixtures';

const RUNS = Number(process.env['CHANCE_RUNS'] ?? 6);

let book: Book;

beforeAll(async () => {
  book = await startBook();
});
afterAll(async () => {
  await book.stop();
});

/** A move that somebody tells; things are named by their number in the yard. */
interface Telling {
  readonly type: PlacementCommand['type'];
  readonly charger: number;
  readonly backplate: number;
  /** The hour of the day at which it is said to have happened; none for now. */
  readonly hour?: number;
  readonly node: number;
  readonly mishap?: { readonly nth: number; readonly what: Disturbance };
}

const aTelling: fc.Arbitrary<Telling> = fc.record(
  {
    type: fc.constantFrom<PlacementCommand['type'][]>('mountCharger', 'relocateCharger', 'dismountCharger'),
    charger: fc.nat(2),
    backplate: fc.nat(2),
    hour: fc.nat(11),
    node: fc.nat(1),
    mishap: fc.record({
      nth: fc.integer({ min: 1, max: 4 }),
      what: fc.constantFrom<Disturbance[]>('DIES_BEFORE', 'DIES_AFTER', 'LOSES_ANSWER'),
    }),
  },
  { requiredKeys: ['type', 'charger', 'backplate', 'node'] },
);

/** Several at once, one batch after another. */
const batches = fc.array(fc.array(aTelling, { minLength: 1, maxLength: 4 }), { minLength: 4, maxLength: 10 });

class Played {
  readonly done: { readonly commandId: string; readonly telling: Telling; readonly facts: unknown }[] = [];
  readonly clock = new Clock();
  private readonly nodes: readonly WriteSide[];

  constructor(private readonly yard: Yard) {
    this.nodes = [0, 1].map(() => nodeOn(book.store, { clock: this.clock }));
  }

  async tell(telling: Telling): Promise<void> {
    const commandId = anId('key-');
    const { mishap, node } = telling;
    const by =
      mishap == null
        ? this.nodes[node]!
        : nodeOn(disturbed(book.store, mishap.nth, mishap.what), { clock: this.clock });
    try {
      const outcome = await by.move(this.commandOf(telling), this.contextOf(telling, commandId));
      if (!outcome.refused) this.done.push({ commandId, telling, facts: asStored(outcome.facts) });
    } catch {
      // The teller does not know what became of it.
    }
  }

  /** Every receipt that was given is given again, by the other node. */
  async askAgain(): Promise<void> {
    for (const { commandId, telling, facts } of this.done) {
      const other = this.nodes[1 - telling.node]!;
      const outcome = await other.move(this.commandOf(telling), this.contextOf(telling, commandId));
      expect(asStored(accepted(outcome).facts)).toEqual(facts);
    }
  }

  async touch(): Promise<void> {
    for (const backplate of this.yard.backplates)
      await this.nodes[0]!.backplate({ type: 'removeBackplate', backplate }, { dryRun: true });
  }

  private commandOf({ type, charger: c, backplate: b }: Telling): PlacementCommand {
    const charger = this.yard.chargers[c]!;
    return type === 'dismountCharger'
      ? { type, charger }
      : { type, charger, backplate: this.yard.backplates[b]! };
  }

  private contextOf({ hour }: Telling, commandId: string) {
    if (hour == null) return { commandId };
    return { commandId, occurredAt: `2026-05-04T${String(hour).padStart(2, '0')}:00:00.000Z` };
  }
}

describe('moves by chance: late ones, at once, by nodes that die or lose answers', () => {
  it('leave one truth on both axes, and receipts that hold', async () => {
    const property = fc.asyncProperty(batches, async (told) => {
      const yard = await buildYard(nodeOn(book.store), { backplates: 3, chargers: 3 });
      const played = new Played(yard);
      for (const batch of told) {
        await Promise.all(batch.map((telling) => played.tell(telling)));
        await played.touch();
        expect(await faultsOf(book.store, yard)).toEqual([]);
        played.clock.forward(60_000);
      }
      await played.askAgain();
    });
    await fc.assert(property, { numRuns: RUNS });
  });
});
