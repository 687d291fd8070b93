import { describe, expect, it } from '@jest/globals';
import { startEmbeddedEventStore } from '@chargebook/embedded-eventstore';
import { EventStoreDBClient } from '@eventstore/db-client';
import { Metadata } from '@grpc/grpc-js';
import { Connection } from './connection';
import { DisturbedStore, SHORT_PATIENCE } from './disturbed-store.fixtures';
import { aFact } from './envelope.fixtures';
import { connectEventStore } from './eventstoredb';
import { following } from './following.fixtures';

let port = 0;
const ground = new DisturbedStore(async (directory) => {
  const server = await startEmbeddedEventStore({ directory, listen: { port } });
  port = Number(server.endpoint.split(':').at(-1));
  return server;
});

/** The address by which a client asks for the leader, and asks again when it is lost; here of a cluster of one. */
const clusterAddress = () => `esdb+discover://${ground.endpoint}?tls=false&maxDiscoverAttempts=1`;

describe('a cluster that is out of reach', () => {
  /**
   * What the client does, and waits for nowhere, when a call fails. Here another call is looking for the cluster, in
   * vain.
   */
  async function lookAfterAFault(client: EventStoreDBClient): Promise<void> {
    const parts = client as unknown as {
      getChannel(): Promise<unknown>;
      handleError(service: unknown, fault: Error): Promise<void>;
    };
    parts.getChannel().catch(() => undefined);
    const fault = Object.assign(new Error('lost'), { code: 14, details: 'lost', metadata: new Metadata() });
    await parts.handleError({ getChannel: () => undefined }, fault);
  }

  const nowhere = 'esdb+discover://127.0.0.1:1?tls=false&maxDiscoverAttempts=1';

  it('the bare client: rejects a promise that nobody waits for, which ends the process', async () => {
    const client = EventStoreDBClient.connectionString(nowhere);

    await expect(lookAfterAFault(client)).rejects.toThrow('Failed to discover');
  });

  it('the adapter: does not', async () => {
    const { client } = new Connection({ connectionString: nowhere });

    await expect(lookAfterAFault(client)).resolves.toBeUndefined();
  });

  it('the adapter: goes on when the cluster is back', async () => {
    const store = connectEventStore({ connectionString: clusterAddress() }, SHORT_PATIENCE);
    const stream = ground.aStream();
    const { position } = await store.append(stream, [aFact()], 'NO_STREAM');
    const follower = following(store, { after: position });
    await store.append(stream, [aFact()], 0);
    await follower.until((entries) => entries.length === 1);

    const start = await ground.stopServer();
    await follower.untilFaults((faults) => faults.length > 3);
    const append = store.append(stream, [aFact()], 1);
    const read = store.read(stream);
    await start();

    expect(await append).toMatchObject({ revision: 2 });
    expect((await read).length).toBeGreaterThanOrEqual(2);
    await follower.until((entries) => entries.length === 2);
    await follower.end();
    await store.close();
  });
});

describe("an address by the store's new name", () => {
  it.each(['kurrentdb', 'kurrentdb+discover'])('%s: the bare client does not know it', (scheme) => {
    expect(() => EventStoreDBClient.connectionString(`${scheme}://127.0.0.1:1?tls=false`)).toThrow();
  });

  it.each(['kurrentdb', 'kurrentdb+discover'])('%s: the adapter does', async (scheme) => {
    const store = connectEventStore({ connectionString: `${scheme}://${ground.endpoint}?tls=false` });
    const stream = ground.aStream();

    await store.append(stream, [aFact()], 'NO_STREAM');

    expect(await store.read(stream)).toHaveLength(1);
    await store.close();
  });
});
