import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import { Book } from './book.fixtures';
import { cleanUp, ServerProcess } from './server-process.fixtures';

const LONG_AGO = { occurredAt: '2026-01-01T00:00:00.000Z' };
const day = (time: string) => `2026-05-04T${time}:00.000Z`;

let book: Book;
let yards = 0;

beforeAll(async () => {
  book = new Book(await ServerProcess.start());
});
afterAll(cleanUp);

/** A circuit with two places and a charger in store, with ids of their own. */
async function newYard() {
  const n = String(++yards);
  const yard = { site: `s${n}`, circuit: `c${n}`, first: `b${n}.1`, second: `b${n}.2`, charger: `u${n}` };
  const { site, circuit, first, second, charger } = yard;
  const world: [string, object][] = [
    ['registerSite', { id: site, name: 'Yard', timeZone: 'Europe/Oslo', ratedCurrentAmps: 63 }],
    ['addCircuit', { id: circuit, site, fuseRatingAmps: 32 }],
    ['installBackplate', { id: first, circuit }],
    ['installBackplate', { id: second, circuit }],
    ['registerCharger', { serial: charger, ratedCurrentAmps: 32 }],
  ];
  await book.commands(world.map(([name, input]) => ({ name, input, options: LONG_AGO })));
  return yard;
}

/** The present, once it is past: what is recorded from then on is recorded later. */
async function now(): Promise<string> {
  const nowMs = Date.now();
  while (Date.now() <= nowMs) await pause(1);
  return new Date(nowMs).toISOString();
}

const correct = (eventId: string, more: object = {}, options: object = {}) =>
  book.record('correctFact', { eventId, reason: 'it was another unit', ...more }, options);

interface Told {
  readonly charger: {
    readonly placement: { readonly backplateId: string } | null;
    readonly sessions: { readonly nodes: readonly { id: string; backplate: { id: string } | null }[] };
    readonly effectiveLimit: { readonly amps: number | null; readonly behaviour: string };
  };
  readonly first: { readonly sessions: { readonly totalCount: number } };
  readonly second: { readonly sessions: { readonly totalCount: number } };
}

async function told({ charger, first, second }: Awaited<ReturnType<typeof newYard>>, knownAt?: string) {
  return book.query<Told>(
    `query ($charger: ID!, $first: ID!, $second: ID!, $at: DateTime, $knownAt: DateTime) {
      charger(serial: $charger) {
        placement(at: $at, knownAt: $knownAt) { backplateId }
        sessions(knownAt: $knownAt) { nodes { id backplate { id } } }
        effectiveLimit(at: $at, knownAt: $knownAt) { amps behaviour }
      }
      first: backplate(id: $first) { sessions(knownAt: $knownAt) { totalCount } }
      second: backplate(id: $second) { sessions(knownAt: $knownAt) { totalCount } } }`,
    { charger, first, second, knownAt, at: day('10:00') },
  );
}

describe('correctFact', () => {
  it('moves what followed from the fact, and keeps the old view by knownAt', async () => {
    const yard = await newYard();
    const { charger, first, second } = yard;
    const mounted = await book.record(
      'mountCharger',
      { charger, backplate: first },
      { occurredAt: day('08:00') },
    );
    await book.observe([
      { charger, kind: 'CAR_CONNECTED', occurredAt: day('09:00'), sessionId: 'a' },
      { charger, kind: 'CAR_DISCONNECTED', occurredAt: day('11:00'), energyWattHours: 7_000 },
    ]);
    const before = await now();
    const replacement = { replacementData: { backplate: second } };
    const correction = await correct(mounted.events[0]!.eventId, replacement);
    expect(correction.notices.map(({ code }) => code)).toContain('PLACEMENT_CHANGES');

    expect(await told(yard)).toMatchObject({
      charger: {
        placement: { backplateId: second },
        sessions: { nodes: [{ id: 'a', backplate: { id: second } }] },
      },
      first: { sessions: { totalCount: 0 } },
      second: { sessions: { totalCount: 1 } },
    });
    expect(await told(yard, before)).toMatchObject({
      charger: {
        placement: { backplateId: first },
        sessions: { nodes: [{ id: 'a', backplate: { id: first } }] },
      },
      first: { sessions: { totalCount: 1 } },
      second: { sessions: { totalCount: 0 } },
    });
  });

  it('leaves both readable, and says which answers which', async () => {
    const { charger, first } = await newYard();
    const mounted = await book.record(
      'mountCharger',
      { charger, backplate: first },
      { occurredAt: day('08:00') },
    );
    const wrong = mounted.events[0]!.eventId;
    const correction = await correct(wrong);
    const answer = await book.query<{ charger: { history: { nodes: unknown[] } } }>(
      `query ($charger: ID!) { charger(serial: $charger) { placement { backplateId } history { nodes {
        eventId type reason corrects { eventId } correctedBy { eventId } } } } }`,
      { charger },
    );
    expect(answer.charger).toMatchObject({ placement: null });
    expect(answer.charger.history.nodes).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ eventId: wrong, correctedBy: { eventId: correction.events[0]!.eventId } }),
        expect.objectContaining({
          type: 'FactRetracted',
          reason: 'it was another unit',
          corrects: { eventId: wrong },
        }),
      ]),
    );
  });

  it('brings back what the fact had reset', async () => {
    const { charger, first } = await newYard();
    await book.record('mountCharger', { charger, backplate: first }, { occurredAt: day('08:00') });
    await book.record('setDynamicChargerCurrent', { charger, amps: 10 }, { occurredAt: day('08:30') });
    const [lost] = await book.observe([{ charger, kind: 'POWER_LOST', occurredAt: day('09:00') }]);
    const amps = async (knownAt?: string) =>
      (
        await book.query<{ charger: { effectiveLimit: { amps: number } } }>(
          `query ($charger: ID!, $at: DateTime, $knownAt: DateTime) {
            charger(serial: $charger) { effectiveLimit(at: $at, knownAt: $knownAt) { amps } } }`,
          { charger, at: day('10:00'), knownAt },
        )
      ).charger.effectiveLimit.amps;
    expect(await amps()).toBe(32);
    const before = await now();
    await correct(lost!.events[0]!.eventId);
    expect(await amps()).toBe(10);
    expect(await amps(before)).toBe(32);
  });

  it('tells its effects before, and the same when it is done', async () => {
    const { circuit, charger, first } = await newYard();
    await book.record('mountCharger', { charger, backplate: first }, { occurredAt: day('08:00') });
    const set = await book.record(
      'setCircuitFuseRating',
      { circuit, amps: 10 },
      { occurredAt: day('09:00') },
    );
    const input = { eventId: set.events[0]!.eventId, reason: 'a 16 A fuse', replacementData: { amps: 16 } };
    const ask = async (options: object) =>
      (
        await book.query<{ correctFact: { effects: { at: string }[] } }>(
          `mutation ($input: CorrectFactInput!, $options: CommandOptions) { correctFact(input: $input, options: $options) {
            ... on Receipt { effects { at charger { serial } before { amps } after { amps } explanation } } } }`,
          { input, options },
        )
      ).correctFact.effects;
    const effect = { charger: { serial: charger }, before: { amps: 10 }, after: { amps: 16 } };
    const dry = await ask({ dryRun: true });
    expect(dry).toEqual(expect.arrayContaining([expect.objectContaining({ ...effect, at: day('09:00') })]));
    const withoutNow = (effects: { at: string }[]) => effects.filter(({ at }) => at === day('09:00'));
    const done = await ask({});
    expect(withoutNow(done)).toEqual(withoutNow(dry));
    expect(done).toHaveLength(dry.length);
  });

  it.each<[code: string, input: object]>([
    ['NOT_FOUND', { eventId: 'no-such-fact' }],
    ['NOT_FOUND', { eventId: '00000000-0000-4000-8000-000000000000' }],
  ])('is refused: %s for %j', async (code, input) => {
    const outcome = await book.command('correctFact', { reason: 'mistaken', ...input });
    expect(outcome).toMatchObject({ __typename: 'Rejection', code });
  });
});
