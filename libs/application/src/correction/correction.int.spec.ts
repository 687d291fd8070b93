import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { chargerEvolution, Lifeline, staysOf } from '@chargebook/domain';
import type { CorrectionCommand } from '@chargebook/domain';
import fc from 'fast-check';
import { faultsOf } from '../book.fixtures';
import type { CommandContext, Outcome } from '../recording/command-context';
import type { Book, WriteSide } from '../write-side.fixtures';
import { accepted, eventsOf, nodeOn, noticesOf, refused, startBook, verdictOn } from '../write-side.fixtures';
import type { Yard } from '../yard.fixtures';
import { anId, BUILT_AT, buildYard } from '../yard.fixtures';

let book: Book;
let node: WriteSide;

beforeAll(async () => {
  book = await startBook();
  node = nodeOn(book.store);
});
afterAll(async () => {
  await book.stop();
});

const on = (time: string): Partial<CommandContext> => ({ occurredAt: dayAt(time) });
const dayAt = (time: string) => `2026-05-03T${time}:00.000Z`;
const idOf = (outcome: Outcome, index = 0) => accepted(outcome).facts[index]?.eventId ?? '';
const correct = (eventId: string, more: Partial<CorrectionCommand> = {}, context?: Partial<CommandContext>) =>
  node.correct({ eventId, reason: 'mistaken', ...more }, context);

async function staysIn(serial: string): Promise<string[]> {
  const { facts } = Lifeline.of(chargerEvolution, await book.store.read(`charger-${serial}`));
  return staysOf(facts).stays.map(
    ({ backplate, from, until }) =>
      `${backplate} ${from.slice(11, 16)}-${until == null ? '' : until.slice(11, 16)}`,
  );
}

describe('a move that was told wrongly', () => {
  let yard: Yard;
  let [p, q, c1, c2] = ['', '', '', ''];

  async function build() {
    yard = await buildYard(node, { backplates: 2, chargers: 2 });
    [p = '', q = ''] = yard.backplates;
    [c1 = '', c2 = ''] = yard.chargers;
  }
  const mount = (charger: string, backplate: string, time: string) =>
    node.move({ type: 'mountCharger', charger, backplate }, on(time));
  const dismount = (charger: string, time: string) =>
    node.move({ type: 'dismountCharger', charger }, on(time));

  beforeAll(build);
  afterEach(async () => {
    expect(await faultsOf(book.store, yard)).toEqual([]);
    await build();
  });

  it('never was, where it is retracted, and gives the place to another', async () => {
    const mounted = await mount(c1, p, '08:00');
    expect(verdictOn(await mount(c2, p, '09:00'))).toBe('BACKPLATE_OCCUPIED');
    const outcome = await correct(idOf(mounted));
    expect(eventsOf(outcome)).toEqual([{ type: 'FactRetracted', data: { corrects: idOf(mounted) } }]);
    expect(noticesOf(outcome)).toEqual(['PLACEMENT_CHANGES']);
    expect(await staysIn(c1)).toEqual([]);
    expect(verdictOn(await mount(c2, p, '09:00'))).toBe('RECORDED');
  });

  it('was elsewhere, where it is replaced', async () => {
    const mounted = await mount(c1, p, '08:00');
    expect(verdictOn(await correct(idOf(mounted), { replacementData: { backplate: q } }))).toBe('RECORDED');
    expect(await staysIn(c1)).toEqual([`${q} 08:00-`]);
    expect(verdictOn(await mount(c2, q, '09:00'))).toBe('BACKPLATE_OCCUPIED');
    expect(verdictOn(await mount(c2, p, '09:00'))).toBe('RECORDED');
  });

  it('was at another time', async () => {
    const mounted = await mount(c1, p, '08:00');
    await correct(idOf(mounted), { replacementOccurredAt: dayAt('06:30') });
    expect(await staysIn(c1)).toEqual([`${p} 06:30-`]);
  });

  it('goes on, where the dismount is retracted', async () => {
    await mount(c1, p, '08:00');
    const down = await dismount(c1, '10:00');
    expect(verdictOn(await correct(idOf(down)))).toBe('RECORDED');
    expect(await staysIn(c1)).toEqual([`${p} 08:00-`]);
    expect(verdictOn(await mount(c2, p, '11:00'))).toBe('BACKPLATE_OCCUPIED');
  });

  it('cannot have been where another charger hung', async () => {
    await mount(c1, p, '08:00');
    const down = await dismount(c1, '10:00');
    await mount(c2, p, '11:00');
    const refusal = refused(await correct(idOf(down)));
    expect(refusal).toMatchObject({
      code: 'PLACEMENT_OVERLAP',
      details: { charger: c2, from: dayAt('11:00') },
    });
    const longer = await correct(idOf(down), { replacementOccurredAt: dayAt('11:00') });
    expect(verdictOn(longer)).toBe('RECORDED');
    expect(await staysIn(c1)).toEqual([`${p} 08:00-11:00`]);
  });

  it('cannot have been while the charger hung elsewhere', async () => {
    await mount(c1, p, '08:00');
    const move = await node.move({ type: 'relocateCharger', charger: c1, backplate: q }, on('10:00'));
    expect(refused(await correct(idOf(move, 0))).code).toBe('PLACEMENT_OVERLAP');
    // The mount first, then the dismount: so a move is undone.
    accepted(await correct(idOf(move, 1)));
    accepted(await correct(idOf(move, 0)));
    expect(await staysIn(c1)).toEqual([`${p} 08:00-`]);
  });

  it('cannot have been before the backplate was there, nor the charger', async () => {
    const mounted = await mount(c1, p, '08:00');
    const before = { replacementOccurredAt: '2025-12-31T23:59:59.999Z' };
    expect(refused(await correct(idOf(mounted), before)).code).toBe('NOT_FOUND');
    const late = anId('P');
    await node.backplate({ type: 'installBackplate', id: late, circuit: yard.circuit }, on('09:00'));
    const there = { replacementData: { backplate: late } };
    expect(refused(await correct(idOf(mounted), there)).code).toBe('NOT_FOUND');
    expect(refused(await correct(idOf(mounted), { replacementData: { backplate: 'none' } })).code).toBe(
      'NOT_FOUND',
    );
  });

  it('is decided in full on a dry run, and repeated with its key', async () => {
    const mounted = await mount(c1, p, '08:00');
    const dry = await correct(idOf(mounted), {}, { dryRun: true });
    expect(eventsOf(dry)).toEqual([{ type: 'FactRetracted', data: { corrects: idOf(mounted) } }]);
    expect(await staysIn(c1)).toEqual([`${p} 08:00-`]);
    const first = await correct(idOf(mounted), {}, { commandId: anId('key') });
    const { commandId } = first;
    expect(await correct(idOf(mounted), {}, { commandId })).toEqual(first);
    expect(verdictOn(await correct(idOf(mounted), { reason: 'other' }, { commandId }))).toBe(
      'IDEMPOTENCY_KEY_REUSED',
    );
  });
});

describe('what may not be corrected', () => {
  it('is a correction, or what was corrected', async () => {
    const { chargers } = await buildYard(node);
    const [charger] = chargers;
    const set = await node.charger({ type: 'setMaxChargerCurrent', charger, amps: 16 });
    const replaced = await correct(idOf(set), { replacementData: { amps: 0 } });
    expect(eventsOf(replaced)).toMatchObject([
      { type: 'FactReplaced', data: { replacement: { charger, amps: 0 } } },
    ]);
    const again = refused(await correct(idOf(set)));
    expect(again).toMatchObject({ code: 'ALREADY_CORRECTED', details: { correctedBy: idOf(replaced) } });
    expect(verdictOn(await correct(idOf(replaced)))).toBe('ALREADY_CORRECTED');
  });

  it('is what follows the order of recording, and the book-keeping of places', async () => {
    const { chargers, backplates } = await buildYard(node);
    const [charger] = chargers;
    await node.move({ type: 'mountCharger', charger, backplate: backplates[0] });
    accepted(await node.operator({ type: 'registerOperator', id: anId('O'), name: 'Fjord Power' }));
    const control = await node.charger({ type: 'transferChargerControl', charger, operator: 'default' });
    expect(verdictOn(await correct(idOf(control)))).toBe('NOT_CORRECTABLE');
    const place = await book.store.read(`backplate-${backplates[0]}`);
    const reserved = place.find(({ type }) => type === 'BackplateReserved');
    expect(verdictOn(await correct(reserved?.eventId ?? ''))).toBe('NOT_CORRECTABLE');
  });

  it('is what nobody told', async () => {
    expect(verdictOn(await correct('no-such-fact'))).toBe('NOT_FOUND');
    expect(verdictOn(await correct('00000000-0000-4000-8000-000000000000'))).toBe('NOT_FOUND');
  });

  it.each<[code: string, what: string, more: Partial<CorrectionCommand>, context?: Partial<CommandContext>]>([
    ['INVALID_NAME', 'no reason', { reason: ' ' }],
    ['INVALID_TIME', 'a time of the correction itself', {}, { occurredAt: dayAt('08:00') }],
    ['IN_THE_FUTURE', 'a future replacement', { replacementOccurredAt: '2027-01-01T00:00:00.000Z' }],
    ['INVALID_REPLACEMENT', 'another charger', { replacementData: { charger: 'C' } }],
    ['INVALID_REPLACEMENT', 'a negative current', { replacementData: { amps: -1 } }],
    ['INVALID_REPLACEMENT', 'a current as text', { replacementData: { amps: '16' } }],
    ['INVALID_REPLACEMENT', 'an unknown field', { replacementData: { ampere: 16 } }],
    ['INVALID_REPLACEMENT', 'a list', { replacementData: [16] as unknown as Record<string, unknown> }],
    ['NOTHING_TO_DO', 'what is so already', { replacementData: { amps: 16 } }],
    ['RECORDED', 'an optional field taken away', { replacementData: { amps: null } }],
  ])('is not corrected by %s: %s', async (code, _what, more, ...[context]) => {
    const { chargers } = await buildYard(node);
    const set = await node.charger({ type: 'setMaxChargerCurrent', charger: chargers[0], amps: 16 });
    expect(verdictOn(await correct(idOf(set), more, context))).toBe(code);
  });
});

describe('a beginning', () => {
  it('may move earlier, not past what followed, and does not vanish under a life', async () => {
    const { circuit } = await buildYard(node);
    const serial = anId('C');
    const registered = await node.charger({ type: 'registerCharger', serial }, on('08:00'));
    await node.charger({ type: 'setMaxChargerCurrent', charger: serial, amps: 10 }, on('10:00'));
    const to = (time: string) => correct(idOf(registered), { replacementOccurredAt: dayAt(time) });
    expect(verdictOn(await to('10:01'))).toBe('NOT_CORRECTABLE');
    expect(verdictOn(await correct(idOf(registered)))).toBe('NOT_EMPTY');
    expect(verdictOn(await to('07:00'))).toBe('RECORDED');
    const spare = anId('P');
    const installed = await node.backplate({ type: 'installBackplate', id: spare, circuit });
    expect(verdictOn(await correct(idOf(installed)))).toBe('RECORDED');
    expect(verdictOn(await node.backplate({ type: 'installBackplate', id: spare, circuit }))).toBe(
      'RECORDED',
    );
  });

  it('of a backplate keeps those who hung there', async () => {
    const { backplates, chargers, circuit } = await buildYard(node);
    const [backplate] = backplates;
    await node.move({ type: 'mountCharger', charger: chargers[0], backplate }, on('08:00'));
    await node.move({ type: 'dismountCharger', charger: chargers[0] }, on('09:00'));
    const place = await book.store.read(`backplate-${backplate}`);
    const later = { replacementOccurredAt: dayAt('08:30') };
    expect(verdictOn(await correct(place[0]?.eventId ?? '', later))).toBe('PLACEMENT_OVERLAP');
    const removed = await node.backplate({ type: 'removeBackplate', backplate }, on('10:00'));
    expect(verdictOn(await correct(idOf(removed), later))).toBe('PLACEMENT_OVERLAP');
    expect(verdictOn(await correct(idOf(removed), { replacementOccurredAt: dayAt('09:00') }))).toBe(
      'RECORDED',
    );
    expect(circuit).not.toBe('');
  });
});

describe('what is told by the minute', () => {
  it('is corrected within its month', async () => {
    const { backplates, chargers } = await buildYard(node);
    const [charger] = chargers;
    await node.move({ type: 'mountCharger', charger, backplate: backplates[0] }, { occurredAt: BUILT_AT });
    const set = await node.device({ type: 'setDynamicChargerCurrent', charger, amps: 10 }, on('08:00'));
    const otherMonth = { replacementOccurredAt: '2026-04-30T23:59:59.999Z' };
    expect(verdictOn(await correct(idOf(set), otherMonth))).toBe('NOT_CORRECTABLE');
    expect(verdictOn(await correct(idOf(set), { replacementData: { amps: 8 } }))).toBe('RECORDED');
  });
});

describe('moves and their corrections, by chance and on two nodes', () => {
  it('leave one truth along both axes', async () => {
    const time = fc.integer({ min: 1, max: 9 }).map((hour) => `0${String(hour)}:00`);
    const which = fc.nat({ max: 2 });
    const step = fc.oneof(
      fc.record({ kind: fc.constant('move' as const), charger: which, place: which, time }),
      fc.record({ kind: fc.constant('dismount' as const), charger: which, time }),
      fc.record({ kind: fc.constant('retract' as const), fact: fc.nat({ max: 20 }) }),
      fc.record({ kind: fc.constant('retime' as const), fact: fc.nat({ max: 20 }), time }),
      fc.record({ kind: fc.constant('replace' as const), fact: fc.nat({ max: 20 }), place: which }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 6, maxLength: 14 }), async (steps) => {
        const nodes = [nodeOn(book.store), nodeOn(book.store)] as const;
        const yard = await buildYard(nodes[0], { backplates: 3, chargers: 3 });
        const told: string[] = [];
        const play = async (each: (typeof steps)[number], index: number) => {
          const by = nodes[index % 2] ?? nodes[0];
          const eventId = 'fact' in each ? (told[each.fact % Math.max(1, told.length)] ?? '') : '';
          const reason = 'mistaken';
          const outcome =
            each.kind === 'move'
              ? await by.move(
                  {
                    type: 'relocateCharger',
                    charger: yard.chargers[each.charger] ?? '',
                    backplate: yard.backplates[each.place] ?? '',
                  },
                  on(each.time),
                )
              : each.kind === 'dismount'
                ? await by.move(
                    { type: 'dismountCharger', charger: yard.chargers[each.charger] ?? '' },
                    on(each.time),
                  )
                : each.kind === 'retract'
                  ? await by.correct({ eventId, reason })
                  : each.kind === 'retime'
                    ? await by.correct({ eventId, reason, replacementOccurredAt: dayAt(each.time) })
                    : await by.correct({
                        eventId,
                        reason,
                        replacementData: { backplate: yard.backplates[each.place] ?? '' },
                      });
          if (!outcome.refused) told.push(...outcome.facts.map((fact) => fact.eventId));
        };
        // Two at a time: they meet on the same chargers and places.
        for (let index = 0; index < steps.length; index += 2) {
          await Promise.all(steps.slice(index, index + 2).map((each, more) => play(each, index + more)));
        }
        // Whoever comes next finishes what was left open.
        for (const backplate of yard.backplates) {
          await nodes[1].backplate({ type: 'removeBackplate', backplate }, { occurredAt: BUILT_AT });
        }
        expect(await faultsOf(book.store, yard)).toEqual([]);
      }),
      { numRuns: 12 },
    );
  });
});
