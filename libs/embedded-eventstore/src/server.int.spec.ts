import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  EventStoreDBClient,
  persistentSubscriptionToAllSettingsFromDefaults,
  persistentSubscriptionToStreamSettingsFromDefaults,
  TimeoutError,
  UnsupportedError,
} from '@eventstore/db-client';
import grpcStreams from '@eventstore/db-client/generated/streams_grpc_pb.js';
import streamsMessages from '@eventstore/db-client/generated/streams_pb.js';
import { credentials, status, type ServiceError } from '@grpc/grpc-js';
import {
  EventStoreInUseError,
  startEmbeddedEventStore,
  type EmbeddedEventStore,
} from './embedded-eventstore';
import { clientOf, collect, counted, follow, temporaryFolder } from './event-store.fixtures';
import { spawnServer } from './server-process.fixtures';

const { StreamsClient } = grpcStreams;
const { AppendReq, TombstoneReq } = streamsMessages;

const ROOT_UID = 0;
/** With credentials the client uses the unary method; an unencrypted channel does not send them. */
const UNARY = { username: 'nobody', password: 'nothing' };

describe('the server', () => {
  let folder: string;
  let servers: EmbeddedEventStore[];
  let clients: EventStoreDBClient[];
  const start = async (
    ...options: Parameters<typeof startEmbeddedEventStore>
  ): Promise<EmbeddedEventStore> => {
    const server = await startEmbeddedEventStore(...options);
    servers.push(server);
    return server;
  };
  const connect = (endpoint: string): EventStoreDBClient => {
    const client = clientOf(endpoint);
    clients.push(client);
    return client;
  };
  beforeEach(() => {
    folder = temporaryFolder();
    servers = [];
    clients = [];
  });
  afterEach(async () => {
    await Promise.all(clients.map(async (client) => client.dispose()));
    await Promise.all(servers.map(async (server) => server.stop()));
    rmSync(folder, { recursive: true, force: true });
  });

  it('makes its folder for nobody else, and listens on a socket in it', async () => {
    const directory = path.join(folder, 'made', 'deep');
    const { endpoint } = await start({ directory });
    expect(endpoint).toBe(`unix:${path.join(directory, 'events.sock')}`);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    expect(statSync(path.join(directory, 'events.sock')).mode & 0o077).toBe(0);
    expect(statSync(path.join(directory, 'events.mdb')).mode & 0o077).toBe(0);
    await connect(endpoint).appendToStream('s', counted(1));
  });

  it('listens in a short folder when its own is too deep, and leaves none behind', async () => {
    const directory = path.join(folder, 'deep'.repeat(30));
    const server = await start({ directory });
    const socketFolder = path.dirname(server.endpoint.slice('unix:'.length));
    expect(server.endpoint.length).toBeLessThanOrEqual('unix:'.length + 107);
    expect(statSync(socketFolder).mode & 0o077).toBe(0);
    await connect(server.endpoint).appendToStream('s', counted(1));
    await expect(startEmbeddedEventStore({ directory })).rejects.toBeInstanceOf(EventStoreInUseError);
    await server.stop();
    expect(existsSync(socketFolder)).toBe(false);

    const killed = await spawnServer({ directory });
    const leftBehind = path.dirname(killed.greeting.endpoint!.slice('unix:'.length));
    await killed.kill('SIGKILL');
    expect(existsSync(leftBehind)).toBe(true);
    await start({ directory });
    expect(existsSync(leftBehind)).toBe(false);
  });

  it('listens on TCP when asked, where the client discovers it as the only node', async () => {
    const { endpoint } = await start({ directory: folder, listen: { port: 0 } });
    expect(endpoint).toMatch(/^127\.0\.0\.1:\d+$/);
    const discovering = EventStoreDBClient.connectionString(`esdb+discover://${endpoint}?tls=false`);
    clients.push(discovering);
    await discovering.appendToStream('s', counted(2));
    const plain = EventStoreDBClient.connectionString(`esdb://${endpoint}?tls=false`);
    clients.push(plain);
    expect(await collect(plain.readStream('s'))).toHaveLength(2);
  });

  it('says what it does not offer', async () => {
    const { endpoint } = await start({ directory: folder });
    const client = connect(endpoint);
    const settings = persistentSubscriptionToStreamSettingsFromDefaults();
    const created = client.createPersistentSubscriptionToStream('s', 'group', settings);
    await expect(created).rejects.toThrow(/UNIMPLEMENTED/);
    const toAll = persistentSubscriptionToAllSettingsFromDefaults();
    for (const attempt of [
      client.deletePersistentSubscriptionToStream('s', 'group'),
      client.createProjection('p', 'fromAll()'),
      client.enableProjection('p'),
      client.getProjectionState('p'),
      client.restartSubsystem(),
    ]) {
      await expect(attempt).rejects.toThrow(/UNIMPLEMENTED/);
    }
    for (const attempt of [
      client.createPersistentSubscriptionToAll('group', toAll),
      client.getPersistentSubscriptionToAllInfo('group'),
    ]) {
      await expect(attempt).rejects.toBeInstanceOf(UnsupportedError);
    }
    const subscription = client.subscribeToPersistentSubscriptionToStream('s', 'group');
    const failure = new Promise((resolve) => subscription.once('error', resolve));
    expect(await failure).toMatchObject({ message: expect.stringContaining('UNIMPLEMENTED') });
    await client.appendToStream('s', counted(1));
  });

  it('is refused a busy port', async () => {
    const { endpoint } = await start({ directory: path.join(folder, 'first'), listen: { port: 0 } });
    const port = Number(endpoint.split(':')[1]);
    const second = start({ directory: path.join(folder, 'second'), listen: { port } });
    await expect(second).rejects.toMatchObject({
      code: 'ADDRESS_IN_USE',
      message: expect.stringContaining(`${port}`),
    });
    await start({ directory: path.join(folder, 'second') });
  });

  describe('on a folder that another has', () => {
    it('is refused, and told which process it is', async () => {
      const holder = await spawnServer({ directory: folder });
      const refusal = await startEmbeddedEventStore({ directory: folder }).catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(EventStoreInUseError);
      expect(refusal).toMatchObject({
        code: 'IN_USE',
        pid: holder.pid,
        message: expect.stringContaining(`${holder.pid}`),
      });
      await holder.kill('SIGKILL');
      await start({ directory: folder });
    });

    it('is refused by another name of it, and when the other hangs', async () => {
      const holder = await spawnServer({ directory: folder });
      process.kill(holder.pid, 'SIGSTOP');
      const link = `${folder}-link`;
      symlinkSync(folder, link);
      try {
        await expect(startEmbeddedEventStore({ directory: link })).rejects.toBeInstanceOf(
          EventStoreInUseError,
        );
      } finally {
        rmSync(link);
        await holder.kill('SIGKILL');
      }
    });

    it('lets exactly one of many that start at once have it, time and again', async () => {
      for (let round = 0; round < 3; round++) {
        const contenders = await Promise.all(
          Array.from({ length: 4 }, async () => spawnServer({ directory: folder })),
        );
        const winners = contenders.filter(({ greeting }) => greeting.endpoint != null);
        const losers = contenders.filter(({ greeting }) => greeting.code === 'IN_USE');
        expect([winners.length, losers.length]).toEqual([1, 3]);
        expect(losers.every(({ greeting }) => greeting.pid === winners[0]!.pid)).toBe(true);
        await Promise.all(contenders.map(async (contender) => contender.kill('SIGKILL')));
      }
      const leftovers = readdirSync(folder).filter((name) => name.startsWith('lock'));
      expect(leftovers).toHaveLength(1);
    });
  });

  it('says that a folder cannot be written', async () => {
    const readOnly = path.join(folder, 'read-only');
    mkdirSync(readOnly, { mode: 0o500 });
    const file = path.join(folder, 'file');
    execFileSync('touch', [file]);
    await expect(startEmbeddedEventStore({ directory: path.join(file, 'below') })).rejects.toMatchObject({
      code: 'UNWRITABLE',
      message: expect.stringContaining(file),
    });
    if (process.getuid?.() !== ROOT_UID) {
      await expect(startEmbeddedEventStore({ directory: readOnly })).rejects.toMatchObject({
        code: 'UNWRITABLE',
      });
    }
    chmodSync(readOnly, 0o700);
  });

  it('outlives clients that vanish in the middle of everything', async () => {
    const { endpoint } = await start({ directory: folder });
    for (let round = 0; round < 5; round++) {
      const client = clientOf(endpoint);
      const appends = Array.from({ length: 100 }, async () => client.appendToStream('s', counted(10)));
      await appends[0];
      const reading = client.readAll();
      const subscription = client.subscribeToAll();
      for (const stream of [reading, subscription]) stream.on('error', () => undefined);
      await new Promise((resolve) => subscription.once('data', resolve));
      const settled = Promise.allSettled(appends);
      await client.dispose();
      await settled;
    }
    const survivor = connect(endpoint);
    const revisions = (await collect(survivor.readStream('s'))).map(({ event }) => Number(event?.revision));
    expect(revisions).toEqual(revisions.map((_, index) => index));
    await survivor.appendToStream('s', counted(1), { expectedRevision: BigInt(revisions.length - 1) });
  });

  it('stops: who is still sending an append is cancelled at once', async () => {
    const server = await start({ directory: folder });
    const streams = new StreamsClient(server.endpoint, credentials.createInsecure());
    const answered = new Promise<ServiceError | null>((resolve) => {
      const call = streams.append((error) => resolve(error));
      // A client that has gone further than this is no other.
      call.on('error', () => undefined);
      call.write(new AppendReq());
    });
    // On the same connection, so that the append has come in before it.
    await new Promise((resolve) => streams.tombstone(new TombstoneReq(), resolve));
    await server.stop();
    expect(await answered).toMatchObject({ code: status.CANCELLED, details: 'The server is stopping' });
    streams.close();
  });

  it('refuses what waited too long for those before it', async () => {
    const { endpoint } = await start({ directory: folder, writeTimeoutMs: 0 });
    const client = connect(endpoint);
    // With no time at all some fall behind those before them.
    const attempts = Array.from({ length: 20 }, async () =>
      client.appendToStream('s', counted(100), { credentials: UNARY }),
    );
    const failures = (await Promise.allSettled(attempts)).filter(({ status }) => status === 'rejected');
    expect(failures.length).toBeGreaterThan(0);
    for (const { reason } of failures as PromiseRejectedResult[]) expect(reason).toBeInstanceOf(TimeoutError);
    const written = await collect(client.readStream('s')).catch(() => []);
    expect(written).toHaveLength((attempts.length - failures.length) * 100);
  });

  it('stops: subscribers are cancelled, what was sent is answered, and the folder is free', async () => {
    const server = await start({ directory: folder });
    const client = connect(server.endpoint);
    const follower = follow(client.subscribeToAll());
    await follower.caughtUp;
    const appends = Array.from({ length: 20 }, async () => client.appendToStream('s', counted(1)));
    await appends[0];
    await server.stop();
    await server.ended;
    await expect(follower.until(() => false)).rejects.toMatchObject({
      type: 'cancelled',
      message: expect.stringContaining('The server is stopping'),
    });
    const acknowledged = (await Promise.allSettled(appends)).filter(
      ({ status }) => status === 'fulfilled',
    ).length;
    const again = connect((await start({ directory: folder })).endpoint);
    expect((await collect(again.readStream('s'))).length).toBeGreaterThanOrEqual(acknowledged);
  });
});
