import { describe, expect, it } from '@jest/globals';
import type { Fact } from '@chargebook/domain';
import type { Checkpoint, Finding, Witnessed } from '@chargebook/transparency';
import {
  firstDifference,
  growTiles,
  judge,
  leafOfTold,
  readFromTiles,
  rootOf,
  TILE_WIDTH,
  TreeBuilder,
} from '@chargebook/transparency';
import fc from 'fast-check';
import { writtenAs } from '../book.fixtures';
import type { Untold } from '../facts.fixtures';
import { lifeOf, steps } from '../life.fixtures';
import { Recount } from './recount';
import type { LedgerEntry } from './tree.queries';

const { TORTURE_SCALE, TORTURE_SEED } = process.env;
const RUNS = TORTURE_SCALE == null ? 50 : Math.ceil(10_000 * Number(TORTURE_SCALE));
const SEED = TORTURE_SEED == null ? {} : { seed: Number(TORTURE_SEED) };
const LONGEST_MS = TORTURE_SCALE == null ? 60_000 : 3_600_000;

/** A book that stands in an event store, with what a server makes of it. */
class MemoryBook {
  readonly entries: readonly LedgerEntry[];
  readonly leaves: Uint8Array[];

  constructor(readonly facts: readonly Untold[]) {
    const revisions = new Map<string, number>();
    const entries = facts.map((fact, nth) => {
      const revision = revisions.get(fact.stream) ?? 0;
      revisions.set(fact.stream, revision + 1);
      const content = { fact: { ...fact, revision, bookOrder: nth } as Fact };
      return { position: BigInt(nth), written: writtenAs(content), content };
    });
    this.entries = new Recount().take(entries);
    this.leaves = this.entries.map(({ head, content }) => leafOfTold({ head: { ...head }, content }));
  }

  get size(): number {
    return this.leaves.length;
  }

  async checkpoint(leaves = this.leaves): Promise<Checkpoint> {
    const tiles = new Map(
      growTiles(0, [], leaves).map(({ tier, index, hashes }) => [`${String(tier)}/${String(index)}`, hashes]),
    );
    const read = readFromTiles(({ tier, index }) =>
      Promise.resolve(tiles.get(`${String(tier)}/${String(index)}`) ?? new Uint8Array()),
    );
    return { origin: 'chargebook/test', size: leaves.length, root: await rootOf(leaves.length, read) };
  }
}

/** What a witness has of a book. */
async function witnessOf(book: MemoryBook): Promise<Witnessed> {
  const leaves = [...book.leaves];
  const tree = new TreeBuilder();
  for (const leaf of leaves) tree.append(leaf);
  const { size, root } = await book.checkpoint();
  return {
    size,
    root,
    tree,
    leaves: (from, to) => Promise.resolve(Buffer.concat(leaves.slice(from, to))),
    keep: (piece, from) => {
      for (let nth = 0; nth < piece.length / 32; nth += 1)
        leaves[from + nth] = piece.subarray(nth * 32, (nth + 1) * 32);
      return Promise.resolve();
    },
  };
}

/** Leaves in pieces that end anywhere, as they come down a wire. */
async function* inPieces(leaves: readonly Uint8Array[], length = 1_000): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.concat(leaves);
  for (let at = 0; at < bytes.length; at += length)
    yield await Promise.resolve(bytes.subarray(at, at + length));
}

const seed = { seed: 20_260_504 };
const lives = fc
  .sample(steps, { numRuns: 60, ...seed })
  .map((happened, nth) => lifeOf(`t${String(nth)}`, happened).facts);
const ALL = lives.flat();
/** Facts that come legitimately, and others that a forger has in store: of lives of their own. */
const [TOLD, LATER, FORGED] = [ALL.slice(0, TILE_WIDTH + 60), ALL.slice(400, 460), ALL.slice(500, 600)];
const ORIGINAL = new MemoryBook(TOLD);

interface Forgery {
  readonly facts: readonly Untold[];
  /** Index of the first entry that is another one then. */
  readonly from: number;
}

type Forge = (at: number, other: number) => Forgery;

/** Everything else is made again to fit: revisions, sequences, numbers, tree and checkpoint. */
const FORGERIES: Readonly<Record<string, Forge>> = {
  'the data is edited': (at) => edited(at, (fact) => ({ ...fact, data: { ...fact.data, forged: true } })),
  'the time is edited': (at) =>
    edited(at, (fact) => withMetadata(fact, { occurredAt: '2020-01-01T00:00:00.000Z' })),
  'the author is edited': (at) =>
    edited(at, (fact) => withMetadata(fact, { actor: { kind: 'ADMIN', id: 'x' } })),
  'the type is edited': (at) => edited(at, (fact) => ({ ...fact, type: 'Other' })),
  'the id is edited': (at) => edited(at, (fact) => ({ ...fact, eventId: FORGED[0]?.eventId })),
  'the stream is edited': (at) => edited(at, (fact) => ({ ...fact, stream: 'charger-other' })),
  'one is deleted': (at) => ({ facts: TOLD.toSpliced(at, 1), from: at }),
  'one is inserted': (at, other) => ({ facts: TOLD.toSpliced(at, 0, forged(other)), from: at }),
  'two are swapped': (at, other) => {
    const [first, second] = [Math.min(at, other), Math.max(at, other)];
    const [one, two] = [TOLD[first], TOLD[second]];
    if (one == null || two == null || first === second)
      return edited(at, (fact) => ({ ...fact, type: 'Other' }));
    return { facts: TOLD.with(first, two).with(second, one), from: first };
  },
  'it is truncated': (at) => ({ facts: TOLD.slice(0, at), from: at }),
  'it is rolled back and goes on': (at) => ({ facts: [...TOLD.slice(0, at), ...FORGED], from: at }),
  'it is forked': (at) => ({
    facts: [...TOLD.slice(0, at), ...Array.from({ length: TOLD.length - at }, (_, nth) => forged(nth))],
    from: at,
  }),
  'one is edited, and all after it are told again': (at) => {
    const { facts } = edited(at, (fact) => ({ ...fact, data: { ...fact.data, forged: true } }));
    const again = facts
      .slice(at)
      .map((fact, nth) => withMetadata(fact, { commandId: `again-${String(nth)}` }) as Untold);
    return { facts: [...facts.slice(0, at), ...again], from: at };
  },
};

function edited(at: number, change: (fact: Untold) => object): Forgery {
  const fact = TOLD[at];
  return { facts: fact == null ? TOLD : TOLD.with(at, change(fact) as Untold), from: at };
}

function withMetadata(fact: Untold, change: object): object {
  return { ...fact, metadata: { ...fact.metadata, ...change } };
}

function forged(nth: number): Untold {
  return { ...FORGED[nth % FORGED.length]!, eventId: `forged-${String(nth)}` };
}

function expectedOf({ facts, from }: Forgery): Finding {
  const size = ORIGINAL.size;
  if (facts.length < size)
    return { kind: 'ROLLED_BACK', to: facts.length, ...(from < facts.length ? { from: from + 1 } : {}) };
  return { kind: facts.length === size ? 'FORKED' : 'REWRITTEN', from: from + 1 };
}

const someFact = fc.nat(ORIGINAL.size - 1);
const kinds = fc.constantFrom(...Object.keys(FORGERIES));

describe('a book that was tampered with', () => {
  it(
    'in the event store, with everything made to fit, is found out by a witness at the first wrong entry',
    async () => {
      const told: Record<string, number> = {};
      await fc.assert(
        fc.asyncProperty(kinds, someFact, someFact, fc.nat(40), async (kind, at, other, later) => {
          const forgery = FORGERIES[kind]!(at, other);
          const facts = [...forgery.facts, ...LATER.slice(0, later)];
          const book = new MemoryBook(facts);
          const witness = await witnessOf(ORIGINAL);
          const differs = await firstDifference(witness, inPieces(book.leaves), witness.size);
          expect(differs).toBe(forgery.from);
          const leaves = (from: number, to: number) => inPieces(book.leaves.slice(from, to), 700);
          expect(await judge(witness, await book.checkpoint(), leaves)).toEqual(
            expectedOf({ facts, from: forgery.from }),
          );
          told[kind] = (told[kind] ?? 0) + 1;
        }),
        { numRuns: RUNS, ...SEED },
      );
      if (TORTURE_SCALE != null) process.stdout.write(`  ${JSON.stringify(told)}\n`);
    },
    LONGEST_MS,
  );

  it(
    'in what a server gives out of it, is found out too',
    async () => {
      const witness = await witnessOf(ORIGINAL);
      await fc.assert(
        fc.asyncProperty(someFact, fc.constantFrom(...ROWS), async (at, forge) => {
          const entries = ORIGINAL.entries.with(at, forge(ORIGINAL.entries[at]!));
          const leaves = entries.map(({ head, content }) => leafOfTold({ head: { ...head }, content }));
          expect(await firstDifference(witness, inPieces(leaves), witness.size)).toBe(at);
        }),
        { numRuns: RUNS, ...SEED },
      );
    },
    LONGEST_MS,
  );

  it('in its tree alone, is found out by the next checkpoint', async () => {
    await fc.assert(
      fc.asyncProperty(someFact, fc.boolean(), async (at, isGrown) => {
        const grown = new MemoryBook(isGrown ? [...TOLD, ...LATER] : TOLD);
        const leaves = grown.leaves.with(at, grown.leaves[(at + 1) % grown.size]!);
        const told = await grown.checkpoint(leaves);
        const witness = await witnessOf(ORIGINAL);
        const finding = await judge(witness, told, (from, to) => inPieces(leaves.slice(from, to)));
        expect(finding).toEqual({ kind: isGrown ? 'REWRITTEN' : 'FORKED', from: at + 1 });
        // The server gives out what was witnessed, and has signed something else.
        const other = await judge(await witnessOf(ORIGINAL), told, (from, to) =>
          inPieces(grown.leaves.slice(from, to)),
        );
        expect(other).toEqual({ kind: 'FORKED' });
      }),
      { numRuns: Math.ceil(RUNS / 5), ...SEED },
    );
  });

  it('is in order where it only grew', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(60), fc.integer({ min: 1, max: 9_999 }), async (later, length) => {
        const grown = new MemoryBook([...TOLD, ...LATER.slice(0, later)]);
        const witness = await witnessOf(ORIGINAL);
        const leaves = (from: number, to: number) => inPieces(grown.leaves.slice(from, to), length);
        expect(await judge(witness, await grown.checkpoint(), leaves)).toEqual({ kind: 'CONSISTENT' });
        expect(witness.tree.size).toBe(grown.size);
        expect(await witness.leaves(0, grown.size)).toEqual(Buffer.concat(grown.leaves));
      }),
      { numRuns: 8, ...SEED },
    );
  });
});

/** Rows of the ledger's entries that somebody has changed. */
const ROWS: readonly ((entry: LedgerEntry) => LedgerEntry)[] = [
  (entry) => ({ ...entry, content: entry.content.replace('"data":{', '"data":{"forged":1,') }),
  (entry) => ({ ...entry, head: { ...entry.head, recordedAt: '2020-01-01T00:00:00.000Z' } }),
  (entry) => ({ ...entry, head: { ...entry.head, occurredAt: '2020-01-01T00:00:00.000Z' } }),
  (entry) => ({ ...entry, head: { ...entry.head, things: { ...entry.head.things, 'charger:other': 1 } } }),
  (entry) => ({ ...entry, head: { ...entry.head, sequence: entry.head.sequence + 1 } }),
];
