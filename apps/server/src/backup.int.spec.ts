import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Book } from './book.fixtures';
import { chargebook, cleanUp, ServerProcess, temporaryFolder } from './server-process.fixtures';

let server: ServerProcess;
let folder: string;
let saved: string;

const factsIn = (file: string) =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('{"fact"'));

beforeAll(async () => {
  folder = temporaryFolder();
  saved = path.join(folder, 'book.jsonl');
  server = await ServerProcess.start();
  const book = new Book(server);
  await book.record('registerSite', { id: 'yard', name: 'Yard', timeZone: 'UTC' });
  await book.record('addCircuit', { id: 'row', site: 'yard', fuseRatingAmps: 32 });
  for (const n of ['1', '2']) {
    await book.record('installBackplate', { id: `p${n}`, circuit: 'row' });
    await book.record('registerCharger', { serial: `u${n}` });
    await book.record('mountCharger', { charger: `u${n}`, backplate: `p${n}` });
  }
  const moves = [
    { charger: 'u1', backplate: 'p2' },
    { charger: 'u2', backplate: 'p1' },
  ];
  await book.record('relocateChargers', { moves });
  const observations = Array.from({ length: 60 }, (_, n) => ({
    charger: `u${String(1 + (n % 2))}`,
    kind: n % 4 < 2 ? 'POWER_LOST' : 'POWER_RESTORED',
    occurredAt: new Date().toISOString(),
    deviceSequence: n,
  }));
  await book.observe(observations);
});

afterAll(cleanUp);

describe('a backup', () => {
  it('is taken while commands go on, and is whole', async () => {
    const book = new Book(server);
    let isSaving = true;
    const recording = (async () => {
      for (let amps = 6; isSaving; amps = 6 + ((amps + 1) % 20))
        await book.record('setMaxChargerCurrent', { charger: 'u1', amps });
    })();
    const said = await chargebook(server, 'backup', saved);
    isSaving = false;
    await recording;
    expect(said).toMatchObject({ code: 0, stderr: '' });
    expect(await chargebook(server, 'verify', saved)).toMatchObject({ code: 0 });
    expect(factsIn(saved).length).toBeGreaterThan(70);
  });

  it('restored into an empty book gives every fact its sequence, and every answer', async () => {
    const compressed = path.join(folder, 'again.jsonl.gz');
    const again = path.join(folder, 'again.jsonl');
    await chargebook(server, 'backup', saved);
    const other = await ServerProcess.start();
    expect(await chargebook(other, 'restore', saved)).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('AUDIT_KEY_FILE'),
    });
    expect((await chargebook(other, 'restore', saved)).stdout).toContain('were there');
    expect(await chargebook(other, 'backup', compressed)).toMatchObject({ code: 0 });
    expect(await chargebook(other, 'verify', compressed)).toMatchObject({ code: 0 });
    await chargebook(other, 'backup', again);
    expect(factsIn(again)).toEqual(factsIn(saved));

    const ask = `{ site(id: "yard") { chargers { nodes { serial placement { backplateId } powered } }
      history(first: 100) { totalCount nodes { sequence eventId recordedAt summary } } } }`;
    const [before, after] = [new Book(server), new Book(other)];
    await after.caughtUp();
    expect(await after.query(ask)).toEqual(await before.query(ask));
    // By the same name, with the same keys, and over the same hashes.
    const size = String(factsIn(saved).length);
    const proof = `{ book { auditKeys { key since introduction } } inclusionProof(sequence: "7", size: "${size}") { root leaf } }`;
    expect(await after.query(proof)).toEqual(await before.query(proof));
  });

  it.each<[how: string, damage: (lines: string[]) => string[], said: RegExp]>([
    ['a line is changed', (lines) => lines.map((line) => line.replace('"u1"', '"u9"')), /was changed/],
    ['a line is taken out', (lines) => lines.toSpliced(-3, 1), /changed|goes on with revision/],
    ['it is cut off', (lines) => lines.slice(0, -1), /is cut off after line/],
    ['it is no backup', () => ['{"some":"thing"}'], /no backup/],
    ['it is no JSON', () => ['once upon a time'], /not JSON/],
  ])('is refused where %s, and nothing is written', async (_how, damage, said) => {
    const damaged = path.join(folder, 'damaged.jsonl');
    const lines = readFileSync(saved, 'utf8').trimEnd().split('\n');
    writeFileSync(damaged, `${damage(lines).join('\n')}\n`);
    const [verified, restored] = [
      await chargebook(server, 'verify', damaged),
      await chargebook(server, 'restore', damaged),
    ];
    expect([verified.code, restored.code]).toEqual([1, 1]);
    expect(verified.stderr).toMatch(said);
  });

  it('is not restored over another book, nor by anybody', async () => {
    const other = await ServerProcess.start();
    await new Book(other).record('registerOperator', { id: 'fjord', name: 'Fjord Power' });
    const restored = await chargebook(other, 'restore', saved);
    expect(restored.code).toBe(1);
    expect(restored.stderr).toContain('restore into an empty book');
    const nobody = await fetch(`${other.url}/backup`);
    expect(nobody.status).toBe(401);
  });
});
