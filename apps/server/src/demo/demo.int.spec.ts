import type { Fleet, FleetMake, Send } from '@chargebook/simulation';
import { fillBook, overHttp, simulateFleet } from '@chargebook/simulation';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { countAlongAxes } from '../axes.fixtures';
import { Book } from '../book.fixtures';
import { chargebook, cleanUp, eventually, ServerProcess } from '../server-process.fixtures';

afterAll(cleanUp);

const small: FleetMake = { chargerCount: 6, siteCount: 2, months: 1, seed: 4 };
const nowMs = Date.parse('2026-05-04T10:20:30Z');

const ignored = () => undefined;

describe('a small fleet, told to a book', () => {
  let server: ServerProcess;
  let book: Book;
  let fleet: Fleet;
  let send: Send;

  beforeAll(async () => {
    server = await ServerProcess.start();
    book = new Book(server);
    fleet = simulateFleet({ ...small, untilMs: nowMs });
    send = overHttp(`${server.url}/graphql`, server.adminToken);
  }, 60_000);

  const sum = (counts: Record<string, number>) =>
    Object.values(counts).reduce((whole, count) => whole + count, 0);

  it('is broken off where answers are lost', async () => {
    let count = 0;
    const losing: Send = async (request) => {
      const data = await send(request);
      if (++count > 30) throw new Error('the answer is lost');
      return data;
    };
    await expect(fillBook(losing, small, { nowMs, onProgress: ignored })).rejects.toThrow(
      'the answer is lost',
    );
  });

  it('is completed by the next attempt, at whatever time, with nothing refused and nothing twice', async () => {
    let last: readonly number[] = [];
    const onProgress = (...progress: readonly number[]) => (last = progress);
    const filled = await fillBook(send, small, { nowMs: Date.now(), onProgress });
    expect(filled).toMatchObject({ wasComplete: false, refused: [] });
    expect(last[0]).toBe(last[1]);
    await book.caughtUp();
    const head = await book.head();
    const again = await fillBook(send, small, { nowMs: Date.now(), onProgress: ignored });
    expect(again).toMatchObject({ wasComplete: true });
    expect(await book.head()).toBe(head);
  }, 120_000);

  it('adds up along all axes', async () => {
    const counts = await countAlongAxes(book);
    const told = new Map<string, number>();
    for (const lane of fleet.lanes)
      for (const step of lane.steps())
        if (step.kind === 'OBSERVATION' && step.observation.kind === 'CAR_CONNECTED')
          told.set(step.observation.charger, (told.get(step.observation.charger) ?? 0) + 1);
    const everyCharger = fleet.layout.chargers.map(({ serial }) => [serial, told.get(serial) ?? 0]);
    expect(counts.chargers).toEqual(Object.fromEntries(everyCharger));
    const whole = sum(counts.chargers);
    expect(whole).toBeGreaterThan(60);
    expect([sum(counts.backplates), sum(counts.circuits), sum(counts.sites)]).toEqual([whole, whole, whole]);
  });

  it('shows the late move with the session that it cuts, and the figure that is corrected', async () => {
    const [late, correction] = [fleet.finale.at(-1), fleet.finale.find(({ corrects }) => corrects != null)];
    const circuit = correction?.corrects?.input['circuit'];
    const asked = await book.query(
      `query ($charger: ID!, $circuit: ID!) {
        charger(serial: $charger) { placement { backplateId } sessions(first: 50) { nodes { cutByMove endCause } } }
        circuit(id: $circuit) { maxCurrentAmps { l1 } history(types: ["MaxCircuitCurrentSet"], first: 1) { nodes { correctedBy { type } } } } }`,
      { charger: late?.input['charger'], circuit },
    );
    expect(asked).toMatchObject({
      charger: {
        placement: { backplateId: late?.input['backplate'] },
        sessions: { nodes: expect.arrayContaining([{ cutByMove: true, endCause: 'DISMOUNTED' }]) },
      },
      circuit: {
        maxCurrentAmps: { l1: 14 },
        history: { nodes: [{ correctedBy: { type: 'FactReplaced' } }] },
      },
    });
  });

  it('is known to the command line, which tells it no more', async () => {
    const said = await chargebook(
      server,
      'simulate',
      '--chargers',
      '6',
      '--sites',
      '2',
      '--months',
      '1',
      '--seed',
      '4',
    );
    expect(said).toMatchObject({ code: 0, stdout: 'The book holds this fleet already, all of it.\n' });
  });

  it('leaves no room for the demo fleet', async () => {
    const headers = { authorization: `Bearer ${server.adminToken}` };
    const status = await fetch(`${server.url}/demo`, { headers });
    expect(await status.json()).toMatchObject({ state: 'NONE', possible: false });
    const refused = await fetch(`${server.url}/demo`, { method: 'POST', headers });
    expect(refused.status).toBe(409);
    expect((await fetch(`${server.url}/demo`, { method: 'POST' })).status).toBe(401);
  });
});

describe('the server with --demo', () => {
  it('begins to fill an empty book, stops when it is told to, and goes on at the next start', async () => {
    const first = await ServerProcess.start(undefined, {}, '--demo');
    const progressOf = async (server: ServerProcess) => {
      const headers = { authorization: `Bearer ${server.adminToken}` };
      return (await (await fetch(`${server.url}/demo`, { headers })).json()) as {
        state: string;
        factsTold: number;
      };
    };
    await eventually('the first things are there', async () => (await progressOf(first)).factsTold > 10);
    expect(await first.stop()).toEqual({ code: 0, signal: null });
    expect(first.said).toContain('The demo fleet is being told to the book');

    const second = await ServerProcess.start(first.dataDirectory);
    const headers = { authorization: `Bearer ${second.adminToken}` };
    const status = await fetch(`${second.url}/demo`, { headers });
    expect(await status.json()).toMatchObject({ state: 'NONE', possible: true });
    const accepted = await fetch(`${second.url}/demo`, { method: 'POST', headers });
    expect(accepted.status).toBe(202);
    await eventually('it goes on', async () => (await progressOf(second)).factsTold > 10);
    const { sites } = await new Book(second).query<{ sites: { totalCount: number } }>(
      '{ sites(first: 1) { totalCount } }',
    );
    expect(sites.totalCount).toBe(8);
    expect((await progressOf(second)).state).toBe('RUNNING');
    expect(await second.stop()).toEqual({ code: 0, signal: null });
  }, 240_000);
});
