import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { ChargerCommand } from '@chargebook/domain';
import { indexOver } from '../book.fixtures';
import type { Book, WriteSide } from '../write-side.fixtures';
import { accepted, asStored, Clock, nodeOn, startBook, verdictOn } from '../write-side.fixtures';
import { anId, buildYard } from '../yard.fixtures';

const ALICE = { kind: 'OPERATOR', id: 'alice' } as const;
const BOB = { kind: 'OPERATOR', id: 'bob' } as const;

let book: Book;
let clock: Clock;
let here: WriteSide;
let there: WriteSide;

beforeAll(async () => {
  book = await startBook();
});
afterAll(async () => {
  await book.stop();
});
beforeEach(() => {
  clock = new Clock();
  here = nodeOn(book.store, { clock });
  there = nodeOn(book.store, { clock });
});

async function aCharger(): Promise<string> {
  const { chargers } = await buildYard(here);
  return chargers[0];
}

const limit = (charger: string, amps: number): ChargerCommand => ({
  type: 'setMaxChargerCurrent',
  charger,
  amps,
});

const factsAbout = (charger: string) => book.store.read(`charger-${charger}`);

describe('the same key with the same input', () => {
  it('gives the same receipt, however often, later, on whichever node and after others', async () => {
    const charger = await aCharger();
    const commandId = anId('key-');

    const first = accepted(await here.charger(limit(charger, 10), { commandId }));
    clock.forward(1_000);
    const again = await here.charger(limit(charger, 10), { commandId });
    await there.charger(limit(charger, 12));
    clock.forward(86_400_000);
    const elsewhere = await there.charger(limit(charger, 10), { commandId });
    const afresh = await nodeOn(book.store, { clock }).charger(limit(charger, 10), { commandId });

    expect(first.facts).toHaveLength(1);
    for (const repeat of [again, elsewhere, afresh]) expect(repeat).toEqual(first);
    expect((await factsAbout(charger)).map(({ type }) => type)).toEqual([
      'ChargerRegistered',
      'MaxChargerCurrentSet',
      'MaxChargerCurrentSet',
    ]);
  });

  it('gives the receipt that is in the store, also where two nodes are told at once', async () => {
    const charger = await aCharger();
    const commandId = anId('key-');
    const late = nodeOn(book.store, { clock: new Clock('2026-05-04T12:00:00.250Z') });

    const outcomes = await Promise.all(
      [here, late, there, late, here, there].map((node) => node.charger(limit(charger, 10), { commandId })),
    );

    const stored = (await factsAbout(charger)).slice(1);
    expect(stored).toHaveLength(1);
    for (const outcome of outcomes) expect(asStored(accepted(outcome).facts)).toEqual(stored);
  });

  it('says again what was to be noticed then', async () => {
    const { circuit } = await buildYard(here);
    const commandId = anId('key-');
    const command = {
      type: 'setMaxCircuitCurrent',
      circuit,
      amps: { l1: 40, l2: 40, l3: 40 },
    } as const;

    const first = accepted(await here.circuit(command, { commandId }));
    await here.circuit({ type: 'setCircuitFuseRating', circuit, amps: 63 });
    const again = accepted(await there.circuit(command, { commandId }));

    expect(first.notices.map(({ code }) => code)).toEqual(['ABOVE_FUSE']);
    expect(again).toEqual(first);
  });

  it('gives a dry run the first receipt too: that is what would happen', async () => {
    const charger = await aCharger();
    const commandId = anId('key-');
    const first = await here.charger(limit(charger, 10), { commandId });

    expect(await there.charger(limit(charger, 10), { commandId, dryRun: true })).toEqual(first);
  });

  it('is the same input however it is spelt', async () => {
    const charger = anId('C');
    const commandId = anId('key-');
    const first = await here.charger(
      { type: 'registerCharger', serial: charger, model: null },
      { commandId },
    );

    const again = await there.charger({ serial: charger, type: 'registerCharger' }, { commandId });

    expect(again).toEqual(first);
  });
});

describe('the same key with another input', () => {
  it.each<[what: string, (charger: string) => Parameters<WriteSide['charger']>]>([
    ['another value', (charger) => [limit(charger, 11)]],
    ['another command', (charger) => [{ type: 'disableCharger', charger }]],
    ['another time', (charger) => [limit(charger, 10), { occurredAt: '2026-05-01T00:00:00.000Z' }]],
    ['another reason', (charger) => [limit(charger, 10), { reason: 'a hot cable' }]],
  ])('is refused: %s', async (_, other) => {
    const charger = await aCharger();
    const commandId = anId('key-');
    accepted(await here.charger(limit(charger, 10), { commandId }));
    const [command, context] = other(charger);

    for (const node of [here, there])
      expect(verdictOn(await node.charger(command, { ...context, commandId }))).toBe(
        'IDEMPOTENCY_KEY_REUSED',
      );
    expect(await factsAbout(charger)).toHaveLength(2);
  });

  it('is refused where it is about another thing', async () => {
    const [one, other] = [await aCharger(), await aCharger()];
    const commandId = anId('key-');
    accepted(await here.charger(limit(one, 10), { commandId }));

    const onThisNode = await here.charger(limit(other, 10), { commandId });
    const indexed = nodeOn(book.store, { clock, index: indexOver(book.store) });
    const onAnother = await indexed.charger(limit(other, 10), { commandId });

    expect([onThisNode, onAnother].map(verdictOn)).toEqual([
      'IDEMPOTENCY_KEY_REUSED',
      'IDEMPOTENCY_KEY_REUSED',
    ]);
    expect(await factsAbout(other)).toHaveLength(1);
  });

  it('is refused at the same moment: one input is recorded, and only that gets a receipt', async () => {
    const charger = await aCharger();
    const commandId = anId('key-');
    const inputs = [6, 7, 8, 9, 10, 11, 12, 13];

    const outcomes = await Promise.all(
      inputs.map((amps, index) => [here, there][index % 2]!.charger(limit(charger, amps), { commandId })),
    );

    const stored = (await factsAbout(charger)).slice(1);
    expect(stored).toHaveLength(1);
    const done = outcomes.filter((outcome) => !outcome.refused);
    expect(done).toHaveLength(1);
    expect(asStored(accepted(done[0]).facts)).toEqual(stored);
    expect(new Set(outcomes.map(verdictOn))).toEqual(new Set(['RECORDED', 'IDEMPOTENCY_KEY_REUSED']));
  });

  it('is refused at the same moment on two things of one node', async () => {
    const things = [await aCharger(), await aCharger(), await aCharger()];
    const commandId = anId('key-');

    const outcomes = await Promise.all(
      things.map((charger) => here.charger(limit(charger, 10), { commandId })),
    );

    expect(outcomes.map(verdictOn)).toEqual(['RECORDED', 'IDEMPOTENCY_KEY_REUSED', 'IDEMPOTENCY_KEY_REUSED']);
  });
});

describe('a key', () => {
  it('is not used up by a refusal', async () => {
    const charger = anId('C');
    const commandId = anId('key-');
    const register: ChargerCommand = { type: 'registerCharger', serial: charger };

    expect(verdictOn(await here.charger(limit(charger, 10), { commandId }))).toBe('NOT_FOUND');
    expect(verdictOn(await there.charger({ ...register, model: '' }, { commandId }))).toBe('INVALID_NAME');
    expect(verdictOn(await here.charger(register, { commandId }))).toBe('RECORDED');
  });

  it('is not used up by a dry run', async () => {
    const charger = await aCharger();
    const commandId = anId('key-');

    expect(verdictOn(await here.charger(limit(charger, 9), { commandId, dryRun: true }))).toBe('RECORDED');
    expect(verdictOn(await here.charger(limit(charger, 10), { commandId }))).toBe('RECORDED');
    expect(await factsAbout(charger)).toHaveLength(2);
  });

  it('belongs to one actor', async () => {
    const charger = await aCharger();
    const commandId = anId('key-');

    const ofAlice = await here.charger(limit(charger, 10), { commandId, actor: ALICE });
    const ofBob = await here.charger(limit(charger, 11), { commandId, actor: BOB });
    const ofNamesake = await there.charger(limit(charger, 12), {
      commandId,
      actor: { kind: 'PARTNER', id: 'alice' },
    });
    const ofAliceAgain = await there.charger(limit(charger, 10), { commandId, actor: ALICE });

    expect([ofAlice, ofBob, ofNamesake].map(verdictOn)).toEqual(['RECORDED', 'RECORDED', 'RECORDED']);
    expect(ofAliceAgain).toEqual(ofAlice);
    expect(await factsAbout(charger)).toHaveLength(4);
  });

  it.each(['', ' ', 'a b', 'ø', 'x'.repeat(65)])('is refused where it is no id: "%s"', async (commandId) => {
    const charger = await aCharger();
    expect(verdictOn(await here.charger(limit(charger, 10), { commandId }))).toBe('INVALID_ID');
    expect(await factsAbout(charger)).toHaveLength(1);
  });

  it('is made by the book where none is given, anew each time', async () => {
    const charger = await aCharger();
    const [first, second] = [
      accepted(await here.charger(limit(charger, 10))),
      accepted(await here.charger(limit(charger, 10))),
    ];
    expect(first.commandId).not.toBe(second.commandId);
    expect(await factsAbout(charger)).toHaveLength(3);
  });
});
