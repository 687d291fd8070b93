import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  AccessDeniedError,
  EventStoreDBClient,
  excludeSystemEvents,
  jsonEvent,
  type Credentials,
} from '@eventstore/db-client';
import { selfSignedCertificate } from './certificate.fixtures';
import { startEmbeddedEventStore, type EmbeddedEventStore } from './embedded-eventstore';
import { collect, counted, follow, streamName, temporaryFolder } from './event-store.fixtures';

const CLERK = { username: 'clerk', password: 'a:pass wörd' };

describe('a server with a certificate and users', () => {
  const { certificate, privateKey } = selfSignedCertificate();
  const directory = temporaryFolder();
  const clients: EventStoreDBClient[] = [];
  let server: EmbeddedEventStore;
  const connect = (credentials?: Credentials, rootCertificate = certificate): EventStoreDBClient => {
    const client = new EventStoreDBClient(
      { endpoint: server.endpoint },
      { rootCertificate: Buffer.from(rootCertificate) },
      credentials,
    );
    clients.push(client);
    return client;
  };
  beforeAll(async () => {
    const tls = { certificate, privateKey, users: [{ username: 'other', password: 'other' }, CLERK] };
    server = await startEmbeddedEventStore({
      directory,
      listen: { port: 0, advertisedHost: 'localhost', tls },
    });
  });
  afterAll(async () => {
    await Promise.all(clients.map(async (client) => client.dispose()));
    await server.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  it('serves whom it knows: appends, reads, subscriptions, deletes', async () => {
    const client = connect(CLERK);
    const stream = streamName();
    const follower = follow(client.subscribeToStream(stream));
    await client.appendToStream(stream, counted(2), { expectedRevision: 'no_stream' });
    await client.appendToStream(stream, counted(1), { expectedRevision: 1n, credentials: CLERK });
    expect(await follower.take(3)).toHaveLength(3);
    await follower.leave();
    await client.deleteStream(stream);
  });

  it('is found by discovery, under the name that it is told to give', async () => {
    const [, port] = server.endpoint.split(':');
    const client = new EventStoreDBClient(
      { discover: { address: '127.0.0.1', port: Number(port) } },
      { rootCertificate: Buffer.from(certificate) },
      CLERK,
    );
    clients.push(client);
    await client.appendToStream(streamName(), counted(1));
    const { getChannel } = client as unknown as { getChannel(): Promise<{ getTarget(): string }> };
    expect((await getChannel.call(client)).getTarget()).toContain(`localhost:${port}`);
  });

  it.each([
    ['nobody', undefined],
    ['a stranger', { username: 'stranger', password: 'other' }],
    ['a wrong password', { ...CLERK, password: 'guess' }],
    ["another's password", { ...CLERK, password: 'other' }],
    ['no password', { ...CLERK, password: '' }],
  ])('refuses %s, whatever is asked', async (_name, credentials) => {
    const client = connect(credentials);
    const stream = streamName();
    const attempts = [
      client.appendToStream(stream, counted(1)),
      client.appendToStream(stream, counted(1), { credentials: { username: 'x', password: 'y' } }),
      collect(client.readStream(stream)),
      collect(client.readAll()),
      client.deleteStream(stream),
      client.tombstoneStream(stream),
      client.setStreamMetadata(stream, { maxCount: 1 }),
      follow(client.subscribeToAll()).take(1),
    ];
    for (const { status, reason } of (await Promise.allSettled(attempts)) as PromiseRejectedResult[]) {
      expect(status).toBe('rejected');
      expect(reason).toBeInstanceOf(AccessDeniedError);
    }
    // What a call brings of its own counts, not what the client has otherwise.
    await client.appendToStream(stream, counted(1), { credentials: CLERK, expectedRevision: 'no_stream' });
  });

  it('is not spoken to by a client that does not trust its certificate, or encrypts nothing', async () => {
    const distrustful = connect(CLERK, selfSignedCertificate().certificate);
    await expect(distrustful.appendToStream('s', counted(1), { deadline: 2000 })).rejects.toThrow();
    const plain = new EventStoreDBClient({ endpoint: server.endpoint }, { insecure: true }, CLERK);
    clients.push(plain);
    await expect(collect(plain.readAll())).rejects.toThrow();
  });

  it('has its users in $all as system events, without their passwords', async () => {
    const client = connect(CLERK);
    await client.appendToStream(streamName(), jsonEvent({ type: 'mine', data: {} }));
    const all = (await collect(client.readAll())).map(({ event }) => event!);
    const users = all.filter(({ type }) => type === '$UserCreated');
    expect(users.map(({ streamId }) => streamId)).toEqual(['$user-other', '$user-clerk']);
    expect(JSON.stringify(users.map(({ data }) => data))).not.toContain('pass');
    const follower = follow(client.subscribeToAll({ filter: excludeSystemEvents() }));
    await follower.caughtUp;
    const seen = await follower.take(follower.delivered());
    expect(seen.some(({ event }) => event?.type.startsWith('$'))).toBe(false);
    await follower.leave();
  });

  it('does not start with a certificate or key that is none', async () => {
    const elsewhere = temporaryFolder();
    for (const tls of [
      { certificate: 'Dear diary', privateKey },
      { certificate, privateKey: selfSignedCertificate().privateKey },
    ]) {
      const refusal = startEmbeddedEventStore({ directory: elsewhere, listen: { port: 0, tls } });
      await expect(refusal).rejects.toMatchObject({ code: 'BAD_CERTIFICATE' });
    }
    const { stop } = await startEmbeddedEventStore({ directory: elsewhere });
    await stop();
    rmSync(elsewhere, { recursive: true, force: true });
  });
});
