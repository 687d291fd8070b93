import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Database } from '@chargebook/read-models';
import {
  isConsistent,
  isIncluded,
  leafHash,
  openCheckpoint,
  parseVerifierKey,
} from '@chargebook/transparency';
import { Book } from './book.fixtures';
import {
  chargebook,
  cleanUp,
  ServerProcess,
  serverThatGivesUp,
  temporaryFolder,
} from './server-process.fixtures';
import { databaseOf, forgedServer, recordSome, signAll, witness } from './witness.fixtures';

let server: ServerProcess;
let book: Book;
let folder: string;
let size: number;
let database: Database;

beforeAll(async () => {
  server = await ServerProcess.start();
  book = new Book(server);
  folder = path.join(temporaryFolder(), 'witness');
  await recordSome(book);
  size = await signAll(server, book);
  database = databaseOf(server);
}, 240_000);
afterAll(async () => {
  await database.close();
  await cleanUp();
});

const bytesOf = (hash: string) => Buffer.from(hash, 'hex');

describe('a book', () => {
  it('tells its checkpoint, and proves its facts and that it only grew', async () => {
    type Told = {
      book: { checkpoint: { size: string; note: string }; auditKeys: { key: string }[] };
      inclusionProof: { head: string; root: string; hashes: string[] };
      consistencyProof: { fromRoot: string; toRoot: string; hashes: string[] };
    };
    const { book: told, ...proofs } = await book.query<Told>(`{
      book { checkpoint { size root note signedAt cosignatures { witness } } auditKeys { key since introduction } }
      inclusionProof(sequence: "3") { sequence size leaf head content hashes root }
      consistencyProof(from: "3", to: "${String(size)}") { fromRoot toRoot hashes }
    }`);
    const keys = told.auditKeys.map(({ key }) => parseVerifierKey(key));
    const checkpoint = openCheckpoint(told.checkpoint.note, keys);
    expect(checkpoint.size).toBe(size);
    const { head, hashes } = proofs.inclusionProof;
    expect(isIncluded({ index: 2, hash: leafHash(head) }, checkpoint, hashes.map(bytesOf))).toBe(true);
    const { fromRoot, toRoot, hashes: grown } = proofs.consistencyProof;
    expect(bytesOf(toRoot)).toEqual(Buffer.from(checkpoint.root));
    expect(isConsistent({ size: 3, root: bytesOf(fromRoot) }, checkpoint, grown.map(bytesOf))).toBe(true);
  });

  it('answers what cannot be proved', async () => {
    const ask = (query: string) => book.ask(query);
    const late = await ask('{ inclusionProof(sequence: "3", size: "2") { root } }');
    const large = await ask(`{ inclusionProof(sequence: "3", size: "${String(size + 1)}") { root } }`);
    const back = await ask('{ consistencyProof(from: "3", to: "2") { toRoot } }');
    expect([late, large, back].map(({ body }) => body.errors?.[0]?.extensions.code)).toEqual([
      'BAD_USER_INPUT',
      'BAD_USER_INPUT',
      'BAD_USER_INPUT',
    ]);
    const none = await book.query(`{ inclusionProof(sequence: "${String(size + 9)}") { root } }`);
    expect(none).toEqual({ inclusionProof: null });
  });

  it('proves a fact to whoever may see it, and nothing of the whole to others', async () => {
    const issue = async (role: string, operator?: string) => {
      const args = operator == null ? [] : ['--operator', operator];
      return (await chargebook(server, 'token', 'issue', role, '--name', role, ...args)).stdout.trim();
    };
    await book.record('registerOperator', { id: 'south', name: 'South' });
    const [ours, theirs, auditor] = [
      await issue('operator', 'north'),
      await issue('operator', 'south'),
      await issue('auditor'),
    ];
    await book.caughtUp();
    const ask = (token: string, query: string) => book.ask(query, {}, { authorization: `Bearer ${token}` });
    const proof = '{ inclusionProof(sequence: "2") { head content } }';
    const [seen, hidden] = [await ask(ours, proof), await ask(theirs, proof)];
    expect(seen.body.data).toMatchObject({ inclusionProof: { content: expect.stringContaining('Yard') } });
    expect(hidden.body.data).toEqual({ inclusionProof: null });
    const whole = '{ consistencyProof(from: "2", to: "3") { toRoot } }';
    expect((await ask(ours, whole)).body.errors?.[0]?.extensions.code).toBe('FORBIDDEN');
    expect((await ask(auditor, whole)).body.errors).toBeUndefined();
    for (const [token, status] of [
      [ours, 403],
      ['nobody', 401],
      [auditor, 200],
    ] as const) {
      for (const what of ['checkpoint', 'leaves?from=0&to=2', 'recount?to=2', 'root?size=2', 'tiles/0/0']) {
        const headers = { authorization: `Bearer ${token}` };
        expect((await fetch(`${server.url}/audit/${what}`, { headers })).status).toBe(status);
      }
    }
    const headers = { authorization: `Bearer ${auditor}` };
    const rotating = await fetch(`${server.url}/audit/rotate-key`, { method: 'POST', headers });
    expect(rotating.status).toBe(403);
  });
});

describe('a witness', () => {
  it('follows a book, across a new key, and cosigns it', async () => {
    await signAll(server, book);
    expect(await witness(server, folder, '--once')).toMatchObject({ code: 0 });
    const rotated = await chargebook(server, 'audit', 'rotate-key');
    expect(rotated).toMatchObject({ code: 0, stdout: expect.stringMatching(/^chargebook\//) });
    await book.record('setMaxChargerCurrent', { charger: 'u1', amps: 16 });
    size = await signAll(server, book);

    const said = await witness(server, folder, '--once');

    expect(said).toMatchObject({ code: 0, stdout: `In order: ${String(size)} entries, 1 of them new.\n` });
    expect(statSync(path.join(folder, 'leaves')).size).toBe(size * 32);
    expect(statSync(path.join(folder, 'witness.key')).mode & 0o777).toBe(0o600);
    type Told = { book: { checkpoint: { note: string; cosignatures: { witness: string }[] } } };
    const told = await book.query<Told>('{ book { checkpoint { note cosignatures { witness } } } }');
    const [cosignature] = told.book.checkpoint.cosignatures;
    expect(told.book.checkpoint.note).toContain('witness/');
    expect(cosignature?.witness).toContain('witness/');
    expect(await witness(server, folder, 'check')).toMatchObject({ code: 0 });
  });

  it('has proofs checked on the way to who asks', async () => {
    const [proved, grown, unknown] = [
      await chargebook(server, 'audit', 'prove', '2'),
      await chargebook(server, 'audit', 'consistency', '1', String(size)),
      await chargebook(server, 'audit', 'prove', String(size + 99)),
    ];
    expect(proved).toMatchObject({ code: 0, stdout: expect.stringContaining('"sequence":2') });
    expect(grown).toMatchObject({ code: 0, stdout: expect.stringContaining('Proved') });
    expect(unknown.code).toBe(1);
  });

  it.each<[what: string, forge: string, says: RegExp]>([
    [
      'the content of an entry',
      `UPDATE ledger.entry SET content = replace(content, 'Yard', 'Farm') WHERE sequence = 2`,
      /ledger: has another entry 2 than was witnessed: SiteRegistered of site-yard/,
    ],
    [
      'an entry that is gone',
      `DELETE FROM ledger.entry WHERE sequence = 5`,
      /ledger: has entry 6 where 5 belongs/,
    ],
    [
      'the data of a fact',
      `UPDATE ledger.fact SET data = jsonb_set(data, '{name}', '"Farm"') WHERE sequence = 2`,
      /ledger: has another data in fact 2 than the event store gives/,
    ],
    ['a fact that is gone', `DELETE FROM ledger.fact WHERE sequence = 3`, /ledger: has no fact 3/],
    [
      'a correction that was not told',
      `UPDATE ledger.fact SET corrected_by = 9 WHERE sequence = 4`,
      /ledger: has another corrected_by in fact 4/,
    ],
    [
      'a leaf',
      `UPDATE ledger.tile SET hashes = overlay(hashes PLACING '\\x00'::bytea FROM 65) WHERE tier = 0 AND index = 0`,
      /tree: has another leaf for entry 3/,
    ],
  ])('finds in the read models %s', async (_what, forge, says) => {
    const tables = ['entry', 'fact', 'tile'];
    for (const table of tables)
      await database.query(`CREATE TABLE IF NOT EXISTS public.${table}_kept AS TABLE ledger.${table}`);
    await database.query(forge);

    const said = await witness(server, folder, 'check');

    for (const table of tables) {
      await database.query(`TRUNCATE ledger.${table}`);
      await database.query(`INSERT INTO ledger.${table} TABLE public.${table}_kept`);
    }
    expect(said.code).toBe(5);
    expect(said.stderr).toMatch(says);
    expect(said.stderr).not.toContain('event store:');
  });
});

describe('another book under the same name and key', () => {
  it('is found to be rewritten, and at which entry', async () => {
    const forged = await forgedServer(server, (facts) => {
      facts[3]!.fact!.data['forged'] = true;
      return facts;
    });
    await new Book(forged).record('setMaxChargerCurrent', { charger: 'u1', amps: 6 });
    await signAll(forged, new Book(forged));

    const [followed, checked] = [
      await witness(forged, folder, '--once'),
      await witness(forged, folder, 'check'),
    ];

    expect(followed).toMatchObject({
      code: 5,
      stderr: expect.stringContaining('rewritten: entry 4 is the first'),
    });
    expect(checked).toMatchObject({
      code: 5,
      stderr: expect.stringContaining('event store: has another entry 4'),
    });
    expect(checked.stderr).toMatch(/ledger: has another entry 4[^]*tree: has another leaf for entry 4/);
  });
});

describe('the file of the key', () => {
  it('is the book’s, or the server does not start; without it, it serves and does not sign', async () => {
    const { dataDirectory } = server;
    const file = path.join(dataDirectory, 'audit.key');
    await server.stop();
    const key = readFileSync(file);
    const { privateKey } = generateKeyPairSync('ed25519');
    writeFileSync(file, privateKey.export({ format: 'pem', type: 'pkcs8' }));

    const other = await serverThatGivesUp({ DATA_DIR: dataDirectory });

    expect(other.code).toBe(1);
    expect(other.stderr).toMatch(
      /^AUDIT_KEY_FILE: the book's checkpoints are signed with chargebook\S+; the key here is/,
    );

    rmSync(file);
    const keyless = await ServerProcess.start(dataDirectory);
    const told = await new Book(keyless).query<{ book: { checkpoint: { size: string } } }>(
      '{ book { checkpoint { size } } }',
    );
    expect(told.book.checkpoint.size).toBe(String(size));
    expect(keyless.said).toContain('this process signs no checkpoints');
    const refused = await chargebook(keyless, 'audit', 'rotate-key');
    expect(refused.stderr).toContain('does not hold the book’s key');
    writeFileSync(file, key, { mode: 0o600 });
    await new Book(keyless).record('setMaxChargerCurrent', { charger: 'u1', amps: 10 });
    expect(await signAll(keyless, new Book(keyless))).toBe(size + 1);
  });
});
