import { Agent, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Book } from '../book.fixtures';
import { processMemoryMegabytes } from '../memory.fixtures';
import { cleanUp, ServerProcess } from '../server-process.fixtures';
import { isTorture, patienceMs, scaled, tell } from './scale.fixtures';

/** So many at once are enough to find out what the server can carry. */
const CLERKS = 48;
const CARRYING_MS = 500;
const TIMES_AS_MUCH = 10;
const OVERLOADED_MS = scaled(2_000, 30_000);
/** Whatever the server can carry, it is not asked more often. */
const MOST_REQUESTS = 200_000;
/** They are there before, as those of a balancer or of a partner's pool are: knocking takes turns of its own. */
const CONNECTIONS = 1_000;
/** What the API promises of those that it takes. */
const LONGEST_MS = 1_000;
const RECOVERED_WITHIN_MS = 5_000;
const PACE_MS = 5;
/** What each connection costs, with what is read on it, and something on top. */
const MOST_GROWTH_MEGABYTES = 400;

const QUERY = JSON.stringify({
  query: '{ site(id: "S") { name history(first: 20) { nodes { type summary } } circuits { id } } }',
});

/** What became of those who asked. */
interface Outcome {
  shed: number;
  /** How long each answer took, in ms. */
  readonly tookMs: number[];
  readonly odd: string[];
}

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
  let sentMs = performance.now();
  const headers = { authorization: `Bearer ${server.adminToken}`, 'content-type': 'application/json' };
  return new Promise((resolve, reject) => {
    const sent = request(
      `${server.url}${path}`,
      { method: body == null ? 'GET' : 'POST', agent, headers },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => (text += part));
        response.on('end', () => {
          resolve({ status: response.statusCode ?? 0, text, tookMs: performance.now() - sentMs });
        });
      },
    );
    // Until there is a connection it waits on this side, which has no more of the processor than the server.
    sent.on('finish', () => (sentMs = performance.now()));
    sent.on('error', reject);
    sent.end(body);
  });
}

function ask(agent: Agent, outcome: Outcome): Promise<void> {
  return send(agent, '/graphql', QUERY).then(
    ({ status, text, tookMs }) => {
      if (status === 200 && text.includes('"Site"')) outcome.tookMs.push(tookMs);
      else if (status === 503 && text.includes('"OVERLOADED"')) outcome.shed += 1;
      else outcome.odd.push(`${String(status)} ${text.slice(0, 200)}`);
    },
    (error: unknown) => outcome.odd.push(String(error)),
  ) as Promise<void>;
}

const nothingYet = (): Outcome => ({ shed: 0, tookMs: [], odd: [] });

/** @returns how many answers a second the server gives to clerks who wait for each, once it is warm */
async function carried(agent: Agent): Promise<number> {
  let [best, roundsWithoutBetter] = [0, 0];
  while (roundsWithoutBetter < 2) {
    const perSecond = await carriedCold(agent);
    roundsWithoutBetter = perSecond > 1.1 * best ? 0 : roundsWithoutBetter + 1;
    best = Math.max(best, perSecond);
  }
  return best;
}

async function carriedCold(agent: Agent): Promise<number> {
  const outcome = nothingYet();
  const beganMs = performance.now();
  await Promise.all(
    Array.from({ length: CLERKS }, async () => {
      while (performance.now() - beganMs < CARRYING_MS) await ask(agent, outcome);
    }),
  );
  return outcome.tookMs.length / ((performance.now() - beganMs) / 1000);
}

/** Asks by the clock, whether or not anything is answered, as people and devices that know nothing of each other do. */
async function crowd(agent: Agent, perSecond: number): Promise<Outcome> {
  const outcome = nothingYet();
  const asked: Promise<void>[] = [];
  const most = Math.min(MOST_REQUESTS, (perSecond * OVERLOADED_MS) / 1000);
  const beganMs = performance.now();
  while (asked.length < most) {
    const due = Math.min(most, ((performance.now() - beganMs) / 1000) * perSecond);
    while (asked.length < due) asked.push(ask(agent, outcome));
    await pause(PACE_MS);
  }
  await Promise.all(asked);
  return outcome;
}

describe('a server that is asked for ten times as much as it can do', () => {
  it(
    'answers some and turns the others away with a clear word, stays healthy, and is itself again at once',
    async () => {
      const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS, maxFreeSockets: CONNECTIONS });
      const doctor = new Agent({ keepAlive: true });
      await Promise.all(Array.from({ length: CONNECTIONS }, () => send(agent, '/healthz')));
      const perSecond = await carried(agent);
      const before = await processMemoryMegabytes(server.pid);
      let isOver = false;
      const health: Answer[] = [];
      const looking = (async () => {
        while (!isOver) health.push(await send(doctor, '/healthz'));
      })();

      const { tookMs, shed, odd } = await crowd(agent, TIMES_AS_MUCH * perSecond);
      isOver = true;
      await looking;
      const quietMs = performance.now();
      const after = await send(doctor, '/graphql', QUERY);
      const recoveredMs = performance.now() - quietMs;
      const grown = (await processMemoryMegabytes(server.pid)) - before;
      agent.destroy();
      doctor.destroy();

      expect(new Set(odd)).toEqual(new Set());
      expect(tookMs.length).toBeGreaterThan(0);
      expect(shed).toBeGreaterThan(0);
      expect(new Set(health.map(({ status }) => status))).toEqual(new Set([200]));
      expect(after.status).toBe(200);
      expect(grown).toBeLessThan(MOST_GROWTH_MEGABYTES);
      const [medianMs = 0, p99Ms = 0] = [0.5, 0.99].map(
        (part) => tookMs.toSorted((a, b) => a - b)[Math.floor(tookMs.length * part)] ?? Infinity,
      );
      tell('overload', {
        'carried a second': Math.round(perSecond),
        answered: tookMs.length,
        shed,
        'median ms': Math.round(medianMs),
        'p99 ms': Math.round(p99Ms),
        'slowest health ms': Math.round(Math.max(...health.map((each) => each.tookMs))),
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
