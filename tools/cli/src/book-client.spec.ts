import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { GraphqlBookClient } from './book-client';
import { BookServer } from './book-server.fixtures';
import { GraphqlClient } from './graphql-client';

let server: BookServer;
let client: GraphqlBookClient;

beforeEach(async () => {
  server = await BookServer.start();
  client = new GraphqlBookClient(new GraphqlClient({ url: server.url, token: BookServer.token }));
});

afterEach(async () => {
  await server.stop();
});

const reason = 'a test';

describe('the book behind the API', () => {
  it('answers commands in their order, refusals among them, beyond one request', async () => {
    const occurredAt = '2024-01-01T00:00:00.000Z';
    const ids = Array.from({ length: 45 }, (_, i) => `S${i % 44}`);
    const outcomes = await client.command(
      ids.map((id, i) => ({
        mutation: 'registerSite',
        input: { id, name: id, timeZone: 'UTC' },
        options: { commandId: `k${i}`, occurredAt, reason },
      })),
    );

    expect(outcomes.slice(0, 44).every(({ accepted }) => accepted)).toBe(true);
    expect(outcomes[44]).toMatchObject({ accepted: false, code: 'ALREADY_EXISTS' });
    expect(await client.findSites([...ids, 'unknown'])).toEqual(new Set(ids));
  });

  it('finds a charger with all its placements and sessions, page after page', async () => {
    const at = (hour: number) => new Date(hour * 3_600_000).toISOString();
    const options = { commandId: 'c', occurredAt: at(0), reason };
    await client.command([
      {
        mutation: 'registerSite',
        input: { id: 'S', name: 'S', timeZone: 'UTC' },
        options: { ...options, commandId: 's' },
      },
      { mutation: 'addCircuit', input: { id: 'K', site: 'S' }, options: { ...options, commandId: 'k' } },
      {
        mutation: 'installBackplate',
        input: { id: 'B', circuit: 'K' },
        options: { ...options, commandId: 'b' },
      },
      { mutation: 'registerCharger', input: { serial: 'C' }, options },
      {
        mutation: 'mountCharger',
        input: { charger: 'C', backplate: 'B' },
        options: { ...options, commandId: 'm' },
      },
    ]);
    const hours = Array.from({ length: 230 }, (_, i) => i * 2);
    const observations = hours.flatMap((hour) => [
      {
        id: `on${hour}`,
        charger: 'C',
        kind: 'CAR_CONNECTED' as const,
        occurredAt: at(hour),
        sessionId: `s${hour}`,
      },
      {
        id: `off${hour}`,
        charger: 'C',
        kind: 'CAR_DISCONNECTED' as const,
        occurredAt: at(hour + 1),
        sessionId: `s${hour}`,
      },
    ]);
    await client.recordObservations(observations);

    const found = await client.findChargers([
      { serial: 'C', fromMs: 0, toMs: Date.parse(at(1000)) },
      { serial: 'unknown', fromMs: 0, toMs: 1 },
    ]);

    expect([...found.keys()]).toEqual(['C']);
    expect(found.get('C')?.placements).toEqual([
      { backplate: 'B', site: 'S', fromMs: 0, untilMs: undefined },
    ]);
    expect(found.get('C')?.sessions.map(({ id }) => id)).toEqual(hours.map((hour) => `s${hour}`));
    expect(await client.findCircuits(['K', 'L'])).toEqual(new Map([['K', 'S']]));
    expect(await client.findBackplates(['B', 'L'])).toEqual(new Map([['B', 'S']]));
  });
});
