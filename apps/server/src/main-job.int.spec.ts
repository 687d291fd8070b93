import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { countAlongAxes } from './axes.fixtures';
import { Book } from './book.fixtures';
import { moveThreeChargers } from './moves.fixtures';
import type { Said } from './server-process.fixtures';
import { chargebook, cleanUp, ServerProcess, temporaryFolder } from './server-process.fixtures';
import type { FileSession } from './sessions-file.fixtures';
import { countsBy, energyFile, hamburgFile, sessionsIn, smallFile } from './sessions-file.fixtures';

const IMPORT_TIMEOUT_MS = 600_000;
const berlin = ['--time-zone', 'Europe/Berlin'];

afterAll(cleanUp);

/** A server on an empty book, and somebody who imports into it. */
class Importing {
  readonly rejectsFile = path.join(temporaryFolder(), 'rejects.csv');

  private constructor(
    readonly server: ServerProcess,
    readonly book: Book,
  ) {}

  static async begin(): Promise<Importing> {
    const server = await ServerProcess.start();
    return new Importing(server, new Book(server));
  }

  async import(file: string, ...options: string[]): Promise<Said> {
    const rejects = ['--rejects', this.rejectsFile];
    const said = await chargebook(this.server, 'import', 'sessions', file, ...rejects, ...options);
    await this.book.caughtUp();
    return said;
  }

  get rejects(): string[] {
    const rows = readFileSync(this.rejectsFile, 'utf8').trim().split('\n').slice(1);
    return rows.map((row) => row.split(',').slice(0, 2).join(' '));
  }
}

const backplateOf = ({ site, charger }: FileSession) => `${site}-${charger}`;
const circuitOf = ({ site }: FileSession) => `${site}-circuit`;

function expectedCounts(sessions: readonly FileSession[]) {
  return {
    chargers: countsBy(sessions, ({ charger }) => charger),
    backplates: countsBy(sessions, backplateOf),
    circuits: countsBy(sessions, circuitOf),
    sites: countsBy(sessions, ({ site }) => site),
  };
}

describe('a small made-up file', () => {
  /** No end; end before start; overlapping; unreadable end; 30 February; the same row twice. */
  const untrueLines = [13, 14, 16, 19, 20, 21];
  const expected = sessionsIn(smallFile, untrueLines);
  let job: Importing;
  let first: Said;

  beforeAll(async () => {
    job = await Importing.begin();
    first = await job.import(smallFile, ...berlin);
  });

  it('is recorded whole, along all four axes, but for what cannot be true', async () => {
    expect(first.stderr).not.toContain('chargebook:');
    expect(first.code).toBe(3);
    expect(first.stdout).toMatch(/sessions recorded +16\n/);
    expect(await countAlongAxes(job.book)).toEqual(expectedCounts(expected));
  });

  it('says of each row that cannot be true on which line it is, and why', () => {
    expect(job.rejects).toEqual([
      '13 NO_END',
      '14 END_BEFORE_START',
      '16 OVERLAP',
      '19 UNREADABLE_TIME',
      '20 UNREADABLE_TIME',
      '21 DUPLICATE',
    ]);
    expect(readFileSync(job.rejectsFile, 'utf8')).toContain('C-04,2024-02-05 06:00:00,soon,3600,7');
  });

  it('moves a charger that turns up elsewhere at the start of its first session there', async () => {
    const { charger } = await job.book.query<{ charger: unknown }>(
      `{ charger(serial: "C-02") { placements { nodes { siteId backplateId mountedAt dismountedAt } } } }`,
    );
    const movedAt = '2024-02-04T15:20:00.000Z';
    expect(charger).toEqual({
      placements: {
        nodes: [
          { siteId: 'station', backplateId: 'station-C-02', mountedAt: movedAt, dismountedAt: null },
          {
            siteId: 'harbour',
            backplateId: 'harbour-C-02',
            mountedAt: '2024-02-01T07:05:00.000Z',
            dismountedAt: movedAt,
          },
        ],
      },
    });
  });

  it('records nothing when it is imported again', async () => {
    const before = await job.book.head();
    const again = await job.import(smallFile, ...berlin);

    expect(again.stdout).toMatch(/sessions recorded +0\n/);
    expect(again.stdout).toMatch(/already there +16\n/);
    expect(await job.book.head()).toBe(before);
  });

  it('keeps its history when three chargers are moved', async () => {
    await moveThreeChargers(job.book, ['C-01', 'C-03', 'C-04'], expected);
  });
});

describe('a file with semicolons, decimal commas and a byte-order mark', () => {
  it('is recorded with its energy, in the time of its zone', async () => {
    const job = await Importing.begin();
    const said = await job.import(energyFile, ...berlin);

    expect(said).toMatchObject({ code: 0, stdout: expect.stringMatching(/rejected +0\n/) });
    const { site } = await job.book.query<{ site: unknown }>(
      `{ site(id: "Hof") { timeZone sessions(last: 10) { nodes { charger { serial } startedAt endedAt energyWattHours } } } }`,
    );
    const session = (serial: string, startedAt: string, endedAt: string, energyWattHours: number | null) => ({
      charger: { serial },
      startedAt: `${startedAt}:00.000Z`,
      endedAt: `${endedAt}:00.000Z`,
      energyWattHours,
    });
    expect(site).toEqual({
      timeZone: 'Europe/Berlin',
      sessions: {
        nodes: [
          session('LP-2', '2024-07-15T05:55', '2024-07-15T14:05', 0),
          session('LP-2', '2024-07-14T05:55', '2024-07-14T14:05', null),
          session('LP-1', '2024-02-06T16:02', '2024-02-06T18:40', 1_008_500),
          session('LP-1', '2024-02-05T07:15', '2024-02-05T09:45', 12_345),
        ],
      },
    });
  });
});

describe('the sessions of Hamburg', () => {
  it(
    'are recorded whole, once, along all axes, and stay where they were when chargers move',
    async () => {
      if (!existsSync(hamburgFile)) {
        process.stderr.write('The Hamburg file is not here: its import was not tried.\n');
        return;
      }
      const expected = sessionsIn(hamburgFile);
      const job = await Importing.begin();
      const said = await job.import(hamburgFile, ...berlin);
      process.stderr.write(`Hamburg: ${/time taken.*/.exec(said.stdout)?.[0] ?? said.stdout}\n`);

      expect(said).toMatchObject({ code: 0, stdout: expect.stringMatching(/sessions recorded +17,521\n/) });
      const counts = await countAlongAxes(job.book);
      expect(counts).toEqual(expectedCounts(expected));
      expect([Object.keys(counts.chargers).length, Object.keys(counts.sites).length]).toEqual([797, 399]);

      const head = await job.book.head();
      const again = await job.import(hamburgFile, ...berlin);
      expect(again.stdout).toMatch(/sessions recorded +0\n/);
      expect(again.stdout).toMatch(/already there +17,521\n/);
      expect(await job.book.head()).toBe(head);

      await moveThreeChargers(job.book, ['8590', '8303', expected[9_000]!.charger], expected);
    },
    IMPORT_TIMEOUT_MS,
  );
});
