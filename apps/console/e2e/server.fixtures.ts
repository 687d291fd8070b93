import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const houseRoot = path.resolve(import.meta.dirname, '../../..');
const START_TIMEOUT_MS = 60_000;

export interface Answer {
  readonly __typename: 'Receipt' | 'Rejection';
  readonly code?: string;
  readonly message?: string;
  readonly position?: string;
}

/** The server as its users run it, on embedded engines, in a folder of its own. */
export class TestServer {
  private child: ChildProcess | undefined;
  private output = '';
  private port = 0;

  private constructor(
    private readonly folder: string,
    private readonly environment: Readonly<Record<string, string>>,
  ) {}

  static async start(environment: Readonly<Record<string, string>> = {}): Promise<TestServer> {
    const server = new TestServer(mkdtempSync(path.join(tmpdir(), 'chargebook-e2e-')), environment);
    await server.run();
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${String(this.port)}`;
  }

  get token(): string {
    return readFileSync(path.join(this.folder, 'data/admin.token'), 'utf8').trim();
  }

  /** Stops it, as if it went away for a while. */
  async goAway(): Promise<void> {
    const { child } = this;
    if (child == null) return;
    child.kill('SIGTERM');
    await once(child, 'close');
    this.child = undefined;
  }

  /** Starts it, again where it was. */
  async run(): Promise<void> {
    const { PATH = '', HOME = '' } = process.env;
    this.output = '';
    this.child = spawn(process.execPath, [path.join(houseRoot, 'dist/server/main.js')], {
      env: {
        PATH,
        HOME,
        LOG_LEVEL: 'warn',
        DATA_DIR: path.join(this.folder, 'data'),
        PORT: String(this.port),
        ...this.environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.child.stdout, this.child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => (this.output += text));
    const patience = AbortSignal.timeout(START_TIMEOUT_MS);
    for (;;) {
      const said = /answers at http:\/\/127\.0\.0\.1:(\d+)\n/.exec(this.output)?.[1];
      if (said != null) {
        this.port = Number(said);
        return;
      }
      if (patience.aborted || this.child.exitCode != null)
        throw new Error(`the server did not start:\n${this.output}`);
      await pause(20);
    }
  }

  async stop(): Promise<void> {
    await this.goAway();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }

  async ask<Data>(query: string, variables: object = {}, readAfter?: string): Promise<Data> {
    const response = await fetch(`${this.url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${this.token}`,
        ...(readAfter == null ? {} : { 'x-read-after': readAfter }),
      },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = (await response.json()) as { data: Data; errors?: unknown };
    if (errors != null) throw new Error(JSON.stringify(errors));
    return data;
  }

  /** Records a command, whose input is written as in GraphQL, and waits until it can be read. */
  async record(command: string, occurredAt?: string): Promise<Answer> {
    const options = occurredAt == null ? '{}' : `{ occurredAt: "${occurredAt}" }`;
    const { outcome } = await this.ask<{ outcome: Answer }>(
      `mutation { outcome: ${command.replace(/\)$/, `, options: ${options})`)} {
        __typename ... on Receipt { position } ... on Rejection { code message } } }`,
    );
    if (outcome.__typename === 'Rejection') throw new Error(`${command}: ${outcome.message ?? ''}`);
    if (outcome.position != null) await this.ask('{ book { head } }', {}, outcome.position);
    return outcome;
  }

  /** A partner of the default operator, who may read everything. @returns its token */
  async tokenOfPartner(id: string, name: string): Promise<string> {
    await this.record(`registerPartner(input: { id: "${id}", name: "${name}", operator: "default" })`);
    await this.record(
      `grantPartnerAccess(input: { partner: "${id}", permissions: [READ_STATE, READ_HISTORY], fleet: true })`,
    );
    const { issued } = await this.ask<{ issued: { secret: string } }>(
      `mutation { issued: issueCredential(input: { role: PARTNER, name: "${name}", partner: "${id}" }) {
        ... on IssuedCredential { secret } } }`,
    );
    return issued.secret;
  }

  async observe(observations: string): Promise<void> {
    const { outcomes } = await this.ask<{ outcomes: Answer[] }>(
      `mutation { outcomes: recordObservations(input: { observations: [${observations}] }) {
        __typename ... on Receipt { position } ... on Rejection { code message } } }`,
    );
    const refused = outcomes.find(({ __typename }) => __typename === 'Rejection');
    if (refused != null) throw new Error(refused.message);
    const last = outcomes.at(-1)?.position;
    if (last != null) await this.ask('{ book { head } }', {}, last);
  }
}
