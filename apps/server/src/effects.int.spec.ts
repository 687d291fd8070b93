import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CommandOptions } from './book.fixtures';
import { Book, inputTypeOf } from './book.fixtures';
import { cleanUp, ServerProcess } from './server-process.fixtures';

const BUILT = '2026-01-01T00:00:00.000Z';
const TEN = '2026-05-04T10:00:00.000Z';
const CHARGERS = ['X', 'Y', 'Z'];

let book: Book;

/** S has M with Z, and below it C with X, which is primary and charges, and Y; T is in another zone and has an empty place. */
beforeAll(async () => {
  book = new Book(await ServerProcess.start());
  const options = { occurredAt: BUILT };
  const site = { id: 'S', name: 'Harbour', timeZone: 'Europe/Oslo', ratedCurrentAmps: 63 };
  await book.record('registerSite', site, options);
  await book.record('registerSite', { id: 'T', name: 'Dock', timeZone: 'Europe/London' }, options);
  await book.record('addCircuit', { id: 'M', site: 'S', fuseRatingAmps: 50 }, options);
  await book.record('addCircuit', { id: 'C', site: 'S', fuseRatingAmps: 32, parent: 'M' }, options);
  await book.record('addCircuit', { id: 'D', site: 'T', fuseRatingAmps: 10 }, options);
  const places = { BX: 'C', BY: 'C', BZ: 'M', BD: 'D' };
  for (const [id, circuit] of Object.entries(places))
    await book.record('installBackplate', { id, circuit }, options);
  for (const serial of CHARGERS) {
    await book.record('registerCharger', { serial, ratedCurrentAmps: 40 }, options);
    await book.record('mountCharger', { charger: serial, backplate: `B${serial}` }, options);
  }
  await book.record('designatePrimaryBackplate', { circuit: 'C', backplate: 'BX' }, options);
  await book.observe([{ charger: 'X', kind: 'CAR_CONNECTED', occurredAt: '2026-05-04T09:00:00Z' }]);
}, 60_000);

afterAll(cleanUp);

interface Effects {
  readonly __typename: string;
  readonly effectCount: number;
  readonly effects: readonly {
    readonly at: string;
    readonly charger: { readonly serial: string };
    readonly explanation: string;
    readonly before: object;
    readonly after: { readonly amps: number | null; readonly sources: readonly object[] };
  }[];
  readonly notices: readonly { readonly code: string; readonly message: string }[];
}

const LIMIT = `{ amps offeredAmps phases behaviour binding unknownSources blockers explanation
  sources { kind amps { l1 l2 l3 } inForce endedBy binding axis ofId } }`;

/** What a command leads to: at its own time, and now where that is another. */
async function effectsOf(name: string, input: object, options: CommandOptions): Promise<Effects> {
  const data = await book.query<Record<string, Effects>>(
    `mutation ($input: ${inputTypeOf(name)}!, $options: CommandOptions) { ${name}(input: $input, options: $options) {
      __typename ... on Receipt { effectCount notices { code message }
        effects { at charger { serial } explanation before ${LIMIT} after ${LIMIT} } } } }`,
    { input, options },
  );
  await book.caughtUp();
  return data[name]!;
}

/** Without what depends on when it was asked. */
function withoutNow({ effects, ...rest }: Effects): object {
  return { ...rest, effects: effects.map(({ at, ...effect }) => ({ ...effect, isThen: at === TEN })) };
}

const perPhase = (amps: number) => ({ l1: amps, l2: amps, l3: amps });
const plan = { charger: 'X', kind: 'ONE_OFF', windows: [{ date: '2131-05-04', start: '22:00' }] };

describe('a dry run, then the same command', () => {
  it.each<[name: string, input: object, concerned: string[], codes: string[]]>([
    ['setMaxChargerCurrent', { charger: 'X', amps: 45 }, ['X'], ['ABOVE_FUSE', 'ABOVE_RATING']],
    [
      'setDynamicChargerCurrent',
      { charger: 'X', amps: 5 },
      ['X'],
      ['UNSET_AT_NEXT_CAR', 'BELOW_6_AMPS', 'SESSION_PAUSES'],
    ],
    [
      'setDynamicChargerCurrent',
      { charger: 'X', amps: 9, timeToLiveSeconds: 60 },
      ['X'],
      ['UNSET_AT_NEXT_CAR'],
    ],
    ['clearDynamicChargerCurrent', { charger: 'X' }, ['X'], []],
    ['setDynamicCircuitCurrent', { circuit: 'C', amps: perPhase(20) }, ['X', 'Y'], []],
    ['setOfflineFallbackCurrent', { circuit: 'C', amps: perPhase(8) }, ['X', 'Y'], []],
    ['setMaxCircuitCurrent', { circuit: 'M', amps: perPhase(60) }, CHARGERS, ['ABOVE_FUSE']],
    ['setCircuitFuseRating', { circuit: 'M', amps: 25 }, CHARGERS, []],
    ['setSiteRatedCurrent', { site: 'S', amps: 13 }, CHARGERS, []],
    ['setChargePlan', plan, ['X'], ['PLAN_FAR_OFF', 'SESSION_PAUSES']],
    ['overrideSchedule', { charger: 'X' }, ['X'], []],
    [
      'relocateCharger',
      { charger: 'X', backplate: 'BD' },
      ['X', 'Y'],
      ['SESSION_ENDS', 'LIMIT_AT_PLACE', 'PLAN_IN_ANOTHER_ZONE'],
    ],
    ['setPhaseMode', { charger: 'Y', mode: 'LOCKED_1', singlePhase: 2 }, ['Y'], []],
    ['disableCharger', { charger: 'Y' }, ['Y'], []],
    ['dismountCharger', { charger: 'Y' }, ['Y'], []],
  ])('%s %j', async (name, input, concerned, codes) => {
    const dry = await effectsOf(name, input, { occurredAt: TEN, dryRun: true });
    const real = await effectsOf(name, input, { occurredAt: TEN });
    expect(withoutNow(dry)).toEqual(withoutNow(real));
    expect(new Set(real.effects.map(({ charger }) => charger.serial))).toEqual(new Set(concerned));
    expect(real.effectCount).toBe(2 * concerned.length);
    expect(real.notices.map(({ code }) => code).sort()).toEqual([...codes].sort());
    for (const { explanation } of real.effects)
      expect(explanation).toMatch(/^Charger \w (stays at|goes from) .+\.$/);
  });
});

describe('chargers by what they do now', () => {
  interface Listed {
    readonly chargers: {
      readonly nodes: readonly {
        readonly serial: string;
        readonly effectiveLimit: { readonly behaviour: string };
      }[];
      readonly totalCount: number;
      readonly pageInfo: {
        readonly hasNextPage: boolean;
        readonly endCursor: string | null;
        readonly hasPreviousPage: boolean;
        readonly startCursor: string | null;
      };
    };
  }
  const LIST = `query ($filter: ChargerFilter, $first: Int, $after: String, $last: Int, $before: String) {
    chargers(filter: $filter, first: $first, after: $after, last: $last, before: $before) {
      nodes { serial effectiveLimit { behaviour } } totalCount
      pageInfo { hasNextPage endCursor hasPreviousPage startCursor } } }`;

  /** Ten that hang on a circuit of their own, by turns without a car, charging, paused, charging, charging. */
  beforeAll(async () => {
    const options = { occurredAt: TEN };
    await book.record('addCircuit', { id: 'L', site: 'S', fuseRatingAmps: 50 }, options);
    for (const index of Array.from({ length: 10 }, (_, n) => n)) {
      const charger = `L${String(index)}`;
      await book.record('installBackplate', { id: `B-${charger}`, circuit: 'L' }, options);
      await book.record('registerCharger', { serial: charger, ratedCurrentAmps: 32 }, options);
      await book.record('mountCharger', { charger, backplate: `B-${charger}` }, options);
      if (index % 5 === 2) await book.record('setMaxChargerCurrent', { charger, amps: 5 }, options);
      if (index % 5 !== 0) await book.observe([{ charger, kind: 'CAR_CONNECTED', occurredAt: TEN }]);
    }
    await book.caughtUp();
  }, 60_000);

  async function walk(filter: object, isForward: boolean, size: number): Promise<string[]> {
    const serials: string[] = [];
    for (let cursor: string | null = null; ;) {
      const page: object = isForward ? { first: size, after: cursor } : { last: size, before: cursor };
      const { chargers } = await book.query<Listed>(LIST, { filter, ...page });
      const found = chargers.nodes.map(({ serial }) => serial);
      if (isForward) serials.push(...found);
      else serials.unshift(...found);
      const { hasNextPage, hasPreviousPage, endCursor, startCursor } = chargers.pageInfo;
      cursor = isForward ? endCursor : startCursor;
      if (!(isForward ? hasNextPage : hasPreviousPage)) return serials;
    }
  }

  it.each<[behaviour: string, serials: string[]]>([
    ['CHARGING_ALLOWED', ['L1', 'L3', 'L4', 'L6', 'L8', 'L9']],
    ['PAUSED', ['L2', 'L7']],
    ['NO_CAR', ['L0', 'L5']],
    ['NOT_MOUNTED', []],
  ])('are found page by page in either direction: %s', async (behaviour, serials) => {
    const filter = { behaviour, serialStartsWith: 'L' };
    for (const size of [1, 2, 5]) {
      expect(await walk(filter, true, size)).toEqual(serials);
      expect(await walk(filter, false, size)).toEqual(serials);
    }
    const { chargers } = await book.query<Listed>(LIST, { filter });
    expect(chargers.totalCount).toBe(serials.length);
    for (const { effectiveLimit } of chargers.nodes) expect(effectiveLimit.behaviour).toBe(behaviour);
    const impossible = await book.query<Listed>(LIST, {
      filter: { ...filter, mounted: behaviour === 'NOT_MOUNTED' },
    });
    expect(impossible.chargers).toMatchObject({ nodes: [], totalCount: 0 });
  });

  it('refuses what makes no page', async () => {
    const filter = { behaviour: 'PAUSED' };
    for (const page of [
      { first: 101 },
      { first: -1 },
      { first: 1, last: 1 },
      { after: 'nonsense' },
      { last: 5, before: 'x' },
    ]) {
      const { body } = await book.ask(LIST, { filter, ...page });
      expect(body.errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
    }
  });
});
