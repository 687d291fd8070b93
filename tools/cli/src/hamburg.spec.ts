import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse/sync';
import { berlin, CommandLine } from './command-line.fixtures';

let person: CommandLine;

beforeEach(async () => {
  person = await CommandLine.open();
});

afterEach(async () => {
  await person.close();
});

const hamburg = fileURLToPath(new URL('../../../../shared/data/hamburg/sessions.csv', import.meta.url));

describe('the Hamburg file', () => {
  it('is recorded whole: per charger and per site exactly its own counts', async () => {
    if (!existsSync(hamburg)) {
      process.stderr.write('The Hamburg file is not here: its import was not tried.\n');
      return;
    }
    const rows: { charger_id: string; location_id: string }[] = parse(readFileSync(hamburg), {
      columns: true,
    });
    const code = await person.importFile(hamburg, ...berlin);

    expect(code).toBe(0);
    expect(person.out).toContain(
      'registered         399 sites, 399 circuits, 797 backplates, 797 chargers\n',
    );
    expect(person.book.allSessions).toHaveLength(17_521);
    const counts = (keys: (string | undefined)[]) => {
      const counted = new Map<string, number>();
      for (const key of keys) counted.set(key ?? '', (counted.get(key ?? '') ?? 0) + 1);
      return counted;
    };
    expect(counts(person.book.allSessions.map(({ charger }) => charger))).toEqual(
      counts(rows.map((row) => row.charger_id)),
    );
    expect(counts(person.book.allSessions.map(({ siteId }) => siteId))).toEqual(
      counts(rows.map((row) => row.location_id)),
    );
  });
});
