import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Book } from './book.fixtures';
import { anyDocument } from './documents.fixtures';
import { seed, scaled, tell } from './faults/scale.fixtures';
import { heapMegabytes } from './memory.fixtures';
import { cleanUp, ServerProcess } from './server-process.fixtures';

let book: Book;
let server: ServerProcess;
const AT_ONCE = 16;
/** What is kept on purpose, such as documents that were parsed, is kept by the half. */
const MOST_GROWTH_MEGABYTES = 60;

beforeAll(async () => {
  server = await ServerProcess.start();
  book = new Book(server);
  await book.record('registerOperator', { id: 'north', name: 'North' });
  await book.record('registerSite', { id: 'S', name: 'Site', timeZone: 'Europe/Oslo' });
  await book.record('addCircuit', { id: 'K', site: 'S' });
  await book.record('installBackplate', { id: 'B', circuit: 'K' });
  await book.record('registerCharger', { serial: 'C' });
  await book.record('registerPartner', { id: 'P', name: 'Partner' });
});

afterAll(cleanUp);

/** Numbers from 0 to below 1 that follow from a seed. */
function randomFrom(start: number): () => number {
  let state = Math.max(1, start % 2_147_483_647);
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

describe('whatever is asked', () => {
  it('is answered, or refused with a reason; nothing fails inside', async () => {
    const random = randomFrom(seed);
    const documents = Array.from({ length: scaled(400, 100_000) }, () => anyDocument(random));
    const faults: string[] = [];
    let [answered, next] = [0, 0];
    const ask = (upTo: number) =>
      Array.from({ length: AT_ONCE }, async () => {
        while (next < upTo && faults.length < 5) {
          const document = documents[next]!;
          next += 1;
          const { status, body, text } = await book.send(JSON.stringify({ query: document }));
          const codes = (body.errors ?? []).map(({ extensions }) => extensions?.code);
          const isFault =
            status >= 500 || codes.some((code) => code == null || code === 'INTERNAL_SERVER_ERROR');
          if (isFault) faults.push(`${document}\n${String(status)} ${text.slice(0, 500)}`);
          else if (body.data != null) answered += 1;
        }
      });
    await Promise.all(ask(documents.length / 2));
    const heapBefore = await heapMegabytes(server.url, server.adminToken);
    await Promise.all(ask(documents.length));
    const grown = (await heapMegabytes(server.url, server.adminToken)) - heapBefore;
    tell('documents', { sent: documents.length, answered, 'grown MB in the second half': Math.round(grown) });
    expect(faults).toEqual([]);
    // Not everything was broken.
    expect(answered).toBeGreaterThan(documents.length / 10);
    expect(grown).toBeLessThan(MOST_GROWTH_MEGABYTES);
    expect((await book.ask('{ me { id } }')).status).toBe(200);
  }, 7_200_000);
});
