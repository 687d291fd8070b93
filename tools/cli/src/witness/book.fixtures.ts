import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { SignerKey, ToldEntry } from '@chargebook/transparency';
import {
  canonicalJson,
  formatVerifierKey,
  generateSigner,
  introduceKey,
  leafOfTold,
  sha256,
  signCheckpoint,
  TreeBuilder,
} from '@chargebook/transparency';
import type { CountedEntry, ToldBook, ToldCheckpoint } from './told-book';

const ORIGIN = 'chargebook/harbour';

/** A book in memory that tells whatever its tests want it to. */
export class BookOfTests implements Pick<
  ToldBook,
  keyof ToldBook & ('checkpoint' | 'leaves' | 'cosign' | 'entries' | 'recount' | 'root')
> {
  facts: string[] = [];
  signers: SignerKey[] = [generateSigner(ORIGIN)];
  introductions: (string | undefined)[] = [undefined];
  cosignatures: ToldCheckpoint['cosignatures'] = [];
  /** What happens before each piece of leaves goes out. */
  onLeaves: () => void = () => undefined;
  inLedger: readonly ToldEntry[] | undefined;
  inStore: readonly CountedEntry[] | undefined;
  inTree: readonly Uint8Array[] | undefined;
  aboveTree: string | undefined;

  record(...facts: string[]): void {
    this.facts = [...this.facts, ...facts];
    this.cosignatures = [];
  }

  rotateKey(isLost = false): void {
    const [former, next] = [this.signers.at(-1), generateSigner(ORIGIN)];
    const { size, root } = treeOf(this.allLeaves());
    this.introductions.push(introduceKey({ origin: ORIGIN, size, root }, next, isLost ? undefined : former));
    this.signers.push(next);
  }

  told(signer = this.signers.at(-1)!): ToldCheckpoint {
    const { size, root } = treeOf(this.allLeaves());
    return {
      origin: ORIGIN,
      size,
      note: signCheckpoint({ origin: ORIGIN, size, root }, signer),
      signedAt: '2026-05-04T10:00:00.000Z',
      cosignatures: this.cosignatures,
      keys: this.signers.map((key, nth) => ({
        key: formatVerifierKey(key),
        introduction: this.introductions[nth],
      })),
    };
  }

  checkpoint(): Promise<ToldCheckpoint> {
    return Promise.resolve(this.told());
  }

  async *leaves(from: number, to: number): AsyncGenerator<Uint8Array, void, undefined> {
    // What is asked for, and where a test has a tree of its own all of it.
    const told = this.inTree == null ? this.allLeaves().slice(from, to) : this.inTree.slice(from);
    for (const leaf of told) {
      this.onLeaves();
      yield await Promise.resolve(leaf);
    }
  }

  cosign(_size: number, witness: string, line: string): Promise<void> {
    this.cosignatures = [...this.cosignatures, { witness, line }];
    return Promise.resolve();
  }

  async *entries(to: number): AsyncGenerator<CountedEntry, void, undefined> {
    yield* await Promise.resolve((this.inLedger ?? this.allEntries()).slice(0, to));
  }

  async *recount(to: number): AsyncGenerator<CountedEntry, void, undefined> {
    yield* await Promise.resolve((this.inStore ?? this.allEntries()).slice(0, to));
  }

  root(size: number): Promise<string | undefined> {
    const { root } = treeOf((this.inTree ?? this.allLeaves()).slice(0, size));
    return Promise.resolve(this.aboveTree ?? Buffer.from(root).toString('hex'));
  }

  allEntries(): ToldEntry[] {
    return this.facts.map((fact, nth) => entryOf(nth + 1, fact));
  }

  private allLeaves(): Uint8Array[] {
    return this.allEntries().map(leafOfTold);
  }
}

export function entryOf(sequence: number, fact: string): ToldEntry {
  const content = canonicalJson({ data: { fact }, stream: `charger-${fact}`, type: 'Told' });
  return { head: { sequence, content: Buffer.from(sha256(content)).toString('hex') }, content };
}

function treeOf(leaves: readonly Uint8Array[]): TreeBuilder {
  const tree = new TreeBuilder();
  for (const leaf of leaves) tree.append(leaf);
  return tree;
}

/** A folder for a witness. */
export class WitnessFolder {
  readonly path = mkdtempSync(path.join(tmpdir(), 'chargebook-witness-'));

  read(file: string): Buffer {
    return readFileSync(path.join(this.path, file));
  }

  write(file: string, bytes: Uint8Array | string, flag = 'w'): void {
    writeFileSync(path.join(this.path, file), bytes, { flag });
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
