import { instantOf } from '@chargebook/domain';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { TellingFact } from './beliefs';
import { Beliefs } from './beliefs';
import type { ReportArguments } from './report-arguments';
import { settingsChangedBy, settingsToldBy } from './setting-values';
import type { Asked, ToldBefore } from './values-before.queries';
import { isNewer } from './values-before.queries';

const TYPES = [
  'ChargerRegistered',
  'MaxChargerCurrentSet',
  'DynamicChargerCurrentSet',
  'DynamicChargerCurrentCleared',
  'PhaseModeSet',
  'SessionStarted',
];
const BOOK: ReportArguments = {
  origin: 'chargebook/harbour',
  scope: { kind: 'book' },
  from: instantOf(0),
  to: instantOf(1_000),
  asOfSequence: 1_000,
  knownAt: instantOf(1_000),
};

/** A fact, and where it replaces another one when that is said to have happened. */
interface Told extends TellingFact {
  readonly replacementAt?: string;
}

const step = fc.record({
  type: fc.constantFrom(...TYPES),
  tick: fc.integer({ min: 0, max: 9 }),
  charger: fc.constantFrom('A', 'B'),
  deviceSequence: fc.option(fc.integer({ min: 1, max: 3 }), { nil: null }),
  correction: fc.option(
    fc.record({ of: fc.nat(), replacementTick: fc.option(fc.integer({ min: 0, max: 9 })) }),
    {
      nil: undefined,
      freq: 4,
    },
  ),
  isUnreadable: fc.integer({ min: 0, max: 15 }).map((n) => n === 0),
});
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

/** Facts in the order of the book; each is corrected once at most. */
function factsOf(steps: readonly Step[]): Told[] {
  const facts: Told[] = [];
  steps.forEach(({ type, tick, charger, deviceSequence, correction, isUnreadable }, index) => {
    const sequence = index + 1;
    const nth = correction == null || index === 0 ? -1 : correction.of % index;
    const wrong = facts[nth];
    const corrects = wrong != null && wrong.corrects == null && wrong.correction == null ? wrong : undefined;
    if (corrects != null) facts[nth] = { ...corrects, correction: sequence };
    const replacementTick = corrects == null ? undefined : (correction?.replacementTick ?? undefined);
    const things = { charger: corrects?.charger ?? charger, backplate: null, circuit: null, site: null };
    facts.push({
      sequence,
      type: corrects == null ? type : replacementTick == null ? 'FactRetracted' : 'FactReplaced',
      happened_at: instantOf(tick),
      device_sequence: deviceSequence,
      ...things,
      data: corrects == null && settingsToldBy(type).length > 0 ? { amps: sequence } : undefined,
      wrong: corrects == null ? null : things,
      corrects: corrects == null ? null : String(corrects.sequence),
      correction: null,
      problem: isUnreadable && corrects == null ? 'odd' : null,
      replacementAt: replacementTick == null ? undefined : instantOf(replacementTick),
    });
  });
  return facts;
}

/** What was told last, found by looking at everything. */
function lookedUp(
  facts: readonly Told[],
  { sequence, occurredAt, setting, id }: Asked,
): ToldBefore | undefined {
  const told = facts.flatMap((fact): ToldBefore[] => {
    const replaces = fact.replacementAt == null ? undefined : facts[Number(fact.corrects) - 1];
    const what = replaces ?? fact;
    if (fact.sequence >= sequence || fact.charger !== id || !(what.type in setting.told)) return [];
    if (replaces == null && (fact.problem != null || (fact.correction ?? sequence) < sequence)) return [];
    const at = fact.replacementAt ?? fact.happened_at;
    if (at > occurredAt) return [];
    const data = { amps: fact.sequence };
    return [
      {
        sequence: what.sequence,
        occurredAt: at,
        deviceSequence: what.device_sequence,
        type: what.type,
        data,
      },
    ];
  });
  return told.sort((a, b) => (isNewer(a, b) ? -1 : 1))[0];
}

function questionsOf(fact: Told): Asked[] {
  return settingsChangedBy(fact.type).map((setting) => ({
    sequence: fact.sequence,
    occurredAt: fact.happened_at,
    setting,
    id: fact.charger ?? '',
  }));
}

describe('what was believed before the facts of a book', () => {
  it('is what looking it up would give, however late facts are told, corrected, and read in parts', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 1, maxLength: 40, size: 'max' }),
        fc.integer({ min: 1, max: 12 }),
        async (steps, atOnce) => {
          const facts = factsOf(steps);
          const of = (asked: readonly Asked[]) => Promise.resolve(asked.map((one) => lookedUp(facts, one)));
          const beliefs = new Beliefs({ of }, BOOK);
          for (let from = 0; from < facts.length; from += atOnce) {
            const some = facts.slice(from, from + atOnce);
            const asked = some.flatMap(questionsOf);
            expect(await beliefs.before(some, asked)).toEqual(await of(asked));
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('is looked up once where facts come in time', async () => {
    const facts = factsOf(
      Array.from({ length: 50 }, (_, tick) => ({
        type: 'MaxChargerCurrentSet',
        tick,
        charger: 'A',
        deviceSequence: null,
        correction: undefined,
        isUnreadable: false,
      })),
    );
    let looked = 0;
    const of = (asked: readonly Asked[]) => {
      looked += asked.length;
      return Promise.resolve(asked.map((one) => lookedUp(facts, one)));
    };
    const answers = await new Beliefs({ of }, BOOK).before(facts, facts.flatMap(questionsOf));
    expect(answers.map((answer) => answer?.sequence)).toEqual(
      facts.map(({ sequence }) => (sequence === 1 ? undefined : sequence - 1)),
    );
    expect(looked).toBe(1);
  });
});
