import { rmSync } from 'node:fs';
import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import { connect as connectSocket } from 'node:net';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  Client,
  compressionAlgorithms,
  credentials,
  Metadata,
  status,
  type ChannelOptions,
} from '@grpc/grpc-js';
import { temporaryFolder } from './event-store.fixtures';
import type { GrpcCall } from './grpc-call';
import { GrpcServer } from './grpc-server';

const asIs = (message: Buffer): Buffer => message;

describe('gRPC on HTTP/2', () => {
  let folder: string;
  let server: GrpcServer;
  let clients: Client[];
  let calls: GrpcCall[];
  let told: string[];
  const address = (): string => path.join(folder, 'grpc.sock');
  const client = (options: ChannelOptions = {}): Client => {
    const made = new Client(`unix:${address()}`, credentials.createInsecure(), options);
    clients.push(made);
    return made;
  };
  /** Answers every message with itself, at once. */
  const echo = (call: GrpcCall): void => {
    calls.push(call);
    call.receive(
      (message) => call.send(message),
      () => call.end(),
    );
  };
  const tell = (call: GrpcCall): void => {
    calls.push(call);
    call.receive(
      (message) => told.push(String(message)),
      () => told.push('the end'),
    );
  };
  /** Answers with the number of bytes. */
  const length = (call: GrpcCall): void =>
    call.receiveOne((message) => call.answer(Buffer.from(String(message.length))));
  const refuse = (call: GrpcCall): void =>
    call.fail({ code: status.ABORTED, details: '100 % – no\nmore', trailers: { why: 'größe' } });
  const never = (call: GrpcCall): void => call.receiveOne(() => calls.push(call));

  beforeEach(async () => {
    folder = temporaryFolder();
    clients = [];
    calls = [];
    told = [];
    const methods = new Map(
      Object.entries({ '/echo': echo, '/tell': tell, '/length': length, '/refuse': refuse, '/never': never }),
    );
    server = new GrpcServer({ methods });
    await server.listen({ path: address() });
  });
  afterEach(async () => {
    for (const made of clients) made.close();
    await server.stop(100);
    rmSync(folder, { recursive: true, force: true });
  });

  async function ask(
    asker: Client,
    method: string,
    request: Buffer,
    deadlineMs = 60_000,
  ): Promise<Buffer | undefined> {
    return new Promise((resolve, reject) => {
      const options = { deadline: Date.now() + deadlineMs };
      asker.makeUnaryRequest(method, asIs, asIs, request, new Metadata(), options, (error, answer) =>
        error == null ? resolve(answer) : reject(error),
      );
    });
  }

  it('carries messages both ways in their order, small and large', async () => {
    const call = client().makeBidiStreamRequest('/echo', asIs, asIs);
    const sent = Array.from({ length: 300 }, (_, n) => Buffer.alloc(n % 50 === 0 ? 300_000 : n, n));
    for (const message of sent) call.write(message);
    call.end();
    const received: Buffer[] = [];
    for await (const message of call) received.push(message as Buffer);
    expect(received.map(({ length: bytes }) => bytes)).toEqual(sent.map(({ length: bytes }) => bytes));
    expect(Buffer.concat(received).equals(Buffer.concat(sent))).toBe(true);
  });

  it.each([
    ['gzip', compressionAlgorithms.gzip],
    ['deflate', compressionAlgorithms.deflate],
  ])('understands what is compressed by %s', async (_name, algorithm) => {
    const compressing = client({ 'grpc.default_compression_algorithm': algorithm });
    expect(String(await ask(compressing, '/length', Buffer.alloc(100_000, 'a')))).toBe('100000');
  });

  it('tells why it refuses, in any letters', async () => {
    const refusal = ask(client(), '/refuse', Buffer.alloc(0));
    await expect(refusal).rejects.toMatchObject({ code: status.ABORTED, details: '100 % – no\nmore' });
    const { metadata } = (await refusal.catch((error: unknown) => error)) as { metadata: Metadata };
    expect(metadata.get('why')).toEqual(['gr%C3%B6%C3%9Fe']);
  });

  it('refuses methods that there are not, and messages that are too large', async () => {
    await expect(ask(client(), '/none', Buffer.alloc(1))).rejects.toMatchObject({
      code: status.UNIMPLEMENTED,
    });
    const large = Buffer.alloc(17 * 1024 * 1024 + 1);
    await expect(ask(client(), '/length', large)).rejects.toMatchObject({ code: status.RESOURCE_EXHAUSTED });
    expect(String(await ask(client(), '/length', large.subarray(1)))).toBe(String(large.length - 1));
  });

  it('ends a call at its deadline, which it knows', async () => {
    const beganMs = Date.now();
    await expect(ask(client(), '/never', Buffer.alloc(1), 500)).rejects.toMatchObject({
      code: status.DEADLINE_EXCEEDED,
    });
    const [call] = calls;
    expect(call!.deadlineMs).toBeGreaterThanOrEqual(beganMs);
    expect(call!.deadlineMs).toBeLessThan(beganMs + 60_000);
    await untilEnded(call!);
  });

  it('does not take what a client has cut for what it has ended', async () => {
    const call = client().makeClientStreamRequest('/tell', asIs, asIs, () => undefined);
    call.on('error', () => undefined);
    call.write(Buffer.from('half'));
    // On the same connection, so that the message has come in before it.
    await ask(clients[0]!, '/length', Buffer.alloc(1));
    call.cancel();
    await untilEnded(calls[0]!);
    await ask(clients[0]!, '/length', Buffer.alloc(1));
    expect(told).toEqual(['half']);
  });

  it('refuses what is no gRPC', async () => {
    const session = connectHttp2('http://localhost', { createConnection: () => connectSocket(address()) });
    const request = session.request({ ':method': 'POST', ':path': '/length', 'content-type': 'text/plain' });
    const [headers] = (await once(request, 'response')) as [Record<string, unknown>];
    expect(headers[':status']).toBe(415);
    session.destroy();
  });

  it('stops, though a reader does not read and a connection says nothing', async () => {
    const silent = connectSocket(address()).resume();
    await once(silent, 'connect');
    const call = client().makeBidiStreamRequest('/echo', asIs, asIs);
    call.on('error', () => undefined);
    for (let n = 0; n < 30; n++) call.write(Buffer.alloc(100_000));
    await new Promise<void>((resolve) => {
      const look = (): unknown => (calls[0]?.isBehind === true ? resolve() : setImmediate(look));
      look();
    });
    const gone = once(silent, 'close');
    await server.stop(100);
    await gone;
    await untilEnded(calls[0]!);
    await new Promise<void>((resolve, reject) => {
      connectSocket(address())
        .on('error', () => resolve())
        .on('connect', () => reject(new Error('Somebody still listens')));
    });
  });
});

async function untilEnded(call: GrpcCall): Promise<void> {
  await new Promise<void>((resolve) => {
    const look = (): void => {
      if (!call.isOpen) resolve();
    };
    call.onMoved(look);
    look();
  });
}
