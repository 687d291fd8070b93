import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { gapsIn } from '../book.fixtures';
import { noted } from '../disturbed-store.fixtures';
import type { Book, WriteSide } from '../write-side.fixtures';
import { accepted, nodeOn, refused, startBook, verdictOn } from '../write-side.fixtures';
import { anId, buildYard } from '../yard.fixtures';

let book: Book;
let here: WriteSide;
let there: WriteSide;

beforeAll(async () => {
  book = await startBook();
});
afterAll(async () => {
  await book.stop();
});
beforeEach(() => {
  here = nodeOn(book.store);
  there = nodeOn(book.store);
});

async function aCharger(): Promise<string> {
  const { chargers } = await buildYard(here);
  return chargers[0];
}

describe('many commands on one charger at once', () => {
  it.each([
    ['one node', 1],
    ['two nodes', 2],
    ['three nodes', 3],
  ])('are all recorded, each once, without a gap: %s', async (_, count) => {
    const charger = await aCharger();
    const nodes = [here, there, nodeOn(book.store)].slice(0, count);
    const amps = Array.from({ length: 60 }, (_unused, index) => index);

    const outcomes = await Promise.all(
      amps.map((value, index) =>
        nodes[index % count]!.charger({ type: 'setMaxChargerCurrent', charger, amps: value }),
      ),
    );

    const recorded = await book.store.read(`charger-${charger}`);
    expect(gapsIn(recorded)).toEqual([]);
    const values = recorded.flatMap((fact) => (fact.type === 'MaxChargerCurrentSet' ? [fact.data.amps] : []));
    expect([...values].sort((a, b) => Number(a) - Number(b))).toEqual(amps);
    const revisions = outcomes.map((outcome) => accepted(outcome).facts[0]?.revision);
    expect(new Set(revisions).size).toBe(amps.length);
  });

  it('cost one node one append each: they take turns', async () => {
    const charger = await aCharger();
    const { store, appends } = noted(book.store);
    const node = nodeOn(store);

    await Promise.all(
      Array.from({ length: 30 }, (_, index) =>
        node.charger({ type: 'setMaxChargerCurrent', charger, amps: index }),
      ),
    );

    expect(appends).toHaveLength(30);
  });

  it('of several kinds are all recorded', async () => {
    const { chargers, backplates, circuit } = await buildYard(here);
    const [charger, backplate] = [chargers[0], backplates[0]];
    accepted(await here.move({ type: 'mountCharger', charger, backplate }));
    accepted(await here.circuit({ type: 'designatePrimaryBackplate', circuit, backplate }));

    const amps = { l1: 10, l2: 10, l3: 10 };
    const outcomes = await Promise.all(
      [here, there].flatMap((node) =>
        Array.from({ length: 4 }, () => [
          node.charger({ type: 'setPhaseMode', charger, mode: 'LOCKED_3' }),
          node.device({ type: 'setDynamicChargerCurrent', charger, amps: 9 }),
          node.load({ type: 'setDynamicCircuitCurrent', circuit, amps }),
          node.load({ type: 'setDynamicCircuitCurrent', charger, amps }),
        ]).flat(),
      ),
    );

    expect(new Set(outcomes.map(verdictOn))).toEqual(new Set(['RECORDED']));
    for (const stream of [`charger-${charger}`, `device-${charger}-2026-05`, `load-${circuit}-2026-05`])
      expect(gapsIn(await book.store.read(stream))).toEqual([]);
    expect(await book.store.read(`load-${circuit}-2026-05`)).toHaveLength(16);
  });
});

describe('a thing that is registered by two at once', () => {
  it('is registered by one', async () => {
    const serial = anId('C');
    const outcomes = await Promise.all(
      [here, there, here, there].map((node, index) =>
        node.charger({ type: 'registerCharger', serial, model: `M${String(index)}` }),
      ),
    );

    expect(outcomes.map(verdictOn).sort()).toEqual([
      'ALREADY_EXISTS',
      'ALREADY_EXISTS',
      'ALREADY_EXISTS',
      'RECORDED',
    ]);
    expect(await book.store.read(`charger-${serial}`)).toHaveLength(1);
  });
});

describe('what a node has last seen', () => {
  it('leads to no refusal that is not so any more', async () => {
    const charger = await aCharger();
    accepted(await here.charger({ type: 'disableCharger', charger }));
    accepted(await there.charger({ type: 'enableCharger', charger }));

    expect(verdictOn(await here.charger({ type: 'disableCharger', charger }))).toBe('RECORDED');
  });

  it('leads to no decision that is wrong by now', async () => {
    const charger = await aCharger();
    accepted(await here.charger({ type: 'setMaxChargerCurrent', charger, amps: 8 }));
    accepted(await there.charger({ type: 'retireCharger', charger }));

    expect(verdictOn(await here.charger({ type: 'setMaxChargerCurrent', charger, amps: 9 }))).toBe('RETIRED');
  });

  it('leads to no second clear', async () => {
    const { chargers, backplates } = await buildYard(here);
    const [charger, backplate] = [chargers[0], backplates[0]];
    accepted(await here.move({ type: 'mountCharger', charger, backplate }));
    accepted(await here.device({ type: 'setDynamicChargerCurrent', charger, amps: 8 }));
    accepted(await there.device({ type: 'clearDynamicChargerCurrent', charger }));

    const clear = await here.device({ type: 'clearDynamicChargerCurrent', charger });
    expect(verdictOn(clear)).toBe('NOTHING_TO_DO');
  });

  it('of other things counts as little: an operator, a circuit and a site that were unknown before', async () => {
    const [site, circuit, operator] = [anId('S'), anId('K'), anId('O')];
    const register = {
      type: 'registerSite',
      id: site,
      name: 'Quay',
      timeZone: 'Europe/Oslo',
      operator,
    } as const;
    expect(refused(await here.site(register)).details).toEqual({ operator });
    expect(verdictOn(await here.circuit({ type: 'addCircuit', id: circuit, site }))).toBe('NOT_FOUND');

    accepted(await there.operator({ type: 'registerOperator', id: operator, name: 'Quay office' }));
    accepted(await there.site(register));

    expect(verdictOn(await here.site(register))).toBe('ALREADY_EXISTS');
    expect(verdictOn(await here.circuit({ type: 'addCircuit', id: circuit, site }))).toBe('RECORDED');
  });
});
