// How fast the policy decides, and how long after a revocation a partner is still told something.
import 'reflect-metadata';
import { readFile } from 'node:fs/promises';
import type { Asset, Requester } from '@chargebook/domain';
import { decideAccess } from '@chargebook/domain';
import { costOf } from '@chargebook/graphql';
import { buildSchema, getOperationAST, parse } from 'graphql';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { BookServer } from './book-server';
import { rounded, say, timingOf } from './timing';

const DECISIONS = Number(process.argv[2] ?? 1_000_000);
const ROUNDS = Number(process.argv[3] ?? 20);
const RUNS = 5;
const NOW = '2026-05-04T10:00:00.000Z';
const SETTLED_MS = 1_500;
const REQUESTS = 500;
const COSTS = 20_000;

decisions();
const server = await BookServer.start();
try {
  await revocations(server);
  await limits(server);
} finally {
  await server.stop();
}

/** Of operators, installers, partners with a few grants and with many, about what is theirs and what is not. */
function decisions(): void {
  const people: Requester[] = [
    { role: 'OPERATOR', actor: { kind: 'OPERATOR', id: 'desk' }, operator: 'o1' },
    { role: 'INSTALLER', actor: { kind: 'INSTALLER', id: 'van' }, operator: 'o1' },
    { role: 'AUDITOR', actor: { kind: 'AUDITOR', id: 'books' } },
    partner(1),
    partner(50),
  ];
  const assets: Asset[] = Array.from({ length: 100 }, (_, n) => ({
    kind: 'CHARGER',
    id: `c${String(n)}`,
    operator: `o${String(n % 2)}`,
    site: { id: `s${String(n % 10)}`, operator: `o${String(n % 2)}` },
  }));
  const acts = ['READ_STATE', 'READ_HISTORY', 'CONTROL_LIMITS', 'MANAGE_ASSETS'] as const;
  const perSecond: number[] = [];
  for (let run = 0; run <= RUNS; run += 1) {
    const beganMs = performance.now();
    let allowed = 0;
    for (let n = 0; n < DECISIONS; n += 1) {
      const verdict = decideAccess(
        people[n % people.length] as Requester,
        acts[n % acts.length] as (typeof acts)[number],
        assets[(n * 7) % assets.length],
        NOW,
      );
      if (verdict === 'ALLOWED') allowed += 1;
    }
    if (allowed === 0 || allowed === DECISIONS)
      throw new Error('nobody may do anything, or everybody everything');
    // The first run is for the compiler.
    if (run > 0) perSecond.push(DECISIONS / ((performance.now() - beganMs) / 1_000));
  }
  say(`policy: ${rounded(timingOf('', perSecond).medianMs)} decisions a second`);
}

function partner(grants: number): Requester {
  return {
    role: 'PARTNER',
    actor: { kind: 'PARTNER', id: `p${String(grants)}` },
    operator: 'o1',
    grants: Array.from({ length: grants }, (_, n) => ({
      id: `g${String(n)}`,
      permissions: ['READ_STATE', 'READ_HISTORY'],
      fleet: false,
      sites: [],
      chargers: [`c${String(n)}`],
      from: '2026-01-01T00:00:00.000Z',
    })),
  };
}

/** What it takes to say beforehand what a query costs and to book it, beside what answering it takes the server. */
async function limits(book: BookServer): Promise<void> {
  const query = `query ($serial: ID!, $size: Int) { charger(serial: $serial) { serial model
    effectiveLimit { amps binding explanation } history(first: $size) { nodes { type occurredAt summary } }
    placements(first: $size) { nodes { backplateId siteName mountedAt } } } }`;
  const variables = { serial: 'X', size: 20 };
  for (let n = 0; n < ROUNDS; n += 1) await book.ask(query, variables);
  const beforeMs = await book.processorMs();
  for (let n = 0; n < REQUESTS; n += 1) await book.ask(query, variables);
  const requestMs = ((await book.processorMs()) - beforeMs) / REQUESTS;

  const schema = buildSchema(await readFile('libs/graphql/schema.graphql', 'utf8'));
  const document = parse(query);
  const operation = getOperationAST(document);
  if (operation == null) throw new Error('the query has no operation');
  let costMs = 0;
  for (let run = 0; run <= 1; run += 1) {
    const before = process.cpuUsage();
    for (let n = 0; n < COSTS; n += 1) costOf(schema, document, operation, variables);
    const { user, system } = process.cpuUsage(before);
    // The first run is for the compiler.
    costMs = (user + system) / 1_000 / COSTS;
  }
  const percent = (costMs / requestMs) * 100;
  say(
    `a request takes ${rounded(requestMs)} ms of the processor, of which its limits ${rounded(costMs)} ms: ${rounded(percent)} %`,
  );
}

async function revocations(book: BookServer): Promise<void> {
  await book.ask('mutation { registerCharger(input: { serial: "X" }) { __typename } }');
  const [lastMs, closedMs]: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    const { last, closed } = await revocation(book, `partner-${String(round)}`);
    lastMs.push(last);
    closedMs.push(closed);
  }
  const [last, closed] = [timingOf('', lastMs), timingOf('', closedMs)];
  say(
    `last fact told after a revocation's receipt: median ${rounded(last.medianMs)} ms, at most ${rounded(Math.max(...lastMs))} ms`,
  );
  say(
    `subscription closed after it: median ${rounded(closed.medianMs)} ms, at most ${rounded(Math.max(...closedMs))} ms`,
  );
}

/** @returns how long after the receipt the last fact came (0: none came after it), and the closing */
async function revocation(book: BookServer, id: string): Promise<{ last: number; closed: number }> {
  const issued = await book.ask(
    `mutation { registerPartner(input: { id: "${id}", name: "App" }) { __typename }
      grantPartnerAccess(input: { partner: "${id}", permissions: [READ_STATE, READ_HISTORY], chargers: ["X"] }) { __typename }
      issueCredential(input: { role: PARTNER, name: "App", partner: "${id}" }) { ... on IssuedCredential { secret } } }`,
  );
  const secret = /"secret":"([^"]+)"/.exec(issued)?.[1] ?? '';
  const client = createClient({
    url: `${book.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    connectionParams: { authorization: `Bearer ${secret}` },
  });
  let [toldAtMs, endedAtMs, isOver] = [0, 0, false];
  let begun: () => void = () => undefined;
  const isBegun = new Promise<void>((resolve) => (begun = resolve));
  const over = new Promise<void>((resolve) => {
    const end = () => {
      endedAtMs = performance.now();
      resolve();
    };
    const next = ({ errors }: { errors?: unknown }) => {
      if (errors != null) return;
      toldAtMs = performance.now();
      begun();
    };
    client.subscribe(
      { query: 'subscription { historyAdded(axis: CHARGER, id: "X") { sequence } }' },
      { next, error: end, complete: end },
    );
  });
  await isBegun;
  const telling = (async () => {
    for (let amps = 6; !isOver; amps = 6 + ((amps + 1) % 26))
      await book.ask(
        `mutation { setMaxChargerCurrent(input: { charger: "X", amps: ${String(amps)} }) { __typename } }`,
      );
  })();
  await book.ask(
    `mutation { revokePartnerAccess(input: { partner: "${id}", ground: "sells what it reads", extremeCase: true,
      justification: "on offer" }) { __typename } }`,
  );
  const revokedAtMs = performance.now();
  await Promise.race([over, new Promise((resolve) => setTimeout(resolve, SETTLED_MS))]);
  isOver = true;
  await telling;
  await client.dispose();
  if (endedAtMs === 0) throw new Error('the subscription was not closed');
  return { last: Math.max(0, toldAtMs - revokedAtMs), closed: Math.max(0, endedAtMs - revokedAtMs) };
}
