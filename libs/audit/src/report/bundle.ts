import { createReadStream } from 'node:fs';
import { createGzip } from 'node:zlib';
import { pipeline } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { Database } from '@chargebook/read-models';
import { TreeQueries } from '@chargebook/read-models';
import type { JsonValue } from '@chargebook/transparency';
import { canonicalJson, sha256 } from '@chargebook/transparency';
import type { Pack } from 'tar-stream';
import { pack } from 'tar-stream';
import type { StoredCheckpoint } from '../checkpoints/audit-record';
import { proofLines } from './proof-lines';
import { readMe } from './read-me';
import type { FileKind, Workshop } from './report-files';
import { REPORT_FILE } from './report-files';
import type { SpooledFile } from './report-spool';
import type { MadeReport } from './report-text';

/** What the book says of itself in a bundle. */
export interface Signing {
  /** A checkpoint that covers a sequence. */
  checkpointFor(sequence: number): Promise<StoredCheckpoint>;
  /** A note of the book's own, signed by its present key. */
  sign(text: string): Promise<string>;
  /** The notes by which its keys are introduced, one after the other. */
  introductions(checkpoint: StoredCheckpoint): Promise<string>;
  /** The script by which a bundle is verified. */
  verifier(): Promise<Uint8Array>;
}

export interface BundleParts {
  readonly database: Database;
  readonly signing: Signing;
  /** Files that are made from the report and put beside it. */
  readonly beside: readonly FileKind[];
}

const PROOF_FILE = 'proof.jsonl';
const MANIFEST_FORMAT = 'chargebook-manifest/1';

/** A report with all that is needed to verify it without the book, as a compressed archive. */
export function bundleFile(parts: BundleParts): FileKind {
  return {
    file: 'report.tar.gz',
    format: 'BUNDLE',
    mediaType: 'application/gzip',
    isFor: () => true,
    content: (report, workshop) => archiveOf(report, workshop, parts),
  };
}

async function* archiveOf(
  report: MadeReport,
  workshop: Workshop,
  { database, signing, beside }: BundleParts,
): AsyncGenerator<Uint8Array, void, undefined> {
  const checkpoint = await signing.checkpointFor(report.arguments.asOfSequence);
  const proof = proofLines(report, new TreeQueries(database), checkpoint.size);
  const proofFile = await workshop.write(`proof-${String(checkpoint.size)}.jsonl`, proof);
  const files: [string, SpooledFile][] = [
    [REPORT_FILE, report.file],
    [PROOF_FILE, proofFile],
  ];
  for (const kind of beside.filter(({ isFor }) => isFor(report)))
    files.push([kind.file, await workshop.file(kind)]);
  const manifest = manifestOf(report, files);
  const texts: [string, string | Uint8Array][] = [
    ['README.txt', readMe(report, checkpoint)],
    ['manifest.json', manifest],
    ['manifest.note', await signing.sign(noteOf(report, manifest))],
    ['checkpoint', checkpoint.note + checkpoint.cosignatures.map(({ line }) => line).join('')],
    ['keys', await signing.introductions(checkpoint)],
    ['verify.mjs', await signing.verifier()],
  ];
  const archive = pack();
  const directory = `report-${report.name.slice(0, 12)}`;
  const filling = fill(archive, directory, { files, texts, mtime: new Date(report.arguments.knownAt) });
  filling.catch((error: unknown) => {
    archive.destroy(error as Error);
  });
  const compressed = pipeline(archive, createGzip(), () => undefined);
  yield* compressed as AsyncIterable<Uint8Array>;
  await filling;
}

/** Signed by the book: of what stands in the files, nothing can be another without it showing. */
function manifestOf({ summary }: MadeReport, files: readonly [string, SpooledFile][]): string {
  const { report, digest, chain, entryCount, lines } = summary;
  return canonicalJson({
    chain,
    digest,
    entryCount,
    files: files.map(([name, { bytes, sha256: hash }]) => ({ name, bytes, sha256: hash })),
    lines: lines as JsonValue,
    report,
  });
}

function noteOf({ arguments: { origin } }: MadeReport, manifest: string): string {
  return `${MANIFEST_FORMAT}\n${origin}\n${Buffer.from(sha256(manifest)).toString('hex')}\n`;
}

async function fill(
  archive: Pack,
  directory: string,
  {
    files,
    texts,
    mtime,
  }: {
    readonly files: readonly [string, SpooledFile][];
    readonly texts: readonly [string, string | Uint8Array][];
    readonly mtime: Date;
  },
): Promise<void> {
  const header = (name: string) => ({ name: `${directory}/${name}`, mtime, mode: 0o644 });
  for (const [name, text] of texts) archive.entry(header(name), Buffer.from(text));
  for (const [name, { path, bytes }] of files) {
    const entry = archive.entry({ ...header(name), size: bytes });
    await finished(pipeline(createReadStream(path), entry, () => undefined));
  }
  archive.finalize();
}
