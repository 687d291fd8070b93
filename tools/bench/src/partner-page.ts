// A partner with a thousand grants over a book of a hundred thousand chargers: how long its lists take, beside those of the
// administrator, who sees everything, and a request for nothing.
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { BookServer } from './book-server';
import { caughtUpWith, CHARGERS_OF_SITE, fillLargeFleet, serialOf, siteOf } from './large-fleet';
import { rounded, say, timingOf } from './timing';

const CHARGERS = Number(process.argv[2] ?? 100_000);
const ROUNDS = Number(process.argv[3] ?? 100);
/** Where the book is kept afterwards, to look at it; else it is removed. */
const KEPT_IN = process.argv[4];
const GRANTS = 1_000;
const COMMANDS_AT_ONCE = 100;

const directory = KEPT_IN ?? (await mkdtemp(path.join(tmpdir(), 'chargebook-bench-')));
try {
  say(`${cpus()[0]?.model ?? ''}, ${String(cpus().length)} cores; Node ${process.version}`);
  await fillLargeFleet(directory, CHARGERS);
  const server = await BookServer.start(directory);
  await caughtUpWith(server, CHARGERS);
  const token = await partnerWithGrants(server);
  for (const [name, query, variables] of questions())
    for (const [who, asker] of [
      ['administrator', undefined],
      ['partner', token],
    ] as const) {
      const { medianMs, p99Ms } = await measure(name, () => server.ask(query, variables, asker));
      say(`${name}, ${who}: median ${rounded(medianMs)} ms, p99 ${rounded(p99Ms)} ms`);
    }
  await server.stop();
} finally {
  if (KEPT_IN == null) await rm(directory, { recursive: true, force: true });
}

/** Half of its grants are of sites, half of chargers elsewhere. @returns its token */
async function partnerWithGrants(server: BookServer): Promise<string> {
  await server.ask(
    'mutation { registerPartner(input: { id: "app", name: "App", operator: "default" }) { commandId } }',
  );
  const sites = Math.ceil(CHARGERS / CHARGERS_OF_SITE);
  const grants = Array.from({ length: GRANTS }, (_, n) =>
    n % 2 === 0
      ? `sites: ["${siteOf(n % sites)}"]`
      : `chargers: ["${serialOf((n * CHARGERS_OF_SITE) % CHARGERS, CHARGERS)}"]`,
  );
  for (let from = 0; from < GRANTS; from += COMMANDS_AT_ONCE) {
    const commands = grants
      .slice(from, from + COMMANDS_AT_ONCE)
      .map(
        (scope, n) =>
          `g${n}: grantPartnerAccess(input: { partner: "app", permissions: [READ_STATE, READ_HISTORY], ${scope} }) { __typename }`,
      );
    const answer = await server.ask(`mutation { ${commands.join('\n')} }`);
    if (answer.includes('Rejection')) throw new Error(answer.slice(0, 500));
  }
  const { data } = JSON.parse(
    await server.ask(
      'mutation { issued: issueCredential(input: { role: PARTNER, name: "App", partner: "app" }) { ... on IssuedCredential { secret } } }',
    ),
  ) as { data: { issued: { secret: string } } };
  return data.issued.secret;
}

function questions(): [name: string, query: string, variables: object][] {
  const page =
    'query ($orderBy: ChargerOrder) { chargers(first: 50, orderBy: $orderBy) { nodes { serial } } }';
  const after = Buffer.from(JSON.stringify([serialOf(Math.floor(CHARGERS / 2), CHARGERS)])).toString(
    'base64url',
  );
  return [
    ['nothing', '{ me { id } }', {}],
    ['first page', page, {}],
    [
      'a page in the middle',
      'query ($after: String) { chargers(first: 50, after: $after) { nodes { serial } } }',
      { after },
    ],
    ['first page by site', page, { orderBy: 'SITE' }],
    ['first page by model', page, { orderBy: 'MODEL' }],
    ['first page by status', page, { orderBy: 'STATUS' }],
    ['first page by last event', page, { orderBy: 'LAST_EVENT' }],
    ['the count', '{ chargers(first: 1) { totalCount } }', {}],
  ];
}

async function measure(name: string, ask: () => Promise<string>) {
  for (let round = 0; round < 10; round += 1) await ask();
  const tookMs: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const beganMs = performance.now();
    await ask();
    tookMs.push(performance.now() - beganMs);
  }
  return timingOf(name, tookMs);
}
