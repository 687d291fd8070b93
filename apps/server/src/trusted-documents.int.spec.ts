import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Book } from './book.fixtures';
import { Listener } from './listener.fixtures';
import { cleanUp, ServerProcess, temporaryFolder } from './server-process.fixtures';

const OWN = 'query Own { me { id } }';
const LISTEN = 'subscription Own($id: ID!) { historyAdded(axis: SITE, id: $id, after: "1") { type } }';

const file = path.resolve(import.meta.dirname, '../../../dist/console/documents.json');
const documents = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');
const named = (sha256Hash: string) => ({ persistedQuery: { version: 1, sha256Hash } });
const hashNamed = (name: string) =>
  Object.entries(documents).find(([, text]) => text.includes(` ${name}`))?.[0] ?? '';

let server: ServerProcess;
let book: Book;
const secrets: Record<string, string> = {};

beforeAll(async () => {
  server = await ServerProcess.start(path.join(temporaryFolder(), 'data'), { TRUSTED_DOCUMENTS: 'only' });
  book = new Book(server);
  const zone = { timeZone: 'Europe/Oslo' };
  await book.record('registerSite', { id: 'S', name: 'Harbour', ...zone });
  for (const role of ['INSTALLER', 'AUDITOR']) {
    const { issueCredential } = await book.query<{ issueCredential: { secret: string } }>(
      `mutation { issueCredential(input: { role: ${role}, name: "Somebody" }) { ... on IssuedCredential { secret } } }`,
    );
    secrets[role] = issueCredential.secret;
  }
});

afterAll(cleanUp);

async function send(role: string, body: object) {
  const authorization = `Bearer ${secrets[role] ?? ''}`;
  const { status, body: answer } = await book.send(JSON.stringify(body), { authorization });
  return { status, data: answer.data, code: answer.errors?.[0]?.extensions.code };
}

describe('a document of the console', () => {
  it('is answered by its hash alone, and as its text', async () => {
    const hash = hashNamed('AmIKnown');
    for (const role of ['INSTALLER', 'AUDITOR'])
      for (const body of [{ extensions: named(hash) }, { query: documents[hash] }])
        expect(await send(role, body)).toMatchObject({
          status: 200,
          data: { me: { id: expect.any(String) } },
        });
  });

  it('is told over a WebSocket by its hash alone', async () => {
    const listener = new Listener(server, secrets['INSTALLER']);
    const heard = listener.listen<unknown>('', { axis: 'SITE', id: 'S' }, named(hashNamed('HistoryAdded')));
    await book.record('renameSite', { site: 'S', name: 'Quay' });
    expect((await heard.until(1))[0]).toMatchObject({ historyAdded: { sequence: expect.any(String) } });
    await listener.close();
  });
});

describe('any other document', () => {
  it('is refused of people, and taken of whoever writes programs', async () => {
    expect(await send('INSTALLER', { query: OWN })).toMatchObject({
      status: 403,
      code: 'DOCUMENT_NOT_TRUSTED',
    });
    expect(await send('AUDITOR', { query: OWN })).toMatchObject({ status: 200 });
    expect((await book.ask(OWN)).status).toBe(200);
  });

  it('is refused over a WebSocket as well', async () => {
    const listeners = ['INSTALLER', 'AUDITOR'].map((role) => new Listener(server, secrets[role]));
    const [installer, auditor] = listeners.map((listener) => listener.listen<unknown>(LISTEN, { id: 'S' }));
    expect(await installer!.end()).toMatchObject([{ extensions: { code: 'DOCUMENT_NOT_TRUSTED' } }]);
    await book.record('renameSite', { site: 'S', name: 'Pier' });
    expect((await auditor!.until(1)).length).toBeGreaterThan(0);
    for (const listener of listeners) await listener.close();
  });

  it('cannot be made known by sending it with its hash', async () => {
    const extensions = named(hashOf(OWN));
    expect(await send('AUDITOR', { query: OWN, extensions })).toMatchObject({ status: 200 });
    expect(await send('AUDITOR', { extensions })).toMatchObject({ code: 'PERSISTED_QUERY_NOT_FOUND' });
  });
});
