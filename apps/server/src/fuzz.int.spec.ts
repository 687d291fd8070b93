import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Book } from './book.fixtures';
import { anyDocument } from './documents.fixtures';
import { seed, scaled } from './faults/scale.fixtures';
import { cleanUp, ServerProcess } from './server-process.fixtures';

let book: Book;
const AT_ONCE = 16;

beforeAll(async () => {
  book = new Book(await ServerProcess.start());
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
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        while (next < documents.length && faults.length < 5) {
          const document = documents[next]!;
          next += 1;
          const { status, body, text } = await book.send(JSON.stringify({ query: document }));
          const codes = (body.errors ?? []).map(({ extensions }) => extensions?.code);
          const isFault =
            status >= 500 || codes.some((code) => code == null || code === 'INTERNAL_SERVER_ERROR');
          if (isFault) faults.push(`${document}\n${String(status)} ${text.slice(0, 500)}`);
          else if (body.data != null) answered += 1;
        }
      }),
    );
    expect(faults).toEqual([]);
    // Not everything was broken.
    expect(answered).toBeGreaterThan(documents.length / 10);
    expect((await book.ask('{ me { id } }')).status).toBe(200);
  }, 7_200_000);
});
