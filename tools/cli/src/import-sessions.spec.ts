import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { existsSync } from 'node:fs';
import { BookServer } from './book-server.fixtures';
import { berlin, CommandLine } from './command-line.fixtures';

let person: CommandLine;

beforeEach(async () => {
  person = await CommandLine.open();
});

afterEach(async () => {
  await person.close();
});

describe('a file with semicolons, decimal commas and day-first dates', () => {
  it('is recorded as it says, with ids derived on demand', async () => {
    const code = await person.importFile('semicolons.csv', ...berlin, '--derive-ids');

    expect(person.complaints).toBe('');
    expect(code).toBe(0);
    expect(person.sessions()).toEqual([
      'LP-01 Hof-Nord 2024-02-05T07:15:00.000Z 2024-02-05T09:45:00.000Z',
      expect.stringMatching(/^LP-03 Hof-Sud-[0-9a-f]{8} 2024-02-05T08:00:00.000Z 2024-02-05T08:00:00.000Z$/),
      'LP-01 Hof-Nord 2024-02-06T16:02:00.000Z 2024-02-06T18:40:00.000Z',
      'LP-02 Hof-Nord 2024-02-14T06:55:00.000Z 2024-02-14T15:05:00.000Z',
    ]);
    const energies = ['LP-01', 'LP-02', 'LP-03'].map((serial) =>
      person.book.sessionsOf(serial).map((session) => session.energyWattHours),
    );
    expect(energies).toEqual([[12_345, 1_008_500], [null], [0]]);
    expect([...person.book.sites.values()].map(({ name, timeZone }) => [name, timeZone])).toContainEqual([
      'Hof-Süd',
      'Europe/Berlin',
    ]);
  });

  it('rejects what cannot be an id when nobody asked to derive one', async () => {
    expect(await person.importFile('semicolons.csv', ...berlin)).toBe(3);
    expect(person.rejects()).toMatchObject([
      { line: '5', reason: 'BAD_ID', row: expect.stringMatching(/^LP-03;Hof-Süd;/) },
    ]);
  });
});

describe('a file with a byte-order mark and offsets', () => {
  it('needs no time zone but for its new sites', async () => {
    expect(await person.importFile('byte-order-mark.csv')).toBe(2);
    expect(person.complaints).toContain('--site-time-zone');

    expect(await person.importFile('byte-order-mark.csv', '--site-time-zone', 'UTC')).toBe(0);
    expect(person.sessions()).toEqual([
      'B1 S1 2023-05-01T06:00:00.000Z 2023-05-01T07:00:00.000Z',
      'B1 S1 2023-05-02T06:00:00.000Z 2023-05-02T07:30:00.000Z',
    ]);
  });
});

describe('a station that stands at another address from some day on', () => {
  it('is relocated at the first session there, and returns to its former place', async () => {
    const code = await person.importFile(
      'moved-station.csv',
      '--time-zone',
      'America/New_York',
      '--derive-ids',
    );

    expect(code).toBe(0);
    expect(person.out).toMatch(/relocations +2\n/);
    const [alpha1] = [...person.book.placements.keys()].filter((serial) => serial.startsWith('Alpha-1'));
    const placements = person.book.placements.get(alpha1 ?? '') ?? [];
    expect(placements.map(({ mountedAt, dismountedAt }) => [mountedAt, dismountedAt])).toEqual([
      ['2023-03-28T13:05:00.000Z', '2023-04-02T12:00:00.000Z'],
      ['2023-04-02T12:00:00.000Z', '2023-04-10T12:00:00.000Z'],
      ['2023-04-10T12:00:00.000Z', null],
    ]);
    expect(placements[2]?.backplateId).toBe(placements[0]?.backplateId);
    const own = person.book.sessionsOf(alpha1 ?? '');
    const [mill, quay] = [placements[0]?.siteId, placements[1]?.siteId];
    expect(own.map(({ siteId }) => siteId)).toEqual([mill, mill, quay, quay, mill]);
    expect(person.book.sites.get(quay ?? '')?.name).toBe('3 Quay Road, Westport');
  });
});

describe('rows that cannot be true', () => {
  it('go to the rejects file with line, reason and their own text; the rest is recorded', async () => {
    expect(await person.importFile('impossible-rows.csv', ...berlin)).toBe(3);

    expect(person.reasons()).toEqual([
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
    expect(person.rejects()[0]?.row).toBe('C1,L1,2022-06-02 08:00:00,,-,');
    expect(person.sessions()).toEqual([
      'C1 L1 2022-06-01T06:00:00.000Z 2022-06-01T07:00:00.000Z',
      'C1 L1 2022-06-13T06:00:00.000Z 2022-06-13T07:00:00.000Z',
    ]);
    expect(person.out).toMatch(/rows read +16\n/);
    expect(person.out).toMatch(/NO_END +2\n/);
  });

  it('overlap, or stand twice, in the order of time and not of the file', async () => {
    expect(await person.importFile('out-of-order.csv', ...berlin)).toBe(3);

    expect(person.reasons()).toEqual(['4 OVERLAP', '6 DUPLICATE']);
    expect(person.sessions()).toEqual([
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
    const code = await person.importFile('clock-changes.csv', ...berlin);
    expect([code, person.complaints]).toEqual([0, '']);

    expect(person.sessions()).toEqual([
      'E1 L1 2023-03-26T01:30:00.000Z 2023-03-26T02:00:00.000Z',
      'E1 L1 2023-10-29T00:10:00.000Z 2023-10-29T00:20:00.000Z',
      'E1 L1 2023-10-29T00:50:00.000Z 2023-10-29T01:15:00.000Z',
    ]);
    expect(person.out).toContain('1 times that do not exist there');
    expect(person.out).toContain('3 times that exist twice there, taken as the first');
    expect(person.out).toContain('1 ends that exist twice there, taken as the second');
  });
});

describe('places that the file names', () => {
  const map = 'charger=unit,backplate=wall,circuit=line,start=from,end=to,driver=person,session=ref';

  it('are used as told; a charger that turns up on a taken backplate replaces the other one', async () => {
    expect(await person.importFile('places.csv', '--time-zone', 'UTC', '--map', map)).toBe(3);

    expect(person.reasons()).toEqual(['7 BACKPLATE_OCCUPIED', '8 PLACE_CONFLICT']);
    expect(person.book.allSessions.map(({ id, backplateId }) => `${id} ${backplateId ?? ''}`)).toEqual([
      'T-1 P1',
      'T-2 P1',
      'T-3 P1',
      'T-4 P2',
      'T-5 P1',
    ]);
    expect([...person.book.circuits.keys()]).toEqual(['K1', 'K2']);
  });

  it('leave the driver to the book alone', async () => {
    await person.importFile('places.csv', '--time-zone', 'UTC', '--map', map);

    expect(person.book.sessionsOf('U1').map(({ driverReference }) => driverReference)).toEqual([
      'driver-7',
      null,
      'driver-7',
    ]);
    expect(person.out + person.complaints).not.toContain('driver-');
    expect(
      person
        .rejects()
        .map(({ message }) => message)
        .join(),
    ).not.toContain('driver-');
  });
});

describe('a driver who cannot be a reference', () => {
  const text = 'charger,site,start,end,who\nC1,S1,2024-01-01 08:00,2024-01-01 09:00,Jo Doe\n';

  it('makes the row a reject that does not quote them', async () => {
    const file = person.written('a.csv', text);
    expect(await person.importFile(file, ...berlin, '--map', 'driver=who')).toBe(3);
    expect(person.rejects()).toMatchObject([{ line: '2', reason: 'BAD_DRIVER' }]);
    expect(person.rejects()[0]?.message).not.toContain('Jo');
  });

  it('gets a derived reference on demand, without the name in it', async () => {
    const file = person.written('a.csv', text);
    expect(await person.importFile(file, ...berlin, '--map', 'driver=who', '--derive-ids')).toBe(0);
    expect(person.book.allSessions[0]?.driverReference).toMatch(/^driver-[0-9a-f]{32}$/);
  });
});

describe('what is sent', () => {
  it('carries the token, the channel, the time of each thing and keys that fit the rule for ids', async () => {
    await person.importFile('out-of-order.csv', ...berlin);

    for (const { headers } of person.server.requests) {
      expect(headers.authorization).toBe(`Bearer ${BookServer.token}`);
      expect(headers['x-chargebook-channel']).toBe('IMPORT');
    }
    expect(person.book.sites.get('L2')?.occurredAt).toBe('2022-03-02T07:00:00.000Z');
    const sent = JSON.stringify(person.server.requests.map(({ variables }) => variables));
    const keys = [...sent.matchAll(/"(?:commandId|id|sessionId)":"([^"]*)"/g)].map(([, key]) => key ?? '');
    expect(keys.length).toBeGreaterThan(20);
    for (const key of keys) expect(key).toMatch(/^[A-Za-z0-9._:-]{1,64}$/);
  });

  it('is nothing in a dry run', async () => {
    expect(await person.importFile('out-of-order.csv', ...berlin, '--dry-run')).toBe(3);
    expect(person.server.requests).toEqual([]);
    expect(person.out).toMatch(/^Dry run: nothing was sent\.\n/);
    expect(person.out).toMatch(/to register +2 sites, 2 circuits, 3 backplates, 2 chargers\n/);
    expect(person.out).toMatch(/relocations +2\n/);
    expect(existsSync(person.pathOf('rejects.csv'))).toBe(false);
  });
});
