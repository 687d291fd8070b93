import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from './book-client';
import { CommandLine } from './command-line.fixtures';
import { LeftOut } from './import-easee/left-out';
import { planEasee } from './import-easee/plan';
import { readDirectory } from './import-easee/read-directory';

const answers = fileURLToPath(new URL('../fixtures/easee/', import.meta.url));
const realAnswers = fileURLToPath(new URL('../../../../shared/data/easee/', import.meta.url));
const isRealThere = existsSync(path.join(realAnswers, 'site-state.json'));

async function planOf(folder: string) {
  const leftOut = new LeftOut();
  const { fleet } = await readDirectory(folder, leftOut);
  return { ...planEasee(fleet, () => 'Europe/Oslo', leftOut), leftOut };
}

/** Commands of a mutation: their inputs, each with its instant. */
function told(commands: readonly Command[], mutation: Command['mutation']) {
  return commands
    .filter((command) => command.mutation === mutation)
    .map(({ input, options }) => ({ ...input, at: options.occurredAt }));
}

describe('what is made of the answers', () => {
  const built = '2024-03-01T08:00:00.000Z';
  const seen = '2024-07-01T12:00:00.000Z';

  it('a site with its circuits, each after the one that it hangs on', async () => {
    const { commands } = await planOf(answers);
    expect(told(commands, 'registerSite')).toEqual([
      {
        id: 'easee-7001',
        name: 'Mill Lane',
        timeZone: 'Europe/Oslo',
        gridType: 'IT',
        address: 'Mill Lane 3, 0001 Milltown, Norway',
        ratedCurrentAmps: 80,
        at: built,
      },
    ]);
    expect(told(commands, 'addCircuit')).toEqual([
      { id: 'easee-501', site: 'easee-7001', name: '1', fuseRatingAmps: 63, at: built },
      { id: 'easee-502', site: 'easee-7001', name: '2', fuseRatingAmps: 32, parent: 'easee-501', at: built },
    ]);
  });

  it('backplates, their primary, and chargers where they hang, from when both were there', async () => {
    const { commands } = await planOf(answers);
    expect(told(commands, 'installBackplate').map(({ at: _, ...input }) => input)).toEqual([
      { id: 'PLATE-A', circuit: 'easee-502' },
      { id: 'PLATE-B', circuit: 'easee-502' },
    ]);
    expect(told(commands, 'designatePrimaryBackplate')).toEqual([
      { circuit: 'easee-502', backplate: 'PLATE-A', at: built },
    ]);
    expect(told(commands, 'registerCharger')).toEqual([
      { serial: 'TU0001', productLine: 'HOME', phaseMode: 'AUTO', at: '2024-02-01T09:00:00.125Z' },
      { serial: 'TU0002', productLine: 'PRO', phaseMode: 'LOCKED_1', at: '2024-06-01T09:00:00.000Z' },
      { serial: 'TU0003', productLine: 'HOME', at: '2024-02-01T09:00:00.125Z' },
      { serial: 'TU0004', productLine: 'HOME', at: '2024-02-01T09:00:00.125Z' },
    ]);
    expect(told(commands, 'mountCharger')).toEqual([
      { charger: 'TU0001', backplate: 'PLATE-A', at: built },
      { charger: 'TU0002', backplate: 'PLATE-B', at: '2024-06-01T09:00:00.000Z' },
    ]);
  });

  it('currents as they were seen: the maximum, the dynamic ones, and those for when it is offline', async () => {
    const { commands, observations } = await planOf(answers);
    const each = { circuit: 'easee-502', at: seen };
    expect(told(commands, 'setMaxCircuitCurrent')).toEqual([{ ...each, amps: { l1: 25, l2: 25, l3: 20 } }]);
    expect(told(commands, 'setOfflineFallbackCurrent')).toEqual([{ ...each, amps: { l1: 6, l2: 6, l3: 6 } }]);
    expect(told(commands, 'setDynamicCircuitCurrent')).toEqual([
      { ...each, amps: { l1: 24, l2: 24, l3: 24 } },
    ]);
    expect(told(commands, 'setMaxChargerCurrent')).toEqual([{ charger: 'TU0001', amps: 16, at: seen }]);
    expect(told(commands, 'setDynamicChargerCurrent')).toHaveLength(2);
    expect(told(commands, 'disableCharger')).toEqual([{ charger: 'TU0002', at: '2024-06-30T08:30:55.000Z' }]);
    expect(observations).toMatchObject([
      { charger: 'TU0002', kind: 'CONNECTIVITY_LOST', occurredAt: '2024-06-30T08:30:55.000Z' },
    ]);
  });

  it('has the same keys each time, one for each command', async () => {
    const keysOf = async () => (await planOf(answers)).commands.map(({ options }) => options.commandId);
    const keys = await keysOf();
    expect(await keysOf()).toEqual(keys);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('leaves out what contradicts itself, and what the book has no place for', async () => {
    const { leftOut } = await planOf(answers);
    expect(leftOut.problems.sort()).toEqual([
      'charger TU0003: not mounted, for TU0001 hangs on backplate PLATE-A',
      'charger TU0004: not mounted, for no file tells the circuit of backplate PLATE-Z',
      'charger-state.json: does not say which charger it is about',
      'chargers.json: the id of a charger cannot be one here',
      'site 7001: told twice with another name; the first is taken',
    ]);
    const reasons = Object.fromEntries(leftOut.byReason());
    expect(reasons).toMatchObject({
      'personal data': 'contactInfo',
      prices: 'costPerKWh, currencyId',
      firmware: 'chargerFirmware (2)',
      'radio and network': 'wiFiSSID (2)',
    });
    expect(JSON.stringify(leftOut.byReason())).not.toContain('nobody');
  });
});

describe('chargebook import easee', () => {
  let person: CommandLine;

  beforeEach(async () => {
    person = await CommandLine.open();
  });

  afterEach(async () => {
    await person.close();
  });

  it('takes the zone of a country that has one, and sends nothing on a dry run', async () => {
    expect(await person.run(['import', 'easee', answers, '--dry-run'])).toBe(3);
    expect(person.out).toContain('Dry run: nothing was sent.');
    expect(person.out).toMatch(/chargers +4, 2 of them mounted/);
    expect(person.out).toMatch(/left out +charger TU0003: not mounted/);
    expect(person.server.requests).toEqual([]);
  });

  it('asks for the zone where the country has several or is not told', async () => {
    const folder = path.dirname(
      person.written('site.json', JSON.stringify({ id: 1, circuits: [], siteKey: 'K' })),
    );
    expect(await person.run(['import', 'easee', folder, '--dry-run'])).toBe(2);
    expect(person.complaints).toContain('--time-zone');
  });

  it('fails where there is nothing to read', async () => {
    expect(await person.run(['import', 'easee', person.pathOf('nowhere'), '--dry-run'])).toBe(1);
    const folder = path.dirname(person.written('odd.json', '{"odd": 1'));
    expect(await person.run(['import', 'easee', folder, '--dry-run'])).toBe(1);
    expect(person.complaints).toContain('There is no answer of the Easee cloud');
  });

  it('reads the real answers, where they are at hand', async () => {
    if (!isRealThere) {
      process.stderr.write('The real answers of the Easee cloud are not at hand: not read.\n');
      return;
    }
    const { commands, leftOut } = await planOf(realAnswers);
    expect(told(commands, 'registerSite')).toHaveLength(2);
    expect(told(commands, 'mountCharger')).toHaveLength(2);
    expect(told(commands, 'setDynamicCircuitCurrent')).toMatchObject([{ amps: { l1: 40, l2: 40, l3: 40 } }]);
    expect(leftOut.byReason().length).toBeGreaterThan(5);
  });
});
