import { setTimeout as pause } from 'node:timers/promises';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Book } from './book.fixtures';
import type { Case, Expectation, Step } from './limit-cases.fixtures';
import { casesIn, limitCases, withOwnNames } from './limit-cases.fixtures';
import { cleanUp, ServerProcess } from './server-process.fixtures';

const scenariosFile = fileURLToPath(new URL('../../../../shared/scenarios/limits.json', import.meta.url));
/** What a case may expect of an answer, in the words of the schema. */
const ANSWERED = ['amps', 'offeredAmps', 'phases', 'behaviour', 'blockers', 'unknownSources', 'nextChangeAt'];

interface Outcome {
  readonly __typename: string;
  readonly code?: string;
  readonly position?: string | null;
}

/** Plays a case through the public API: mutations that follow each other go in one request, as the executor keeps their order. */
class Player {
  private position: string | undefined;
  private readonly marks = new Map<string, string>();

  constructor(private readonly book: Book) {}

  async play(steps: readonly Step[]): Promise<void> {
    let told: Step[] = [];
    for (const step of steps) {
      if (step.do != null || step.observe != null) {
        told.push(step);
        continue;
      }
      await this.tell(told);
      told = [];
      if (step.now != null) await this.mark(step.now);
      if (step.expect != null) await this.expectLimit(step.expect);
      if (step.expectSessions != null) await this.expectSessions(step.expectSessions);
    }
    await this.tell(told);
  }

  private async tell(steps: readonly Step[]): Promise<void> {
    if (steps.length === 0) return;
    const fields = steps.map((step, index) => `s${String(index)}: ${mutationOf(step)}`);
    const data = await this.book.query<Record<string, Outcome | Outcome[]>>(
      `mutation { ${fields.join('\n')} }`,
    );
    steps.forEach((step, index) => {
      const outcome = [data[`s${String(index)}`]!].flat()[0]!;
      const what = `${step.do ?? step.observe ?? ''} at ${step.at ?? ''}: ${outcome.code ?? ''}`;
      if (step.refused == null) expect(`${what} ${outcome.__typename}`).toBe(`${what} Receipt`);
      else
        expect(step.refused === '*' ? outcome.__typename : outcome.code).toBe(
          step.refused === '*' ? 'Rejection' : step.refused,
        );
      this.position = outcome.position ?? this.position;
    });
  }

  /** Remembers the present as a record time, and waits until the clock has moved on. */
  private async mark(name: string): Promise<void> {
    await pause(2);
    this.marks.set(name, new Date().toISOString());
    await pause(2);
  }

  private async expectLimit(expected: Expectation): Promise<void> {
    const { charger, at, knownAt, binding, ...rest } = expected;
    const data = await this.read<{ charger: { effectiveLimit: Record<string, unknown> } }>(
      `query ($charger: ID!, $at: DateTime!, $knownAt: DateTime) { charger(serial: $charger) {
         effectiveLimit(at: $at, knownAt: $knownAt) { ${ANSWERED.join(' ')} binding } } }`,
      { charger, at, knownAt: knownAt == null ? undefined : this.marks.get(knownAt) },
    );
    const answer = data.charger.effectiveLimit;
    const compared = Object.fromEntries(Object.entries(rest).filter(([key]) => ANSWERED.includes(key)));
    expect({ at, ...answer }).toMatchObject({ at, ...compared });
    if (binding != null) expect(new Set(answer.binding as string[])).toEqual(new Set(binding as string[]));
  }

  private async expectSessions({ axis, id, ids }: NonNullable<Step['expectSessions']>): Promise<void> {
    const noun = axis.toLowerCase();
    const key = noun === 'charger' ? 'serial' : 'id';
    const data = await this.read<Record<string, { sessions: { nodes: { id: string }[] } }>>(
      `query ($id: ID!) { ${noun}(${key}: $id) { sessions(first: 100) { nodes { id } } } }`,
      { id },
    );
    expect(new Set(data[noun]!.sessions.nodes.map((session) => session.id))).toEqual(new Set(ids));
  }

  private read<Data>(document: string, variables: object): Promise<Data> {
    return this.book.query<Data>(
      document,
      variables,
      this.position == null ? {} : { 'x-read-after': this.position },
    );
  }
}

const OUTCOME = '{ __typename ... on Receipt { position } ... on Rejection { code } }';

function mutationOf({
  do: name,
  observe: kind,
  at,
  input,
  charger,
  sessionId,
  deviceSequence,
  fault,
}: Step): string {
  if (name != null)
    return `${name}(input: ${literal(input)}, options: { occurredAt: "${at ?? ''}" }) ${OUTCOME}`;
  const observation = { charger, occurredAt: at, sessionId, deviceSequence, fault };
  const items = literal(observation).replace('{', `{ kind: ${kind ?? ''},`);
  return `recordObservations(input: { observations: [${items}] }) ${OUTCOME}`;
}

/** A value as it is written in a document; words in capitals are names of enums. */
function literal(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((part) => literal(part)).join(', ')}]`;
  if (value != null && typeof value === 'object') {
    const fields = Object.entries(value).filter(([, part]) => part !== undefined);
    return `{ ${fields.map(([key, part]) => `${key}: ${isEnum(key) ? enumLiteral(part) : literal(part)}`).join(', ')} }`;
  }
  return JSON.stringify(value);
}

function enumLiteral(value: unknown): string {
  return Array.isArray(value) ? `[${value.join(', ')}]` : String(value);
}

const ENUM_FIELDS = [
  'gridType',
  'productLine',
  'protocol',
  'phaseMode',
  'mode',
  'kind',
  'destination',
  'weekdays',
];

function isEnum(key: string): boolean {
  return ENUM_FIELDS.includes(key);
}

describe('limits over the public API', () => {
  let server: ServerProcess;
  let serial = 0;

  beforeAll(async () => {
    server = await ServerProcess.start();
  }, 60_000);

  afterAll(cleanUp);

  async function play({ steps }: Case): Promise<void> {
    serial += 1;
    await new Player(new Book(server)).play(withOwnNames(steps, String(serial)));
  }

  // Corrections are told to the domain alone so far: the API has no command for them.
  const own = limitCases().filter(({ steps }) => steps.every((step) => step.correct == null));

  it.each(own.map((each) => [each.id, each] as const))('answers %s as the domain does', async (_id, each) => {
    await play(each);
  });

  const scenarios = existsSync(scenariosFile) ? casesIn(scenariosFile, 'scenarios') : [];

  it(`plays ${scenarios.length === 0 ? 'no scenarios: they are not beside this checkout' : 'the scenarios beside this checkout'}`, async () => {
    for (const each of scenarios) await play(each);
  }, 120_000);
});
