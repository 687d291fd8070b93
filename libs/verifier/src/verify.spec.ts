import { describe, expect, it } from '@jest/globals';
import { canonicalJson, generateSigner, formatVerifierKey } from '@chargebook/transparency';
import fc from 'fast-check';
import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { BundleOptions, Files, TestBundle } from './bundle.fixtures';
import { bookOf, bundleOf, cryptography, opened } from './bundle.fixtures';
import type { Finding } from './verify.mjs';
import { CannotVerifyError, verifyBundle } from './verify.mjs';

async function findingsIn({ key }: Pick<TestBundle, 'key'>, files: Files): Promise<readonly Finding[]> {
  return (await verifyBundle(opened(files, 4_096), { keys: [key] }, cryptography)).findings;
}

const { TORTURE_SCALE } = process.env;
const BYTES_CHANGED = TORTURE_SCALE == null ? 300 : Math.ceil(10_000 * Number(TORTURE_SCALE));
const LONGEST_MS = TORTURE_SCALE == null ? 60_000 : 3_600_000;

/** A bundle of which some lines of a file are others. */
function changed(files: Files, name: string, change: (lines: string[]) => string[]): Files {
  const lines = files[name]!.split('\n').slice(0, -1);
  return {
    ...files,
    [name]: change(lines)
      .map((line) => `${line}\n`)
      .join(''),
  };
}

describe('a bundle as it was made', () => {
  it.each<[string, BundleOptions]>([
    ['of a charger', {}],
    ['of a charger, cut before the end of the book', { cut: 20 }],
    ['of a charger, of a part of its time', { cut: 30, span: [6, 14] }],
    ['of a charger of which nothing is known', { scope: { charger: 'Z' } }],
    ['of the whole book', { scope: { book: true } }],
    ['of the whole book, of a part of its time', { scope: { book: true }, cut: 30, span: [6, 14] }],
  ])('holds: %s', async (_, how) => {
    const { files, key, witnessKey } = bundleOf(bookOf(37), how);

    const told = await verifyBundle(opened(files), { keys: [key], witnesses: [witnessKey] }, cryptography);

    expect(told.findings).toEqual([]);
    expect(told).toMatchObject({ isKeyNamed: true, checkpoint: { origin: 'chargebook/harbour', size: 37 } });
    expect(told.entries).toBe('book' in (how.scope ?? {}) ? (how.cut ?? 37) : told.manifest.chain);
  });

  it('holds for books of any size', async () => {
    const sizes = fc.tuple(fc.integer({ min: 1, max: 70 }), fc.nat(), fc.nat(), fc.nat());
    await fc.assert(
      fc.asyncProperty(sizes, async ([size, some, from, to]) => {
        const cut = 1 + (some % size);
        const span: [number, number] = [Math.min(from % size, to % size), Math.max(from % size, to % size)];
        const bundle = bundleOf(bookOf(size), { cut, span });
        expect(await findingsIn(bundle, bundle.files)).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  it('holds for whoever knows an earlier key of the book', async () => {
    const [first, second, third] = [0, 1, 2].map(() => generateSigner('chargebook/harbour'));
    const bundle = bundleOf(bookOf(9), { signer: first!, succession: [second!, third!] });

    expect(await findingsIn(bundle, bundle.files)).toEqual([]);
    expect(await findingsIn({ key: formatVerifierKey(second!) }, bundle.files)).toEqual([]);
    const stranger = { key: formatVerifierKey(generateSigner('chargebook/harbour')) };
    expect((await findingsIn(stranger, bundle.files)).map(({ where }) => where)).toEqual([
      'checkpoint',
      'manifest.note',
    ]);
  });

  it('says nothing of whose it is without a key', async () => {
    const { files } = bundleOf(bookOf(9));

    const told = await verifyBundle(opened(files), {}, cryptography);

    expect(told).toMatchObject({ findings: [], isKeyNamed: false });
  });

  it('is not witnessed by whom the reader names', async () => {
    const { files, key } = bundleOf(bookOf(9));
    const other = formatVerifierKey(generateSigner('other.example', 'WITNESS'));

    const told = await verifyBundle(opened(files), { keys: [key], witnesses: [other] }, cryptography);

    expect(told.findings).toEqual([{ where: 'checkpoint', what: 'other.example has not witnessed it' }]);
  });
});

describe('a bundle that was tampered with', () => {
  const bundle = bundleOf(bookOf(37), { cut: 30, span: [3, 24] });
  const { files } = bundle;
  // Line 1 is the header; then sequences 1 (omitted), 4, 7, 10, ...
  it.each<[string, Files, Finding]>([
    [
      'an edited fact',
      changed(files, 'report.jsonl', (lines) =>
        lines.with(2, lines[2]!.replace('"note":"\u20ac 3"', '"note":"\u20ac 4"')),
      ),
      {
        where: 'report.jsonl, line 3: sequence 4',
        what: 'the fact does not have the hash that its head says',
      },
    ],
    [
      'an edited time',
      changed(files, 'report.jsonl', (lines) => lines.with(3, lines[3]!.replaceAll('10:06', '10:05'))),
      { where: 'report.jsonl, line 4: sequence 7', what: 'its head is not the one in the tree' },
    ],
    [
      'a fact left out',
      changed(files, 'report.jsonl', (lines) => lines.toSpliced(3, 1)),
      { where: 'report.jsonl, line 4: sequence 10', what: 'it is number 4 of charger:A, after number 2' },
    ],
    [
      'the last facts left out',
      changed(files, 'report.jsonl', (lines) => lines.toSpliced(10, 1)),
      { where: 'report.jsonl', what: 'it ends with number 9 of charger:A, not with 10' },
    ],
    [
      'a fact told twice',
      changed(files, 'report.jsonl', (lines) => lines.toSpliced(3, 0, lines[3]!)),
      {
        where: 'report.jsonl, line 5: sequence 7',
        what: 'it is not in its place, or another one has the same',
      },
    ],
    [
      'facts in another order',
      changed(files, 'report.jsonl', (lines) => lines.with(3, lines[4]!).with(4, lines[3]!)),
      {
        where: 'report.jsonl, line 5: sequence 7',
        what: 'it is not in its place, or another one has the same',
      },
    ],
    [
      'a fact hidden as one that happened elsewhen',
      changed(files, 'report.jsonl', (lines) => {
        const { head } = JSON.parse(lines[3]!) as { head: object };
        return lines.with(3, canonicalJson({ head: { ...head }, kind: 'omitted' }));
      }),
      {
        where: 'report.jsonl, line 4: sequence 7',
        what: 'it was omitted, although it happened inside the span',
      },
    ],
    [
      'a line that is worked out',
      changed(files, 'report.jsonl', (lines) => lines.with(-2, '{"amps":32,"kind":"placement"}')),
      { where: 'report.jsonl', what: 'it has 2911 bytes instead of 2901' },
    ],
    [
      'another span in the header',
      changed(files, 'report.jsonl', (lines) => lines.with(0, lines[0]!.replace('10:03', '10:02'))),
      { where: 'report.jsonl, line 1', what: 'it is not the report that the manifest describes' },
    ],
    [
      'nothing after the middle of a line',
      { ...files, 'report.jsonl': files['report.jsonl']!.slice(0, 900) },
      {
        where: 'report.jsonl, line 3: sequence 4',
        what: 'it cannot be read: report.jsonl ends in the middle of a line',
      },
    ],
    [
      'an edited proof',
      changed(files, 'proof.jsonl', (lines) =>
        lines.with(4, lines[4]!.replace(/"hash":"...../, '"hash":"AAAAA')),
      ),
      { where: 'checkpoint', what: 'the entries and the proof do not make its root' },
    ],
    [
      'a line of the proof left out',
      changed(files, 'proof.jsonl', (lines) => lines.toSpliced(1, 1)),
      {
        where: 'report.jsonl, line 3: sequence 4',
        what: 'of what stands before it, sequence 2 is missing: see proof.jsonl, line 2',
      },
    ],
    [
      'more proof than belongs there',
      changed(files, 'proof.jsonl', (lines) => [...lines, lines.at(-1)!]),
      {
        where: expect.stringMatching(/^proof.jsonl, line/) as unknown as string,
        what: 'there is more than belongs there',
      },
    ],
    [
      'a checkpoint of another size',
      { ...files, checkpoint: files['checkpoint']!.replace('\n37\n', '\n38\n') },
      { where: 'checkpoint', what: 'it is not signed by a key of chargebook/harbour that can be trusted' },
    ],
    [
      'another manifest',
      { ...files, 'manifest.json': files['manifest.json']!.replace('"chain":10', '"chain":11') },
      { where: 'manifest.json', what: 'it is not the manifest that was signed' },
    ],
    [
      'a file that is not there',
      Object.fromEntries(Object.entries(files).filter(([name]) => name !== 'proof.jsonl')),
      { where: 'proof.jsonl', what: 'the file is missing' },
    ],
  ])('does not hold, and it says where: %s', async (_, tampered, finding) => {
    expect(await findingsIn(bundle, tampered)).toContainEqual(finding);
  });

  it('does not hold where a book was made anew, entry by entry, and signed by another', async () => {
    const rewritten = bundleOf(
      bookOf(37, (nth) => ({ note: nth === 3 ? 'never' : `\u20ac ${String(nth)}` })),
      { cut: 30, span: [3, 24] },
    );

    expect((await findingsIn(bundle, rewritten.files)).map(({ where }) => where)).toEqual([
      'checkpoint',
      'manifest.note',
    ]);
    expect(
      await findingsIn(bundle, {
        ...rewritten.files,
        checkpoint: files['checkpoint']!,
        keys: files['keys']!,
      }),
    ).toContainEqual({
      where: 'checkpoint',
      what: 'the entries and the proof do not make its root',
    });
  });

  it.each(['manifest.json', 'manifest.note', 'checkpoint', 'keys'])(
    'cannot be verified without %s',
    async (name) => {
      const rest = Object.fromEntries(Object.entries(files).filter(([other]) => other !== name));
      await expect(findingsIn(bundle, rest)).rejects.toThrow(new CannotVerifyError(`${name} is missing`));
    },
  );

  it(
    'never holds, whatever byte is another',
    async () => {
      const names = ['report.jsonl', 'proof.jsonl', 'manifest.json'];
      await fc.assert(
        fc.asyncProperty(
          fc.constantFrom(...names),
          fc.nat(),
          fc.integer({ min: 1, max: 255 }),
          async (name, some, change) => {
            const bytes = Buffer.from(files[name]!);
            bytes[some % bytes.length]! ^= change;
            const open = (wanted: string) =>
              wanted === name ? once(bytes) : opened(files, 4_096).open(wanted);
            const verifying = verifyBundle({ open }, { keys: [bundle.key] }, cryptography);
            const outcome = await verifying.catch((error: unknown) => error);
            if (outcome instanceof CannotVerifyError) return;
            expect(outcome).toMatchObject({
              findings: expect.arrayContaining([expect.anything()]) as unknown,
            });
          },
        ),
        { numRuns: BYTES_CHANGED },
      );
    },
    LONGEST_MS,
  );
});

function* once(bytes: Uint8Array): Generator<Uint8Array> {
  yield bytes;
}

describe('the script by itself', () => {
  const SCRIPT = path.join(import.meta.dirname, 'verify.mjs');

  /** Unpacks a bundle with the script in it, runs it there, and tidies up. */
  async function run(files: Files, args: readonly string[]): Promise<{ code: number; output: string }> {
    const directory = await mkdtemp(path.join(tmpdir(), 'chargebook a bundle #'));
    try {
      await Promise.all(
        Object.entries(files).map(([name, text]) => writeFile(path.join(directory, name), text)),
      );
      await copyFile(SCRIPT, path.join(directory, 'verify.mjs'));
      return await new Promise((resolve) => {
        execFile(process.execPath, [path.join(directory, 'verify.mjs'), ...args], (error, stdout, stderr) => {
          resolve({ code: Number(error?.code ?? 0), output: stdout + stderr });
        });
      });
    } finally {
      await rm(directory, { recursive: true });
    }
  }

  const { files, key } = bundleOf(bookOf(9));

  it('imports nothing but what Node has', async () => {
    const source = await readFile(SCRIPT, 'utf8');
    const imported = [...source.matchAll(/(?:import\(|from )'([^']+)'/g)].map(([, name]) => name);
    expect(imported.filter((name) => !name?.startsWith('node:'))).toEqual([]);
  });

  it.each<[string, Files, readonly string[], number, RegExp]>([
    ['holds', files, ['--key', key], 0, /^It holds: 3 facts/],
    ['holds, signed by whomever', files, [], 3, /anybody could have signed/],
    ['does not hold', { ...files, 'report.jsonl': '' }, ['--key', key], 1, /^report\.jsonl: it has 0 bytes/],
    ['is not there', {}, ['--key', key], 2, /checkpoint is missing/],
    ['is asked of with no key', files, ['--key', 'secret'], 2, /is not a key/],
    ['is asked of with nonsense', files, ['--kee', key], 2, /--kee/],
  ])('says by its exit code that a bundle %s', async (_, some, args, code, words) => {
    const told = await run(some, args);
    expect(told.output).toMatch(words);
    expect(told.code).toBe(code);
  });
});
