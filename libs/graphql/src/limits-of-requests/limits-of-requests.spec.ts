import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { buildSchema, getOperationAST, parse, validate } from 'graphql';
import { Budgets } from './budgets';
import { costOf } from './cost';
import { documentSize, MOST_ALIASES, MOST_DIRECTIVES } from './document-size';

const schema = buildSchema(readFileSync(path.resolve(import.meta.dirname, '../../schema.graphql'), 'utf8'));

function cost(text: string, variables: Record<string, unknown> = {}): number {
  const document = parse(text);
  return costOf(schema, document, getOperationAST(document)!, variables);
}

describe('the cost of an operation', () => {
  it.each<[why: string, text: string, cost: number]>([
    ['a thing', '{ charger(serial: "C") { serial model } }', 1],
    ['a thing and what it hangs on', '{ charger(serial: "C") { placement { backplate { id } } } }', 3],
    ['a dear field', '{ charger(serial: "C") { effectiveLimit { amps } } }', 5],
    ['a page of twenty', '{ chargers { nodes { serial } } }', 1 + 20],
    ['a page of its size', '{ chargers(first: 50) { nodes { serial } } }', 1 + 50],
    ['a page backwards', '{ chargers(last: 3) { edges { node { serial } } } }', 1 + 3 * (1 + 1)],
    [
      'pages in pages',
      '{ sites(first: 10) { nodes { chargers(first: 7) { nodes { serial } } } } }',
      1 + 10 * (1 + 1 + 7),
    ],
    ['twice, by other names', '{ a: charger(serial: "C") { serial } b: charger(serial: "C") { serial } }', 2],
    [
      'a fragment, wherever it is spread',
      'query { a: site(id: "S") { ...x } b: site(id: "S") { ...x } } fragment x on Site { circuits { id } }',
      2 * 2,
    ],
    ['the schema itself', '{ __schema { types { fields { name } } } }', 1],
    ['a command', 'mutation { enableCharger(input: { charger: "C" }) { commandId } }', 10],
  ])('of %s', (_why, text, expected) => {
    expect(cost(text)).toBe(expected);
  });

  it('counts what variables say', () => {
    const text = 'query ($size: Int) { chargers(first: $size) { nodes { serial } } }';
    expect(cost(text, { size: 100 })).toBe(101);
    expect(cost(text)).toBe(21);
    const batch =
      'mutation ($input: RecordObservationsInput!) { recordObservations(input: $input) { commandId } }';
    expect(cost(batch, { input: { observations: Array.from({ length: 300 }, () => ({})) } })).toBe(3_000);
  });
});

describe('a budget', () => {
  const size = { most: 100, refillPerSecond: 10 };

  it('is spent, tells when there is enough again, and fills by itself', () => {
    let nowMs = 0;
    const budgets = new Budgets(size, () => nowMs);
    expect(budgets.spend('a', 70)).toEqual({ left: 30 });
    expect(budgets.spend('a', 50)).toEqual({ retryAfterSeconds: 2 });
    expect(budgets.spend('b', 100)).toEqual({ left: 0 });
    nowMs = 2_000;
    expect(budgets.spend('a', 50)).toEqual({ left: 0 });
    nowMs = 60_000;
    expect(budgets.spend('a', 1)).toEqual({ left: 99 });
  });

  it('is not refilled by a clock that goes backwards', () => {
    let nowMs = 10_000;
    const budgets = new Budgets(size, () => nowMs);
    budgets.spend('a', 100);
    nowMs = 5_000;
    expect(budgets.spend('a', 1)).toEqual({ retryAfterSeconds: 1 });
  });
});

describe('a document', () => {
  const problems = (text: string) =>
    validate(schema, parse(text), [documentSize]).map(({ message }) => message);
  const many = (count: number) =>
    `{ ${Array.from({ length: count }, (_, n) => `a${String(n)}: me { id }`).join(' ')} }`;
  const directed = (count: number) => `{ me { id ${'@include(if: true) '.repeat(count)} } }`;

  it('has so many aliases and directives, and no more', () => {
    expect(problems(many(MOST_ALIASES))).toEqual([]);
    expect(problems(many(MOST_ALIASES + 10))).toEqual(['A document holds at most 500 aliases.']);
    expect(problems(directed(MOST_DIRECTIVES))).toEqual([]);
    expect(problems(directed(MOST_DIRECTIVES + 10))).toEqual(['A document holds at most 50 directives.']);
  });
});
