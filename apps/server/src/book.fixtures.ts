import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { buildSchema, getNamedType, isInputObjectType } from 'graphql';
import type { ServerProcess } from './server-process.fixtures';
import { eventually } from './server-process.fixtures';

/** A command's answer, either kind. */
export interface Outcome {
  readonly __typename: 'Receipt' | 'Rejection';
  readonly commandId: string;
  readonly dryRun: boolean;
  readonly position: string | null;
  readonly events: readonly RecordedEvent[];
  readonly notices: readonly { readonly code: string; readonly message: string }[];
  /** Of a rejection. */
  readonly code: string;
  readonly message: string;
  readonly inputPath: readonly string[] | null;
  readonly details: Readonly<Record<string, unknown>>;
}

export interface RecordedEvent {
  readonly eventId: string;
  readonly stream: string;
  readonly revision: string;
  readonly type: string;
  readonly occurredAt: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface CommandOptions {
  readonly commandId?: string;
  readonly occurredAt?: string;
  readonly reason?: string;
  readonly dryRun?: boolean;
}

/** A mutation by its name, with what it is told. */
export interface Command {
  readonly name: string;
  readonly input: object;
  readonly options?: CommandOptions;
}

/** An answer over HTTP. */
export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly body: {
    readonly data?: Readonly<Record<string, unknown>> | null;
    readonly errors?: readonly {
      readonly message: string;
      readonly path?: readonly (string | number)[];
      readonly extensions: Readonly<Record<string, unknown>> & { readonly code: string };
    }[];
  };
}

export const schema = buildSchema(
  readFileSync(new URL('../../../libs/graphql/schema.graphql', import.meta.url), 'utf8'),
);

const OUTCOME = `__typename commandId dryRun
  ... on Receipt { position notices { code message } events { eventId stream revision type occurredAt data } }
  ... on Rejection { code message inputPath details }`;

type Headers = Readonly<Record<string, string>>;

const ASK_AGAIN_MS = 100;

/** The book as a partner's program sees it: GraphQL over HTTP, each read at least as new as the last receipt. */
export class Book {
  private readAfter: string | undefined;

  /** @param patienceMs after so long a request without an answer is given up */
  constructor(
    private readonly server: Pick<ServerProcess, 'url' | 'adminToken'>,
    private readonly patienceMs = 120_000,
    /** The fields of outcomes that are asked for: notices cost a look at limits. */
    private readonly outcome = OUTCOME,
  ) {}

  /**
   * Sends a body as it is, with the admin token unless other headers say otherwise. Who is turned away by a server that has too
   * much to do asks again, as any program should.
   */
  async send(body: string, headers: Headers = {}): Promise<Answer> {
    const patience = AbortSignal.timeout(this.patienceMs);
    for (;;) {
      const answer = await this.sendOnce(body, headers);
      if (answer.status !== 503 || !answer.text.includes('"OVERLOADED"') || patience.aborted) return answer;
      await pause(ASK_AGAIN_MS);
    }
  }

  private async sendOnce(body: string, headers: Headers): Promise<Answer> {
    const authorization = `Bearer ${this.server.adminToken}`;
    const response = await fetch(`${this.server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization, ...headers },
      body,
      signal: AbortSignal.timeout(this.patienceMs),
    });
    const text = await response.text();
    return { status: response.status, text, body: JSON.parse(text) as Answer['body'] };
  }

  /** Sends a document and answers all that came back, errors too. */
  async ask(query: string, variables: object = {}, headers: Headers = {}): Promise<Answer> {
    const readAfter: Headers = this.readAfter == null ? {} : { 'x-read-after': this.readAfter };
    return this.send(JSON.stringify({ query, variables }), { ...readAfter, ...headers });
  }

  /** The data of a document that has no errors. */
  async query<Data>(query: string, variables: object = {}, headers: Headers = {}): Promise<Data> {
    const patience = AbortSignal.timeout(this.patienceMs);
    for (;;) {
      const answer = await this.ask(query, variables, headers);
      // On a busy machine the read models may be behind for a while: they say so.
      const isBehind = answer.body.errors?.[0]?.extensions.code === 'PROJECTION_BEHIND';
      if (!isBehind || patience.aborted) return dataOf<Data>(answer);
    }
  }

  /** Sends mutations, which need not wait for what was recorded before. */
  private async mutate<Data>(query: string, variables: object): Promise<Data> {
    return dataOf<Data>(await this.send(JSON.stringify({ query, variables })));
  }

  /** Sends one command by the name of its mutation. */
  async command(name: string, input: object, options: CommandOptions = {}): Promise<Outcome> {
    const document = `mutation ($input: ${inputTypeOf(name)}!, $options: CommandOptions) {
      ${name}(input: $input, options: $options) { ${this.outcome} } }`;
    const data = await this.mutate<Record<string, Outcome>>(document, { input, options });
    return this.remember(data[name]!);
  }

  /** Sends several commands in one document; they are done one after the other. */
  async commands(commands: readonly Command[]): Promise<readonly Outcome[]> {
    const declared = commands.map(
      ({ name }, n) => `$input${String(n)}: ${inputTypeOf(name)}!, $options${String(n)}: CommandOptions`,
    );
    const fields = commands.map(
      ({ name }, n) =>
        `c${String(n)}: ${name}(input: $input${String(n)}, options: $options${String(n)}) { ...outcome }`,
    );
    const document = `mutation (${declared.join(', ')}) { ${fields.join(' ')} }
      fragment outcome on CommandResult { ${this.outcome} }`;
    const variables = commands.flatMap(({ input, options }, n) => [
      [`input${String(n)}`, input],
      [`options${String(n)}`, options ?? {}],
    ]);
    const data = await this.mutate<Record<string, Outcome>>(
      document,
      Object.fromEntries(variables) as object,
    );
    return commands.map((_, n) => this.remember(data[`c${String(n)}`]!));
  }

  /** The receipt of a command that is not refused. */
  async record(name: string, input: object, options: CommandOptions = {}): Promise<Outcome> {
    const outcome = await this.command(name, input, options);
    if (outcome.__typename === 'Receipt') return outcome;
    throw new Error(`${name} was refused: ${outcome.code} ${outcome.message}`);
  }

  /** Reports observations; each has an outcome of its own. */
  async observe(observations: readonly object[], dryRun = false): Promise<readonly Outcome[]> {
    const document = `mutation ($input: RecordObservationsInput!, $dryRun: Boolean) {
      recordObservations(input: $input, dryRun: $dryRun) { ${this.outcome} } }`;
    const input = { observations };
    const data = await this.mutate<{ recordObservations: Outcome[] }>(document, { input, dryRun });
    return data.recordObservations.map((outcome) => this.remember(outcome));
  }

  /** The last sequence of the book. */
  async head(): Promise<number> {
    return Number((await this.query<{ book: { head: string } }>('{ book { head } }')).book.head);
  }

  /** Waits until the read models have taken in all that is recorded, by whoever. */
  async caughtUp(): Promise<void> {
    await eventually('the read models are up to date', async () => {
      const { book } = await this.query<{ book: { projections: { lagFacts: string }[] } }>(
        '{ book { projections { lagFacts } } }',
      );
      return book.projections.every(({ lagFacts }) => lagFacts === '0');
    });
  }

  private remember(outcome: Outcome): Outcome {
    if (outcome.position != null && BigInt(outcome.position) > BigInt(this.readAfter ?? '-1'))
      this.readAfter = outcome.position;
    return outcome;
  }
}

function dataOf<Data>({ body, text }: Answer): Data {
  if (body.errors != null || body.data == null) throw new Error(text);
  return body.data as Data;
}

/** Names of all mutations that record one command. */
export function commandNames(): string[] {
  const names = Object.keys(schema.getMutationType()!.getFields());
  return names.filter((name) => name !== 'recordObservations');
}

/** The part of a mutation's arguments that a path names, such as `input.id`; undefined where there is none. */
export function fieldAt(mutation: string, [argument, field]: readonly string[]): unknown {
  const found = schema
    .getMutationType()!
    .getFields()
    [mutation]!.args.find(({ name }) => name === argument);
  if (found == null || field == null) return found;
  const type = getNamedType(found.type);
  return isInputObjectType(type) ? type.getFields()[field] : undefined;
}

/** The name of the type that a mutation takes as its input. */
export function inputTypeOf(mutation: string): string {
  const field = schema.getMutationType()!.getFields()[mutation];
  if (field == null) throw new Error(`there is no mutation ${mutation}`);
  return field.args
    .find(({ name }) => name === 'input')!
    .type.toString()
    .replace('!', '');
}
