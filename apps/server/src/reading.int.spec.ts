import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { allNodes } from './axes.fixtures';
import { Book } from './book.fixtures';
import { cleanUp, ServerProcess } from './server-process.fixtures';

let server: ServerProcess;
let book: Book;

const day = (time: string) => `2026-05-04T${time}:00.000Z`;

beforeAll(async () => {
  server = await ServerProcess.start();
  book = new Book(server);
  const options = { occurredAt: '2026-01-01T00:00:00.000Z' };
  const world: [string, object][] = [
    ['registerSite', { id: 'yard', name: 'Yard', timeZone: 'Europe/Oslo' }],
    ['addCircuit', { id: 'row', site: 'yard', fuseRatingAmps: 32 }],
    ...['b1', 'b2', 'b3'].map((id): [string, object] => ['installBackplate', { id, circuit: 'row' }]),
    ...['u1', 'u2', 'u3', 'u4'].map((serial): [string, object] => ['registerCharger', { serial }]),
    ['mountCharger', { charger: 'u1', backplate: 'b1' }],
    ['mountCharger', { charger: 'u2', backplate: 'b2' }],
  ];
  await book.commands(world.map(([name, input]) => ({ name, input, options })));
});

afterAll(cleanUp);

interface Page {
  readonly list: {
    readonly nodes: readonly { readonly id: string }[];
    readonly pageInfo: Readonly<
      Record<'hasNextPage' | 'hasPreviousPage' | 'startCursor' | 'endCursor', unknown>
    >;
    readonly totalCount: number;
  };
}

async function page(list: string, args: string): Promise<Page['list'] & { readonly ids: string[] }> {
  const data = await book.query<{ thing: Page }>(
    `{ thing: ${list} { list: sessions(${args}) { nodes { id } totalCount
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }`,
  );
  const { list: found } = data.thing;
  return { ...found, ids: found.nodes.map(({ id }) => id) };
}

describe('a connection', () => {
  const ofCharger = 'charger(serial: "u1")';
  const names = Array.from({ length: 12 }, (_, n) => `s${String(n).padStart(2, '0')}`);
  const newestFirst = [...names].reverse();

  beforeAll(async () => {
    await book.observe(
      names.flatMap((sessionId, n) => {
        const hour = String(6 + n).padStart(2, '0');
        return [
          { charger: 'u1', kind: 'CAR_CONNECTED', occurredAt: day(`${hour}:00`), sessionId },
          { charger: 'u1', kind: 'CAR_DISCONNECTED', occurredAt: day(`${hour}:45`), energyWattHours: 1_000 },
        ];
      }),
    );
  });

  it('has pages from its beginning on', async () => {
    const first = await page(ofCharger, 'first: 5');
    expect(first.ids).toEqual(newestFirst.slice(0, 5));
    expect(first).toMatchObject({
      totalCount: 12,
      pageInfo: { hasNextPage: true, hasPreviousPage: false },
    });
    const second = await page(ofCharger, `first: 5, after: "${String(first.pageInfo.endCursor)}"`);
    const third = await page(ofCharger, `first: 5, after: "${String(second.pageInfo.endCursor)}"`);
    expect([...second.ids, ...third.ids]).toEqual(newestFirst.slice(5));
    expect(third).toMatchObject({
      totalCount: 12,
      pageInfo: { hasNextPage: false, hasPreviousPage: true },
    });
  });

  it('has pages from its end back', async () => {
    const last = await page(ofCharger, 'last: 5');
    expect(last.ids).toEqual(newestFirst.slice(-5));
    expect(last.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
    const before = await page(ofCharger, `last: 10, before: "${String(last.pageInfo.startCursor)}"`);
    expect(before.ids).toEqual(newestFirst.slice(0, 7));
    expect(before.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
  });

  it.each(['backplate(id: "b1")', 'circuit(id: "row")', 'site(id: "yard")'])(
    'has the same pages along %s',
    async (thing) => {
      const first = await page(thing, 'first: 7');
      const rest = await page(thing, `first: 7, after: "${String(first.pageInfo.endCursor)}"`);
      expect([...first.ids, ...rest.ids]).toEqual(newestFirst);
      expect(rest.totalCount).toBe(12);
    },
  );

  it('has nothing on a page of none, and says that there is more', async () => {
    expect(await page(ofCharger, 'first: 0')).toMatchObject({
      ids: [],
      totalCount: 12,
      pageInfo: { hasNextPage: true, startCursor: null, endCursor: null },
    });
  });

  it('tells spans of time apart: what began in [from, to)', async () => {
    const span = await page(ofCharger, `from: "${day('08:00')}", to: "${day('10:00')}"`);
    expect(span).toMatchObject({ ids: ['s03', 's02'], totalCount: 2 });
  });

  it('does not shift while new entries arrive', async () => {
    const ids: string[] = [];
    let after: unknown = null;
    for (let n = 0; n < 6; n++) {
      const next = await page(ofCharger, `first: 2${after == null ? '' : `, after: "${String(after)}"`}`);
      ids.push(...next.ids);
      after = next.pageInfo.endCursor;
      const occurredAt = `2026-05-05T0${String(n)}:00:00.000Z`;
      await book.observe([
        { charger: 'u1', kind: 'CAR_CONNECTED', occurredAt, sessionId: `new-${String(n)}` },
      ]);
    }
    expect(ids).toEqual(newestFirst);
    expect((await page(ofCharger, 'first: 1')).totalCount).toBe(18);
  });

  it('has the whole history once, forwards as backwards', async () => {
    const history = (order: string) =>
      allNodes<{ sequence: string }>(
        book,
        `query ($after: String) { charger(serial: "u1") {
          list: history(first: 7, after: $after, orderBy: ${order}) { nodes { sequence } ...more } } }`,
      );
    const forwards = await history('OLDEST_FIRST');
    expect(new Set(forwards.map(({ sequence }) => sequence)).size).toBe(2 + 24 + 6);
    expect(await history('NEWEST_FIRST')).toEqual(forwards.reverse());
    const { charger } = await book.query<{ charger: { lastEvent: unknown } }>(
      '{ charger(serial: "u1") { lastEvent { sequence } } }',
    );
    expect(charger.lastEvent).toEqual(forwards[0]);
  });
});

describe('what was recorded', () => {
  it('is seen by who sends its position back, every time', async () => {
    for (let n = 1; n <= 50; n++) {
      await book.record('renameSite', { site: 'yard', name: `Yard ${String(n)}` });
      const { site } = await book.query<{ site: unknown }>('{ site(id: "yard") { name } }');
      expect(site).toEqual({ name: `Yard ${String(n)}` });
    }
  });

  it('is waited for no longer than 5 s', async () => {
    const startedMs = Date.now();
    const answer = await book.ask('{ book { head } }', {}, { 'x-read-after': '999999999999' });

    expect(answer.status).toBe(503);
    expect(answer.body).toMatchObject({ errors: [{ extensions: { code: 'PROJECTION_BEHIND' } }] });
    expect(Date.now() - startedMs).toBeGreaterThan(4_900);
  });

  it('has its place in the book, in the receipt as in the history', async () => {
    const receipt = await book.query<{ renameSite: { events: { sequence: string }[] } }>(
      `mutation { renameSite(input: { site: "yard", name: "Yard" }) { ... on Receipt {
        events { sequence recordedAt actor { kind id } channel backdated summary site { id } } } } }`,
      {},
      { 'x-chargebook-channel': 'CONSOLE' },
    );
    const { site } = await book.query<{ site: { history: { nodes: unknown[] } } }>(
      `{ site(id: "yard") { history(first: 1) {
        nodes { sequence recordedAt actor { kind id } channel backdated summary site { id } } } } }`,
      {},
      { 'x-read-after': '0' },
    );
    expect(receipt.renameSite.events).toEqual(site.history.nodes);
    expect(receipt.renameSite.events).toMatchObject([
      { actor: { kind: 'ADMIN' }, channel: 'CONSOLE', backdated: false, site: { id: 'yard' } },
    ]);
    expect(await book.head()).toBe(Number(receipt.renameSite.events[0]!.sequence));
  });
});

describe('places and units', () => {
  it('are found where they are empty, or taken', async () => {
    const ids = async (filter: string) => {
      const data = await book.query<{ backplates: { nodes: { id: string }[] } }>(
        `{ backplates(${filter}) { nodes { id } totalCount } }`,
      );
      return data.backplates.nodes.map(({ id }) => id);
    };
    expect(await ids('empty: true')).toEqual(['b3']);
    expect(await ids('empty: false, site: "yard"')).toEqual(['b1', 'b2']);
    expect(await ids('circuit: "row"')).toEqual(['b1', 'b2', 'b3']);
    expect(await ids('site: "elsewhere"')).toEqual([]);
  });

  it('are found by where they went', async () => {
    await book.record('dismountCharger', { charger: 'u2', destination: 'REPAIR' });
    await book.record('retireCharger', { charger: 'u4' });
    const serials = async (filter: string) => {
      const data = await book.query<{ chargers: { nodes: { serial: string }[]; totalCount: number } }>(
        `{ chargers(filter: { ${filter} }) { nodes { serial } totalCount } }`,
      );
      expect(data.chargers.totalCount).toBe(data.chargers.nodes.length);
      return data.chargers.nodes.map(({ serial }) => serial);
    };
    expect(await serials('destination: REPAIR')).toEqual(['u2']);
    expect(await serials('destination: STORE')).toEqual([]);
    expect(await serials('mounted: false')).toEqual(['u2', 'u3']);
    expect(await serials('mounted: true')).toEqual(['u1']);
    expect(await serials('site: "yard"')).toEqual(['u1']);
    expect(await serials('retired: null')).toEqual(['u1', 'u2', 'u3', 'u4']);
    expect(await serials('retired: true')).toEqual(['u4']);
    expect(await serials('serials: ["u3", "u1", "u9"]')).toEqual(['u1', 'u3']);
    expect(await serials('serialStartsWith: "u%"')).toEqual([]);
  });
});

describe('consumption', () => {
  it.each(['charger(serial: "u1")', 'backplate(id: "b1")', 'circuit(id: "row")', 'site(id: "yard")'])(
    'adds up along %s, in the time of the site',
    async (thing) => {
      const { list } = (
        await book.query<{ thing: { list: unknown } }>(
          `{ thing: ${thing} { list: consumption(from: "2026-05-03T22:00:00Z", to: "2026-05-05T22:00:00Z",
            interval: DAY) { from to energyWattHours sessions sessionsWithoutEnergy } } }`,
        )
      ).thing;
      expect(list).toEqual([
        {
          from: '2026-05-03T22:00:00.000Z',
          to: '2026-05-04T22:00:00.000Z',
          energyWattHours: 12_000,
          sessions: 12,
          sessionsWithoutEnergy: 0,
        },
        {
          from: '2026-05-04T22:00:00.000Z',
          to: '2026-05-05T22:00:00.000Z',
          energyWattHours: null,
          sessions: 6,
          sessionsWithoutEnergy: 6,
        },
      ]);
    },
  );
});

describe('the state of the server', () => {
  it('is told by the book', async () => {
    const { book: told, me } = await book.query<{
      book: { head: string; projections: unknown[] };
      me: unknown;
    }>(
      `{ book { head projections { name sequence lagFacts lagSeconds quarantined } }
         me { id kind operator { id } permissions } }`,
    );
    expect(told.projections.length).toBeGreaterThan(3);
    for (const projection of told.projections)
      expect(projection).toMatchObject({
        sequence: told.head,
        lagFacts: '0',
        lagSeconds: 0,
        quarantined: [],
      });
    expect(me).toMatchObject({ id: 'admin', kind: 'ADMIN' });
  });

  it('is open to all where it says only that it is alive and ready', async () => {
    for (const where of ['/healthz', '/readyz']) {
      const answer = await fetch(server.url + where);
      expect([answer.status, await answer.text()]).toEqual([200, '{"status":"ok"}']);
    }
  });

  it('is measured for who has a token', async () => {
    const refused = await fetch(`${server.url}/metrics`);
    expect(refused.status).toBe(401);
    expect(await refused.text()).toContain('UNAUTHENTICATED');

    const authorization = `Bearer ${server.adminToken}`;
    const answer = await fetch(`${server.url}/metrics`, { headers: { authorization } });
    const text = await answer.text();
    expect(answer.headers.get('content-type')).toContain('text/plain');
    expect(text).toContain('chargebook_projection_lag_facts{projection="ledger"} 0');
    expect(text).toMatch(/chargebook_commands_total\{outcome="recorded"\} \d+/);
  });
});
