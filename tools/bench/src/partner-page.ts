// A partner with a thousand grants over a book of a hundred thousand chargers: how long its lists take, beside those of the
// administrator, who sees everything, and a request for nothing.
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { backplateStream, chargerStream, circuitStream, instantOf, siteStream } from '@chargebook/domain';
import type { DomainEvent } from '@chargebook/domain';
import { startEmbeddedEventStore } from '@chargebook/embedded-eventstore';
import { connectEventStore } from '@chargebook/event-store';
import { BookServer } from './book-server';
import { factOf, recordAll } from './fleet';
import { rounded, say, timingOf } from './timing';

const CHARGERS = Number(process.argv[2] ?? 100_000);
const ROUNDS = Number(process.argv[3] ?? 100);
/** Where the book is kept afterwards, to look at it; else it is removed. */
const KEPT_IN = process.argv[4];
const GRANTS = 1_000;
const CHARGERS_OF_SITE = 100;
const CHARGERS_AT_ONCE = 2_000;
const COMMANDS_AT_ONCE = 100;
const BEGAN = instantOf(Date.UTC(2026, 0, 1));
const MODELS = ['Wallbox 11', 'Wallbox 22', 'Pro', undefined];

const directory = KEPT_IN ?? (await mkdtemp(path.join(tmpdir(), 'chargebook-bench-')));
try {
  say(`${cpus()[0]?.model ?? ''}, ${String(cpus().length)} cores; Node ${process.version}`);
  await fill();
  const server = await BookServer.start(directory);
  await caughtUp(server);
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

async function fill(): Promise<void> {
  const engine = await startEmbeddedEventStore({ directory: path.join(directory, 'events') });
  const store = connectEventStore({ endpoint: engine.endpoint });
  for (let from = 0; from < CHARGERS; from += CHARGERS_AT_ONCE)
    await recordAll(store, factsOf(from, Math.min(CHARGERS, from + CHARGERS_AT_ONCE)));
  await store.close();
  await engine.stop();
}

/** The facts of some chargers, and of the sites that begin with them. */
function* factsOf(from: number, to: number) {
  const told = (stream: string, event: DomainEvent) =>
    factOf(`${stream} ${event.type}`, stream, event, BEGAN);
  for (let n = from; n < to; n += 1) {
    const nth = Math.floor(n / CHARGERS_OF_SITE);
    const [site, circuit, backplate, charger] = [siteOf(nth), `k${nth}`, `p${n}`, chargerOf(n)];
    if (n % CHARGERS_OF_SITE === 0) {
      const data = {
        site,
        name: `Site ${nth}`,
        timeZone: 'Europe/Berlin',
        gridType: 'TN',
        operator: 'default',
      } as const;
      yield told(siteStream(site), { type: 'SiteRegistered', data });
      yield told(circuitStream(circuit), {
        type: 'CircuitAdded',
        data: { circuit, site, fuseRatingAmps: 400 },
      });
    }
    yield told(backplateStream(backplate), { type: 'BackplateInstalled', data: { backplate, circuit } });
    const data = {
      charger,
      model: MODELS[n % MODELS.length],
      productLine: 'HOME',
      protocol: 'NATIVE',
      phaseMode: 'AUTO',
      operator: 'default',
    } as const;
    yield told(chargerStream(charger), { type: 'ChargerRegistered', data });
    yield told(chargerStream(charger), { type: 'ChargerMounted', data: { charger, backplate } });
  }
}

function siteOf(nth: number): string {
  return `s${nth}`;
}

function chargerOf(n: number): string {
  return `C${String((n * 7_919) % CHARGERS).padStart(6, '0')}`;
}

async function caughtUp(server: BookServer): Promise<void> {
  for (;;) {
    const answer = await server.ask('{ chargers(first: 0, filter: { mounted: true }) { totalCount } }');
    const { data } = JSON.parse(answer) as { data: { chargers: { totalCount: number } } };
    if (data.chargers.totalCount === CHARGERS) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
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
      : `chargers: ["${chargerOf((n * CHARGERS_OF_SITE) % CHARGERS)}"]`,
  );
  for (let from = 0; from < GRANTS; from += COMMANDS_AT_ONCE) {
    const commands = grants
      .slice(from, from + COMMANDS_AT_ONCE)
      .map(
        (scope, n) =>
          `g${n}: grantPartnerAccess(input: { partner: "app", permissions: [READ_STATE], ${scope} }) { __typename }`,
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
  const after = Buffer.from(JSON.stringify([chargerOf(Math.floor(CHARGERS / 2))])).toString('base64url');
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
