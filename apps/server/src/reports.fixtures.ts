import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Book } from './book.fixtures';
import type { ServerProcess } from './server-process.fixtures';

/** A line of a report. */
export type Line = Readonly<Record<string, unknown>> & { readonly kind: string };

export interface FactLine extends Line {
  readonly head: {
    readonly content: string;
    readonly occurredAt: string;
    readonly recordedAt: string;
    readonly sequence: number;
    readonly things: Readonly<Record<string, number>>;
  };
  readonly content: { readonly id: string; readonly type: string; readonly data: object };
  readonly marks: {
    readonly backDatedSeconds?: number;
    readonly corrects?: string;
    readonly correctedBy?: { readonly eventId: string; readonly sequence: number };
  };
  readonly before?: unknown;
  readonly after?: unknown;
}

export interface Asked {
  readonly scope: object;
  readonly from: string;
  readonly to: string;
  readonly knownAt?: string;
  readonly asOfSequence?: number;
}

/** What a server says of a report that it has made. */
export interface Made {
  readonly name: string;
  readonly state: string;
  readonly asOfSequence: number;
  readonly knownAt: string;
  readonly digest: string;
  readonly entryCount: number;
  readonly lines: Readonly<Record<string, number>>;
  readonly downloads: readonly { readonly format: string; readonly file: string; readonly url: string }[];
}

export interface Refused {
  readonly errors: readonly { readonly message: string; readonly extensions: { readonly code: string } }[];
}

/** Somebody who has reports from a server. */
export class Auditor {
  constructor(
    private readonly server: Pick<ServerProcess, 'url' | 'adminToken'>,
    private readonly token = server.adminToken,
  ) {}

  get(url: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    return this.fetch(url, { headers });
  }

  post(asked: object): Promise<Response> {
    const headers = { 'content-type': 'application/json' };
    return this.fetch('/audit/reports', { method: 'POST', headers, body: JSON.stringify(asked) });
  }

  /** Asks until it is made. */
  async make(asked: Asked): Promise<Made> {
    const patience = AbortSignal.timeout(60_000);
    for (;;) {
      const response = await this.post(asked);
      const told = (await response.json()) as Made;
      if (response.status === 200) return told;
      if (response.status !== 202 || patience.aborted) throw new Error(JSON.stringify(told));
      await pause(20);
    }
  }

  /** The bytes of one of its files. */
  async download(asked: Asked, file = 'report.jsonl'): Promise<Buffer> {
    const { downloads } = await this.make(asked);
    const url = downloads.find((download) => download.file === file)?.url;
    if (url == null) throw new Error(`there is no ${file}`);
    const response = await this.get(url);
    if (response.status !== 200) throw new Error(await response.text());
    return Buffer.from(await response.arrayBuffer());
  }

  async lines(asked: Asked): Promise<Line[]> {
    return linesIn(await this.download(asked));
  }

  /** What is answered where a report is refused: the same over GraphQL and for a download. */
  async refusals(asked: object, book: Book): Promise<{ status: number; code: string; graphql: string }> {
    const response = await this.post(asked);
    const refused = (await response.json()) as Refused;
    const { body } = await book.ask(
      `query ($scope: AuditScope!, $from: DateTime!, $to: DateTime!, $knownAt: DateTime, $asOfSequence: Sequence) {
        auditReport(scope: $scope, from: $from, to: $to, knownAt: $knownAt, asOfSequence: $asOfSequence) { digest } }`,
      {
        ...asked,
        ...('asOfSequence' in asked ? { asOfSequence: String(asked.asOfSequence) } : {}),
      },
      { authorization: `Bearer ${this.token}` },
    );
    return {
      status: response.status,
      code: refused.errors[0]?.extensions.code ?? '',
      graphql: body.errors?.[0]?.extensions.code ?? '',
    };
  }

  private fetch(path: string, how: RequestInit): Promise<Response> {
    const headers = { ...(how.headers as object), authorization: `Bearer ${this.token}` };
    return fetch(new URL(path, this.server.url), { ...how, headers });
  }
}

export function linesIn(bytes: Buffer): Line[] {
  return bytes
    .toString()
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Line);
}

export function factsIn(lines: readonly Line[], kind = 'fact'): FactLine[] {
  return lines.filter((line): line is FactLine => line.kind === kind);
}

export const sha256 = (bytes: Buffer | string) => createHash('sha256').update(bytes).digest('hex');

/** Lets somebody in. @returns the token */
export async function invite(book: Book, input: object): Promise<string> {
  const document = `mutation ($input: IssueCredentialInput!) {
    issueCredential(input: $input) { ... on IssuedCredential { secret } ... on Rejection { message } } }`;
  const { issueCredential } = await book.query<{ issueCredential: { secret: string } }>(document, { input });
  return issueCredential.secret;
}

const at = (day: string, time = '10:00') => `2026-${day}T${time}:00.000Z`;
export const ALWAYS = { from: '1926-01-01T00:00:00.000Z', to: '2126-01-01T00:00:00.000Z' };
export const CHARGER = { scope: { charger: 'C' }, ...ALWAYS };

/**
 * A charger that hung in two places of north's yard, told on time but for the move; and the yard of west next door.
 *
 * @returns the sequence before the move was told, and the event that says a wrong limit
 */
export async function buildYards(book: Book): Promise<{ beforeMove: number; wrongFact: string }> {
  const tell = (name: string, input: object, occurredAt?: string, reason?: string) =>
    book.record(name, input, { occurredAt, reason });
  for (const id of ['north', 'west']) await tell('registerOperator', { id, name: id });
  for (const [site, operator] of [
    ['yard', 'north'],
    ['next-door', 'west'],
  ]) {
    const told = { id: site, name: `The ${site!}`, timeZone: 'Europe/Oslo', ratedCurrentAmps: 63, operator };
    await tell('registerSite', told, at('01-01'));
    await tell('addCircuit', { id: `${site!}-row`, site, fuseRatingAmps: 32 }, at('01-01'));
    for (const n of ['1', '2'])
      await tell('installBackplate', { id: `${site!}-${n}`, circuit: `${site!}-row` }, at('01-01'));
  }
  await tell('registerCharger', { serial: 'C', ratedCurrentAmps: 32, operator: 'north' }, at('01-02'));
  await tell('registerCharger', { serial: 'D', ratedCurrentAmps: 16, operator: 'west' }, at('01-02'));
  await tell('mountCharger', { charger: 'C', backplate: 'yard-1' }, at('01-03'), 'as planned');
  await tell('mountCharger', { charger: 'D', backplate: 'next-door-1' }, at('01-03'));
  await tell('setMaxChargerCurrent', { charger: 'C', amps: 20 }, at('01-10'));
  await session(book, 'C', 's1', at('01-20', '08:00'), at('01-20', '12:00'), 7_000);
  await session(book, 'C', 's2', at('02-20', '08:00'), at('02-20', '12:00'), 9_000);
  await tell('registerPartner', { id: 'app', name: 'App', operator: 'north' });
  await tell('grantPartnerAccess', { partner: 'app', permissions: ['READ_HISTORY'], chargers: ['C'] });
  await book.caughtUp();
  const beforeMove = await book.head();
  // The move of February is told only now.
  await tell('relocateCharger', { charger: 'C', backplate: 'yard-2' }, at('02-01'), 'told late');
  const wrong = await tell('setMaxChargerCurrent', { charger: 'C', amps: 10 }, at('03-01'));
  await book.caughtUp();
  return { beforeMove, wrongFact: wrong.events[0]!.eventId };
}

async function session(
  book: Book,
  charger: string,
  sessionId: string,
  from: string,
  to: string,
  energyWattHours: number,
) {
  const outcomes = await book.observe([
    { charger, kind: 'CAR_CONNECTED', occurredAt: from, sessionId, driverReference: 'token-of-somebody' },
    { charger, kind: 'CAR_DISCONNECTED', occurredAt: to, sessionId, energyWattHours },
  ]);
  for (const outcome of outcomes) if (outcome.__typename === 'Rejection') throw new Error(outcome.message);
}

/** Takes away what was made, so that it has to be made again. */
export function forget({ dataDirectory }: ServerProcess): void {
  rmSync(path.join(dataDirectory, 'reports'), { recursive: true });
}
