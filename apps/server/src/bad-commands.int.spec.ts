import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { GraphQLEnumType } from 'graphql';
import {
  expectFault,
  expectSmallWorld,
  inputWith,
  INTERNALS,
  references,
  registerSmallWorld,
} from './bad-input.fixtures';
import { Book, commandNames, schema } from './book.fixtures';
import { cleanUp, ServerProcess } from './server-process.fixtures';

let server: ServerProcess;
let book: Book;

beforeAll(async () => {
  server = await ServerProcess.start();
  book = new Book(server);
  await registerSmallWorld(book);
});

afterAll(cleanUp);

describe('a command', () => {
  const amps = (value: unknown) =>
    `{"query": "mutation ($amps: Float) { setMaxChargerCurrent(input: { charger: \\"u1\\", amps: $amps }) { ... on Rejection { code inputPath } } }", "variables": {"amps": ${String(value)}}}`;

  it.each([-0.001, -1, 1_000.001, 1e308])('with %d A is refused', async (value) => {
    const { body } = await book.send(amps(value));
    expect(body.data).toEqual({
      setMaxChargerCurrent: { code: 'INVALID_AMPS', inputPath: ['input', 'amps'] },
    });
  });

  it.each(['NaN', 'Infinity', '1e999', '"16"', 'true', '[16]'])(
    'with %s for amperes is no command',
    async (value) => {
      const answer = await book.send(amps(value));
      expect([answer.status, answer.body.errors?.length]).toEqual([400, 1]);
      expect(answer.text).not.toMatch(INTERNALS);
    },
  );

  it('with a value that an enum does not have is no command', async () => {
    const answer = await book.ask(
      'mutation { setPhaseMode(input: { charger: "u1", mode: FOUR }) { __typename } }',
    );
    expectFault(answer, 400, 'GRAPHQL_VALIDATION_FAILED');
    const observed = await book.ask(
      'mutation ($kind: ObservationKind!) { recordObservations(input: { observations: [{ charger: "u1", kind: $kind, occurredAt: "2026-05-04T10:00:00Z" }] }) { __typename } }',
      { kind: 'ATE_BY_DOG' },
    );
    expectFault(observed, 400, 'BAD_USER_INPUT');
  });

  it('without what it needs, or with what it does not know, is no command', async () => {
    const without = await book.ask('mutation { renameSite(input: { site: "yard" }) { __typename } }');
    expectFault(without, 400, 'GRAPHQL_VALIDATION_FAILED');
    const with2 = await book.ask(
      'mutation { retireSite(input: { site: "yard", now: true }) { __typename } }',
    );
    expectFault(with2, 400, 'GRAPHQL_VALIDATION_FAILED');
  });

  const oddIds = [
    '',
    ' ',
    'x'.repeat(65),
    'two words',
    'a/b',
    'naïve',
    "'; DROP TABLE ledger.fact; --",
    '%',
    '../..',
  ];

  it.each(oddIds)('with the id %j is refused wherever it makes one', async (id) => {
    const registrations: [string, object][] = [
      ['registerOperator', { id, name: 'N' }],
      ['registerSite', { id, name: 'N', timeZone: 'UTC' }],
      ['addCircuit', { id, site: 'yard' }],
      ['installBackplate', { id, circuit: 'row' }],
      ['registerCharger', { serial: id }],
    ];
    const outcomes = await book.commands(registrations.map(([name, input]) => ({ name, input })));
    expect(outcomes.map(({ code }) => code)).toEqual(registrations.map(() => 'INVALID_ID'));
    const ofKey = await book.command('enableCharger', { charger: 'u1' }, { commandId: id });
    expect(ofKey).toMatchObject({ code: 'INVALID_ID', commandId: id });
  });

  // Credentials take no options and name things by role: they have specs of their own.
  const named = commandNames().filter((name) => name !== 'issueCredential');
  const positions = named.flatMap((name) =>
    references(name).flatMap((field) =>
      ['nobody', 'x'.repeat(65), 'two words'].map((id) => ({ name, field, id })),
    ),
  );

  it.each(positions)('$name with the unknown $field $id is refused by name', async ({ name, field, id }) => {
    const outcome = await book.command(name, inputWith(name, field, id));

    expect(outcome.__typename).toBe('Rejection');
    expect(['NOT_FOUND', 'INVALID_ID']).toContain(outcome.code);
    expect(outcome.inputPath?.slice(0, 2)).toEqual(['input', field]);
  });

  it('of observations that names an unknown charger refuses those alone', async () => {
    const kinds = schema.getType('ObservationKind') as GraphQLEnumType;
    const observations = kinds.getValues().map(({ name: kind }) => ({
      kind,
      charger: 'two words',
      occurredAt: '2026-05-04T10:00:00Z',
      energyWattHours: 1,
    }));
    const outcomes = await book.observe(observations);

    expect(outcomes.map(({ code }) => code)).toEqual(observations.map(() => 'NOT_FOUND'));
  });

  it('of more than 500 observations is refused whole', async () => {
    const observation = { charger: 'u1', kind: 'POWER_LOST', occurredAt: '2026-05-04T10:00:00Z' };
    const answer = await book.ask(
      'mutation ($all: [ObservationInput!]!) { recordObservations(input: { observations: $all }) { __typename } }',
      { all: Array.from({ length: 501 }, () => observation) },
    );
    expectFault(answer, 200, 'BAD_USER_INPUT');
  });
});

describe('after all that', () => {
  it('the book is what it was, the server serves, and nothing failed inside', async () => {
    await expectSmallWorld(book);
    expect(server.said).not.toContain('"level":50');
  });
});
