import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import { Book } from './book.fixtures';
import { cleanUp, ServerProcess } from './server-process.fixtures';

let book: Book;
let yardCount = 0;

beforeAll(async () => {
  book = new Book(await ServerProcess.start());
});

afterAll(cleanUp);

/** A site with a circuit, two places and a charger on the first, all with ids of their own. */
interface Yard {
  readonly site: string;
  readonly circuit: string;
  readonly first: string;
  readonly second: string;
  readonly charger: string;
}

const day = (time: string) => `2026-05-04T${time}:00.000Z`;

async function newYard(): Promise<Yard> {
  const n = String(++yardCount);
  const yard = { site: `s${n}`, circuit: `c${n}`, first: `b${n}.1`, second: `b${n}.2`, charger: `u${n}` };
  const options = { occurredAt: '2026-01-01T00:00:00.000Z' };
  const { site, circuit, first, second, charger } = yard;
  const world: [string, object][] = [
    ['registerSite', { id: site, name: 'Yard', timeZone: 'Europe/Oslo', ratedCurrentAmps: 63 }],
    ['addCircuit', { id: circuit, site, fuseRatingAmps: 32 }],
    ['installBackplate', { id: first, circuit }],
    ['installBackplate', { id: second, circuit }],
    ['registerCharger', { serial: charger, ratedCurrentAmps: 32 }],
    ['mountCharger', { charger, backplate: first }],
  ];
  const outcomes = await book.commands(world.map(([name, input]) => ({ name, input, options })));
  expect(outcomes.filter(({ __typename: type }) => type === 'Rejection')).toEqual([]);
  return yard;
}

async function charge(charger: string, sessionId: string, from: string, to: string): Promise<void> {
  const outcomes = await book.observe([
    { charger, kind: 'CAR_CONNECTED', occurredAt: day(from), sessionId },
    { charger, kind: 'CAR_DISCONNECTED', occurredAt: day(to), energyWattHours: 5_000 },
  ]);
  expect(outcomes.map(({ __typename: type }) => type)).toEqual(['Receipt', 'Receipt']);
}

/** The present, once it is past: what is recorded from then on is recorded later. */
async function now(): Promise<string> {
  const nowMs = Date.now();
  while (Date.now() <= nowMs) await pause(1);
  return new Date(nowMs).toISOString();
}

interface Sides {
  readonly first: { readonly sessions: { readonly nodes: unknown[] } };
  readonly second: { readonly sessions: { readonly nodes: unknown[] } };
  readonly charger: Readonly<Record<string, unknown>>;
}

/** Sessions at both places, and where the charger hung at ten. */
async function sides({ first, second, charger }: Yard, knownAt?: string): Promise<Sides> {
  const sessions = 'sessions(knownAt: $knownAt) { nodes { id endedAt endCause cutByMove } }';
  return book.query<Sides>(
    `query ($first: ID!, $second: ID!, $charger: ID!, $at: DateTime, $knownAt: DateTime) {
      first: backplate(id: $first) { ${sessions} } second: backplate(id: $second) { ${sessions} }
      charger(serial: $charger) { ${sessions} placement(at: $at, knownAt: $knownAt) { backplateId } } }`,
    { first, second, charger, knownAt, at: day('10:00') },
  );
}

const ended = (id: string, endedAt: string) => ({
  id,
  endedAt: day(endedAt),
  endCause: 'UNPLUGGED',
  cutByMove: false,
});

describe('a move that is told late', () => {
  it('takes the sessions since then along to the new place, and what was known before stays readable', async () => {
    const yard = await newYard();
    await charge(yard.charger, 'morning', '07:00', '08:00');
    await charge(yard.charger, 'noon', '11:00', '13:00');
    const before = await now();
    const asBefore = await sides(yard);

    await book.record(
      'relocateCharger',
      { charger: yard.charger, backplate: yard.second },
      { occurredAt: day('09:00') },
    );

    const since = await sides(yard);
    expect(since.first.sessions.nodes).toEqual([ended('morning', '08:00')]);
    expect(since.second.sessions.nodes).toEqual([ended('noon', '13:00')]);
    expect(since.charger).toMatchObject({
      placement: { backplateId: yard.second },
      sessions: { nodes: [ended('noon', '13:00'), ended('morning', '08:00')] },
    });
    expect(asBefore.first.sessions.nodes).toHaveLength(2);
    expect(asBefore.charger).toMatchObject({ placement: { backplateId: yard.first } });
    expect(await sides(yard, before)).toEqual(asBefore);
  });

  it('ends the session into which it falls, and marks it', async () => {
    const yard = await newYard();
    await charge(yard.charger, 'long', '07:00', '12:00');
    const receipt = await book.record(
      'relocateCharger',
      { charger: yard.charger, backplate: yard.second },
      { occurredAt: day('09:00') },
    );

    expect(receipt.notices.map(({ code }) => code)).toContain('SESSION_ENDS');
    const { first, second } = await sides(yard);
    expect(first.sessions.nodes).toEqual([
      { id: 'long', endedAt: day('09:00'), endCause: 'DISMOUNTED', cutByMove: true },
    ]);
    expect(second.sessions.nodes).toEqual([]);
  });

  it('is refused where two chargers would hang on one place', async () => {
    const yard = await newYard();
    const { charger: other } = await newYard();
    const options = { occurredAt: day('09:00') };
    await book.record('dismountCharger', { charger: other }, { occurredAt: day('08:00') });
    await book.record(
      'mountCharger',
      { charger: other, backplate: yard.second },
      { occurredAt: day('11:00') },
    );

    const onOnePlace = await book.command(
      'relocateCharger',
      { charger: yard.charger, backplate: yard.second },
      options,
    );
    expect(onOnePlace).toMatchObject({ code: 'PLACEMENT_OVERLAP', details: { charger: other } });
  });

  it('is refused where the charger would hang on two places', async () => {
    const yard = await newYard();
    const { charger: other } = await newYard();
    const elsewhere = await newYard();
    await book.record('dismountCharger', { charger: other }, { occurredAt: day('08:00') });
    await book.record(
      'mountCharger',
      { charger: other, backplate: yard.second },
      { occurredAt: day('11:00') },
    );

    const outcome = await book.command(
      'mountCharger',
      { charger: other, backplate: elsewhere.second },
      { occurredAt: day('09:00') },
    );
    expect(outcome).toMatchObject({ code: 'PLACEMENT_OVERLAP', details: { charger: other } });
  });
});

describe('a limit of the past', () => {
  it('is answered as known now and as known then', async () => {
    const { charger } = await newYard();
    const limit = async (at: string, knownAt?: string) => {
      const data = await book.query<{ charger: { effectiveLimit: { amps: number } } }>(
        `query ($charger: ID!, $at: DateTime, $knownAt: DateTime) {
          charger(serial: $charger) { effectiveLimit(at: $at, knownAt: $knownAt) { amps } } }`,
        { charger, at, knownAt },
      );
      return data.charger.effectiveLimit.amps;
    };
    const before = await now();
    await book.record('setMaxChargerCurrent', { charger, amps: 10 }, { occurredAt: day('09:00') });

    expect(await limit(day('08:59'))).toBe(32);
    expect(await limit(day('09:00'))).toBe(10);
    expect(await limit(day('09:00'), before)).toBe(32);
  });

  it('is among the effects of what changes it, dry or not', async () => {
    const { charger } = await newYard();
    const options = { occurredAt: day('09:00') };
    const effectsOf = (dryRun: boolean) =>
      book.query(
        `mutation ($input: SetChargerCurrentInput!, $options: CommandOptions) {
          setMaxChargerCurrent(input: $input, options: $options) { ... on Receipt {
            effects { charger { serial } before { amps } after { amps } } } } }`,
        { input: { charger, amps: 10 }, options: { ...options, dryRun } },
      );
    const effect = { charger: { serial: charger }, before: { amps: 32 }, after: { amps: 10 } };
    const expected = { setMaxChargerCurrent: { effects: [effect, effect] } };

    expect(await effectsOf(true)).toEqual(expected);
    expect(await effectsOf(false)).toEqual(expected);
  });
});

describe('what devices report', () => {
  it('has an outcome each, in order, and a repeat has the first one', async () => {
    const { charger } = await newYard();
    const observation = { charger, occurredAt: day('09:00') };
    const batch = [
      { ...observation, id: `${charger}.a`, kind: 'CAR_CONNECTED', sessionId: 'a' },
      { ...observation, charger: 'nobody', kind: 'CAR_CONNECTED' },
      { ...observation, occurredAt: day('09:30'), kind: 'SESSION_ENERGY', energyWattHours: -1 },
      {
        ...observation,
        occurredAt: day('09:30'),
        kind: 'SESSION_ENERGY',
        energyWattHours: 900,
        deviceSequence: 7,
      },
      { ...observation, occurredAt: day('10:00'), kind: 'POWER_LOST', deviceSequence: 8 },
    ];
    const outcomes = await book.observe(batch);

    expect(outcomes.map(({ code, events }) => code ?? events[0]?.type)).toEqual([
      'SessionStarted',
      'NOT_FOUND',
      'INVALID_ENERGY',
      'EnergyReadingRecorded',
      'PowerLost',
    ]);
    expect(outcomes[4]!.notices).toMatchObject([{ code: 'SESSION_ENDS' }]);
    const again = await book.observe(batch);
    for (const index of [0, 3, 4]) expect(again[index]).toEqual(outcomes[index]);

    const { one } = await book.query<{ one: unknown }>(
      `query ($charger: ID!) { one: charger(serial: $charger) { powered online
        sessions { nodes { id endedAt endCause energyWattHours } }
        history(types: ["SessionStarted", "PowerLost", "EnergyReadingRecorded"]) { totalCount } } }`,
      { charger },
    );
    expect(one).toEqual({
      powered: false,
      online: true,
      sessions: {
        nodes: [{ id: 'a', endedAt: day('10:00'), endCause: 'POWER_LOSS', energyWattHours: 900 }],
      },
      history: { totalCount: 3 },
    });
  });

  it('changes nothing on a dry run', async () => {
    const { charger } = await newYard();
    const told = await book.observe([{ charger, kind: 'POWER_LOST', occurredAt: day('09:00') }], true);

    expect(told).toMatchObject([{ dryRun: true, position: null, events: [{ type: 'PowerLost' }] }]);
    const { one } = await book.query<{ one: unknown }>(
      'query ($charger: ID!) { one: charger(serial: $charger) { powered } }',
      { charger },
    );
    expect(one).toEqual({ powered: true });
  });

  it('keeps the time of a clock that runs ahead beside the time at which it was recorded', async () => {
    const { charger } = await newYard();
    const ahead = new Date(Date.now() + 3_600_000).toISOString();
    const [outcome] = await book.observe([{ charger, kind: 'CAR_CONNECTED', occurredAt: ahead }]);

    expect(Date.parse(outcome!.events[0]!.occurredAt)).toBeLessThanOrEqual(Date.now());
    const { one } = await book.query<{ one: unknown }>(
      `query ($charger: ID!) { one: charger(serial: $charger) {
        history(first: 1) { nodes { type deviceTime backdated } } } }`,
      { charger },
    );
    expect(one).toEqual({
      history: { nodes: [{ type: 'SessionStarted', deviceTime: ahead, backdated: false }] },
    });
  });

  it('gets its place when the mount is told later', async () => {
    const yard = await newYard();
    await book.record('dismountCharger', { charger: yard.charger }, { occurredAt: day('06:00') });
    await charge(yard.charger, 'unplaced', '07:00', '08:00');
    expect((await sides(yard)).first.sessions.nodes).toEqual([]);

    await book.record(
      'mountCharger',
      { charger: yard.charger, backplate: yard.first },
      { occurredAt: day('06:30') },
    );
    expect((await sides(yard)).first.sessions.nodes).toEqual([ended('unplaced', '08:00')]);
  });
});
