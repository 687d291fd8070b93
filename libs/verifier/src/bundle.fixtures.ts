import { createHash, createPublicKey, hash, verify } from 'node:crypto';
import type { JsonValue, SignerKey } from '@chargebook/transparency';
import {
  canonicalJson,
  coverOf,
  formatCheckpoint,
  formatVerifierKey,
  generateSigner,
  leafHash,
  nodeHash,
  sha256,
  signatureOn,
  signCheckpoint,
  signNote,
  TreeBuilder,
} from '@chargebook/transparency';
import type { Bundle, Cryptography } from './verify.mjs';

/** The files of a bundle, as texts. */
export type Files = Record<string, string>;

export interface TestBundle {
  readonly files: Files;
  readonly key: string;
  readonly witnessKey: string;
}

const ORIGIN = 'chargebook/harbour';
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
const minute = (nth: number) => new Date(Date.UTC(2026, 4, 4, 10, nth)).toISOString();

type JsonObject = Readonly<Record<string, string | number>>;

interface Entry {
  readonly head: {
    readonly content: string;
    readonly recordedAt: string;
    readonly sequence: number;
    readonly occurredAt: string;
    readonly things: Record<string, number>;
  };
  readonly content: { readonly data: JsonObject; readonly type: string };
}

/** A book in which every third fact is of charger A: one each minute. */
export function bookOf(size: number, change: (nth: number) => JsonObject = () => ({})): Entry[] {
  const counts: Record<string, number> = {};
  return Array.from({ length: size }, (_, index) => {
    const thing = `charger:${'ABC'[index % 3] ?? ''}`;
    counts[thing] = (counts[thing] ?? 0) + 1;
    const content = {
      data: { note: `\u20ac ${String(index)}`, 10: 1, 9: 2, ...change(index) },
      type: 'Noted',
    };
    const head = {
      content: hex(sha256(canonicalJson(content))),
      occurredAt: minute(index),
      recordedAt: minute(index),
      sequence: index + 1,
      things: { [thing]: counts[thing] },
    };
    return { head, content };
  });
}

/** How a bundle is made. */
export interface BundleOptions {
  readonly scope?: Readonly<Record<string, string | true>>;
  /** How many facts the report knows of. */
  readonly cut?: number;
  /** The minutes of which it tells. */
  readonly span?: readonly [number, number];
  readonly signer?: SignerKey;
  readonly succession?: readonly SignerKey[];
}

/** A bundle that holds. */
export function bundleOf(book: readonly Entry[], how: BundleOptions = {}): TestBundle {
  const { scope = { charger: 'A' }, cut = book.length, span = [0, book.length], succession = [] } = how;
  const signer = how.signer ?? generateSigner(ORIGIN);
  const current = succession.at(-1) ?? signer;
  const witness = generateSigner('witness.example', 'WITNESS');
  const report = {
    asOfSequence: cut,
    book: ORIGIN,
    format: 'chargebook-report/1',
    from: minute(span[0]),
    kind: 'report',
    scope,
    to: minute(span[1]),
  };
  const isOfScope = ({ head }: Entry) =>
    'book' in scope || `charger:${String(scope['charger'])}` in head.things;
  const told = book.slice(0, cut).filter(isOfScope);
  const facts = told.map(({ head, content }): JsonValue => {
    const nth = head.sequence - 1;
    return nth >= span[0] && nth < span[1] ? { kind: 'fact', head, content } : { kind: 'omitted', head };
  });
  const lines = facts.map((fact) => `${canonicalJson(fact)}\n`);
  const end = { kind: 'end', facts: facts.length };
  const reportText = [report, ...facts, { kind: 'placement' }, end as JsonValue]
    .map((line) => `${canonicalJson(line)}\n`)
    .join('');
  const leaves = book.map(({ head }) => leafHash(canonicalJson(head)));
  const { root, size } = treeOf(leaves);
  const checkpointText = formatCheckpoint({ origin: ORIGIN, root, size });
  const signedAs = [signer, ...succession];
  const proof = proofOf(
    leaves,
    told.map(({ head }) => head.sequence - 1),
  );
  const manifest = canonicalJson({
    chain: told.length,
    digest: hex(sha256(lines.join(''))),
    files: [fileOf('report.jsonl', reportText), fileOf('proof.jsonl', proof)],
    report,
  });
  return {
    key: formatVerifierKey(signer),
    witnessKey: formatVerifierKey(witness),
    files: {
      'report.jsonl': reportText,
      'proof.jsonl': proof,
      'manifest.json': manifest,
      'manifest.note': signNote(`chargebook-manifest/1\n${ORIGIN}\n${hex(sha256(manifest))}\n`, current),
      checkpoint:
        signCheckpoint({ origin: ORIGIN, root, size }, current) + signatureOn(checkpointText, witness),
      keys: signedAs
        .map((key, nth) => {
          const text = `${formatCheckpoint({ origin: ORIGIN, root, size })}next-key ${formatVerifierKey(key)}\n`;
          return signNote(text, ...signedAs.slice(Math.max(0, nth - 1), nth + 1));
        })
        .join(''),
    },
  };
}

export function fileOf(name: string, text: string) {
  return { name, bytes: Buffer.byteLength(text), sha256: hex(sha256(text)) };
}

function treeOf(leaves: readonly Uint8Array[]) {
  const builder = new TreeBuilder();
  for (const leaf of leaves) builder.append(leaf);
  return builder;
}

/** The leaves of some facts, and the subtrees between them. */
function proofOf(leaves: readonly Uint8Array[], told: readonly number[]): string {
  const hashOf = (level: number, index: number): Uint8Array =>
    level === 0 ? leaves[index]! : nodeHash(hashOf(level - 1, index * 2), hashOf(level - 1, index * 2 + 1));
  const places: { level: number; index: number }[] = [];
  let next = 0;
  for (const leaf of told) {
    places.push(...coverOf(next, leaf), { level: 0, index: leaf });
    next = leaf + 1;
  }
  places.push(...coverOf(next, leaves.length));
  return places
    .map(
      ({ level, index }) =>
        `${canonicalJson({ hash: base64(hashOf(level, index)), index, kind: 'subtree', level })}\n`,
    )
    .join('');
}

export const cryptography: Cryptography = {
  hash: (whole) => hash('sha256', whole, 'buffer'),
  hasher: () => createHash('sha256'),
  isSigned: (publicKey, message, signature) => {
    const x = Buffer.from(publicKey).toString('base64url');
    const key = createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x } });
    return verify(null, message, key, signature);
  },
};

/** The files in pieces of some bytes, so that they are cut wherever it hurts. */
export function opened(files: Files, pieceBytes = 7): Bundle {
  return {
    open: (name) => {
      const text = files[name];
      return text == null ? undefined : piecesOf(Buffer.from(text), pieceBytes);
    },
  };
}

function* piecesOf(bytes: Buffer, pieceBytes: number): Generator<Uint8Array> {
  for (let from = 0; from < bytes.length; from += pieceBytes) {
    yield bytes.subarray(from, from + pieceBytes);
  }
}
