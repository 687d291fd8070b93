import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import { PROJECTIONS } from '@chargebook/read-models';
import { Book } from './book.fixtures';
import type { ServerProcess } from './server-process.fixtures';
import { cleanUp, eventually } from './server-process.fixtures';
import { SharedEngines } from './several-processes.fixtures';

const NAMES = ['ledger', ...PROJECTIONS.map(({ name }) => name)].sort();
/** Often enough to meet whatever goes on, and leaves the processor to that. */
const RECORD_EVERY_MS = 25;
const PATIENCE_MS = 90_000;
const TAKEN_OVER = 'another process has taken the projection over';

describe('two api and two projector processes on one store and one database', () => {
  let engines: SharedEngines;
  let apis: [ServerProcess, ServerProcess];
  let projectors: ServerProcess[];
  let killed: ServerProcess | undefined;
  let recorded = 0;

  beforeAll(async () => {
    engines = await SharedEngines.start();
    // The first one makes the tables and the token.
    const first = await engines.process('api');
    const [second, ...others] = await Promise.all([
      engines.process('api'),
      engines.process('projector'),
      engines.process('projector'),
    ]);
    apis = [first, second];
    projectors = others;
    await new Book(first).record('registerSite', { id: 'yard', name: 'Yard', timeZone: 'UTC' });
  });

  afterAll(async () => {
    for (const projector of projectors) projector.signal('SIGCONT');
    await cleanUp();
    await engines.stop();
  });

  const byPid = (pid: number) => projectors.find((projector) => projector.pid === pid)!;

  /** Renames the site through both api processes in turn, until told to stop. */
  function keepRecording(): () => Promise<void> {
    let isEnough = false;
    const books = apis.map((api) => new Book(api));
    const recording = (async () => {
      while (!isEnough) {
        recorded += 1;
        await books[recorded % 2]!.record('renameSite', { site: 'yard', name: `Yard ${String(recorded)}` });
        await pause(RECORD_EVERY_MS);
      }
    })();
    return async () => {
      isEnough = true;
      await recording;
    };
  }

  it('share the projections, and each api process reads what the other one has recorded', async () => {
    await engines.shared();
    const keepers = [...(await engines.keepers()).values()];
    expect(keepers.flat().sort()).toEqual(NAMES);
    expect(Math.max(...keepers.map(({ length }) => length))).toBe(Math.ceil(NAMES.length / 2));

    const { position } = await new Book(apis[0]).record('renameSite', { site: 'yard', name: 'Both yards' });
    const readAfter = { 'x-read-after': position ?? '' };
    const { site } = await new Book(apis[1]).query<{ site: object }>(
      '{ site(id: "yard") { name } }',
      {},
      readAfter,
    );
    expect(site).toEqual({ name: 'Both yards' });
  });

  it('serve what their role is, and are ready', async () => {
    for (const { url } of [...apis, ...projectors]) {
      expect((await fetch(`${url}/readyz`)).status).toBe(200);
    }
    const asked = await fetch(`${projectors[0]!.url}/graphql`, { method: 'POST', body: '{}' });
    expect(asked.status).toBe(404);
  });

  it('go on when the one with the ledger is paused, and it does no harm when it wakes up late', async () => {
    const { ledger, other } = await engines.shared();
    const enough = keepRecording();
    byPid(ledger).signal('SIGSTOP');

    await eventually(
      'the other one keeps all',
      async () => (await engines.keepers()).get(other)?.length === NAMES.length,
      PATIENCE_MS,
    );
    byPid(ledger).signal('SIGCONT');
    await eventually('it knows', () => byPid(ledger).said.includes(TAKEN_OVER), PATIENCE_MS);
    await engines.shared();
    await enough();

    await engines.caughtUp();
    expect(await engines.contents()).toEqual(await engines.contentsByOneAlone());
    const { site } = await new Book(apis[0]).query<{ site: object }>('{ site(id: "yard") { name } }');
    expect(site).toEqual({ name: `Yard ${String(recorded)}` });
  });

  it('rebuild while commands are recorded, also when the process that does it is killed in the middle', async () => {
    await engines.recordSessions(['c1', 'c2', 'c3'], 800);
    await engines.caughtUp();
    const enough = keepRecording();
    const asked = await rebuilds(apis[0], 'POST');
    expect(asked).toHaveLength(NAMES.length);

    const [{ projection } = { projection: '' }] = await untilHalfDone();
    const keeper = [...(await engines.keepers())].find(([, kept]) => kept.includes(projection));
    killed = byPid(keeper?.[0] ?? 0);
    await killed.kill();
    const lastOne = await engines.process('projector');
    projectors.push(lastOne);
    await eventually(
      'all is rebuilt',
      async () => (await rebuilds(apis[1], 'GET')).every(({ switchedAt }) => switchedAt != null),
      PATIENCE_MS,
    );
    await enough();

    await engines.caughtUp();
    expect(await engines.contents()).toEqual(await engines.contentsByOneAlone());
    await eventually('nothing is left beside', async () => {
      const beside = await engines.database.query(
        "SELECT nspname FROM pg_namespace WHERE nspname ~ '_(next|former)$'",
      );
      return beside.length === 0;
    });
  });

  interface Rebuild {
    readonly projection: string;
    readonly switchedAt?: string;
  }

  async function rebuilds(api: ServerProcess, method: 'GET' | 'POST'): Promise<Rebuild[]> {
    const authorization = `Bearer ${api.adminToken}`;
    const response = await fetch(`${api.url}/rebuilds`, { method, headers: { authorization } });
    return (await response.json()) as Rebuild[];
  }

  /** Rebuilds that have begun to fill their tables and are not done. */
  async function untilHalfDone(): Promise<Rebuild[]> {
    let open: Rebuild[] = [];
    await eventually('a rebuild is half done', async () => {
      open = await engines.database.query<{ projection: string }>(
        'SELECT projection FROM book.rebuild WHERE switched_at IS NULL AND sequence > 0',
      );
      return open.length > 0;
    });
    return open;
  }

  it('refuse a rebuild to whoever is not the administrator', async () => {
    const [api] = apis;
    expect((await fetch(`${api.url}/rebuilds`, { method: 'POST' })).status).toBe(401);
    const headers = { authorization: 'Bearer cb_admin_of-somebody-else-altogether' };
    expect((await fetch(`${api.url}/rebuilds`, { headers })).status).toBe(401);
  });

  it('stop in order, and give back what they kept', async () => {
    for (const server of [...projectors, ...apis]) server.signal('SIGTERM');
    const ended = await Promise.all([...projectors, ...apis].map((server) => server.ended));
    expect(ended.map(({ code }) => code)).toEqual(
      [...projectors, ...apis].map((server) => (server === killed ? null : 0)),
    );
    expect(await engines.keepers()).toEqual(new Map());
  });
});
