import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { CommandLine } from './command-line.fixtures';

type Line = {
  mutation: string;
  input: { observations?: { id: string; occurredAt: string }[] };
  options?: { commandId: string; occurredAt?: string };
  corrects?: string;
};

describe('chargebook simulate --out', () => {
  let person: CommandLine;

  beforeEach(async () => {
    person = await CommandLine.open();
  });

  afterEach(async () => {
    await person.close();
  });

  const size = ['--chargers', '6', '--sites', '2', '--months', '1', '--until', '2026-01-01T00:00:00Z'];

  async function write(name: string, ...options: string[]): Promise<string> {
    expect(await person.run(['simulate', ...size, ...options, '--out', person.pathOf(name)])).toBe(0);
    return readFileSync(person.pathOf(name), 'utf8');
  }

  it('writes the same file each time, another one for another seed, and sends nothing', async () => {
    const first = await write('first.jsonl');
    expect(await write('again.jsonl')).toBe(first);
    expect(await write('other.jsonl', '--seed', '2')).not.toBe(first);
    expect(person.server.requests).toEqual([]);
    const lines = first.trim().split('\n');
    expect(await person.run(['simulate', ...size, '--out', person.pathOf('first.jsonl')])).toBe(0);
    expect(person.out).toContain(`${lines.length} lines`);
  });

  it('tells one mutation a line, each with its key, what is needed before what needs it', async () => {
    const lines = (await write('fleet.jsonl', '--prefix', 'b-')).trim().split('\n');
    const told = lines.map((line) => JSON.parse(line) as Line);
    expect(told[0]?.mutation).toBe('registerOperator');
    expect(told.at(-1)?.mutation).toBe('relocateCharger');
    const keys = told.flatMap(({ options, input }) => [
      ...(options == null ? [] : [options.commandId]),
      ...(input.observations ?? []).map(({ id }) => id),
    ]);
    expect(new Set(keys).size).toBe(keys.length);
    const correction = told.find(({ corrects }) => corrects != null);
    expect(keys.indexOf(correction?.corrects ?? '')).toBeGreaterThan(0);
    expect(keys.indexOf(correction?.corrects ?? '')).toBeLessThan(
      keys.indexOf(correction?.options?.commandId ?? ''),
    );
  });

  it.each([
    ['--chargers', '0'],
    ['--months', 'some'],
    ['--until', 'soon'],
    ['--prefix', 'two words'],
  ])('%s %s: wrong usage', async (...options) => {
    expect(await person.run(['simulate', ...options])).toBe(2);
  });

  it('fails where the file cannot be written', async () => {
    expect(await person.run(['simulate', ...size, '--out', person.pathOf('no/such/folder.jsonl')])).toBe(1);
    expect(person.complaints).toContain('Cannot write');
  });
});
