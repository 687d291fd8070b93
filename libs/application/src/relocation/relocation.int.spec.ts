import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { everyFact, faultsOf, placeOf } from '../book.fixtures';
import { disturbed, heldBefore, NodeDiedError } from '../disturbed-store.fixtures';
import type { Book, WriteSide } from '../write-side.fixtures';
import { accepted, asStored, nodeOn, refused, startBook, verdictOn } from '../write-side.fixtures';
import type { Yard } from '../yard.fixtures';
import { anId, BUILT_AT, buildYard } from '../yard.fixtures';

let book: Book;
let node: WriteSide;

/** Nobody waits for a node that a spec has ended. */
const impatient = { patienceMs: 0 };

beforeAll(async () => {
  book = await startBook();
  node = nodeOn(book.store, impatient);
});
afterAll(async () => {
  await book.stop();
});

/** Chargers C0, C1, ... on places P0, P1, ...; one more place than chargers, which is empty. */
async function hung(chargers = 3): Promise<Yard & { p: (n: number) => string; c: (n: number) => string }> {
  const yard = await buildYard(node, { backplates: chargers + 1, chargers });
  const p = (n: number) => yard.backplates[n] ?? '';
  const c = (n: number) => yard.chargers[n] ?? '';
  for (let n = 0; n < chargers; n++)
    accepted(
      await node.move({ type: 'mountCharger', charger: c(n), backplate: p(n) }, { occurredAt: BUILT_AT }),
    );
  return { ...yard, p, c };
}

const places = (yard: Yard) => Promise.all(yard.chargers.map((serial) => placeOf(book.store, serial)));

/** Meets every place of a yard, without a wish. */
async function touch({ backplates, chargers }: Yard): Promise<void> {
  for (const backplate of backplates)
    await node.backplate({ type: 'removeBackplate', backplate }, { occurredAt: BUILT_AT });
  for (const charger of chargers) await node.charger({ type: 'retireCharger', charger });
}

describe('several moves as one', () => {
  it('swap chargers and go round in a ring', async () => {
    const yard = await hung();
    const { p, c } = yard;
    const ring = [0, 1, 2].map((n) => ({ charger: c(n), backplate: p((n + 1) % 3) }));
    const receipt = accepted(await node.relocate(ring));
    expect(receipt.facts.map(({ type }) => type)).toEqual(
      ring.flatMap(() => ['ChargerDismounted', 'ChargerMounted']),
    );
    expect(receipt.position).toBeGreaterThan(0n);
    expect(await places(yard)).toEqual([p(1), p(2), p(0)]);
    expect(await faultsOf(book.store, yard)).toEqual([]);
  });

  it('hang up what hung nowhere', async () => {
    const yard = await buildYard(node, { backplates: 2, chargers: 2 });
    const [p0, p1 = ''] = yard.backplates;
    const [c0, c1 = ''] = yard.chargers;
    accepted(
      await node.relocate([
        { charger: c0, backplate: p1 },
        { charger: c1, backplate: p0 },
      ]),
    );
    expect(await places(yard)).toEqual([p1, p0]);
    expect(await faultsOf(book.store, yard)).toEqual([]);
  });

  it('are all dismounts before the first mount, in the book', async () => {
    const { p, c } = await hung(2);
    const { facts } = accepted(
      await node.relocate([
        { charger: c(0), backplate: p(1) },
        { charger: c(1), backplate: p(0) },
      ]),
    );
    const ids = new Set(facts.map(({ eventId }) => eventId));
    const inBook = (await everyFact(book.store)).filter(({ eventId }) => ids.has(eventId));
    expect(inBook.map(({ type }) => type)).toEqual([
      'ChargerDismounted',
      'ChargerDismounted',
      'ChargerMounted',
      'ChargerMounted',
    ]);
  });

  it('can be told late, between recorded ones', async () => {
    const yard = await hung(2);
    const { p, c } = yard;
    accepted(
      await node.move({ type: 'dismountCharger', charger: c(0) }, { occurredAt: '2026-05-03T12:00:00.000Z' }),
    );
    const swap = [
      { charger: c(0), backplate: p(1) },
      { charger: c(1), backplate: p(0) },
    ];
    accepted(await node.relocate(swap, { occurredAt: '2026-05-03T10:00:00.000Z' }));
    expect(await places(yard)).toEqual([undefined, p(0)]);
    expect(await faultsOf(book.store, yard)).toEqual([]);
  });

  it('are decided in full on a dry run, and nothing is recorded', async () => {
    const { p, c } = await hung(2);
    const before = await everyFact(book.store);
    const dry = accepted(
      await node.relocate(
        [
          { charger: c(0), backplate: p(1) },
          { charger: c(1), backplate: p(0) },
        ],
        { dryRun: true },
      ),
    );
    expect(dry.facts.map((fact) => [fact.type, 'stream' in fact && fact.stream])).toEqual([
      ['ChargerDismounted', `charger-${c(0)}`],
      ['ChargerMounted', `charger-${c(0)}`],
      ['ChargerDismounted', `charger-${c(1)}`],
      ['ChargerMounted', `charger-${c(1)}`],
    ]);
    expect(await everyFact(book.store)).toHaveLength(before.length);
  });
});

describe('several moves, of which one cannot be', () => {
  it.each<
    [
      code: string,
      what: string,
      moves: (y: Awaited<ReturnType<typeof hung>>) => [string, string][],
      move?: number,
    ]
  >([
    [
      'BACKPLATE_OCCUPIED',
      'somebody stays there',
      ({ c, p }) => [
        [c(0), p(3)],
        [c(1), p(2)],
      ],
      1,
    ],
    [
      'ALREADY_MOUNTED',
      'it hangs there',
      ({ c, p }) => [
        [c(0), p(3)],
        [c(1), p(1)],
      ],
      1,
    ],
    [
      'NOT_FOUND',
      'there is no such charger',
      ({ c, p }) => [
        [c(0), p(3)],
        ['nobody', p(0)],
      ],
      1,
    ],
    ['NOT_FOUND', 'there is no such place', ({ c }) => [[c(0), 'nowhere']], 0],
    ['NOT_FOUND', 'that is no id', ({ c }) => [[c(0), 'x y']], 0],
    [
      'INVALID_MOVES',
      'a charger moves twice',
      ({ c, p }) => [
        [c(0), p(3)],
        [c(0), p(1)],
      ],
    ],
    [
      'INVALID_MOVES',
      'two go to one place',
      ({ c, p }) => [
        [c(0), p(3)],
        [c(1), p(3)],
      ],
    ],
    ['OUT_OF_RANGE', 'there is none', () => []],
    ['OUT_OF_RANGE', 'there are too many', () => Array.from({ length: 501 }, () => ['c', 'p'])],
  ])('are refused: %s where %s, and none is done', async (code, _what, moves, ...[move]) => {
    const yard = await hung();
    const before = await places(yard);
    const outcome = await node.relocate(moves(yard).map(([charger, backplate]) => ({ charger, backplate })));
    expect(refused(outcome).code).toBe(code);
    if (move != null)
      expect(refused(outcome).inputPath?.slice(0, 3)).toEqual(['input', 'moves', String(move)]);
    expect(await places(yard)).toEqual(before);
    expect(await faultsOf(book.store, yard)).toEqual([]);
  });
});

describe('a repeat of several moves', () => {
  it('is answered by the first receipt, on whichever node; another input is refused', async () => {
    const { p, c } = await hung(2);
    const moves = [
      { charger: c(0), backplate: p(1) },
      { charger: c(1), backplate: p(0) },
    ];
    const commandId = anId('key-');
    const first = accepted(await node.relocate(moves, { commandId }));
    const again = accepted(await nodeOn(book.store).relocate(moves, { commandId }));
    expect(asStored(again.facts)).toEqual(asStored(first.facts));
    expect(verdictOn(await node.relocate(moves.slice(1), { commandId }))).toBe('IDEMPOTENCY_KEY_REUSED');
  });
});

/** Planned, two chargers and two places held, committed, two dismounts, two mounts, completed, places taken and freed. */
const APPENDS = 14;
const COMMITTED_AFTER = 6;

describe('a node dies in the middle of a swap', () => {
  it.each(Array.from({ length: APPENDS }, (_, index) => [index + 1]))(
    'after %d appends: whoever touches it finds one truth, and the command can be told again',
    async (appends) => {
      const yard = await hung(2);
      const { p, c } = yard;
      const swap = [
        { charger: c(0), backplate: p(1) },
        { charger: c(1), backplate: p(0) },
      ];
      const commandId = anId('key-');
      const mortal = nodeOn(disturbed(book.store, appends, 'DIES_AFTER'), impatient);
      await mortal.relocate(swap, { commandId }).catch((fault: unknown) => {
        if (!(fault instanceof NodeDiedError)) throw fault;
      });
      await touch(yard);
      const isDone = appends >= COMMITTED_AFTER;
      expect(await places(yard)).toEqual(isDone ? [p(1), p(0)] : [p(0), p(1)]);
      expect(await faultsOf(book.store, yard)).toEqual([]);
      const receipt = accepted(await node.relocate(swap, { commandId }));
      expect(receipt.facts).toHaveLength(4);
      expect(await places(yard)).toEqual([p(1), p(0)]);
      expect(await faultsOf(book.store, yard)).toEqual([]);
    },
  );

  it.each(Array.from({ length: APPENDS }, (_, index) => [index + 1]))(
    'the answer to append %d is lost: told again, it is done once',
    async (nth) => {
      const yard = await hung(2);
      const { p, c } = yard;
      const swap = [
        { charger: c(0), backplate: p(1) },
        { charger: c(1), backplate: p(0) },
      ];
      const commandId = anId('key-');
      const unlucky = nodeOn(disturbed(book.store, nth, 'LOSES_ANSWER'), impatient);
      await unlucky.relocate(swap, { commandId }).catch(() => undefined);
      accepted(await node.relocate(swap, { commandId }));
      await touch(yard);
      expect(await places(yard)).toEqual([p(1), p(0)]);
      expect(await faultsOf(book.store, yard)).toEqual([]);
      const mounts = (await book.store.read(`charger-${c(0)}`)).filter(
        ({ type }) => type === 'ChargerMounted',
      );
      expect(mounts).toHaveLength(2);
    },
  );
});

describe('a node that falls asleep in the middle of a swap', () => {
  it.each([2, 4, 6])('before append %d: others go on, and when it wakes up it does no harm', async (nth) => {
    const yard = await hung(2);
    const { p, c } = yard;
    const held = heldBefore(book.store, nth);
    const sleeper = nodeOn(held.store, impatient);
    const swap = sleeper.relocate([
      { charger: c(0), backplate: p(1) },
      { charger: c(1), backplate: p(0) },
    ]);
    await held.reached;
    accepted(await node.move({ type: 'relocateCharger', charger: c(0), backplate: p(2) }));
    held.letGo();
    await swap;
    await touch(yard);
    expect(await faultsOf(book.store, yard)).toEqual([]);
    // The swap was decided anew, on what was there then.
    expect(await places(yard)).toEqual([p(1), p(0)]);
  });
});

describe('moves of all kinds, by chance and on two nodes at once', () => {
  it('leave one truth along both axes', async () => {
    const pair = fc.record({ charger: fc.nat({ max: 3 }), place: fc.nat({ max: 4 }) });
    const step = fc.oneof(
      fc.record({ kind: fc.constant('one' as const), move: pair }),
      fc.record({
        kind: fc.constant('several' as const),
        moves: fc.array(pair, { minLength: 2, maxLength: 4 }),
      }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 10 }), async (steps) => {
        const yard = await hung(4);
        const nodes = [
          nodeOn(book.store, { patienceMs: 50 }),
          nodeOn(book.store, { patienceMs: 50 }),
        ] as const;
        const named = ({ charger, place }: { charger: number; place: number }) => ({
          charger: yard.c(charger),
          backplate: yard.p(place),
        });
        await Promise.all(
          steps.map((each, index) => {
            const by = nodes[index % 2] ?? nodes[0];
            return each.kind === 'one'
              ? by.move({ ...named(each.move), type: 'relocateCharger' })
              : by.relocate(each.moves.map(named));
          }),
        );
        await touch(yard);
        expect(await faultsOf(book.store, yard)).toEqual([]);
      }),
      { numRuns: 15 },
    );
  });
});
