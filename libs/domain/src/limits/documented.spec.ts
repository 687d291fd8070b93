import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { EffectiveLimit } from './effective-limit';
import { effectiveLimit } from './effective-limit';
import { Story } from './story.fixtures';
import type { ToldStep } from './told-steps.fixtures';

interface Expectation {
  readonly charger: string;
  readonly at: string;
  readonly sources?: readonly Readonly<Record<string, unknown>>[];
  readonly [answered: string]: unknown;
}

type Step = ToldStep | { readonly expect: Expectation };

const page = readFileSync(new URL('../../../../docs/effective-limit.md', import.meta.url), 'utf8');
const chapters = page.split(/^## /m).flatMap((chapter) => {
  const blocks = [...chapter.matchAll(/```json\n([\s\S]*?)```/g)];
  const steps = blocks.flatMap(([, block]) => JSON.parse(block ?? '[]') as Step[]);
  return steps.length === 0 ? [] : [[chapter.split('\n')[0] ?? '', steps] as const];
});

describe('what the page about the effective limit says', () => {
  const story = new Story();

  it.each(chapters)('is so: %s', (_title, steps) => {
    expect.hasAssertions();
    for (const step of steps) {
      if (!('expect' in step)) story.tell(step);
      else check(step.expect, effectiveLimit(story.knowledgeOf(step.expect.charger), step.expect.at));
    }
  });

  it('is told in chapters', () => {
    expect(chapters.length).toBeGreaterThan(5);
  });
});

function check({ charger: _, at, sources = [], ...plain }: Expectation, answer: EffectiveLimit): void {
  const answered = Object.keys(plain).map((key) => [key, answer[key as keyof EffectiveLimit] ?? null]);
  expect({ at, ...(Object.fromEntries(answered) as object) }).toEqual({ at, ...plain });
  for (const { amps, ...source } of sources) {
    const wanted = { ...source, amps: { l1: amps, l2: amps, l3: amps } };
    expect(answer.sources).toContainEqual(expect.objectContaining(wanted));
  }
}
