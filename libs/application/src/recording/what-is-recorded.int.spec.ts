import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { onEachPhase } from '@chargebook/domain';
import { everyFact } from '../book.fixtures';
import type { Book, WriteSide } from '../write-side.fixtures';
import {
  accepted,
  asStored,
  Clock,
  eventsOf,
  nodeOn,
  refused,
  startBook,
  verdictOn,
} from '../write-side.fixtures';
import type { Yard } from '../yard.fixtures';
import { anId, buildYard } from '../yard.fixtures';
import type { CommandContext, Outcome } from './command-context';

let book: Book;
const clock = new Clock('2026-05-04T12:00:00.000Z');
let here: WriteSide;
let there: WriteSide;

beforeAll(async () => {
  book = await startBook();
  here = nodeOn(book.store, { clock });
  there = nodeOn(book.store, { clock });
});
afterAll(async () => {
  await book.stop();
});

/** A yard with the first charger on the first backplate since 10:00, which is the primary. */
async function runningYard(): Promise<Yard> {
  const yard = await buildYard(here, { backplates: 2, chargers: 2 });
  const { circuit, backplates, chargers } = yard;
  const since = { occurredAt: '2026-05-04T10:00:00.000Z' };
  await here.circuit({ type: 'designatePrimaryBackplate', circuit, backplate: backplates[0] }, since);
  accepted(await here.move({ type: 'mountCharger', charger: chargers[0], backplate: backplates[0] }, since));
  return yard;
}

type Tell = (node: WriteSide, yard: Yard, context: Partial<CommandContext>) => Promise<Outcome>;

const commands: [what: string, tell: Tell][] = [
  [
    'a limit',
    (node, { chargers: [charger] }, context) =>
      node.charger({ type: 'setMaxChargerCurrent', charger, amps: 0 }, context),
  ],
  [
    'a move with a session under way',
    (node, { chargers: [charger], backplates }, context) =>
      node.move({ type: 'relocateCharger', charger, backplate: backplates[1]! }, context),
  ],
  [
    'a mount on an occupied place',
    (node, { chargers, backplates: [backplate] }, context) =>
      node.move({ type: 'mountCharger', charger: chargers[1]!, backplate }, context),
  ],
  [
    'a value above the fuse',
    (node, { circuit }, context) =>
      node.load({ type: 'setDynamicCircuitCurrent', circuit, amps: onEachPhase(33) }, context),
  ],
  [
    'nothing to do',
    (node, { chargers: [charger] }, context) => node.charger({ type: 'enableCharger', charger }, context),
  ],
];

describe('a dry run', () => {
  it.each(commands)('records nothing and says what the command says afterwards: %s', async (_, tell) => {
    const yard = await runningYard();
    await here.observe([
      { charger: yard.chargers[0], kind: 'CAR_CONNECTED', occurredAt: '2026-05-04T11:00:00.000Z' },
    ]);
    const before = await book.store.head();

    const dry = await tell(there, yard, { dryRun: true });
    expect(await book.store.head()).toBe(before);
    const real = await tell(here, yard, {});

    expect(dry.dryRun).toBe(true);
    expect(whatItSays(dry)).toEqual(whatItSays(real));
    if (!dry.refused) expect(dry.position).toBeUndefined();
  });

  it('looks at what is there now, not at what was last seen', async () => {
    const { chargers } = await runningYard();
    const disable = { type: 'disableCharger', charger: chargers[0] } as const;
    await here.charger({ type: 'setPhaseMode', charger: chargers[0], mode: 'AUTO' });
    await there.charger(disable);

    expect(verdictOn(await here.charger(disable, { dryRun: true }))).toBe('NOTHING_TO_DO');
  });
});

/** What an outcome says of what has changed, and where; not when and by which request. */
function whatItSays(outcome: Outcome): unknown {
  if (outcome.refused) return { code: outcome.code, message: outcome.message, details: outcome.details };
  const facts = outcome.facts.map(({ type, data, stream, revision, metadata: { occurredAt } }) => ({
    type,
    data,
    stream,
    revision,
    occurredAt,
  }));
  return asStored({ facts, notices: outcome.notices });
}

describe('a command that occurred in the past', () => {
  it('is decided as of then, and is in force by then', async () => {
    const { chargers, backplates } = await runningYard();
    const [charger] = chargers;
    const dismount = { type: 'dismountCharger', charger } as const;
    const earlier = { occurredAt: '2026-05-04T09:00:00.000Z' };

    expect(verdictOn(await here.move(dismount, earlier))).toBe('NOT_MOUNTED');
    const early = refused(
      await here.move({ type: 'mountCharger', charger, backplate: backplates[1]! }, earlier),
    );
    expect(early.code).toBe('PLACEMENT_OVERLAP');
    expect(verdictOn(await here.move(dismount, { occurredAt: '2026-05-04T11:00:00.000Z' }))).toBe('RECORDED');
    const noon = { occurredAt: '2026-05-04T11:30:00.000Z' };
    expect(verdictOn(await here.device({ type: 'setDynamicChargerCurrent', charger, amps: 8 }, noon))).toBe(
      'NOT_MOUNTED',
    );
  });

  it('is refused before the thing was there, and beyond the tolerance in the future', async () => {
    const { chargers } = await runningYard();
    const command = { type: 'setMaxChargerCurrent', charger: chargers[0], amps: 8 } as const;
    const at = (occurredAt: string) => here.charger(command, { occurredAt });

    expect(verdictOn(await at('2025-12-31T23:59:59.999Z'))).toBe('NOT_FOUND');
    expect(verdictOn(await at('2026-05-04T12:05:00.000Z'))).toBe('RECORDED');
    expect(verdictOn(await at('2026-05-04T12:05:00.001Z'))).toBe('IN_THE_FUTURE');
  });
});

describe('a receipt', () => {
  it('lists the facts as they are in the store, with the place of the last', async () => {
    const { chargers, backplates } = await runningYard();
    const { facts, position } = accepted(
      await here.move({ type: 'relocateCharger', charger: chargers[0], backplate: backplates[1]! }),
    );

    const stored = (await book.store.read(`charger-${chargers[0]}`)).slice(-2);
    expect(asStored(facts)).toEqual(stored);
    expect(position).toBe(BigInt(stored[1]!.bookOrder));
  });

  it('lists the same fact as the book gives out', async () => {
    const { chargers } = await runningYard();
    const { facts, position } = accepted(
      await here.charger({ type: 'setMaxChargerCurrent', charger: chargers[0], amps: 0 }),
    );
    const last = (await everyFact(book.store)).at(-1);
    expect(asStored(facts)).toEqual([last]);
    expect(position).toBe(BigInt(last!.bookOrder));
  });
});

describe('what is recorded beside a fact', () => {
  it('is who, by which way, when and when told, why, and what belongs together', async () => {
    const { chargers } = await runningYard();
    accepted(
      await here.charger(
        { type: 'disableCharger', charger: chargers[0] },
        {
          actor: { kind: 'INSTALLER', id: 'ines' },
          channel: 'INSTALLER_APP',
          commandId: anId('key-'),
          correlationId: 'round-7',
          occurredAt: '2026-05-04T11:15:00.000Z',
          reason: 'a hot cable',
        },
      ),
    );

    const { metadata } = (await book.store.read(`charger-${chargers[0]}`)).at(-1)!;
    expect(metadata).toEqual({
      actor: { kind: 'INSTALLER', id: 'ines' },
      channel: 'INSTALLER_APP',
      commandId: metadata.commandId,
      correlationId: 'round-7',
      causationId: metadata.commandId,
      inputHash: expect.stringMatching(/^[0-9a-f]{64}$/),
      occurredAt: '2026-05-04T11:15:00.000Z',
      recordedAt: '2026-05-04T12:00:00.000Z',
      reason: 'a hot cable',
    });
  });

  it('is one correlation for all facts of a move, and what caused each', async () => {
    const { chargers, backplates } = await runningYard();
    const commandId = anId('key-');
    const context = { commandId, correlationId: anId('round-') };
    await here.move({ type: 'relocateCharger', charger: chargers[0], backplate: backplates[1]! }, context);

    const together = (await everyFact(book.store)).filter(
      ({ metadata }) => metadata.correlationId === context.correlationId,
    );
    const ids = new Map(together.map(({ eventId, type }) => [eventId, type]));
    const causes = together.map(({ type, metadata: { causationId } }) => [
      type,
      causationId === commandId ? 'the command' : ids.get(causationId),
    ]);
    expect(causes).toEqual([
      ['BackplateReserved', 'ChargerDismounted'],
      ['ChargerDismounted', 'the command'],
      ['ChargerMounted', 'the command'],
      ['BackplateTaken', 'BackplateReserved'],
      ['BackplateFreed', 'ChargerDismounted'],
    ]);
  });

  it('keeps 0 A apart from none', async () => {
    const { chargers } = await runningYard();
    const [charger] = chargers;
    const zero = await here.charger({ type: 'setMaxChargerCurrent', charger, amps: 0 });
    const none = await here.charger({ type: 'setMaxChargerCurrent', charger, amps: null });

    expect(eventsOf(zero)).toEqual([{ type: 'MaxChargerCurrentSet', data: { charger, amps: 0 } }]);
    expect(eventsOf(none)).toEqual([{ type: 'MaxChargerCurrentSet', data: { charger } }]);
  });
});
