import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse/sync';
import { BookServer } from './book-server.fixtures';
import { run } from './main';

const fixtures = fileURLToPath(new URL('../fixtures/', import.meta.url));
const hamburg = fileURLToPath(new URL('../../../../shared/data/hamburg/sessions.csv', import.meta.url));

let server: BookServer;
let folder: string;
let out: string;
let complaints: string;

beforeEach(async () => {
  server = await BookServer.start();
  folder = mkdtempSync(path.join(tmpdir(), 'chargebook-cli-'));
  out = '';
  complaints = '';
});

afterEach(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

/** Runs the command line on one of the made-up files, or on any other, against the book in memory. */
async function importFile(file: string, ...options: string[]): Promise<number> {
  const rejects = path.join(folder, 'rejects.csv');
  out = '';
  const args = ['import', 'sessions', path.resolve(fixtures, file), '--rejects', rejects, ...options];
  return run(args, {
    stdout: { write: (text) => (out += text) },
    stderr: { write: (text) => (complaints += text) },
    env: { CHARGEBOOK_URL: server.url, CHARGEBOOK_TOKEN: BookServer.token },
    nowMs: () => Date.parse('2026-01-01T00:00:00Z'),
    version: '1.2.3',
  });
}

function rejects(): { line: string; reason: string; message: string; row: string }[] {
  return parse(readFileSync(path.join(folder, 'rejects.csv')), { columns: true });
}

function written(name: string, text: string): string {
  const file = path.join(folder, name);
  writeFileSync(file, text);
  return file;
}

/** The sessions in the book as charger, site and span, in the order of their time. */
function sessions(): string[] {
  return server.book.allSessions
    .toSorted((a, b) => a.startedAt.localeCompare(b.startedAt) || a.charger.localeCompare(b.charger))
    .map(
      ({ charger, siteId, startedAt, endedAt }) =>
        `${charger} ${siteId ?? '-'} ${startedAt} ${endedAt ?? ''}`,
    );
}

const header = 'charger_id,location_id,start_time,end_time\n';
const berlin = ['--time-zone', 'Europe/Berlin'];

describe('a file with semicolons, decimal commas and day-first dates', () => {
  it('is recorded as it says, with ids derived on demand', async () => {
    const code = await importFile('semicolons.csv', ...berlin, '--derive-ids');

    expect(complaints).toBe('');
    expect(code).toBe(0);
    expect(sessions()).toEqual([
      'LP-01 Hof-Nord 2024-02-05T07:15:00.000Z 2024-02-05T09:45:00.000Z',
      expect.stringMatching(/^LP-03 Hof-Sud-[0-9a-f]{8} 2024-02-05T08:00:00.000Z 2024-02-05T08:00:00.000Z$/),
      'LP-01 Hof-Nord 2024-02-06T16:02:00.000Z 2024-02-06T18:40:00.000Z',
      'LP-02 Hof-Nord 2024-02-14T06:55:00.000Z 2024-02-14T15:05:00.000Z',
    ]);
    const energies = ['LP-01', 'LP-02', 'LP-03'].map((serial) =>
      server.book.sessionsOf(serial).map((session) => session.energyWattHours),
    );
    expect(energies).toEqual([[12_345, 1_008_500], [null], [0]]);
    expect([...server.book.sites.values()].map(({ name, timeZone }) => [name, timeZone])).toContainEqual([
      'Hof-Süd',
      'Europe/Berlin',
    ]);
  });

  it('rejects what cannot be an id when nobody asked to derive one', async () => {
    expect(await importFile('semicolons.csv', ...berlin)).toBe(3);
    expect(rejects()).toMatchObject([
      { line: '5', reason: 'BAD_ID', row: expect.stringMatching(/^LP-03;Hof-Süd;/) },
    ]);
  });
});

describe('a file with a byte-order mark and offsets', () => {
  it('needs no time zone but for its new sites', async () => {
    expect(await importFile('byte-order-mark.csv')).toBe(2);
    expect(complaints).toContain('--site-time-zone');

    expect(await importFile('byte-order-mark.csv', '--site-time-zone', 'UTC')).toBe(0);
    expect(sessions()).toEqual([
      'B1 S1 2023-05-01T06:00:00.000Z 2023-05-01T07:00:00.000Z',
      'B1 S1 2023-05-02T06:00:00.000Z 2023-05-02T07:30:00.000Z',
    ]);
  });
});

describe('a station that stands at another address from some day on', () => {
  it('is relocated at the first session there, and returns to its former place', async () => {
    const code = await importFile('moved-station.csv', '--time-zone', 'America/New_York', '--derive-ids');

    expect(code).toBe(0);
    expect(out).toMatch(/relocations +2\n/);
    const [alpha1] = [...server.book.placements.keys()].filter((serial) => serial.startsWith('Alpha-1'));
    const placements = server.book.placements.get(alpha1 ?? '') ?? [];
    expect(placements.map(({ mountedAt, dismountedAt }) => [mountedAt, dismountedAt])).toEqual([
      ['2023-03-28T13:05:00.000Z', '2023-04-02T12:00:00.000Z'],
      ['2023-04-02T12:00:00.000Z', '2023-04-10T12:00:00.000Z'],
      ['2023-04-10T12:00:00.000Z', null],
    ]);
    expect(placements[2]?.backplateId).toBe(placements[0]?.backplateId);
    const own = server.book.sessionsOf(alpha1 ?? '');
    const [mill, quay] = [placements[0]?.siteId, placements[1]?.siteId];
    expect(own.map(({ siteId }) => siteId)).toEqual([mill, mill, quay, quay, mill]);
    expect(server.book.sites.get(quay ?? '')?.name).toBe('3 Quay Road, Westport');
  });
});

describe('rows that cannot be true', () => {
  it('go to the rejects file with line, reason and their own text; the rest is recorded', async () => {
    expect(await importFile('impossible-rows.csv', ...berlin)).toBe(3);

    expect(rejects().map(({ line, reason }) => `${line} ${reason}`)).toEqual([
      '3 NO_END',
      '4 NO_END',
      '5 END_BEFORE_START',
      '6 IMPLAUSIBLE_YEAR',
      '7 UNREADABLE_TIME',
      '8 UNREADABLE_TIME',
      '9 IN_THE_FUTURE',
      '10 BAD_ID',
      '11 BAD_ID',
      '12 BAD_ENERGY',
      '13 BAD_ENERGY',
      '14 UNREADABLE_ROW',
      '15 UNREADABLE_ROW',
      '18 NO_START',
    ]);
    expect(rejects()[0]?.row).toBe('C1,L1,2022-06-02 08:00:00,,-,');
    expect(sessions()).toEqual([
      'C1 L1 2022-06-01T06:00:00.000Z 2022-06-01T07:00:00.000Z',
      'C1 L1 2022-06-13T06:00:00.000Z 2022-06-13T07:00:00.000Z',
    ]);
    expect(out).toMatch(/rows read +16\n/);
    expect(out).toMatch(/NO_END +2\n/);
  });

  it('overlap, or stand twice, in the order of time and not of the file', async () => {
    expect(await importFile('out-of-order.csv', ...berlin)).toBe(3);

    expect(rejects().map(({ line, reason }) => `${line} ${reason}`)).toEqual(['4 OVERLAP', '6 DUPLICATE']);
    expect(sessions()).toEqual([
      'D1 L1 2022-03-01T07:00:00.000Z 2022-03-01T09:00:00.000Z',
      'D2 L1 2022-03-01T08:30:00.000Z 2022-03-01T10:00:00.000Z',
      'D1 L1 2022-03-01T09:00:00.000Z 2022-03-01T09:30:00.000Z',
      'D1 L2 2022-03-02T07:00:00.000Z 2022-03-02T08:00:00.000Z',
      'D1 L1 2022-03-03T07:00:00.000Z 2022-03-03T08:00:00.000Z',
    ]);
  });
});

describe('clock changes', () => {
  it('are told in the summary, and the rows are recorded', async () => {
    const code = await importFile('clock-changes.csv', ...berlin);
    expect([code, complaints]).toEqual([0, '']);

    expect(sessions()).toEqual([
      'E1 L1 2023-03-26T01:30:00.000Z 2023-03-26T02:00:00.000Z',
      'E1 L1 2023-10-29T00:10:00.000Z 2023-10-29T00:20:00.000Z',
      'E1 L1 2023-10-29T00:50:00.000Z 2023-10-29T01:15:00.000Z',
    ]);
    expect(out).toContain('1 times that do not exist there');
    expect(out).toContain('3 times that exist twice there, taken as the first');
    expect(out).toContain('1 ends that exist twice there, taken as the second');
  });
});

describe('places that the file names', () => {
  const map = 'charger=unit,backplate=wall,circuit=line,start=from,end=to,driver=person,session=ref';

  it('are used as told; a charger that turns up on a taken backplate replaces the other one', async () => {
    expect(await importFile('places.csv', '--time-zone', 'UTC', '--map', map)).toBe(3);

    expect(rejects().map(({ line, reason }) => `${line} ${reason}`)).toEqual([
      '7 BACKPLATE_OCCUPIED',
      '8 PLACE_CONFLICT',
    ]);
    expect(server.book.allSessions.map(({ id, backplateId }) => `${id} ${backplateId ?? ''}`)).toEqual([
      'T-1 P1',
      'T-2 P1',
      'T-3 P1',
      'T-4 P2',
      'T-5 P1',
    ]);
    expect([...server.book.circuits.keys()]).toEqual(['K1', 'K2']);
  });

  it('leave the driver to the book alone', async () => {
    await importFile('places.csv', '--time-zone', 'UTC', '--map', map);

    expect(server.book.sessionsOf('U1').map(({ driverReference }) => driverReference)).toEqual([
      'driver-7',
      null,
      'driver-7',
    ]);
    expect(out + complaints).not.toContain('driver-');
    expect(
      rejects()
        .map(({ message }) => message)
        .join(),
    ).not.toContain('driver-');
  });
});

describe('the same import again', () => {
  it('records nothing twice and says so', async () => {
    await importFile('out-of-order.csv', ...berlin);
    const before = structuredClone(server.book.allSessions);
    const code = await importFile('out-of-order.csv', ...berlin);

    expect(code).toBe(3);
    expect(server.book.allSessions).toEqual(before);
    expect(out).toMatch(/sessions recorded +0\n/);
    expect(out).toMatch(/already there +5\n/);
    expect(out).toMatch(/registered +0 sites, 0 circuits, 0 backplates, 0 chargers\n/);
  });

  it('from a longer file, in another order, records what is new alone', async () => {
    const rows = ['F1,L1,2024-01-01 08:00,2024-01-01 09:00\n', 'F1,L2,2024-01-02 08:00,2024-01-02 09:00\n'];
    const more = ['F2,L1,2024-01-01 07:00,2024-01-01 07:30\n', 'F1,L2,2024-01-03 08:00,2024-01-03 09:00\n'];
    await importFile(written('a.csv', header + rows.join('')), ...berlin);
    const code = await importFile(
      written('b.csv', header + [...more, ...rows].reverse().join('')),
      ...berlin,
    );

    expect(code).toBe(0);
    expect(out).toMatch(/sessions recorded +2\n/);
    expect(out).toMatch(/already there +2\n/);
    expect(out).toMatch(/registered +0 sites, 0 circuits, 1 backplates, 1 chargers\n/);
    expect(server.book.allSessions).toHaveLength(4);
  });

  it('rejects a row that contradicts what the book has, and keeps the book as it is', async () => {
    const row = 'G1,L1,2024-01-01 08:00,2024-01-01 09:00';
    await importFile(written('a.csv', `${header}${row}\n`), ...berlin);
    const before = structuredClone(server.book.allSessions);
    const longer = 'G1,L1,2024-01-01 08:00,2024-01-01 10:00';
    const touching = 'G1,L1,2024-01-01 07:00,2024-01-01 08:00';
    const code = await importFile(written('b.csv', `${header}${longer}\n${row}\n${touching}\n`), ...berlin);

    expect(code).toBe(3);
    expect(rejects().map(({ line, reason }) => `${line} ${reason}`)).toEqual(['2 OVERLAP', '4 OVERLAP']);
    expect(server.book.allSessions).toEqual(before);
  });

  it('goes on where an import broke off', async () => {
    server.faults = Array.from({ length: 40 }, (_, i) => (i >= 9 ? 'OVERLOADED' : undefined));
    const rows = Array.from(
      { length: 9 },
      (_, i) => `H${i % 3},L1,2024-01-0${i + 1} 08:00,2024-01-0${i + 1} 09:00\n`,
    );
    const file = written('a.csv', header + rows.join(''));
    const interruption = new AbortController();
    const broken = run(['import', 'sessions', file, ...berlin, '--concurrency', '1', '--batch-size', '4'], {
      stdout: { write: () => true },
      stderr: { write: (text) => (complaints += text) },
      env: { CHARGEBOOK_URL: server.url, CHARGEBOOK_TOKEN: BookServer.token },
      nowMs: () => Date.parse('2026-01-01T00:00:00Z'),
      version: '1.2.3',
      interrupted: interruption.signal,
    });
    while (server.faults[0] !== 'OVERLOADED') await new Promise(setImmediate);
    interruption.abort();

    expect(await broken).toBe(1);
    expect(complaints).toMatch(
      /Interrupted. \d sessions were recorded before. Run the same command again to go on./,
    );
    server.faults = [];
    expect(await importFile(file, ...berlin)).toBe(0);
    expect(server.book.allSessions).toHaveLength(9);
    expect(server.book.allSessions.every(({ endedAt }) => endedAt != null)).toBe(true);
  });
});

describe('faults on the way', () => {
  it('are survived without a double: lost answers and an overloaded server', async () => {
    server.faults = [
      undefined,
      'OVERLOADED',
      undefined,
      undefined,
      undefined,
      'LOST_ANSWER',
      'LOST_ANSWER',
    ].concat([undefined, 'LOST_ANSWER', undefined, 'LOST_ANSWER', 'LOST_ANSWER']) as BookServer['faults'];
    const code = await importFile('out-of-order.csv', ...berlin, '--concurrency', '1');

    expect(code).toBe(3);
    expect(sessions()).toHaveLength(5);
    expect(out).toMatch(/sessions recorded +5\n/);
  });

  it('refusals of the book go to the rejects file with their code', async () => {
    server.book.mountCharger({
      input: { charger: 'X', backplate: 'L1-J1' },
      options: { commandId: 'x', occurredAt: '2020-01-01T00:00:00.000Z' },
    });
    const options = { commandId: 'set-up', occurredAt: '2020-01-01T00:00:00.000Z' };
    const told = (n: number) => ({ ...options, commandId: `set-up-${n}` });
    server.book.registerSite({ input: { id: 'L1', name: 'L1', timeZone: 'UTC' }, options: told(1) });
    server.book.addCircuit({ input: { id: 'K', site: 'L1' }, options: told(2) });
    server.book.installBackplate({ input: { id: 'L1-J1', circuit: 'K' }, options: told(3) });
    server.book.registerCharger({ input: { serial: 'X' }, options: told(4) });
    server.book.mountCharger({ input: { charger: 'X', backplate: 'L1-J1' }, options: told(5) });
    const rows = 'J1,L1,2024-01-01 08:00,2024-01-01 09:00\nJ2,L1,2024-01-01 08:00,2024-01-01 09:00\n';

    expect(await importFile(written('a.csv', header + rows), ...berlin)).toBe(3);
    expect(rejects()).toEqual([
      {
        line: '2',
        reason: 'BACKPLATE_OCCUPIED',
        message: 'refused with BACKPLATE_OCCUPIED',
        row: 'J1,L1,2024-01-01 08:00,2024-01-01 09:00',
      },
    ]);
    expect(sessions()).toEqual(['J2 L1 2024-01-01T07:00:00.000Z 2024-01-01T08:00:00.000Z']);
  });
});

describe('what is sent', () => {
  it('carries the token, the channel, the time of each thing and keys that fit the rule for ids', async () => {
    await importFile('out-of-order.csv', ...berlin);

    for (const { headers } of server.requests) {
      expect(headers.authorization).toBe(`Bearer ${BookServer.token}`);
      expect(headers['x-chargebook-channel']).toBe('IMPORT');
    }
    expect(server.book.sites.get('L2')?.occurredAt).toBe('2022-03-02T07:00:00.000Z');
    const sent = JSON.stringify(server.requests.map(({ variables }) => variables));
    const keys = [...sent.matchAll(/"(?:commandId|id|sessionId)":"([^"]*)"/g)].map(([, key]) => key ?? '');
    expect(keys.length).toBeGreaterThan(20);
    for (const key of keys) expect(key).toMatch(/^[A-Za-z0-9._:-]{1,64}$/);
  });

  it('is nothing in a dry run', async () => {
    expect(await importFile('out-of-order.csv', ...berlin, '--dry-run')).toBe(3);
    expect(server.requests).toEqual([]);
    expect(out).toMatch(/^Dry run: nothing was sent\.\n/);
    expect(out).toMatch(/to register +2 sites, 2 circuits, 3 backplates, 2 chargers\n/);
    expect(out).toMatch(/relocations +2\n/);
    expect(existsSync(path.join(folder, 'rejects.csv'))).toBe(false);
  });
});

describe('wrong usage', () => {
  it.each([
    ['no time zone', ['out-of-order.csv'], '--time-zone'],
    ['an unknown zone', ['out-of-order.csv', '--time-zone', 'Mars/Olympus'], 'No such IANA time zone'],
    ['a column that is not there', ['out-of-order.csv', ...berlin, '--map', 'start=begin'], '"start_time"'],
    ['a role that is not there', ['out-of-order.csv', ...berlin, '--map', 'colour=begin'], 'energyKwh'],
    ['a batch too large', ['out-of-order.csv', ...berlin, '--batch-size', '501'], 'from 2 to 500'],
    ['an unknown option', ['out-of-order.csv', '--fast'], "unknown option '--fast'"],
    [
      'no site',
      ['places.csv', ...berlin, '--map', 'charger=unit,site=nowhere,start=from,end=to'],
      '"nowhere"',
    ],
    ['no address', ['out-of-order.csv', ...berlin, '--url', 'localhost:4000'], 'no HTTP address'],
  ])('%s: a clear word, exit code 2, nothing sent', async (_, [file = '', ...options], word) => {
    expect(await importFile(file, ...options)).toBe(2);
    expect(complaints).toContain(word);
    expect(server.requests).toEqual([]);
  });

  it('never writes over the input or over a file that holds no rejects', async () => {
    const input = written('input.csv', header);
    const other = written('other.txt', 'dear to somebody');

    expect(await importFile(input, ...berlin, '--rejects', input)).toBe(2);
    expect(await importFile(input, ...berlin, '--rejects', other)).toBe(2);
    expect(readFileSync(input, 'utf8')).toBe(header);
    expect(readFileSync(other, 'utf8')).toBe('dear to somebody');
  });
});

describe('failures', () => {
  it('a file that is not there: exit code 1', async () => {
    expect(await importFile('no-such-file.csv', ...berlin)).toBe(1);
    expect(complaints).toContain('no-such-file.csv');
  });

  it('a wrong token: said at once, without showing it', async () => {
    const tokenFile = written('token', 'a-wrong-token\n');
    expect(await importFile('out-of-order.csv', ...berlin, '--token-file', tokenFile)).toBe(1);
    expect(complaints).toContain('does not know this token');
    expect(complaints).not.toContain('a-wrong-token');
    expect(server.book.allSessions).toEqual([]);
  });

  it('no server: said at once', async () => {
    expect(await importFile('out-of-order.csv', ...berlin, '--url', 'http://127.0.0.1:9/graphql')).toBe(1);
    expect(complaints).toContain('Is the server running?');
  });
});

describe('the Hamburg file', () => {
  it('is recorded whole: per charger and per site exactly its own counts', async () => {
    if (!existsSync(hamburg)) {
      process.stderr.write('The Hamburg file is not here: its import was not tried.\n');
      return;
    }
    const rows: { charger_id: string; location_id: string }[] = parse(readFileSync(hamburg), {
      columns: true,
    });
    const code = await importFile(hamburg, ...berlin);

    expect(code).toBe(0);
    expect(out).toContain('registered         399 sites, 399 circuits, 797 backplates, 797 chargers\n');
    expect(server.book.allSessions).toHaveLength(17_521);
    const counts = (keys: (string | undefined)[]) => {
      const counted = new Map<string, number>();
      for (const key of keys) counted.set(key ?? '', (counted.get(key ?? '') ?? 0) + 1);
      return counted;
    };
    expect(counts(server.book.allSessions.map(({ charger }) => charger))).toEqual(
      counts(rows.map((row) => row.charger_id)),
    );
    expect(counts(server.book.allSessions.map(({ siteId }) => siteId))).toEqual(
      counts(rows.map((row) => row.location_id)),
    );
  });
});
