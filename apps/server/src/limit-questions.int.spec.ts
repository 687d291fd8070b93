import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Book } from './book.fixtures';
import { cleanUp, ServerProcess } from './server-process.fixtures';

const BUILT = '2026-01-01T00:00:00.000Z';
const NOON = '2026-05-04T12:00:00.000Z';
const DAY_MS = 86_400_000;

let book: Book;

beforeAll(async () => {
  book = new Book(await ServerProcess.start());
  const options = { occurredAt: BUILT };
  await book.record('registerSite', { id: 'S', name: 'Harbour', timeZone: 'Europe/Oslo' }, options);
  for (const [id, fuseRatingAmps] of Object.entries({ C: 32, D: 10 }))
    await book.record('addCircuit', { id, site: 'S', fuseRatingAmps }, options);
  for (const [id, circuit] of Object.entries({ B1: 'C', B2: 'C', B3: 'D' }))
    await book.record('installBackplate', { id, circuit }, options);
  await book.record('designatePrimaryBackplate', { circuit: 'C', backplate: 'B1' }, options);
  for (const [serial, backplate] of Object.entries({ X: 'B1', Y: 'B2' })) {
    await book.record('registerCharger', { serial, ratedCurrentAmps: 25 }, options);
    await book.record('mountCharger', { charger: serial, backplate }, options);
  }
  await book.caughtUp();
}, 60_000);

afterAll(cleanUp);

const LIMIT = `query ($at: DateTime, $whatIf: [WhatIf!]) { charger(serial: "X") {
  effectiveLimit(at: $at, whatIf: $whatIf) { amps phases binding explanation nextChangeAt } } }`;
const TIMELINE = `query ($from: DateTime!, $to: DateTime!, $whatIf: [WhatIf!]) { charger(serial: "X") {
  limitTimeline(from: $from, to: $to, whatIf: $whatIf) { from to amps binding sources { kind from to } } } }`;

async function limitIf(whatIf: readonly object[]) {
  const data = await book.query<{ charger: { effectiveLimit: Record<string, unknown> } }>(LIMIT, {
    at: NOON,
    whatIf,
  });
  return data.charger.effectiveLimit;
}

const perPhase = (amps: number) => ({ l1: amps, l2: amps, l3: amps });
const nightly = { charger: 'X', kind: 'RECURRING', windows: [{ start: '22:00', stop: '06:00' }] };

describe('what if, over GraphQL', () => {
  it.each<[change: object, amps: number]>([
    [{ mount: { charger: 'X', backplate: 'B3' } }, 10],
    [{ plan: nightly }, 0],
    [{ noPlan: true }, 25],
    [{ noPlan: false }, 25],
    [{ fuse: { circuit: 'C', amps: 16 } }, 16],
    [{ fuse: { circuit: 'D', amps: 6 } }, 25],
    [{ siteRated: { site: 'S', amps: 13 } }, 13],
    [{ maxCircuit: { circuit: 'C', amps: perPhase(12) } }, 12],
    [{ dynamicCircuit: { circuit: 'C', amps: perPhase(9) } }, 9],
    [{ dynamicCircuit: { charger: 'X', amps: perPhase(8) } }, 8],
    [{ maxCharger: { charger: 'X', amps: 11 } }, 11],
    [{ dynamicCharger: { charger: 'X', amps: 7, timeToLiveSeconds: 60 } }, 7],
  ])('%j', async (change, amps) => {
    const before = await book.head();
    expect((await limitIf([change])).amps).toBe(amps);
    expect(await limitIf([])).toMatchObject({ amps: 25, binding: ['CHARGER_RATED'] });
    expect(await book.head()).toBe(before);
  });

  it('answers what the same commands lead to', async () => {
    const plan = { ...nightly, windows: [{ start: '10:00', stop: '16:00', limitAmps: 14 }] };
    const supposed = await limitIf([
      { mount: { charger: 'Y', backplate: 'B3' } },
      { plan: { ...plan, charger: 'Y' } },
      { mount: { charger: 'X', backplate: 'B2' } },
      { plan },
    ]);
    const options = { occurredAt: NOON, dryRun: true };
    expect((await book.command('setChargePlan', plan, options)).notices).toEqual([]);
    await book.record('relocateCharger', { charger: 'Y', backplate: 'B3' }, { occurredAt: NOON });
    await book.record('relocateCharger', { charger: 'X', backplate: 'B2' }, { occurredAt: NOON });
    await book.record('setChargePlan', plan, { occurredAt: NOON });
    expect(await limitIf([])).toEqual(supposed);
    expect(supposed).toMatchObject({ amps: 14, nextChangeAt: '2026-05-04T14:00:00.000Z' });
    await book.record('removeChargePlan', { charger: 'X' }, { occurredAt: NOON });
    await book.record('relocateCharger', { charger: 'X', backplate: 'B1' }, { occurredAt: NOON });
  });

  it('holds over a timeline from its beginning', async () => {
    const data = await book.query<{ charger: { limitTimeline: { from: string; amps: number }[] } }>(
      TIMELINE,
      {
        from: NOON,
        to: '2026-05-05T12:00:00.000Z',
        whatIf: [{ plan: nightly }, { maxCharger: { charger: 'X', amps: 11 } }],
      },
    );
    expect(data.charger.limitTimeline.map(({ from, amps }) => [from, amps])).toEqual([
      [NOON, 0],
      ['2026-05-04T20:00:00.000Z', 11],
      ['2026-05-05T04:00:00.000Z', 0],
    ]);
  });

  it.each<[rejection: string, change: object]>([
    ['BACKPLATE_OCCUPIED', { mount: { charger: 'X', backplate: 'B3' } }],
    ['NOT_FOUND', { fuse: { circuit: 'nothing', amps: 10 } }],
    ['NOT_FOUND', { mount: { charger: 'nobody', backplate: 'B2' } }],
    ['INVALID_AMPS', { maxCharger: { charger: 'X', amps: 1001 } }],
    ['INVALID_TTL', { dynamicCharger: { charger: 'X', amps: 7, timeToLiveSeconds: 0 } }],
    ['NO_PRIMARY', { dynamicCircuit: { circuit: 'D', amps: perPhase(9) } }],
    ['INVALID_PLAN', { plan: { ...nightly, windows: [{ start: '22:00', stop: '22:00' }] } }],
  ])('says which rule a change would break: %s', async (rejection, change) => {
    const { status, body } = await book.ask(LIMIT, { at: NOON, whatIf: [change] });
    expect([status, body.errors?.[0]?.extensions]).toEqual([
      200,
      { code: 'BAD_USER_INPUT', rejection, details: expect.any(Object) },
    ]);
  });

  it('takes one change in each item, and not too many items', async () => {
    const noPlan = { noPlan: true };
    for (const whatIf of [[{ ...noPlan, plan: nightly }], [{}], Array.from({ length: 51 }, () => noPlan)]) {
      const { body } = await book.ask(LIMIT, { whatIf });
      expect(body.errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
    }
  });
});

describe('contention', () => {
  it('tells the shares of the cars on a circuit, and what all ceilings add up to', async () => {
    const options = { occurredAt: '2026-05-05T06:00:00.000Z' };
    await book.record('relocateCharger', { charger: 'Y', backplate: 'B2' }, options);
    await book.record('setMaxCircuitCurrent', { circuit: 'C', amps: perPhase(15) }, options);
    const ask = `query ($at: DateTime) { circuit(id: "C") { contention(at: $at) { isContended
      levels { axis ofId capacityAmps { l1 } ceilingsAmps { l1 } claimedAmps { l1 } isOversubscribed isContended }
      shares { charger { serial } circuitId ceilingAmps hasCar shareAmps waits } } } }`;
    for (const [index, charger] of ['X', 'Y'].entries())
      await book.observe([
        { charger, kind: 'CAR_CONNECTED', occurredAt: `2026-05-05T07:0${String(index)}:00.000Z` },
      ]);
    const data = await book.query<{ circuit: { contention: object } }>(ask, { at: '2026-05-05T08:00:00Z' });
    expect(data.circuit.contention).toEqual({
      isContended: true,
      levels: [
        {
          axis: 'CIRCUIT',
          ofId: 'C',
          capacityAmps: { l1: 15 },
          ceilingsAmps: { l1: 30 },
          claimedAmps: { l1: 30 },
          isOversubscribed: true,
          isContended: true,
        },
        {
          axis: 'SITE',
          ofId: 'S',
          capacityAmps: null,
          ceilingsAmps: { l1: 30 },
          claimedAmps: { l1: 30 },
          isOversubscribed: false,
          isContended: false,
        },
      ],
      shares: ['X', 'Y'].map((serial) => ({
        charger: { serial },
        circuitId: 'C',
        ceilingAmps: 15,
        hasCar: true,
        shareAmps: 7.5,
        waits: false,
      })),
    });
    await book.record('setMaxCircuitCurrent', { circuit: 'C' }, options);
    const before = await book.query(ask, { at: BUILT });
    expect(before).toMatchObject({ circuit: { contention: { isContended: false } } });
    expect((await book.ask('{ circuit(id: "nothing") { contention { isContended } } }')).body.data).toEqual({
      circuit: null,
    });
  });
});

describe('a timeline that is none, or too long', () => {
  const later = (days: number) => new Date(Date.parse(NOON) + days * DAY_MS).toISOString();
  const busy = Array.from({ length: 500 }, (_, index) => {
    const time = (minute: number) =>
      `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
    return { start: time(index * 2), stop: time(index * 2 + 1) };
  });

  it.each<[why: string, from: string, to: string, whatIf: object[]]>([
    ['from after to', later(1), NOON, []],
    ['from at to', NOON, NOON, []],
    ['centuries', '1900-01-01T00:00:00Z', '2100-01-01T00:00:00Z', []],
    ['all times', '0001-01-01T00:00:00Z', '9999-12-31T23:59:59Z', []],
    ['a million segments', NOON, later(1_000), [{ plan: { ...nightly, windows: busy } }]],
  ])('is refused: %s', async (_why, from, to, whatIf) => {
    const { status, body } = await book.ask(TIMELINE, { from, to, whatIf });
    expect([status, body.errors?.[0]?.extensions.code]).toEqual([200, 'BAD_USER_INPUT']);
    expect(body.errors?.[0]?.message).toMatch(/from must be before|at most|shorter/);
  });

  it('may reach to the end of all calendars, for a charger that is unknown there is none', async () => {
    const far = { from: '9998-01-01T00:00:00Z', to: '9999-12-31T23:59:59.999Z' };
    const data = await book.query<{ charger: { limitTimeline: object[] } }>(TIMELINE, far);
    expect(data.charger.limitTimeline).toHaveLength(1);
  });
});
