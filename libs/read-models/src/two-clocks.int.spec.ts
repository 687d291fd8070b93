import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Fact } from '@chargebook/domain';
import { instantOf } from '@chargebook/domain';
import { AccessScope } from './access/access-scope';
import fc from 'fast-check';
import type { TestBook } from './book.fixtures';
import { startBook } from './book.fixtures';
import { at } from './facts.fixtures';
import type { Life, World } from './life.fixtures';
import { LAST_TICK, lifeOf, steps, time } from './life.fixtures';
import { HistoryQueries } from './ledger/history.queries';
import { NaiveBook } from './naive-book.fixtures';
import { PlacementQueries } from './placements/placements.queries';
import type { AxisPoint } from './sessions/sessions.queries';
import { SessionQueries } from './sessions/sessions.queries';
import { ConsumptionQueries } from './sessions/consumption.queries';

/** The torture tells the part of 10,000 lives that it wants: a run has about six. */
const { TORTURE_SCALE } = process.env;
const RUNS = TORTURE_SCALE == null ? 25 : Math.ceil(1_800 * Number(TORTURE_SCALE));
const LONGEST_MS = TORTURE_SCALE == null ? 60_000 : 6 * 3_600_000;
const LIVES_IN_A_RUN = 12;
const FIRST_RECORDED_MS = Date.UTC(2030, 0, 1);
const ALL = { first: 100 };
const TICKS = Array.from({ length: LAST_TICK + 2 }, (_, tick) => at(time(tick)));
const HOURS = ['10', '11', '12', '13'].map((hour) => ({
  from: at(`${hour}:00`),
  to: at(`${String(Number(hour) + 1)}:00`),
}));

/** What is asked of a life: at which part of it the book is looked at, and about what. */
const question = fc.record({ known: fc.nat(99), tick: fc.nat(LAST_TICK), thing: fc.nat(99) });
type Question = typeof question extends fc.Arbitrary<infer Value> ? Value : never;

const run = fc.record({
  lives: fc.array(fc.record({ happened: steps, questions: fc.tuple(question, question) }), {
    minLength: 1,
    maxLength: LIVES_IN_A_RUN,
    size: 'max',
  }),
  batchSizes: fc.array(fc.integer({ min: 1, max: 120 }), { minLength: 1, maxLength: 6 }),
});

function pointOf({ chargers, backplates, circuits, sites }: World, thing: number): AxisPoint {
  const points: AxisPoint[] = [
    ...chargers.map((id) => ({ axis: 'CHARGER', id }) as const),
    ...backplates.map((id) => ({ axis: 'BACKPLATE', id }) as const),
    ...circuits.map((id) => ({ axis: 'CIRCUIT', id }) as const),
    ...sites.map((id) => ({ axis: 'SITE', id }) as const),
  ];
  return points[thing % points.length]!;
}

describe('any life of chargers, told in any order and in any batches', () => {
  let book: TestBook;
  let placements: PlacementQueries;
  let sessions: SessionQueries;
  let consumption: ConsumptionQueries;
  let history: HistoryQueries;
  let told = 0;
  let sequence = 0;

  beforeAll(async () => {
    book = await startBook();
    placements = new PlacementQueries(book.database, AccessScope.wholeBook(book.database));
    sessions = new SessionQueries(book.database, AccessScope.wholeBook(book.database));
    consumption = new ConsumptionQueries(book.database, AccessScope.wholeBook(book.database));
    history = new HistoryQueries(book.database, AccessScope.wholeBook(book.database));
  });

  afterAll(() => book.stop());

  /** Tells lives side by side. Gives the facts as the book is to know them. */
  async function tell(lives: readonly Life[], batchSizes: readonly number[]): Promise<Fact[]> {
    // Counted here: what a failed run told may be taken in only now.
    const before = sequence;
    const longest = Math.max(...lives.map(({ facts }) => facts.length));
    const mixed = Array.from({ length: longest }, (_, nth) => lives.flatMap(({ facts }) => facts[nth] ?? []));
    sequence += mixed.flat().length;
    const facts = mixed.flat().map((fact, index) => {
      const recordedAt = instantOf(FIRST_RECORDED_MS + before + index);
      return { ...fact, metadata: { ...fact.metadata, recordedAt } };
    });
    for (let next = 0, nth = 0; next < facts.length; nth += 1) {
      const size = batchSizes[nth % batchSizes.length] ?? 1;
      const batch = facts.slice(next, next + size);
      next += size;
      if (next < facts.length) book.store.tell(batch);
      else await book.tell(...batch);
    }
    return facts.map((fact, index) => ({ ...fact, bookOrder: before + index + 1, revision: 0 }) as Fact);
  }

  async function expectPlacements(naive: NaiveBook, world: World, cut: number, { tick, thing }: Question) {
    const questions = world.chargers.flatMap((serial) => TICKS.map((instant) => ({ serial, at: instant })));
    const found = await placements.ofChargersAtInstants(questions, cut);
    expect(found.map(withoutSiteName)).toEqual(
      questions.map(({ serial, at: instant }) => naive.placementAt(serial, instant)),
    );

    const asOf = { at: TICKS[tick]!, cut };
    const now = await placements.ofChargersAt(world.chargers, asOf);
    const here = await placements.onBackplatesAt(world.backplates, asOf);
    for (const charger of world.chargers)
      expect(withoutSiteName(now.get(charger))).toEqual(naive.placementAt(charger, asOf.at));
    for (const backplate of world.backplates)
      expect(here.get(backplate)?.serial).toBe(naive.chargerOn(backplate, asOf.at));

    const charger = world.chargers[thing % 2]!;
    const backplate = world.backplates[thing % 3]!;
    const site = world.sites[thing % 2]!;
    for (const whose of [{ charger }, { backplate }]) {
      const { edges } = await placements.page(whose, cut, ALL);
      expect(edges.map(({ node }) => withoutSiteName(node))).toEqual(naive.placements(whose));
    }
    const { edges } = await placements.relocations({ charger, site }, cut, ALL);
    expect(
      edges.map(({ node: { serial, movedAt, from, to } }) => ({
        serial,
        movedAt,
        from: withoutSiteName(from),
        to: withoutSiteName(to),
      })),
    ).toEqual(naive.relocations({ charger, site }));
    const guests = await placements.chargersInSite(site, asOf, ALL);
    expect(guests.edges.map(({ node }) => node)).toEqual(
      world.chargers.filter((serial) => naive.placementAt(serial, asOf.at)?.siteId === site),
    );
  }

  async function expectSessions(naive: NaiveBook, world: World, cut: number, { tick, thing }: Question) {
    const { axis, id } = pointOf(world, thing);
    const page = await sessions.page({ axis, id }, {}, cut, ALL);
    expect(page.edges.map(({ node }) => node)).toEqual(naive.sessions(axis, id));
    expect(await page.totalCount()).toBe(page.edges.length);

    const ongoing = await sessions.ongoing(world.chargers, { at: TICKS[tick]!, cut });
    expect(world.chargers.map((charger) => ongoing.get(charger)?.id)).toEqual(
      world.chargers.map((charger) => naive.ongoing(charger, TICKS[tick]!)),
    );

    const span = { from: HOURS[0]!.from, to: HOURS.at(-1)!.to };
    const buckets = await consumption.buckets({ axis, id }, span, { interval: 'HOUR', timeZone: 'UTC', cut });
    expect(buckets).toEqual(naive.consumption(axis, id, HOURS));
  }

  async function expectHistory(naive: NaiveBook, world: World, cut: number, { thing }: Question) {
    const point = pointOf(world, thing);
    const expected = naive.history(point).map(({ bookOrder }) => bookOrder);
    for (const newestFirst of [false, true]) {
      const page = await history.page(point, { newestFirst }, cut, ALL);
      const found = page.edges.map(({ node }) => node.bookOrder);
      expect(newestFirst ? found.reverse() : found).toEqual(expected);
      expect(await page.totalCount()).toBe(expected.length);
    }
  }

  it(
    'is answered as its facts say, known at any sequence',
    async () => {
      await fc.assert(
        fc.asyncProperty(run, async ({ lives, batchSizes }) => {
          const named = lives.map(({ happened }) => lifeOf(`L${String((told += 1))}`, happened));
          const facts = await tell(named, batchSizes);
          for (const [nth, { questions }] of lives.entries()) {
            const { world, facts: own } = named[nth]!;
            const ids = new Set(own.map(({ eventId }) => eventId));
            const ownFacts = facts.filter(({ eventId }) => ids.has(eventId));
            for (const one of questions) {
              const cut = ownFacts[Math.ceil((ownFacts.length * (one.known + 1)) / 100) - 1]?.bookOrder ?? 0;
              const naive = new NaiveBook(ownFacts, cut);
              await expectPlacements(naive, world, cut, one);
              await expectSessions(naive, world, cut, one);
              await expectHistory(naive, world, cut, one);
            }
          }
          expect(book.projector.quarantined).toEqual([]);
        }),
        // A test on a machine that has no time for it tries fewer.
        {
          numRuns: RUNS,
          interruptAfterTimeLimit: LONGEST_MS,
          markInterruptAsFailure: TORTURE_SCALE != null,
        },
      );
      if (TORTURE_SCALE != null)
        process.stdout.write(
          `  histories: ${String(told)} told, each asked twice at a time it was known at\n`,
        );
    },
    LONGEST_MS + 60_000,
  );
});

function withoutSiteName<Thing extends { siteName: string } | undefined>(placement: Thing) {
  if (placement == null) return undefined;
  const { siteName: _, ...rest } = placement;
  return rest;
}
