import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import type { KeySpan, SignerKey, Witnessed } from '@chargebook/transparency';
import {
  areSame,
  EMPTY_ROOT,
  formatVerifierKey,
  generateSigner,
  parseCheckpoint,
  parseVerifierKey,
  pemOf,
  signerFromPem,
  TreeBuilder,
} from '@chargebook/transparency';
import { Violation } from './violation';

/** A checkpoint that was found in order, as a line of `checkpoints`. */
interface Attested {
  readonly note: string;
  readonly cosignature: string;
  readonly seenAt: string;
}

interface Trust {
  readonly name: string;
  readonly keys: readonly { readonly key: string; readonly from: number; readonly until?: number }[];
}

const HASH_BYTES = 32;
const LEAVES_AT_ONCE = 32_768;

/**
 * A witness's own copy of a book, in a folder:
 *
 * - `witness.key`: its private key; `witness.json`: its name, and the keys of the book that it trusts;
 * - `leaves`: the leaves of the tree, 32 bytes each; only those count that the last checkpoint covers;
 * - `checkpoints`: the checkpoints that were found in order, a line of JSON each; the last whole line counts.
 *
 * Leaves are on disk before the checkpoint that covers them, and both before anything is said about it: whoever is killed in
 * between goes on from the checkpoint before.
 */
export class WitnessCopy implements Witnessed {
  tree = new TreeBuilder();
  size = 0;
  root = EMPTY_ROOT;
  /** The last checkpoint that was found in order. */
  attested: Attested | undefined;

  private constructor(
    private readonly folder: string,
    readonly signer: SignerKey,
    private trust: Trust,
    private readonly leavesFile: FileHandle,
    private readonly checkpointsFile: FileHandle,
  ) {}

  /**
   * Opens a copy, or makes an empty one.
   *
   * @param name of a witness that is new
   * @throws Violation where the copy is damaged
   */
  static async open(folder: string, name = `witness/${hostname()}`): Promise<WitnessCopy> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const trust = (await readTrust(folder)) ?? { name, keys: [] };
    const signer = await signerIn(folder, trust.name);
    const [leaves, checkpoints] = await Promise.all(
      ['leaves', 'checkpoints'].map((file) =>
        open(path.join(folder, file), constants.O_RDWR | constants.O_CREAT, 0o600),
      ),
    );
    const copy = new WitnessCopy(folder, signer, trust, leaves as FileHandle, checkpoints as FileHandle);
    await copy.load();
    return copy;
  }

  async close(): Promise<void> {
    await Promise.all([this.leavesFile.close(), this.checkpointsFile.close()]);
  }

  /** The keys of the book that are trusted. */
  get keys(): KeySpan[] {
    return this.trust.keys.map(({ key, ...span }) => ({ ...span, key: parseVerifierKey(key) }));
  }

  async trustKeys(keys: readonly KeySpan[]): Promise<void> {
    const told = keys.map(({ key, ...span }) => ({ ...span, key: formatVerifierKey(key) }));
    this.trust = { ...this.trust, keys: told };
    await replaceFile(
      path.join(this.folder, 'witness.json'),
      `${JSON.stringify(this.trust, undefined, 2)}\n`,
    );
  }

  async leaves(from: number, to: number): Promise<Uint8Array> {
    const bytes = new Uint8Array((to - from) * HASH_BYTES);
    const { bytesRead } = await this.leavesFile.read(bytes, 0, bytes.length, from * HASH_BYTES);
    return bytes.subarray(0, bytesRead);
  }

  async keep(leaves: Uint8Array, from: number): Promise<void> {
    await this.leavesFile.write(leaves, 0, leaves.length, from * HASH_BYTES);
  }

  /** Takes in a checkpoint that the leaves kept so far lead up to. */
  async attest(attested: Attested): Promise<void> {
    const { size, root } = parseCheckpoint(attested.note);
    await this.leavesFile.datasync();
    const { size: endsAt } = await this.checkpointsFile.stat();
    await this.checkpointsFile.write(`${JSON.stringify(attested)}\n`, endsAt);
    await this.checkpointsFile.datasync();
    this.attested = attested;
    [this.size, this.root] = [size, root];
  }

  /** Keeps what proves that the book broke its word. @returns the file's name */
  async keepEvidence(note: string): Promise<string> {
    const { size } = parseCheckpoint(note);
    const name = path.join(this.folder, `evidence-${String(size)}-${String(Date.now())}.note`);
    await replaceFile(name, note);
    return name;
  }

  /** Goes back to the last checkpoint: what came after it is not attested. */
  async load(): Promise<void> {
    // By its name: what is read through the open file goes on from where it was read before.
    const text = await readFile(path.join(this.folder, 'checkpoints'), 'utf8');
    // A line that was being written when the witness ended is not one.
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    if (whole.length < text.length) await this.checkpointsFile.truncate(Buffer.byteLength(whole));
    const last = whole.trimEnd().split('\n').at(-1);
    this.attested = last ? (JSON.parse(last) as Attested) : undefined;
    const { size, root } =
      this.attested == null ? { size: 0, root: EMPTY_ROOT } : parseCheckpoint(this.attested.note);
    [this.size, this.root] = [size, root];
    this.tree = new TreeBuilder();
    for (let at = 0; at < this.size;) {
      const bytes = await this.leaves(at, Math.min(at + LEAVES_AT_ONCE, this.size));
      if (bytes.length < HASH_BYTES) break;
      for (let start = 0; start + HASH_BYTES <= bytes.length; start += HASH_BYTES)
        this.tree.append(bytes.subarray(start, start + HASH_BYTES));
      at += Math.floor(bytes.length / HASH_BYTES);
    }
    if (this.tree.size !== this.size || !areSame(this.tree.root, this.root))
      throw new Violation(
        'COPY_DAMAGED',
        `The copy in ${this.folder} is damaged: its leaves do not make the tree of its last checkpoint.`,
      );
    await this.leavesFile.truncate(this.size * HASH_BYTES);
  }
}

async function readTrust(folder: string): Promise<Trust | undefined> {
  const text = await textIn(path.join(folder, 'witness.json'));
  return text == null ? undefined : (JSON.parse(text) as Trust);
}

async function signerIn(folder: string, name: string): Promise<SignerKey> {
  const file = path.join(folder, 'witness.key');
  const pem = await textIn(file);
  if (pem != null) return signerFromPem(name, 'WITNESS', pem);
  const signer = generateSigner(name, 'WITNESS');
  await replaceFile(file, pemOf(signer));
  return signer;
}

async function textIn(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  });
}

/** All of it is there under its name, on disk, or what was there before. */
async function replaceFile(file: string, text: string): Promise<void> {
  const unfinished = `${file}.part`;
  const handle = await open(unfinished, 'w', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(unfinished, file);
  const folder = await open(path.dirname(file), 'r');
  await folder.sync().finally(() => folder.close());
}
