import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Book } from './book.fixtures';
import type { Expectation, LimitAnswer, Scenario, Told } from './scenario.fixtures';
import { Player, scenarios } from './scenario.fixtures';
import { cleanUp, ServerProcess } from './server-process.fixtures';

const AT_ONCE = 4;
const cases = scenarios();
const told = new Map<string, Told>();

beforeAll(async () => {
  const server = await ServerProcess.start();
  const waiting = cases.entries();
  const player = async () => {
    for (const [number, scenario] of waiting) told.set(scenario.id, await play(server, number, scenario));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, player));
}, 180_000);

afterAll(cleanUp);

function play(server: ServerProcess, number: number, scenario: Scenario): Promise<Told> {
  return new Player(new Book(server), `-${String(number)}`).play(scenario);
}

describe('the effective limit as the worked cases have it, over GraphQL', () => {
  it.each(cases)('$id: $title', ({ id }) => {
    const { refusals, limits, sessions } = told.get(id)!;
    for (const { expected, outcome } of refusals) {
      const code = outcome.__typename === 'Rejection' ? outcome.code : undefined;
      expect({ code, message: outcome.message }).toMatchObject({
        code: expected === '*' ? expect.any(String) : expected,
      });
    }
    expect(limits.length + sessions.length).toBeGreaterThan(0);
    for (const { expected, answer } of limits) check(expected, answer);
    for (const { expected, ids } of sessions) expect([...ids].sort()).toEqual([...expected].sort());
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

function asSet(value: unknown): unknown {
  return Array.isArray(value) ? [...(value as unknown[])].sort() : value;
}
