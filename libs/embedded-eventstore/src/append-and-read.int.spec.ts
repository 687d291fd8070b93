import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  binaryEvent,
  DeadlineExceededError,
  jsonEvent,
  MaxAppendSizeExceededError,
  StreamNotFoundError,
  WrongExpectedVersionError,
  type AppendToStreamOptions,
  type EventStoreDBClient,
} from '@eventstore/db-client';
import { collect, counted, openTestStore, streamName, type TestStore } from './event-store.fixtures';

const MAX_APPEND_SIZE_BYTES = 256 * 1024;
/** With credentials the client uses the unary method; an unencrypted channel does not send them. */
const UNARY = { credentials: { username: 'nobody', password: 'nothing' } };

describe('appending and reading', () => {
  let store: TestStore;
  let client: EventStoreDBClient;
  beforeAll(async () => {
    store = await openTestStore({ maxAppendSizeBytes: MAX_APPEND_SIZE_BYTES });
    client = store.client;
  });
  afterAll(async () => store.close());

  it('tells the client that it takes batch appends', async () => {
    const { StreamsService } = await import('@eventstore/db-client/generated/streams_grpc_pb');
    const { capabilities } = client as unknown as {
      capabilities: Promise<{ supports(method: unknown): boolean }>;
    };
    const { supports } = await capabilities;
    expect(supports(StreamsService.batchAppend)).toBe(true);
  });

  // What an event of type "large" counts beside its data.
  describe.each<[string, AppendToStreamOptions, number]>([
    ['batch append', {}, 10],
    ['unary append', UNARY, 0],
  ])('%s', (_name, options, besideDataBytes) => {
    const append: typeof client.appendToStream = async (stream, events, more) =>
      client.appendToStream(stream, events, { ...options, ...more });

    it('gives events revisions from 0 and the position of the last', async () => {
      const stream = streamName();
      const appended = await append(stream, counted(3));
      const events = await collect(client.readStream(stream));
      expect(appended).toMatchObject({ success: true, nextExpectedRevision: 2n });
      expect(events.map(({ event }) => event?.revision)).toEqual([0n, 1n, 2n]);
      expect(events.at(-1)?.event?.position).toEqual(appended.position);
    });

    it('keeps data, metadata, type, id and time', async () => {
      const stream = streamName();
      const json = jsonEvent({ id: randomUUID(), type: 'jsön', data: { a: 'ü' }, metadata: { by: 'me' } });
      const binary = binaryEvent({ id: randomUUID(), type: 'raw', data: Buffer.from([0, 255, 1]) });
      const before = Date.now();
      await append(stream, [json, binary]);
      const [first, second] = (await collect(client.readStream(stream))).map(({ event }) => event!);
      expect(first).toMatchObject({
        id: json.id,
        type: 'jsön',
        data: { a: 'ü' },
        metadata: { by: 'me' },
        isJson: true,
      });
      expect(first!.created.getTime()).toBeGreaterThanOrEqual(before);
      expect(second).toMatchObject({ id: binary.id, type: 'raw', isJson: false, metadata: undefined });
      expect(Buffer.from(second!.data as Uint8Array)).toEqual(Buffer.from([0, 255, 1]));
    });

    it('checks what the writer expects of the stream', async () => {
      const stream = streamName();
      const refusal = async (expectedRevision: AppendToStreamOptions['expectedRevision']): Promise<unknown> =>
        append(stream, counted(1), { expectedRevision }).catch((error: unknown) => error);
      expect(await refusal(0n)).toBeInstanceOf(WrongExpectedVersionError);
      expect(await refusal('stream_exists')).toMatchObject({
        streamName: stream,
        expectedVersion: 'stream_exists',
        actualVersion: 'no_stream',
      });
      await append(stream, counted(1), { expectedRevision: 'no_stream' });
      await append(stream, counted(1), { expectedRevision: 0n });
      await append(stream, counted(1), { expectedRevision: 'stream_exists' });
      await append(stream, counted(1), { expectedRevision: 'any' });
      expect(await refusal('no_stream')).toMatchObject({ expectedVersion: 'no_stream', actualVersion: 3n });
      expect(await refusal(1n)).toMatchObject({ expectedVersion: 1n, actualVersion: 3n });
      expect(await collect(client.readStream(stream))).toHaveLength(4);
    });

    it.each(['any', 'no_stream', 'stream_exists', 1n] as const)(
      'answers the same ids with %s as the first time',
      async (expectedRevision) => {
        const stream = streamName();
        if (expectedRevision !== 'no_stream') await append(stream, counted(2));
        const events = counted(3);
        const first = await append(stream, events, { expectedRevision });
        await append(stream, counted(1));
        expect(await append(stream, events, { expectedRevision })).toEqual(first);
        expect(await append(stream, events.slice(0, 2), { expectedRevision })).toMatchObject({
          nextExpectedRevision: first.nextExpectedRevision - 1n,
        });
        const readBack = await collect(client.readStream(stream));
        expect(readBack).toHaveLength(expectedRevision === 'no_stream' ? 4 : 6);
      },
    );

    it.each(['any', 'no_stream'] as const)(
      'refuses a batch that was written in part only (%s)',
      async (expected) => {
        const stream = streamName();
        const events = counted(2);
        await append(stream, events, { expectedRevision: expected });
        await expect(
          append(stream, [...events, ...counted(1)], { expectedRevision: expected }),
        ).rejects.toThrow(WrongExpectedVersionError);
        expect(await collect(client.readStream(stream))).toHaveLength(2);
      },
    );

    it('takes the same ids in another stream', async () => {
      const events = counted(1);
      await append(streamName(), events);
      const other = streamName();
      await append(other, events);
      expect(await collect(client.readStream(other))).toHaveLength(1);
    });

    it('refuses an append that is too large, and takes one that just is not', async () => {
      const stream = streamName();
      const sized = (sizeBytes: number): ReturnType<typeof binaryEvent> =>
        binaryEvent({ type: 'large', data: Buffer.alloc(sizeBytes - besideDataBytes, 7) });
      const refusal = await append(stream, sized(MAX_APPEND_SIZE_BYTES + 1)).catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(MaxAppendSizeExceededError);
      expect(refusal).toMatchObject({ maxAppendSize: MAX_APPEND_SIZE_BYTES });
      expect(await append(stream, sized(MAX_APPEND_SIZE_BYTES))).toMatchObject({ nextExpectedRevision: 0n });
    });
  });

  it('writes nothing for a writer who no longer waits', async () => {
    const stream = streamName();
    const late = client.appendToStream(stream, counted(3000), { deadline: 1 });
    await expect(late).rejects.toBeInstanceOf(DeadlineExceededError);
    await expect(collect(client.readStream(stream))).rejects.toBeInstanceOf(StreamNotFoundError);
  });

  it('refuses a batch of many frames as soon as it is too large, once, and takes the next', async () => {
    const stream = streamName();
    const large = Array.from({ length: 20 }, () =>
      binaryEvent({ type: 'large', data: Buffer.alloc(100_000) }),
    );
    await expect(client.appendToStream(stream, large, { batchAppendSize: 150_000 })).rejects.toBeInstanceOf(
      MaxAppendSizeExceededError,
    );
    await client.appendToStream(stream, counted(1), { expectedRevision: 'no_stream' });
  });

  it('joins a batch that comes in several frames', async () => {
    const stream = streamName();
    const events = counted(500);
    await client.appendToStream(stream, events, { batchAppendSize: 1024 });
    const ids = (await collect(client.readStream(stream))).map(({ event }) => event?.id);
    expect(ids).toEqual(events.map(({ id }) => id));
  });

  it('gives each of many concurrent writers of one stream its own revision', async () => {
    const stream = streamName();
    const appends = await Promise.all(
      Array.from({ length: 100 }, async () => client.appendToStream(stream, counted(1))),
    );
    const revisions = appends
      .map(({ nextExpectedRevision }) => Number(nextExpectedRevision))
      .sort((a, b) => a - b);
    expect(revisions).toEqual(Array.from({ length: 100 }, (_, index) => index));
  });

  it('lets exactly one of many writers with the same expectation through', async () => {
    const stream = streamName();
    const attempts = await Promise.allSettled(
      Array.from({ length: 20 }, async () =>
        client.appendToStream(stream, counted(1), { expectedRevision: 'no_stream' }),
      ),
    );
    expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('refuses a stream name that it cannot keep, and goes on', async () => {
    await expect(client.appendToStream('x'.repeat(1025), counted(1))).rejects.toThrow(
      /longer than 1024 bytes/,
    );
    const longest = `${'\u0000'.repeat(500)}${'ü'.repeat(262)}`;
    await client.appendToStream(longest, counted(1));
    const [read] = await collect(client.readStream(longest));
    expect(read?.event?.streamId).toBe(longest);
  });

  describe('reading a stream', () => {
    const stream = streamName();
    const revisions = async (options: Parameters<EventStoreDBClient['readStream']>[1]): Promise<number[]> =>
      (await collect(client.readStream(stream, options))).map(({ event }) => Number(event?.revision));
    beforeAll(async () => {
      await client.appendToStream(stream, counted(700));
    });

    it.each([
      ['forwards from the start', {}, 0, 699],
      ['forwards from a revision', { fromRevision: 690n }, 690, 699],
      ['forwards with a limit', { fromRevision: 10n, maxCount: 300 }, 10, 309],
      ['backwards from the end', { direction: 'backwards', fromRevision: 'end' }, 699, 0],
      ['backwards from a revision', { direction: 'backwards', fromRevision: 5n }, 5, 0],
      ['backwards with a limit', { direction: 'backwards', fromRevision: 'end', maxCount: 1 }, 699, 699],
      [
        'backwards from behind the end',
        { direction: 'backwards', fromRevision: 5000n, maxCount: 2 },
        699,
        698,
      ],
    ] as const)('%s', async (_name, options, first, last) => {
      const step = first <= last ? 1 : -1;
      const expected = Array.from({ length: Math.abs(last - first) + 1 }, (_, index) => first + index * step);
      expect(await revisions(options)).toEqual(expected);
    });

    it('finds nothing behind the end', async () => {
      expect(await revisions({ fromRevision: 700n })).toEqual([]);
      expect(await revisions({ fromRevision: 'end' })).toEqual([]);
    });

    it('says that a stream is not there', async () => {
      const missing = `${streamName()} 'ü'`;
      const failure = await collect(client.readStream(missing)).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(StreamNotFoundError);
      expect(failure).toMatchObject({ streamName: missing });
    });

    it('follows links when asked to', async () => {
      const links = streamName();
      const link = binaryEvent({ type: '$>', data: Buffer.from(`2@${stream}`) });
      const dangling = binaryEvent({ type: '$>', data: Buffer.from(`2@${streamName()}`) });
      await client.appendToStream(links, [link, dangling]);
      const [target] = await collect(client.readStream(stream, { fromRevision: 2n, maxCount: 1 }));
      const [resolved, unresolved] = await collect(client.readStream(links, { resolveLinkTos: true }));
      expect(resolved?.event).toEqual(target?.event);
      expect(resolved?.link?.id).toBe(link.id);
      expect(unresolved?.event).toBeUndefined();
      expect(unresolved?.link?.id).toBe(dangling.id);
      const [asIs] = await collect(client.readStream(links));
      expect(asIs?.event?.id).toBe(link.id);
    });
  });
});
