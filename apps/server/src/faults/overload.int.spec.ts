import { Agent, request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Book } from '../book.fixtures';
import { processMemoryMegabytes } from '../memory.fixtures';
import { cleanUp, ServerProcess } from '../server-process.fixtures';
import { isTorture, patienceMs, scaled, tell } from './scale.fixtures';

/** So many at the same time are more than ten times what the server takes in such a case. */
const AT_ONCE = scaled(700, 4_000);
const REQUESTS = scaled(2_000, 150_000);
/** What the API promises of those that it takes. */
const LONGEST_MS = 1_000;
const RECOVERED_WITHIN_MS = 5_000;
/** What each connection costs, with what is read on it, and something on top. */
const MOST_GROWTH_MEGABYTES = 400;

const QUERY = JSON.stringify({
  query: '{ site(id: "S") { name history(first: 20) { nodes { type summary } } circuits { id } } }',
});

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly tookMs: number;
}

let server: ServerProcess;
let book: Book;

beforeAll(async () => {
  server = await ServerProcess.start();
  book = new Book(server);
  await book.record('registerSite', { id: 'S', name: 'Site', timeZone: 'Europe/Oslo' });
  await book.record('addCircuit', { id: 'K', site: 'S' });
}, patienceMs);

afterAll(cleanUp);

function send(agent: Agent, path: string, body?: string): Promise<Answer> {
  const beganMs = performance.now();
  const headers = { authorization: `Bearer ${server.adminToken}`, 'content-type': 'application/json' };
  return new Promise((resolve, reject) => {
    const sent = request(
      `${server.url}${path}`,
      { method: body == null ? 'GET' : 'POST', agent, headers },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => (text += part));
        response.on('end', () => {
          resolve({ status: response.statusCode ?? 0, text, tookMs: performance.now() - beganMs });
        });
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

describe('a server that is asked for ten times as much as it can do', () => {
  it(
    'answers some and turns the others away with a clear word, stays healthy, and is itself again at once',
    async () => {
      const crowd = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
      const doctor = new Agent({ keepAlive: true });
      const before = await processMemoryMegabytes(server.pid);
      const kinds = { answered: 0, shed: 0 };
      const odd: string[] = [];
      const tookMs: number[] = [];
      let [left, isOver] = [REQUESTS, false];
      const health: number[] = [];
      const looking = (async () => {
        while (!isOver) health.push((await send(doctor, '/healthz')).status);
      })();

      await Promise.all(
        Array.from({ length: AT_ONCE }, async () => {
          while (left > 0) {
            left -= 1;
            const { status, text, tookMs: took } = await send(crowd, '/graphql', QUERY);
            if (status === 200 && text.includes('"Site"')) {
              kinds.answered += 1;
              tookMs.push(took);
            } else if (status === 503 && text.includes('"OVERLOADED"')) kinds.shed += 1;
            else odd.push(`${String(status)} ${text.slice(0, 200)}`);
          }
        }),
      );
      isOver = true;
      await looking;
      const quietMs = performance.now();
      const after = await send(doctor, '/graphql', QUERY);
      const recoveredMs = performance.now() - quietMs;
      crowd.destroy();
      doctor.destroy();

      expect(odd).toEqual([]);
      expect(kinds.answered).toBeGreaterThan(0);
      expect(kinds.shed).toBeGreaterThan(0);
      expect(health.length).toBeGreaterThan(0);
      expect(new Set(health)).toEqual(new Set([200]));
      expect(after.status).toBe(200);
      const grown = (await processMemoryMegabytes(server.pid)) - before;
      expect(grown).toBeLessThan(MOST_GROWTH_MEGABYTES);
      const p99Ms = tookMs.sort((a, b) => a - b)[Math.floor(tookMs.length * 0.99)] ?? 0;
      tell('overload', {
        ...kinds,
        'p99 ms': Math.round(p99Ms),
        'grown MB': Math.round(grown),
        'recovered ms': Math.round(recoveredMs),
      });
      // How long something takes is no matter of a test on a machine that others use too.
      if (!isTorture) return;
      expect(recoveredMs).toBeLessThan(RECOVERED_WITHIN_MS);
      expect(p99Ms).toBeLessThan(LONGEST_MS);
    },
    patienceMs,
  );
});
