import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { BookServer } from './book-server.fixtures';
import { berlin, CommandLine, heading } from './command-line.fixtures';

let person: CommandLine;

beforeEach(async () => {
  person = await CommandLine.open();
});

afterEach(async () => {
  await person.close();
});

describe('the same import again', () => {
  it('records nothing twice and says so', async () => {
    await person.importFile('out-of-order.csv', ...berlin);
    const before = structuredClone(person.book.allSessions);
    const code = await person.importFile('out-of-order.csv', ...berlin);

    expect(code).toBe(3);
    expect(person.book.allSessions).toEqual(before);
    expect(person.out).toMatch(/sessions recorded +0\n/);
    expect(person.out).toMatch(/already there +5\n/);
    expect(person.out).toMatch(/registered +0 sites, 0 circuits, 0 backplates, 0 chargers\n/);
  });

  it('from a longer file, in another order, records what is new alone', async () => {
    const rows = ['F1,L1,2024-01-01 08:00,2024-01-01 09:00\n', 'F1,L2,2024-01-02 08:00,2024-01-02 09:00\n'];
    const more = ['F2,L1,2024-01-01 07:00,2024-01-01 07:30\n', 'F1,L2,2024-01-03 08:00,2024-01-03 09:00\n'];
    await person.importFile(person.written('a.csv', heading + rows.join('')), ...berlin);
    const code = await person.importFile(
      person.written('b.csv', heading + [...more, ...rows].reverse().join('')),
      ...berlin,
    );

    expect(code).toBe(0);
    expect(person.out).toMatch(/sessions recorded +2\n/);
    expect(person.out).toMatch(/already there +2\n/);
    expect(person.out).toMatch(/registered +0 sites, 0 circuits, 1 backplates, 1 chargers\n/);
    expect(person.book.allSessions).toHaveLength(4);
  });

  it('from a file of earlier times fits in front when the first import took its things as there before', async () => {
    const february = person.written('b.csv', `${heading}F1,L1,2024-02-01 08:00,2024-02-01 09:00\n`);
    const january = person.written('a.csv', `${heading}F1,L1,2024-01-01 08:00,2024-01-01 09:00\n`);
    await person.importFile(february, ...berlin, '--since', '2024-01-01');

    expect(await person.importFile(january, ...berlin)).toBe(0);
    expect(person.sessions().map((session) => session.slice(0, 16))).toEqual([
      'F1 L1 2024-01-01',
      'F1 L1 2024-02-01',
    ]);
    expect(person.book.placements.get('F1')).toHaveLength(1);
  });

  it('from a file of earlier times is rejected row by row, in the words of the book, where it does not fit', async () => {
    const february = person.written('b.csv', `${heading}F1,L1,2024-02-01 08:00,2024-02-01 09:00\n`);
    const january = person.written('a.csv', `${heading}F1,L1,2024-01-01 08:00,2024-01-01 09:00\n`);
    await person.importFile(february, ...berlin);

    expect(await person.importFile(january, ...berlin)).toBe(3);
    expect(person.reasons()).toEqual(['2 PLACEMENT_OVERLAP']);
  });

  it('rejects a row that contradicts what the book has, and keeps the book as it is', async () => {
    const row = 'G1,L1,2024-01-01 08:00,2024-01-01 09:00';
    await person.importFile(person.written('a.csv', `${heading}${row}\n`), ...berlin);
    const before = structuredClone(person.book.allSessions);
    const longer = 'G1,L1,2024-01-01 08:00,2024-01-01 10:00';
    const touching = 'G1,L1,2024-01-01 07:00,2024-01-01 08:00';
    const code = await person.importFile(
      person.written('b.csv', `${heading}${longer}\n${row}\n${touching}\n`),
      ...berlin,
    );

    expect(code).toBe(3);
    expect(person.reasons()).toEqual(['2 OVERLAP', '4 OVERLAP']);
    expect(person.book.allSessions).toEqual(before);
  });

  it('goes on where an import broke off', async () => {
    person.server.faults = Array.from({ length: 40 }, (_, i) => (i >= 9 ? 'OVERLOADED' : undefined));
    const rows = Array.from(
      { length: 9 },
      (_, i) => `H${i % 3},L1,2024-01-0${i + 1} 08:00,2024-01-0${i + 1} 09:00\n`,
    );
    const file = person.written('a.csv', heading + rows.join(''));
    const interruption = new AbortController();
    const args = person.importArgs(file, ...berlin, '--concurrency', '1', '--batch-size', '4');
    const broken = person.run(args, {}, interruption.signal);
    while (person.server.faults[0] !== 'OVERLOADED') await new Promise(setImmediate);
    interruption.abort();

    expect(await broken).toBe(1);
    expect(person.complaints).toMatch(
      /Interrupted. \d sessions were recorded before. Run the same command again to go on./,
    );
    person.server.faults = [];
    expect(await person.importFile(file, ...berlin)).toBe(0);
    expect(person.book.allSessions).toHaveLength(9);
    expect(person.book.allSessions.every(({ endedAt }) => endedAt != null)).toBe(true);
  });
});

describe('faults on the way', () => {
  it('are survived without a double: lost answers and an overloaded server', async () => {
    person.server.faults = [
      undefined,
      'OVERLOADED',
      undefined,
      undefined,
      undefined,
      'LOST_ANSWER',
      'LOST_ANSWER',
    ].concat([undefined, 'LOST_ANSWER', undefined, 'LOST_ANSWER', 'LOST_ANSWER']) as BookServer['faults'];
    const code = await person.importFile('out-of-order.csv', ...berlin, '--concurrency', '1');

    expect(code).toBe(3);
    expect(person.sessions()).toHaveLength(5);
    expect(person.out).toMatch(/sessions recorded +5\n/);
  });

  it('refusals of the book go to the rejects file with their code', async () => {
    const options = { commandId: 'set-up', occurredAt: '2020-01-01T00:00:00.000Z' };
    const told = (n: number) => ({ ...options, commandId: `set-up-${n}` });
    person.book.registerSite({ input: { id: 'L1', name: 'L1', timeZone: 'UTC' }, options: told(1) });
    person.book.addCircuit({ input: { id: 'K', site: 'L1' }, options: told(2) });
    person.book.installBackplate({ input: { id: 'L1-J1', circuit: 'K' }, options: told(3) });
    person.book.registerCharger({ input: { serial: 'X' }, options: told(4) });
    person.book.mountCharger({ input: { charger: 'X', backplate: 'L1-J1' }, options: told(5) });
    const rows = 'J1,L1,2024-01-01 08:00,2024-01-01 09:00\nJ2,L1,2024-01-01 08:00,2024-01-01 09:00\n';

    expect(await person.importFile(person.written('a.csv', heading + rows), ...berlin)).toBe(3);
    expect(person.rejects()).toEqual([
      {
        line: '2',
        reason: 'BACKPLATE_OCCUPIED',
        message: 'refused with BACKPLATE_OCCUPIED',
        row: 'J1,L1,2024-01-01 08:00,2024-01-01 09:00',
      },
    ]);
    expect(person.sessions()).toEqual(['J2 L1 2024-01-01T07:00:00.000Z 2024-01-01T08:00:00.000Z']);
  });
});
