import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ChargerCommand } from '@chargebook/domain';
import type { Book, WriteSide } from '../write-side.fixtures';
import { accepted, eventsOf, nodeOn, noticesOf, refused, startBook, verdictOn } from '../write-side.fixtures';
import { anId, buildYard } from '../yard.fixtures';

/** No id is that long, and no store has to look for it. */
const OVERLONG = 'x'.repeat(5_000);

let book: Book;
let node: WriteSide;

beforeAll(async () => {
  book = await startBook();
  node = nodeOn(book.store);
});
afterAll(async () => {
  await book.stop();
});

async function aCharger(more: Partial<ChargerCommand & { type: 'registerCharger' }> = {}): Promise<string> {
  const serial = anId('C');
  accepted(await node.charger({ type: 'registerCharger', serial, ...more }));
  return serial;
}

describe('registerCharger', () => {
  it('puts a charger on record, with the defaults of what is not told', async () => {
    const serial = anId('C');
    const register: ChargerCommand = { type: 'registerCharger', serial, ratedCurrentAmps: 32, model: null };
    const data = {
      charger: serial,
      productLine: 'HOME',
      ratedCurrentAmps: 32,
      protocol: 'NATIVE',
      phaseMode: 'AUTO',
      operator: 'default',
    };
    expect(eventsOf(await node.charger(register))).toEqual([{ type: 'ChargerRegistered', data }]);
    expect(verdictOn(await node.charger(register))).toBe('ALREADY_EXISTS');
  });

  it.each<[code: string, what: string, Partial<ChargerCommand & { type: 'registerCharger' }>]>([
    ['INVALID_ID', 'a space', { serial: 'C 1' }],
    ['INVALID_ID', 'nothing', { serial: '' }],
    ['INVALID_ID', 'far too long', { serial: OVERLONG }],
    ['INVALID_NAME', 'no model', { model: '' }],
    ['INVALID_AMPS', 'negative', { ratedCurrentAmps: -0.1 }],
    ['NOT_FOUND', 'an unknown operator', { operator: 'nobody' }],
    ['NOT_FOUND', 'an operator that cannot be', { operator: OVERLONG }],
  ])('is refused: %s for %s', async (code, _, more) => {
    const register = { type: 'registerCharger', serial: anId('C'), ...more } as const;
    expect(verdictOn(await node.charger(register))).toBe(code);
  });
});

describe('what a charger is told', () => {
  it.each<[command: (charger: string) => ChargerCommand, event: string, data: object]>([
    [(charger) => ({ type: 'setMaxChargerCurrent', charger, amps: 0 }), 'MaxChargerCurrentSet', { amps: 0 }],
    [
      (charger) => ({ type: 'setChargerProtocol', charger, protocol: 'OCPP' }),
      'ChargerProtocolSet',
      { protocol: 'OCPP' },
    ],
    [
      (charger) => ({ type: 'setPhaseMode', charger, mode: 'LOCKED_1', singlePhase: 2 }),
      'PhaseModeSet',
      { mode: 'LOCKED_1', singlePhase: 2 },
    ],
    [(charger) => ({ type: 'disableCharger', charger }), 'ChargerDisabled', {}],
    [(charger) => ({ type: 'retireCharger', charger }), 'ChargerRetired', {}],
  ])('is recorded, and refused of an unknown one: %#', async (command, type, data) => {
    const charger = await aCharger();
    expect(eventsOf(await node.charger(command(charger)))).toEqual([{ type, data: { charger, ...data } }]);
    expect(verdictOn(await node.charger(command(anId('unknown'))))).toBe('NOT_FOUND');
    expect(verdictOn(await node.charger(command(OVERLONG)))).toBe('NOT_FOUND');
  });

  it('is nothing where it is so already', async () => {
    const charger = await aCharger();
    const type = 'disableCharger';
    expect(verdictOn(await node.charger({ type: 'enableCharger', charger }))).toBe('NOTHING_TO_DO');
    expect(verdictOn(await node.charger({ type, charger }))).toBe('RECORDED');
    const twice = await node.charger({ type, charger });
    expect([verdictOn(twice), ...noticesOf(twice)]).toEqual(['NOTHING_TO_DO', 'NOTHING_TO_DO']);
    expect(verdictOn(await node.charger({ type: 'enableCharger', charger }))).toBe('RECORDED');
    expect(verdictOn(await node.charger({ type: 'setMaxChargerCurrent', charger }))).toBe('NOTHING_TO_DO');
  });

  it.each<[code: string, command: (charger: string) => ChargerCommand]>([
    ['INVALID_AMPS', (charger) => ({ type: 'setMaxChargerCurrent', charger, amps: -1 })],
    ['OUT_OF_RANGE', (charger) => ({ type: 'setPhaseMode', charger, mode: 'LOCKED_1', singlePhase: 4 })],
    ['OUT_OF_RANGE', (charger) => ({ type: 'setPhaseMode', charger, mode: 'AUTO', singlePhase: 1 })],
  ])('is refused: %s', async (code, command) => {
    expect(verdictOn(await node.charger(command(await aCharger())))).toBe(code);
  });

  it('is not what its product line does not offer', async () => {
    const charger = await aCharger({ productLine: 'PRO' });
    const set: ChargerCommand = { type: 'setMaxChargerCurrent', charger, amps: 16 };
    expect(verdictOn(await node.charger(set))).toBe('NOT_SUPPORTED');
  });
});

describe('transferChargerControl', () => {
  it('gives a charger to an operator who is on record, when it is told', async () => {
    const [charger, operator] = [await aCharger(), anId('O')];
    const transfer: ChargerCommand = { type: 'transferChargerControl', charger, operator };
    expect(verdictOn(await node.charger(transfer))).toBe('NOT_FOUND');

    accepted(await node.operator({ type: 'registerOperator', id: operator, name: 'Quay office' }));
    const occurredAt = node.clock.now;
    node.clock.forward(60_000);

    expect(verdictOn(await node.charger(transfer, { occurredAt }))).toBe('INVALID_TIME');
    expect(eventsOf(await node.charger(transfer))).toEqual([
      { type: 'ChargerControlTransferred', data: { charger, operator } },
    ]);
  });
});

describe('a charger that hangs somewhere', () => {
  it('cannot be retired, nor mounted again; taken down it can', async () => {
    const { chargers, backplates } = await buildYard(node, { backplates: 2 });
    const [charger, backplate] = [chargers[0], backplates[0]];
    const mount = { type: 'mountCharger', charger, backplate } as const;
    expect(eventsOf(await node.move(mount))).toEqual([
      { type: 'ChargerMounted', data: { charger, backplate } },
    ]);

    const retire: ChargerCommand = { type: 'retireCharger', charger };
    const refusal = refused(await node.charger(retire));
    expect([refusal.code, refusal.details['backplate']]).toEqual(['ALREADY_MOUNTED', backplate]);
    expect(verdictOn(await node.move({ ...mount, backplate: backplates[1]! }))).toBe('ALREADY_MOUNTED');
    const same = { type: 'relocateCharger', charger, backplate } as const;
    expect(verdictOn(await node.move(same))).toBe('ALREADY_MOUNTED');

    node.clock.forward(60_000);
    const dismount = { type: 'dismountCharger', charger, destination: 'SCRAP' } as const;
    expect(eventsOf(await node.move(dismount))).toEqual([
      { type: 'ChargerDismounted', data: { charger, backplate, destination: 'SCRAP' } },
    ]);
    expect(verdictOn(await node.move(dismount))).toBe('NOT_MOUNTED');
    expect(verdictOn(await node.charger(retire))).toBe('RECORDED');
    expect(verdictOn(await node.move(mount))).toBe('RETIRED');
  });

  it('goes to no place that is unknown or cannot be', async () => {
    const charger = await aCharger();
    for (const backplate of [anId('unknown'), OVERLONG, ''])
      expect(verdictOn(await node.move({ type: 'mountCharger', charger, backplate }))).toBe('NOT_FOUND');
  });

  it('is told that its session ends where it is taken down', async () => {
    const { chargers, backplates } = await buildYard(node, { backplates: 2 });
    const [charger] = chargers;
    accepted(await node.move({ type: 'mountCharger', charger, backplate: backplates[0] }));
    await node.observe([{ charger, kind: 'CAR_CONNECTED', occurredAt: node.clock.now }]);

    const moved = await node.move({ type: 'relocateCharger', charger, backplate: backplates[1]! });

    expect(noticesOf(moved)).toEqual(['SESSION_ENDS']);
  });
});

describe('late moves', () => {
  it('give the place in between to another, and only that', async () => {
    const { chargers, backplates } = await buildYard(node, { chargers: 2 });
    const [first, second = ''] = chargers;
    const [backplate] = backplates;
    const at = (time: string) => ({ occurredAt: `2026-05-04T${time}:00.000Z` });
    const mount = (charger: string) => ({ type: 'mountCharger', charger, backplate }) as const;
    node.clock.now = '2026-05-04T20:00:00.000Z';
    accepted(await node.move(mount(first), at('08:00')));
    accepted(await node.move({ type: 'dismountCharger', charger: first }, at('12:00')));
    accepted(await node.move(mount(first), at('16:00')));

    expect(verdictOn(await node.move(mount(second), at('11:59')))).toBe('BACKPLATE_OCCUPIED');
    expect(verdictOn(await node.move(mount(second), at('12:00')))).toBe('PLACEMENT_OVERLAP');
    accepted(await node.move({ type: 'dismountCharger', charger: first }, at('10:00')));
    expect(verdictOn(await node.move(mount(second), at('10:00')))).toBe('PLACEMENT_OVERLAP');
    accepted(await node.move({ type: 'dismountCharger', charger: first }, at('18:00')));
    expect(verdictOn(await node.move(mount(second), at('18:00')))).toBe('RECORDED');
  });
});
