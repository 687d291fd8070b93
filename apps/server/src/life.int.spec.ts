import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Outcome } from './book.fixtures';
import { Book, commandNames, fieldAt } from './book.fixtures';
import { life, ofAccess, phases, refusals, toldElsewhere } from './life.fixtures';
import { cleanUp, ServerProcess } from './server-process.fixtures';

let book: Book;
let recordedCount = 0;

beforeAll(async () => {
  book = new Book(await ServerProcess.start());
});

afterAll(cleanUp);

const typesOf = ({ events }: Outcome) => events.map(({ type }) => type);

describe('a life in which everything happens once', () => {
  it('knows every mutation', () => {
    const names = new Set([...life.map(({ name }) => name), ...toldElsewhere]);
    expect([...names].sort()).toEqual(commandNames().sort());
  });

  it.each(life.map((step) => [step.name, JSON.stringify(step.input), step] as const))(
    '%s %s',
    async (name, _, { input, options, events }) => {
      if (name === 'overrideSchedule') await connectCar(options!.occurredAt!);

      const tried = await book.record(name, input, { ...options, dryRun: true });
      expect(tried).toMatchObject({ dryRun: true, position: null, commandId: options!.commandId });
      expect(typesOf(tried)).toEqual(events);

      const receipt = await book.record(name, input, options);
      const occurredAt = options!.occurredAt ?? expect.any(String);
      recordedCount += receipt.events.length;
      expect(receipt).toMatchObject({ dryRun: false, position: expect.stringMatching(/^\d+$/) });
      expect(receipt.events).toMatchObject(
        events.map((type) => ({ type, occurredAt, data: dataOf(tried, type) })),
      );

      expect(await book.record(name, input, options)).toEqual(receipt);
      expect(await book.command(name, input, { ...options, reason: 'Another input' })).toMatchObject({
        __typename: 'Rejection',
        code: 'IDEMPOTENCY_KEY_REUSED',
        message: expect.stringContaining(options!.commandId!),
      });
    },
  );

  it('is all that the book holds', async () => {
    const { one } = await book.query<{ one: unknown }>(
      '{ one: charger(serial: "one") { history { totalCount } } }',
    );
    expect(one).toEqual({ history: { totalCount: 13 } });
    expect(await book.head()).toBeGreaterThanOrEqual(recordedCount);
  });
});

function dataOf({ events }: Outcome, type: string) {
  return events.find((event) => event.type === type)!.data;
}

async function connectCar(occurredAt: string): Promise<void> {
  const [outcome] = await book.observe([
    { id: 'plug-1', charger: 'one', kind: 'CAR_CONNECTED', occurredAt, sessionId: 's-1' },
  ]);
  recordedCount += outcome!.events.length;
}

describe('what is refused', () => {
  it.each(refusals)('$code: $name $input', async ({ code, name, input, occurredAt }) => {
    const outcome = await book.command(name, input, { occurredAt });

    expect(outcome).toMatchObject({ __typename: 'Rejection', dryRun: false, code });
    expect(outcome.message).toMatch(/\.$/);
    if (outcome.inputPath != null) expect(fieldAt(name, outcome.inputPath)).toBeDefined();
  });

  it.each(ofAccess)('a time for %s, which follows record order', async (name) => {
    const { input } = life.find((step) => step.name === name)!;
    const outcome = await book.command(name, input, { occurredAt: '2026-03-02T09:30:00Z' });

    expect(outcome).toMatchObject({ __typename: 'Rejection', code: 'INVALID_TIME' });
  });

  it('leaves nothing behind', async () => {
    const head = await book.head();
    const { one } = await book.query<{ one: unknown }>(
      '{ one: charger(serial: "one") { placement { backplateId } history { totalCount } } }',
    );
    expect(one).toEqual({ placement: { backplateId: 'h1' }, history: { totalCount: 13 } });
    expect(await book.head()).toBe(head);
  });
});

describe('what may surprise', () => {
  it.each([
    ['clearDynamicChargerCurrent', { charger: 'one' }],
    ['enableCharger', { charger: 'one' }],
    ['removeChargePlan', { charger: 'one' }],
    ['clearDynamicCircuitCurrent', { circuit: 'hall' }],
  ])('%s of nothing is a receipt without events, with a notice', async (name, input) => {
    const receipt = await book.record(name, input);

    expect(receipt).toMatchObject({ position: null, events: [] });
    expect(receipt.notices).toHaveLength(1);
  });

  it('is said of a value above the fuse, which is taken all the same', async () => {
    const receipt = await book.record('setMaxCircuitCurrent', { circuit: 'hall', amps: phases(50) });

    expect(typesOf(receipt)).toEqual(['MaxCircuitCurrentSet']);
    expect(receipt.notices).toEqual([{ code: 'ABOVE_FUSE', message: expect.stringContaining('40 A') }]);
  });

  it('is said of a session that a dismount ends, on a dry run as well', async () => {
    await book.observe([
      { charger: 'one', kind: 'CAR_CONNECTED', occurredAt: new Date().toISOString(), sessionId: 's-2' },
    ]);
    const receipt = await book.record('dismountCharger', { charger: 'one' }, { dryRun: true });

    expect(receipt.notices).toEqual([{ code: 'SESSION_ENDS', message: expect.stringContaining('s-2') }]);
  });
});
