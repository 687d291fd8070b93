import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Book } from './book.fixtures';
import { closeCodeOf, Listener } from './listener.fixtures';
import { cleanUp, eventually, ServerProcess } from './server-process.fixtures';

const BUILT = '2026-01-01T00:00:00.000Z';

let server: ServerProcess;
let book: Book;
let listener: Listener;

beforeAll(async () => {
  server = await ServerProcess.start();
  book = new Book(server);
  listener = new Listener(server);
  const options = { occurredAt: BUILT };
  await book.record('registerSite', { id: 'S', name: 'Harbour', timeZone: 'Europe/Oslo' }, options);
  await book.record('addCircuit', { id: 'C', site: 'S', fuseRatingAmps: 32 }, options);
  await book.record('designatePrimaryBackplate', await place('B0', 'C'), options);
  for (const serial of ['P', 'X', 'Y', 'Z']) {
    await place(serial === 'P' ? 'unused' : `B-${serial}`, 'C');
    await book.record('registerCharger', { serial, ratedCurrentAmps: 32 }, options);
    await book.record(
      'mountCharger',
      { charger: serial, backplate: serial === 'P' ? 'B0' : `B-${serial}` },
      options,
    );
  }
  await book.caughtUp();
}, 60_000);

afterAll(async () => {
  await listener.close();
  await cleanUp();
});

async function place(backplate: string, circuit: string) {
  await book.record('installBackplate', { id: backplate, circuit }, { occurredAt: BUILT });
  return { backplate, circuit };
}

interface LimitTold {
  readonly effectiveLimitChanged: {
    readonly amps: number;
    readonly at: string;
    readonly binding: readonly string[];
    readonly charger: { readonly serial: string };
  };
}

const LIMITS = `subscription ($charger: ID!) {
  effectiveLimitChanged(charger: $charger) { amps at binding charger { serial } } }`;
const HISTORY = `subscription ($axis: Axis!, $id: ID!, $after: Sequence) {
  historyAdded(axis: $axis, id: $id, after: $after) { sequence type } }`;

function ampsOf(told: readonly LimitTold[]) {
  return told.map(({ effectiveLimitChanged: { amps } }) => amps);
}

const perPhase = (amps: number) => ({ l1: amps, l2: amps, l3: amps });

describe('effectiveLimitChanged', () => {
  it('tells the current value, then what each command makes of it, also one about the circuit', async () => {
    const heard = listener.listen<LimitTold>(LIMITS, { charger: 'X' });
    expect(await heard.until(1)).toMatchObject([
      {
        effectiveLimitChanged: {
          amps: 32,
          charger: { serial: 'X' },
          binding: ['CIRCUIT_FUSE', 'CHARGER_RATED'],
        },
      },
    ]);
    await Promise.all([
      book.record('setMaxChargerCurrent', { charger: 'Y', amps: 11 }),
      book.record('setDynamicChargerCurrent', { charger: 'X', amps: 20 }),
    ]);
    await book.record('setDynamicCircuitCurrent', { circuit: 'C', amps: perPhase(15) });
    await book.record('setDynamicChargerCurrent', { charger: 'X', amps: 9 });
    await book.record('setSiteRatedCurrent', { site: 'S', amps: 8 });
    await book.record('setSiteRatedCurrent', { site: 'S' });
    await book.observe([{ charger: 'P', kind: 'POWER_LOST', occurredAt: new Date().toISOString() }]);
    await book.observe([{ charger: 'X', kind: 'CAR_CONNECTED', occurredAt: new Date().toISOString() }]);
    expect(ampsOf(await heard.until(8))).toEqual([32, 20, 15, 9, 8, 9, 9, 32]);
    heard.leave();
    await heard.end();
    expect(heard.problem).toBeUndefined();
    await book.observe([{ charger: 'P', kind: 'POWER_RESTORED', occurredAt: new Date().toISOString() }]);
  });

  it('tells what changes by itself at that instant', async () => {
    const heard = listener.listen<LimitTold>(LIMITS, { charger: 'Z' });
    await heard.until(1);
    await book.record('setDynamicChargerCurrent', { charger: 'Z', amps: 7, timeToLiveSeconds: 1 });
    const told = await heard.until(3);
    expect(ampsOf(told)).toEqual([32, 7, 32]);
    const { events } = await book.record('clearDynamicChargerCurrent', { charger: 'Z' });
    expect(events).toEqual([]);
    const lastMs = Date.parse(told[2]!.effectiveLimitChanged.at);
    const setMs = Date.parse(told[1]!.effectiveLimitChanged.at);
    expect(lastMs - setMs).toBeLessThanOrEqual(1_000);
    expect(heard.toldAtMs[2]).toBeGreaterThanOrEqual(lastMs);
    heard.leave();
  });

  it('ends with an error for a charger that is not there', async () => {
    const heard = listener.listen<LimitTold>(LIMITS, { charger: 'nobody' });
    expect(await heard.end()).toMatchObject([{ extensions: { code: 'NOT_FOUND' } }]);
  });
});

describe('historyAdded', () => {
  it('tells the newest entry, then each that is recorded, and goes on from anywhere without a gap', async () => {
    type Told = { historyAdded: { sequence: string; type: string } };
    const head = await book.head();
    const [live, site] = [
      listener.listen<Told>(HISTORY, { axis: 'CHARGER', id: 'Y' }),
      listener.listen<Told>(HISTORY, { axis: 'SITE', id: 'S', after: String(head) }),
    ];
    const newest = (await live.until(1))[0]!.historyAdded;
    expect(Number(newest.sequence)).toBeLessThanOrEqual(head);
    await book.record('disableCharger', { charger: 'Y' });
    await book.record('enableCharger', { charger: 'Y' });
    // Told late, and of a time before: it is new in the book all the same.
    await book.record(
      'setPhaseMode',
      { charger: 'Y', mode: 'LOCKED_3' },
      { occurredAt: '2026-01-02T00:00:00Z' },
    );
    const added = ['ChargerDisabled', 'ChargerEnabled', 'PhaseModeSet'];
    expect((await live.until(4)).slice(1).map(({ historyAdded }) => historyAdded.type)).toEqual(added);
    const bySite = (await site.until(3)).map(({ historyAdded }) => historyAdded.type);
    expect(bySite).toEqual(added);
    const again = listener.listen<Told>(HISTORY, { axis: 'CHARGER', id: 'Y', after: '1' });
    const all = await again.until(6);
    const sequences = all.map(({ historyAdded: { sequence } }) => Number(sequence));
    expect(sequences).toEqual([...sequences].sort((a, b) => a - b));
    expect(all[0]!.historyAdded.type).toBe('ChargerRegistered');
    for (const heard of [live, site, again]) heard.leave();
  });
});

describe('whoever may listen no more', () => {
  it('is told why, and the socket is closed: a partner whose access is revoked', async () => {
    await book.record('registerPartner', { id: 'energy-app', name: 'Energy app' });
    const permissions = ['READ_STATE', 'READ_HISTORY'];
    await book.record('grantPartnerAccess', { partner: 'energy-app', permissions, chargers: ['X'] });
    const { issueCredential } = await book.query<{ issueCredential: { secret: string } }>(
      `mutation { issueCredential(input: { role: PARTNER, name: "app", partner: "energy-app" }) {
        ... on IssuedCredential { secret } } }`,
    );
    await book.caughtUp();
    const partner = new Listener(server, issueCredential.secret);
    const [limits, history] = [
      partner.listen(LIMITS, { charger: 'X' }),
      partner.listen(HISTORY, { axis: 'CHARGER', id: 'X' }),
    ];
    await Promise.all([limits.until(1), history.until(1)]);
    const unseen = await partner.listen(LIMITS, { charger: 'Y' }).end();
    expect(unseen).toMatchObject([{ extensions: { code: 'NOT_FOUND' } }]);
    await book.record('revokePartnerAccess', {
      partner: 'energy-app',
      ground: 'sells what it reads',
      extremeCase: true,
      justification: 'personal data is on offer',
    });
    const revoked = [{ extensions: { code: 'ACCESS_REVOKED' } }];
    expect([await limits.end(), await history.end()]).toMatchObject([revoked, revoked]);
    expect(
      await closeCodeOf(server, {
        type: 'connection_init',
        payload: { authorization: `Bearer ${issueCredential.secret}` },
      }),
    ).toEqual([4403, 'ACCESS_REVOKED']);
  });
});

describe('a socket', () => {
  const init = (authorization?: string) => ({ type: 'connection_init', payload: { authorization } });

  it('is closed with the reason to whom nobody knows', async () => {
    expect(await closeCodeOf(server, init())).toEqual([4403, 'UNAUTHENTICATED']);
    expect(await closeCodeOf(server, init('Bearer nonsense'))).toEqual([4403, 'UNAUTHENTICATED']);
    const early = { id: '1', type: 'subscribe', payload: { query: LIMITS, variables: { charger: 'X' } } };
    expect((await closeCodeOf(server, early))[0]).toBe(4401);
    expect((await closeCodeOf(server, { type: 'nonsense' }))[0]).toBe(4400);
  });

  it.each<[why: string, query: string, code: string]>([
    ['a query', '{ book { head } }', 'BAD_USER_INPUT'],
    ['a mutation', 'mutation { enableCharger(input: { charger: "X" }) { commandId } }', 'BAD_USER_INPUT'],
    ['nonsense', 'subscription {', 'GRAPHQL_PARSE_FAILED'],
    ['what there is not', 'subscription { nothing }', 'BAD_USER_INPUT'],
    [
      'what costs too much each time',
      `subscription { historyAdded(axis: SITE, id: "S") { site { chargers(first: 100) { nodes {
        sessions(first: 100) { nodes { energyWattHours } } } } } } }`,
      'BAD_USER_INPUT',
    ],
    [
      'a bad sequence',
      'subscription { historyAdded(axis: SITE, id: "S", after: "x") { type } }',
      'BAD_USER_INPUT',
    ],
  ])('does not take %s', async (_why, query, code) => {
    const problem = await listener.listen(query).end();
    expect(problem).toMatchObject([{ extensions: { code } }]);
  });

  const readerToken = async () => {
    const { issueCredential } = await book.query<{ issueCredential: { secret: string } }>(
      `mutation { issueCredential(input: { role: AUDITOR, name: "Reader" }) { ... on IssuedCredential { secret } } }`,
    );
    return issueCredential.secret;
  };

  it('is one of so many that an actor may have, whatever others have', async () => {
    const token = await readerToken();
    const open = Array.from({ length: 50 }, () => new Listener(server, token));
    const heard = open.map((each) => each.listen(HISTORY, { axis: 'CHARGER', id: 'X' }));
    await Promise.all(heard.map((each) => each.until(1)));

    expect(await closeCodeOf(server, init(`Bearer ${token}`))).toEqual([4429, 'TOO_MANY_CONNECTIONS']);
    heard[0]?.leave();
    await listener.listen(HISTORY, { axis: 'CHARGER', id: 'X' }).until(1);
    await eventually('there is room again', async () => {
      const again = new Listener(server, token).listen(HISTORY, { axis: 'CHARGER', id: 'X' });
      return again.until(1).then(
        () => true,
        () => false,
      );
    });
    for (const each of heard) each.leave();
  });

  it('carries no more than an actor may listen to, over all its sockets', async () => {
    const token = await readerToken();
    const [one, other, third] = Array.from({ length: 3 }, () => new Listener(server, token));
    const many = [one, other].flatMap((each) =>
      Array.from({ length: 200 }, () => each!.listen(HISTORY, { axis: 'CHARGER', id: 'X' })),
    );
    await Promise.all(many.map((each) => each.until(1)));

    expect(await one!.listen(HISTORY, { axis: 'CHARGER', id: 'X' }).end()).toMatchObject([
      { extensions: { code: 'TOO_MANY_SUBSCRIPTIONS' } },
    ]);
    expect(await third!.listen(HISTORY, { axis: 'CHARGER', id: 'X' }).end()).toMatchObject([
      { message: 'All your connections together carry at most 400 subscriptions.' },
    ]);
    for (const each of many) each.leave();
  });

  it('is closed before the server goes', async () => {
    const other = await ServerProcess.start();
    const heard = new Listener(other).listen(HISTORY, { axis: 'SITE', id: 'S' });
    const connected = new Listener(other).listen(HISTORY, { axis: 'SITE', id: 'S', after: 'x' });
    await connected.end();
    const stopped = await other.stop();
    expect(stopped.code).toBe(0);
    expect(await heard.end()).toMatchObject({ code: 1001 });
  });
});
