import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import type { EffectiveLimit } from './effective-limit';
import { effectiveLimit } from './effective-limit';
import type { LimitSource } from './limit-source';
import type { CorrectionStep } from './story.fixtures';
import { Story } from './story.fixtures';
import type { ToldStep } from './told-steps.fixtures';

/** What a case expects of a source: of one such source, by kind and thing. */
type ExpectedSource = Partial<Omit<LimitSource, 'amps'>> & { readonly kind: string; readonly amps?: unknown };

interface Expectation {
  readonly charger: string;
  readonly at: string;
  readonly knownAt?: string;
  readonly amps?: number | null;
  readonly offeredAmps?: number | null;
  readonly phases?: number | null;
  readonly behaviour?: string;
  readonly binding?: readonly string[];
  readonly sources?: readonly ExpectedSource[];
  /** Kinds of which there is no source, in force or ended. */
  readonly noSources?: readonly string[];
  readonly unknownSources?: readonly string[];
  readonly blockers?: readonly string[];
  readonly nextChangeAt?: string | null;
  /** The whole sentence. */
  readonly explanation?: string;
  /** Parts of the sentence. */
  readonly says?: readonly string[];
}

type Step =
  | ToldStep
  /** Not done: whether it is refused is not the limit's business. */
  | (ToldStep & { readonly refused: string })
  | CorrectionStep
  /** Remembers what is known so far. */
  | { readonly now: string }
  | { readonly expect: Expectation }
  /** What is listed along an axis is not the limit's business either. */
  | { readonly expectSessions: unknown };

interface CaseFile {
  readonly world: readonly ToldStep[];
  readonly scenarios: readonly {
    readonly id: string;
    readonly title: string;
    readonly steps: readonly Step[];
  }[];
}

const folder = new URL('./cases/', import.meta.url);

describe.each(readdirSync(folder))('the effective limit, %s', (file) => {
  const { world, scenarios } = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as CaseFile;

  it.each(scenarios)('$id: $title', ({ steps }) => {
    expect.hasAssertions();
    const story = new Story();
    world.forEach((step) => {
      story.tell(step);
    });
    const moments = new Map<string, number>();
    for (const step of steps) {
      if ('refused' in step || 'expectSessions' in step) continue;
      if ('now' in step) moments.set(step.now, story.recorded.length);
      else if ('correct' in step) story.correct(step);
      else if ('expect' in step) {
        const expected = step.expect;
        const count = expected.knownAt == null ? undefined : moments.get(expected.knownAt);
        check(expected, effectiveLimit(story.knowledgeOf(expected.charger, count), expected.at));
      } else story.tell(step);
    }
  });
});

function check(expected: Expectation, answer: EffectiveLimit): void {
  const { charger: _, at, knownAt: _knownAt, sources = [], noSources = [], says = [], ...plain } = expected;
  for (const [key, value] of Object.entries(plain)) {
    const actual = answer[key as keyof EffectiveLimit] ?? null;
    const isSet = Array.isArray(value) && Array.isArray(actual);
    const asSet = (list: unknown) => (isSet ? [...(list as unknown[])].sort() : list);
    expect({ at, [key]: asSet(actual) }).toEqual({ at, [key]: asSet(value) });
  }
  for (const { amps, ...source } of sources) {
    const inFull = typeof amps === 'number' ? { l1: amps, l2: amps, l3: amps } : amps;
    const wanted = Object.fromEntries(
      Object.entries({ ...source, ...(amps == null ? {} : { amps: inFull }) }).map(([key, value]) => [
        key,
        value ?? undefined,
      ]),
    );
    expect(answer.sources).toContainEqual(expect.objectContaining(wanted));
  }
  const kinds = answer.sources.map(({ kind }) => kind as string);
  for (const kind of noSources) expect(kinds).not.toContain(kind);
  for (const part of says) expect(answer.explanation).toContain(part);
}
