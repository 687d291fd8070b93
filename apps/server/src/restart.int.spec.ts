import { afterEach, describe, expect, it } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { countAlongAxes } from './axes.fixtures';
import { Book } from './book.fixtures';
import { Mover } from './movers.fixtures';
import {
  chargebook,
  cleanUp,
  eventually,
  isRunning,
  postmasterIn,
  ServerProcess,
  temporaryFolder,
} from './server-process.fixtures';

afterEach(cleanUp);

const MOVERS = 6;
const MOVES_BEFORE = 30;

async function busyServer(): Promise<{ server: ServerProcess; movers: Mover[]; moving: Promise<unknown> }> {
  const server = await ServerProcess.start();
  const book = new Book(server);
  await book.record('registerSite', { id: 'yard', name: 'Yard', timeZone: 'UTC' });
  await book.record('addCircuit', { id: 'row', site: 'yard' });
  const movers = Array.from({ length: MOVERS }, (_, n) => new Mover(`m${String(n)}`, 'row'));
  await Promise.all(movers.map((mover) => mover.prepare(server)));
  const moving = Promise.all(movers.map((mover) => mover.moveUntilGone(server)));
  await eventually('there are moves', () => movedBy(movers) >= MOVES_BEFORE);
  return { server, movers, moving };
}

function movedBy(movers: readonly Mover[]): number {
  return movers.reduce((sum, mover) => sum + mover.acknowledgedCount, 0);
}

async function checkAfterRestart(dataDirectory: string, movers: readonly Mover[]): Promise<ServerProcess> {
  const server = await ServerProcess.start(dataDirectory);
  await Promise.all(movers.map((mover) => mover.checkAll(server)));
  const book = new Book(server);
  await book.caughtUp();
  const { book: told } = await book.query<{ book: { projections: unknown[] } }>(
    '{ book { projections { quarantined } } }',
  );
  expect(told.projections).toEqual(told.projections.map(() => ({ quarantined: [] })));
  return server;
}

describe('a server that is killed while commands run', () => {
  it('has all that it acknowledged when it is back, nothing twice, and no move half done', async () => {
    const { server, movers, moving } = await busyServer();
    await server.kill();
    await moving;

    expect(movedBy(movers)).toBeGreaterThanOrEqual(MOVES_BEFORE);
    await checkAfterRestart(server.dataDirectory, movers);
  });

  it('is as good with its PostgreSQL killed beside it', async () => {
    const { server, movers, moving } = await busyServer();
    process.kill(server.postmasterPid, 'SIGKILL');
    await server.kill();
    await moving;

    await checkAfterRestart(server.dataDirectory, movers);
  });

  it('lets an import go on when it is back', async () => {
    const server = await ServerProcess.start();
    const file = path.join(temporaryFolder(), 'sessions.csv');
    const heading = 'charger_id,start_time,end_time,duration_s,location_id';
    writeFileSync(file, [heading, ...manySessions(), ''].join('\n'));
    const options = ['--time-zone', 'UTC', '--batch-size', '20'];
    const importing = chargebook(server, 'import', 'sessions', file, ...options);
    const book = new Book(server);
    await eventually('sessions are recorded', async () => (await book.head()) > 300);
    await server.kill();

    const { port } = new URL(server.url);
    const restarted = await ServerProcess.start(server.dataDirectory, { PORT: port });
    const said = await importing;
    expect(said).toMatchObject({ code: 0, stdout: expect.stringMatching(/sessions recorded +480\n/) });
    const after = new Book(restarted);
    await after.caughtUp();
    const counts = await countAlongAxes(after);
    expect(Object.values(counts.chargers)).toEqual(Array.from({ length: 40 }, () => 12));
    expect(Object.values(counts.sites)).toEqual(Array.from({ length: 10 }, () => 48));
  });
});

/** Of forty chargers at ten sites, one a day each. */
function manySessions(): string[] {
  return Array.from({ length: 40 * 12 }, (_, n) => {
    const [charger, day] = [n % 40, Math.floor(n / 40) + 1];
    const date = `2025-01-${String(day).padStart(2, '0')}`;
    return `u${String(charger)},${date} 08:00:00,${date} 09:00:00,3600,s${String(charger % 10)}`;
  });
}

describe('a server that is asked to stop while commands run', () => {
  it('keeps what it acknowledged, ends well, and leaves no process behind', async () => {
    const { server, movers, moving } = await busyServer();
    const { postmasterPid } = server;
    const askedMs = Date.now();
    const ended = await server.stop();
    await moving;

    expect(ended).toEqual({ code: 0, signal: null });
    expect(Date.now() - askedMs).toBeLessThan(8_000);
    expect(isRunning(postmasterPid)).toBe(false);
    expect(postmasterIn(server.dataDirectory)).toBeUndefined();
    expect(server.said).not.toContain('"level":50');
    await checkAfterRestart(server.dataDirectory, movers);
  });
});

describe('a server whose PostgreSQL is killed', () => {
  it('goes on recording, and answers again by itself', async () => {
    const server = await ServerProcess.start();
    const book = new Book(server);
    await book.record('registerSite', { id: 'yard', name: 'Yard 0', timeZone: 'UTC' });
    const { postmasterPid } = server;
    process.kill(postmasterPid, 'SIGKILL');
    await eventually('it is dead', () => !isRunning(postmasterPid));
    for (let n = 1; n <= 10; n++)
      await book.record(
        'renameSite',
        { site: 'yard', name: `Yard ${String(n)}` },
        { commandId: `name.${String(n)}` },
      );

    await eventually('it answers', async () => (await book.ask('{ book { head } }')).body.errors == null);
    const { site } = await book.query<{ site: unknown }>(
      '{ site(id: "yard") { name history { totalCount } } }',
    );
    expect(site).toEqual({ name: 'Yard 10', history: { totalCount: 11 } });
    expect(server.postmasterPid).not.toBe(postmasterPid);
    expect(await server.stop()).toEqual({ code: 0, signal: null });
  });
});
