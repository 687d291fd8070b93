import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Instant } from '@chargebook/domain';
import fc from 'fast-check';
import { gapsIn } from '../book.fixtures';
import type { Outcome } from '../recording/command-context';
import type { Book, WriteSide } from '../write-side.fixtures';
import {
  accepted,
  asStored,
  Clock,
  eventsOf,
  nodeOn,
  noticesOf,
  startBook,
  verdictOn,
} from '../write-side.fixtures';
import { anId, buildYard } from '../yard.fixtures';
import type { ReportedObservation } from './observation.command-handler';

let book: Book;
let clock: Clock;
let node: WriteSide;
let there: WriteSide;

beforeAll(async () => {
  book = await startBook();
});
afterAll(async () => {
  await book.stop();
});
beforeEach(() => {
  clock = new Clock();
  node = nodeOn(book.store, { clock });
  there = nodeOn(book.store, { clock });
});

const at = (time: string): Instant => `2026-05-04T${time}:00.000Z`;

async function mountedChargers(count: number): Promise<readonly string[]> {
  const { chargers, backplates } = await buildYard(node, { backplates: count, chargers: count });
  await Promise.all(
    chargers.map(async (charger, index) =>
      accepted(
        await node.move(
          { type: 'mountCharger', charger, backplate: backplates[index]! },
          { occurredAt: at('08:00') },
        ),
      ),
    ),
  );
  return chargers;
}

async function aCharger(): Promise<string> {
  return (await mountedChargers(1))[0]!;
}

/** Of facts that were written together the store tells only where the last one is. */
const withoutPlaces = (outcomes: readonly Outcome[]) =>
  asStored(
    outcomes.map(accepted).map((receipt) => ({
      ...receipt,
      position: undefined,
      facts: receipt.facts.map((fact) => ({ ...fact, bookOrder: undefined })),
    })),
  );

const reported = async (charger: string) => (await book.store.read(`charger-${charger}`)).slice(2);

describe('a batch of observations', () => {
  it('is recorded in order by charger, many chargers at once, each with its own outcome', async () => {
    const chargers = await mountedChargers(8);
    const batch = Array.from({ length: 15 }, (_, nth) =>
      chargers.flatMap((charger): ReportedObservation[] => [
        {
          charger,
          kind: 'CAR_CONNECTED',
          occurredAt: at(`09:${String(nth + 10)}`),
          sessionId: `s${String(nth)}`,
        },
        { charger, kind: 'CAR_DISCONNECTED', occurredAt: at(`09:${String(nth + 10)}`) },
      ]),
    ).flat();

    const outcomes = await node.observe(batch);

    expect(outcomes.map(verdictOn)).toEqual(batch.map(() => 'RECORDED'));
    // The first two of the batch are of the first charger, the next two of the second.
    for (const [index, charger] of chargers.entries()) {
      const facts = await reported(charger);
      expect(facts.map(({ type }) => type)).toEqual(
        Array.from({ length: 15 }, () => ['SessionStarted', 'SessionEnded']).flat(),
      );
      expect(facts.flatMap(({ data }) => ('session' in data ? [data.session] : []))).toEqual(
        Array.from({ length: 15 }, (_, nth) => [`s${String(nth)}`, `s${String(nth)}`]).flat(),
      );
      expect(accepted(outcomes[2 * index]).facts[0]).toMatchObject({
        stream: `charger-${charger}`,
        revision: 2,
      });
    }
  });

  it('has refusals beside receipts, in the order of the batch', async () => {
    const charger = await aCharger();
    const unknown = anId('unknown');
    const outcomes = await node.observe([
      { charger, kind: 'CAR_CONNECTED', occurredAt: at('09:00'), sessionId: 'A' },
      { charger: unknown, kind: 'CAR_CONNECTED', occurredAt: at('09:00') },
      { charger, kind: 'SESSION_ENERGY', occurredAt: at('09:30') },
      { charger, kind: 'SESSION_ENERGY', occurredAt: at('09:30'), energyWattHours: -1 },
      { charger, kind: 'SESSION_ENERGY', occurredAt: at('09:30'), energyWattHours: 0 },
      { charger, kind: 'CAR_DISCONNECTED', occurredAt: at('10:00'), deviceSequence: -1 },
      { charger, kind: 'CAR_DISCONNECTED', occurredAt: at('10:00'), id: 'a b' },
      { charger, kind: 'CAR_CONNECTED', occurredAt: at('10:30'), sessionId: 'A' },
      { charger, kind: 'CAR_CONNECTED', occurredAt: at('07:00'), sessionId: 'x y' },
      { charger: 'x'.repeat(5_000), kind: 'POWER_LOST', occurredAt: at('09:00') },
    ]);

    expect(outcomes.map(verdictOn)).toEqual([
      'RECORDED',
      'NOT_FOUND',
      'INVALID_ENERGY',
      'INVALID_ENERGY',
      'RECORDED',
      'OUT_OF_RANGE',
      'INVALID_ID',
      'ALREADY_EXISTS',
      'INVALID_ID',
      'NOT_FOUND',
    ]);
    expect(eventsOf(outcomes[4])).toEqual([
      { type: 'EnergyReadingRecorded', data: { charger, session: 'A', energyWattHours: 0 } },
    ]);
  });

  it('as a dry run records nothing', async () => {
    const charger = await aCharger();
    const outcomes = await node.observe([{ charger, kind: 'FAULT_RAISED', occurredAt: at('09:00') }], {
      dryRun: true,
    });
    expect(outcomes.map(verdictOn)).toEqual(['RECORDED']);
    expect(await reported(charger)).toEqual([]);
  });

  it('says what a car that is connected or disconnected changes', async () => {
    const { chargers } = await buildYard(node);
    const [charger] = chargers;
    const notices = async (observation: Omit<ReportedObservation, 'charger'>) =>
      (await node.observe([{ charger, ...observation }])).flatMap(noticesOf);

    expect(await notices({ kind: 'CAR_CONNECTED', occurredAt: at('09:00') })).toEqual(['NOT_MOUNTED']);
    expect(await notices({ kind: 'CAR_CONNECTED', occurredAt: at('09:30') })).toEqual([
      'SESSION_ENDS',
      'NOT_MOUNTED',
    ]);
    const other = { kind: 'CAR_DISCONNECTED', occurredAt: at('10:00'), sessionId: 'other' } as const;
    expect(await notices(other)).toEqual(['OTHER_SESSION_ENDS']);
    expect(await notices({ ...other, occurredAt: at('10:30') })).toEqual(['NO_ONGOING_SESSION']);
  });
});

describe('a batch that is told at once', () => {
  const kinds = [
    'CAR_CONNECTED',
    'CAR_DISCONNECTED',
    'SESSION_ENERGY',
    'POWER_LOST',
    'FAULT_RAISED',
  ] as const;
  /** Times go back and forth, sessions and ids are used twice, some of it is nonsense. */
  const anObservation = fc.record({
    charger: fc.nat(2),
    kind: fc.constantFrom(...kinds),
    minute: fc.integer({ min: 10, max: 40 }),
    sessionId: fc.option(fc.constantFrom('A', 'B', 'x y'), { nil: undefined }),
    energyWattHours: fc.option(fc.constantFrom(-1, 0, 900), { nil: undefined }),
    id: fc.option(fc.constantFrom('k1', 'k2', 'k3', 'k 4'), { nil: undefined }),
    deviceSequence: fc.option(fc.integer({ min: -1, max: 8 }), { nil: undefined }),
  });

  it('comes to what its observations come to when they are told one by one', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anObservation, { minLength: 1, maxLength: 20 }), async (told) => {
        const tellings = await Promise.all(
          [true, false].map(async (atOnce) => {
            const chargers = [await aCharger(), await aCharger(), anId('unknown')];
            const keys = anId('');
            const batch = told.map(({ charger, minute, id, ...said }): ReportedObservation => ({
              ...said,
              charger: chargers[charger] as string,
              occurredAt: at(`09:${String(minute)}`),
              // Chargers of a batch are told side by side: which of two would be first with a key is open.
              id: id == null ? undefined : `${keys}${id}-${String(charger)}`,
            }));
            const outcomes: Outcome[] = [];
            if (atOnce) outcomes.push(...(await node.observe(batch)));
            else for (const observation of batch) outcomes.push(...(await node.observe([observation])));
            // Of the same charger and key one telling says what the other does, but for their names.
            const neutral = (text: string) =>
              text
                .replaceAll(chargers[0] as string, 'first')
                .replaceAll(chargers[1] as string, 'second')
                .replaceAll(chargers[2] as string, 'third')
                .replaceAll(keys, '');
            const facts = await Promise.all(chargers.slice(0, 2).map((charger) => reported(charger)));
            return {
              verdicts: outcomes.map((outcome) => (outcome.refused ? outcome.code : noticesOf(outcome))),
              facts: facts.map((some) =>
                some.map(({ type, revision, metadata, data }) =>
                  neutral(JSON.stringify([type, revision, metadata.occurredAt, 'session' in data ? 1 : 0])),
                ),
              ),
            };
          }),
        );
        expect(tellings[0]).toEqual(tellings[1]);
      }),
      { numRuns: 25 },
    );
  });

  it('holds against others who write about the same charger meanwhile', async () => {
    const charger = await aCharger();
    const batch = (name: string) =>
      Array.from({ length: 40 }, (_, nth): ReportedObservation => ({
        charger,
        kind: nth % 2 === 0 ? 'FAULT_RAISED' : 'FAULT_CLEARED',
        fault: `F${name}`,
        occurredAt: at(`09:${String(nth + 10)}`),
        id: anId(`o${name}-`),
      }));
    const [ours, theirs] = [batch('a'), batch('b')];

    const outcomes = await Promise.all([
      ...Array.from({ length: 4 }, (_, nth) => node.observe(ours.slice(nth * 10, nth * 10 + 10))),
      ...Array.from({ length: 4 }, (_, nth) => there.observe(theirs.slice(nth * 10, nth * 10 + 10))),
    ]);

    expect(outcomes.flat().map(verdictOn)).toEqual(Array.from({ length: 80 }, () => 'RECORDED'));
    const facts = await reported(charger);
    expect(facts).toHaveLength(80);
    expect(new Set(facts.map(({ metadata }) => metadata.commandId)).size).toBe(80);
    expect(gapsIn(await book.store.read(`charger-${charger}`))).toEqual([]);
    // What was kept in memory is what is in the store: the next is written after it.
    expect(
      verdictOn((await node.observe([{ charger, kind: 'POWER_LOST', occurredAt: at('11:00') }]))[0]),
    ).toBe('RECORDED');
  });
});

describe('the same observation delivered again', () => {
  it('is recorded once and gives the first receipt, by its own id', async () => {
    const charger = await aCharger();
    const observation = {
      id: anId('observed-'),
      charger,
      kind: 'CAR_CONNECTED',
      occurredAt: at('09:00'),
    } as const;

    const [first, again] = await node.observe([observation, observation]);
    clock.forward(86_400_000);
    const [elsewhere] = await there.observe([observation]);

    expect([again, elsewhere]).toEqual([first, first]);
    expect(await reported(charger)).toHaveLength(1);
    const [other] = await there.observe([{ ...observation, kind: 'POWER_LOST' }]);
    expect(verdictOn(other)).toBe('IDEMPOTENCY_KEY_REUSED');
  });

  it('is known by the device’s numbering, whoever delivers it and whatever else it says', async () => {
    const charger = await aCharger();
    const observation = {
      charger,
      kind: 'SESSION_ENERGY',
      occurredAt: at('09:00'),
      deviceSequence: 7,
      energyWattHours: 100,
    } as const;

    const [first] = await node.observe([observation]);
    const [again] = await there.observe([observation], { actor: { kind: 'DEVICE', id: 'gateway-2' } });
    const [amended] = await node.observe([{ ...observation, energyWattHours: 101 }]);
    const [next] = await node.observe([{ ...observation, deviceSequence: 8 }]);

    expect([again, amended]).toEqual([first, first]);
    expect(accepted(next).facts[0]).toMatchObject({ revision: 1, metadata: { deviceSequence: 8 } });
    expect(await book.store.read(`device-${charger}-2026-05`)).toHaveLength(2);
  });

  it('is recorded once where two nodes have it at the same moment', async () => {
    const charger = await aCharger();
    const batch = Array.from({ length: 10 }, (_, nth): ReportedObservation => ({
      charger,
      kind: nth % 2 === 0 ? 'POWER_LOST' : 'POWER_RESTORED',
      occurredAt: at(`09:${String(nth + 10)}`),
      deviceSequence: nth,
    }));

    const [ours, theirs] = await Promise.all([node.observe(batch), there.observe(batch)]);

    expect(withoutPlaces(theirs)).toEqual(withoutPlaces(ours));
    const facts = await reported(charger);
    expect(facts).toHaveLength(10);
    expect(gapsIn(await book.store.read(`charger-${charger}`))).toEqual([]);
  });

  it('is refused where its id was used for another charger, also a moment ago and in the same batch', async () => {
    const [one, other] = [await aCharger(), await aCharger()];
    const id = anId('observed-');
    const lost = (charger: string): ReportedObservation => ({
      charger,
      kind: 'POWER_LOST',
      occurredAt: at('09:00'),
      id,
    });

    expect((await node.observe([lost(one), lost(other)])).map(verdictOn)).toEqual([
      'RECORDED',
      'IDEMPOTENCY_KEY_REUSED',
    ]);
    expect((await node.observe([lost(other)])).map(verdictOn)).toEqual(['IDEMPOTENCY_KEY_REUSED']);
    expect(await reported(other)).toEqual([]);
  });

  it('is not told apart without an id or a number: both are recorded', async () => {
    const charger = await aCharger();
    const observation = { charger, kind: 'POWER_LOST', occurredAt: at('09:00') } as const;
    expect((await node.observe([observation, observation])).map(verdictOn)).toEqual(['RECORDED', 'RECORDED']);
    expect(await reported(charger)).toHaveLength(2);
  });
});

describe('a device whose clock runs ahead', () => {
  it('loses nothing: its fact is taken as of now, its own time kept, and known again later', async () => {
    const charger = await aCharger();
    clock.now = at('12:00');
    const observation = (occurredAt: Instant): ReportedObservation => ({
      charger,
      kind: 'POWER_LOST',
      occurredAt,
      deviceSequence: 1,
    });

    const [first] = await node.observe([observation('2027-05-04T12:00:00.000Z')]);
    clock.forward(3_600_000);
    const [again] = await there.observe([observation('2027-05-04T12:00:00.000Z')]);

    expect(accepted(first).facts[0]?.metadata).toMatchObject({
      occurredAt: at('12:00'),
      recordedAt: at('12:00'),
      deviceTime: '2027-05-04T12:00:00.000Z',
    });
    expect(again).toEqual(first);
  });

  it('is believed within five minutes, and known again once its time has come', async () => {
    const charger = await aCharger();
    clock.now = at('12:00');
    const tell = async (occurredAt: Instant) =>
      (await node.observe([{ charger, kind: 'POWER_LOST', occurredAt, deviceSequence: 1 }]))[0];

    expect(accepted(await tell(at('12:05'))).facts[0]?.metadata).toMatchObject({ occurredAt: at('12:05') });
    const ahead = accepted(await tell(at('12:06')));
    expect(ahead.facts[0]?.metadata).toMatchObject({ occurredAt: at('12:00'), deviceTime: at('12:06') });
    clock.forward(600_000);
    expect(await tell(at('12:06'))).toEqual(ahead);
  });
});
