import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { BookServer } from './book-server.fixtures';
import { berlin, CommandLine, heading } from './command-line.fixtures';

let person: CommandLine;

beforeEach(async () => {
  person = await CommandLine.open();
});

afterEach(async () => {
  await person.close();
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
    expect(await person.importFile(file, ...options)).toBe(2);
    expect(person.complaints).toContain(word);
    expect(person.server.requests).toEqual([]);
  });

  it('never writes over the input or over a file that holds no rejects', async () => {
    const input = person.written('input.csv', heading);
    const other = person.written('other.txt', 'dear to somebody');

    expect(await person.importFile(input, ...berlin, '--rejects', input)).toBe(2);
    expect(await person.importFile(input, ...berlin, '--rejects', other)).toBe(2);
    expect(readFileSync(input, 'utf8')).toBe(heading);
    expect(readFileSync(other, 'utf8')).toBe('dear to somebody');
  });
});

describe('failures', () => {
  it('a file that is not there: exit code 1', async () => {
    expect(await person.importFile('no-such-file.csv', ...berlin)).toBe(1);
    expect(person.complaints).toContain('no-such-file.csv');
  });

  it('a wrong token: said at once, without showing it', async () => {
    const tokenFile = person.written('token', 'a-wrong-token\n');
    expect(await person.importFile('out-of-order.csv', ...berlin, '--token-file', tokenFile)).toBe(1);
    expect(person.complaints).toContain('does not know this token');
    expect(person.complaints).not.toContain('a-wrong-token');
    expect(person.book.allSessions).toEqual([]);
  });

  it('no server: said at once', async () => {
    expect(
      await person.importFile('out-of-order.csv', ...berlin, '--url', 'http://127.0.0.1:9/graphql'),
    ).toBe(1);
    expect(person.complaints).toContain('Is the server running?');
  });
});

describe('the token', () => {
  it('is read from the data directory when nothing else is told', async () => {
    const dataDirectory = path.dirname(person.written('admin.token', `${BookServer.token}\n`));
    const env = { CHARGEBOOK_TOKEN: undefined, DATA_DIR: dataDirectory };

    expect(await person.run(person.importArgs('clock-changes.csv', ...berlin), env)).toBe(0);
  });

  it('is missed with a word on where it is looked for', async () => {
    const env = { CHARGEBOOK_TOKEN: undefined, DATA_DIR: person.pathOf('nowhere') };

    expect(await person.run(person.importArgs('clock-changes.csv', ...berlin), env)).toBe(1);
    expect(person.complaints).toContain(path.join('nowhere', 'admin.token'));
    expect(person.complaints).toContain('CHARGEBOOK_TOKEN');
  });

  it('is refused when it cannot be one', async () => {
    const tokenFile = person.written('token', 'two words\n');

    expect(await person.importFile('clock-changes.csv', ...berlin, '--token-file', tokenFile)).toBe(1);
    expect(person.complaints).toContain('holds no token');
    expect(person.complaints).not.toContain('two words');
  });
});

describe('help', () => {
  it('tells the options, the exit codes and an example', async () => {
    expect(await person.run(['import', 'sessions', '--help'])).toBe(0);
    for (const word of ['--map', '--rejects', '--derive-ids', 'Exit codes: 0', 'Example:']) {
      expect(person.out).toContain(word);
    }
  });

  it('is given for a command that is not there, with exit code 2', async () => {
    expect(await person.run(['export'])).toBe(2);
    expect(person.complaints).toContain("unknown command 'export'");
  });

  it.each([['version'], ['--version']])('%s tells the version', async (word) => {
    expect(await person.run([word])).toBe(0);
    expect(person.out).toBe('1.2.3\n');
  });
});
