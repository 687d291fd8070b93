import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { faultsOf, placeOf } from '../book.fixtures';
import { heldBefore } from '../disturbed-store.fixtures';
import type { Book, WriteSide } from '../write-side.fixtures';
import { accepted, asStored, nodeOn, startBook, verdictOn } from '../write-side.fixtures';
import { anId, buildYard } from '../yard.fixtures';

let book: Book;
let here: WriteSide;
let there: WriteSide;

beforeAll(async () => {
  book = await startBook();
});
afterAll(async () => {
  await book.stop();
});
beforeEach(() => {
  here = nodeOn(book.store);
  there = nodeOn(book.store);
});

const nodeAt = (index: number) => [here, there][index % 2]!;

/** How often each verdict was given. */
function tally(verdicts: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const verdict of verdicts) counts[verdict] = (counts[verdict] ?? 0) + 1;
  return counts;
}

describe('chargers that are mounted at once', () => {
  it('from two nodes on few places: one charger on each place, the others are told who hangs there', async () => {
    const yard = await buildYard(here, { backplates: 3, chargers: 60 });
    const { chargers, backplates } = yard;

    const outcomes = await Promise.all(
      chargers.map((charger, index) =>
        nodeAt(index).move({ type: 'mountCharger', charger, backplate: backplates[index % 3]! }),
      ),
    );

    expect(tally(outcomes.map(verdictOn))).toEqual({ RECORDED: 3, BACKPLATE_OCCUPIED: 57 });
    const winners = new Map<string, string>();
    for (const [index, charger] of chargers.entries())
      if (!outcomes[index]!.refused) winners.set(backplates[index % 3]!, charger);
    for (const outcome of outcomes)
      if (outcome.refused)
        expect(outcome.details['charger']).toBe(winners.get(outcome.details['backplate'] as string));
    expect(await faultsOf(book.store, yard)).toEqual([]);
  });

  it('at times of which each saw only its own: one on the place, the others overlap', async () => {
    const yard = await buildYard(here, { chargers: 8 });
    const [backplate] = yard.backplates;

    const outcomes = await Promise.all(
      yard.chargers.map((charger, index) =>
        nodeAt(index).move(
          { type: 'mountCharger', charger, backplate },
          { occurredAt: `2026-05-04T0${String(index)}:00:00.000Z` },
        ),
      ),
    );

    const { RECORDED, ...others } = tally(outcomes.map(verdictOn));
    expect(RECORDED).toBe(1);
    expect((others['BACKPLATE_OCCUPIED'] ?? 0) + (others['PLACEMENT_OVERLAP'] ?? 0)).toBe(7);
    expect(await faultsOf(book.store, yard)).toEqual([]);
  });

  it('as one charger on several places: it hangs on one, and the others are free', async () => {
    const yard = await buildYard(here, { backplates: 6, chargers: 2 });
    const [charger, other] = yard.chargers;

    const outcomes = await Promise.all(
      yard.backplates.map((backplate, index) =>
        nodeAt(index).move({ type: 'mountCharger', charger, backplate }),
      ),
    );

    expect(tally(outcomes.map(verdictOn))).toEqual({ RECORDED: 1, ALREADY_MOUNTED: 5 });
    expect(await faultsOf(book.store, yard)).toEqual([]);
    const there1 = await placeOf(book.store, charger);
    const free = yard.backplates.find((backplate) => backplate !== there1)!;
    const next = await there.move({ type: 'mountCharger', charger: other!, backplate: free });
    expect(verdictOn(next)).toBe('RECORDED');
  });
});

describe('moves of one charger at once', () => {
  it('relocate and dismount: both are told one after the other, or the later is refused', async () => {
    for (let round = 0; round < 6; round++) {
      const yard = await buildYard(here, { backplates: 2 });
      const [charger] = yard.chargers;
      const [from, to] = [yard.backplates[0], yard.backplates[1]!];
      accepted(await here.move({ type: 'mountCharger', charger, backplate: from }));

      const [relocated, dismounted] = await Promise.all([
        nodeAt(round).move({ type: 'relocateCharger', charger, backplate: to }),
        nodeAt(round + 1).move({ type: 'dismountCharger', charger }),
      ]);

      expect(verdictOn(relocated)).toBe('RECORDED');
      expect(verdictOn(dismounted)).toBe('RECORDED');
      expect([undefined, to]).toContain(await placeOf(book.store, charger));
      expect(await faultsOf(book.store, yard)).toEqual([]);
    }
  });

  it('a shuffle of chargers over places leaves one truth on both axes', async () => {
    const yard = await buildYard(here, { backplates: 4, chargers: 4 });
    const nodes = [here, there, nodeOn(book.store)];
    for (let round = 0; round < 5; round++) {
      await Promise.all(
        yard.chargers.flatMap((charger, index) =>
          nodes.map((node, nth) => {
            const backplate = yard.backplates[(index + nth + round) % 4]!;
            return nth === 2
              ? node.move({ type: 'dismountCharger', charger })
              : node.move({ type: 'relocateCharger', charger, backplate });
          }),
        ),
      );
      expect(await faultsOf(book.store, yard)).toEqual([]);
    }
  });
});

describe('a move and what else happens to the charger or the place at once', () => {
  it('a mount and the removal of the place: one of them', async () => {
    for (let round = 0; round < 4; round++) {
      const yard = await buildYard(here);
      const [charger, backplate] = [yard.chargers[0], yard.backplates[0]];

      const [mounted, removed] = await Promise.all([
        nodeAt(round).move({ type: 'mountCharger', charger, backplate }),
        nodeAt(round + 1).backplate({ type: 'removeBackplate', backplate }),
      ]);

      expect([
        ['RECORDED', 'NOT_EMPTY'],
        ['RETIRED', 'RECORDED'],
      ]).toContainEqual([verdictOn(mounted), verdictOn(removed)]);
      expect(await faultsOf(book.store, yard)).toEqual([]);
    }
  });

  it('a mount and the retirement of the charger: one of them', async () => {
    const yard = await buildYard(here);
    const [charger, backplate] = [yard.chargers[0], yard.backplates[0]];

    const [mounted, retired] = await Promise.all([
      here.move({ type: 'mountCharger', charger, backplate }),
      there.charger({ type: 'retireCharger', charger }),
    ]);

    expect([
      ['RECORDED', 'ALREADY_MOUNTED'],
      ['RETIRED', 'RECORDED'],
    ]).toContainEqual([verdictOn(mounted), verdictOn(retired)]);
    expect(await faultsOf(book.store, yard)).toEqual([]);
  });

  it('a mount while the device reports: all is recorded', async () => {
    const yard = await buildYard(here);
    const [charger, backplate] = [yard.chargers[0], yard.backplates[0]];
    const occurredAt = '2026-05-04T12:00:00.000Z';

    const [mounted, ...reported] = await Promise.all([
      here.move({ type: 'mountCharger', charger, backplate }),
      ...Array.from({ length: 6 }, () => there.observe([{ charger, kind: 'POWER_RESTORED', occurredAt }])),
    ]);

    expect([mounted, ...reported.flat()].map(verdictOn)).toEqual(Array(7).fill('RECORDED'));
    expect(await faultsOf(book.store, yard)).toEqual([]);
  });
});

describe('a node that falls asleep between reserving and mounting', () => {
  it('finds its move finished by whoever needed the place, and gives the receipt of that', async () => {
    const yard = await buildYard(here, { chargers: 2 });
    const [charger, other] = yard.chargers;
    const [backplate] = yard.backplates;
    const held = heldBefore(book.store, 2);
    const sleeper = nodeOn(held.store);

    const mounting = sleeper.move({ type: 'mountCharger', charger, backplate });
    await held.reached;
    here.clock.forward(60_000);
    expect(verdictOn(await here.move({ type: 'mountCharger', charger: other!, backplate }))).toBe(
      'BACKPLATE_OCCUPIED',
    );
    held.letGo();

    const { facts } = accepted(await mounting);
    const stored = await book.store.read(`charger-${charger}`);
    expect(asStored(facts)).toEqual(stored.slice(1));
    expect(stored[1]!.metadata).toMatchObject({
      occurredAt: '2026-05-04T12:00:00.000Z',
      recordedAt: '2026-05-04T12:01:00.000Z',
    });
    expect(await faultsOf(book.store, yard)).toEqual([]);
  });

  it('finds its move undone where the charger has gone elsewhere', async () => {
    const yard = await buildYard(here, { backplates: 2 });
    const [charger] = yard.chargers;
    const [backplate, elsewhere] = yard.backplates;
    const held = heldBefore(book.store, 2);
    const sleeper = nodeOn(held.store);

    const mounting = sleeper.move({ type: 'mountCharger', charger, backplate });
    await held.reached;
    accepted(await here.move({ type: 'mountCharger', charger, backplate: elsewhere! }));
    held.letGo();

    expect(verdictOn(await mounting)).toBe('ALREADY_MOUNTED');
    expect(await placeOf(book.store, charger)).toBe(elsewhere);
    expect(await faultsOf(book.store, yard)).toEqual([]);
  });

  it('is in nobody’s way who has seen the place in between', async () => {
    const yard = await buildYard(here);
    const [charger, backplate] = [yard.chargers[0], yard.backplates[0]];
    const next = anId('K');
    accepted(await there.circuit({ type: 'addCircuit', id: next, site: yard.site }));
    const held = heldBefore(book.store, 2);
    const mounting = nodeOn(held.store).move({ type: 'mountCharger', charger, backplate });
    await held.reached;
    const designate = { type: 'designatePrimaryBackplate', circuit: yard.circuit, backplate } as const;
    accepted(await there.circuit(designate));
    held.letGo();
    accepted(await mounting);

    const rewired = await there.backplate({ type: 'rewireBackplate', backplate, circuit: next });

    expect(verdictOn(rewired)).toBe('RECORDED');
  });
});
