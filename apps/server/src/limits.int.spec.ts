import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Book } from './book.fixtures';
import type { Expectation, LimitAnswer, Scenario, Told } from './scenario.fixtures';
import { Player, scenarios } from './scenario.fixtures';
import { cleanUp, ServerProcess } from './server-process.fixtures';
import type { Timeline } from './timeline.fixtures';

const AT_ONCE = 4;
const OUTCOME = `__typename ... on Receipt { position events { eventId } } ... on Rejection { code message }`;
const cases = scenarios();
const told = new Map<string, Told>();

beforeAll(async () => {
  const server = await ServerProcess.start();
  const waiting = cases.entries();
  const player = async () => {
    for (const [number, scenario] of waiting) told.set(scenario.id, await play(server, number, scenario));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, player));
}, 900_000);

afterAll(cleanUp);

function play(server: ServerProcess, number: number, scenario: Scenario): Promise<Told> {
  return new Player(new Book(server, undefined, OUTCOME), `-${String(number)}`).play(scenario);
}

describe('the effective limit as the worked cases have it, over GraphQL', () => {
  it.each(cases)('$id: $title', ({ id }) => {
    const { refusals, limits, sessions, timelines } = told.get(id)!;
    for (const { expected, outcome } of refusals) {
      const code = outcome.__typename === 'Rejection' ? outcome.code : undefined;
      expect({ code, message: outcome.message }).toMatchObject({
        code: expected === '*' ? expect.any(String) : expected,
      });
    }
    expect(limits.length + sessions.length).toBeGreaterThan(0);
    for (const { expected, answer } of limits) check(expected, answer);
    for (const { expected, ids } of sessions) expect([...ids].sort()).toEqual([...expected].sort());
    for (const timeline of timelines) checkTimeline(timeline);
  });
});

function check(expectation: Expectation, answer: LimitAnswer): void {
  const {
    charger: _,
    at,
    knownAt: _knownAt,
    sources = [],
    noSources = [],
    says = [],
    ...plain
  } = expectation;
  for (const [field, value] of Object.entries(plain))
    expect({ at, [field]: asSet(answer[field]) }).toEqual({ at, [field]: asSet(value) });
  for (const { amps, ...source } of sources) {
    const inFull = typeof amps === 'number' ? { l1: amps, l2: amps, l3: amps } : amps;
    const wanted = amps == null ? source : { ...source, amps: inFull };
    expect(answer.sources).toContainEqual(expect.objectContaining(wanted));
  }
  const kinds = answer.sources.map(({ kind }) => kind);
  for (const kind of noSources) expect(kinds).not.toContain(kind);
  for (const part of says) expect(answer.explanation).toContain(part);
}

/** Without a gap over its span, and at each instant what the limit is there. */
function checkTimeline({ from, to, segments, looks }: Timeline): void {
  const ends = segments.flatMap((segment) => [segment.from, segment.to]);
  expect([ends[0], ends.at(-1)]).toEqual([from, to]);
  for (let index = 2; index < ends.length; index += 2) expect(ends[index]).toBe(ends[index - 1]);
  for (const { at, limit } of looks) {
    const { sources: spans, ...segment } = segments.find((each) => each.from <= at && at < each.to)!;
    const { sources, ...value } = limit;
    expect({ at, ...value, ...segment }).toEqual({ at, ...segment, ...value });
    const inForce = spans.filter((span) => span.from <= at && at < span.to);
    const compared = value['behaviour'] === 'NOT_MOUNTED' ? [] : sources.filter((source) => source.inForce);
    const wanted = compared.map(({ inForce: _, ...source }) => source);
    expect(inForce.map(({ from: _, to: _to, ...source }) => source)).toEqual(expect.arrayContaining(wanted));
    expect(inForce).toHaveLength(wanted.length);
  }
}

function asSet(value: unknown): unknown {
  return Array.isArray(value) ? [...(value as unknown[])].sort() : value;
}
