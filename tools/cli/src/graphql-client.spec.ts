import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GraphqlClient } from './graphql-client';

/** What the server does with each request in turn; the last one goes on for ever. */
type Act = 'HANG_UP' | 'SILENCE' | { status?: number; body: string };

let server: Server;
let acts: Act[];
let bodies: string[];

beforeEach(async () => {
  acts = [];
  bodies = [];
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      bodies.push(body);
      const act = (acts.length > 1 ? acts.shift() : acts[0]) ?? 'HANG_UP';
      if (act === 'HANG_UP') response.destroy();
      else if (act !== 'SILENCE') response.writeHead(act.status ?? 200).end(act.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function client(options: { timeoutMs?: number } = {}): GraphqlClient {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
  return new GraphqlClient({ url, token: 'secret-token', retryDelaysMs: [1, 1, 1], ...options });
}

const fine = { body: '{"data":{"me":{"id":"a"}}}' };
const gone = (code: string) => ({
  body: JSON.stringify({ errors: [{ message: 'Sorry', extensions: { code } }] }),
});

describe('a request', () => {
  it('returns the data', async () => {
    acts = [fine];
    expect(await client().request('{ me { id } }', {})).toEqual({ me: { id: 'a' } });
  });

  it.each<[string, Act[]]>([
    ['the connection breaks', ['HANG_UP', 'HANG_UP', fine]],
    ['a proxy finds no server', [{ status: 502, body: '<html>' }, { status: 503, body: '' }, fine]],
    ['the book is overloaded', [gone('OVERLOADED'), gone('PROJECTION_BEHIND'), fine]],
  ])('is sent again unchanged when %s', async (_, given) => {
    acts = given;
    await client().request('mutation { x }', { key: 'k' });
    expect(bodies).toHaveLength(3);
    expect(new Set(bodies).size).toBe(1);
  });

  it('is sent again when no answer comes in time', async () => {
    acts = ['SILENCE', fine];
    await client({ timeoutMs: 50 }).request('{ me { id } }', {});
    expect(bodies).toHaveLength(2);
  });

  it('is given up after its last wait', async () => {
    acts = ['HANG_UP'];
    await expect(client().request('{ me { id } }', {})).rejects.toThrow('Is the server running?');
    expect(bodies).toHaveLength(4);
  });

  it.each<[string, Act, string]>([
    ['the token is wrong', { status: 401, body: '' }, 'does not know this token'],
    ['the token is wrong, in GraphQL', gone('UNAUTHENTICATED'), 'does not know this token'],
    ['the operation is wrong', gone('GRAPHQL_VALIDATION_FAILED'), 'Sorry (GRAPHQL_VALIDATION_FAILED)'],
    ['something else answers', { status: 404, body: '<html>' }, 'gives no GraphQL answer (HTTP status 404)'],
  ])('is not sent again when %s', async (_, act, word) => {
    acts = [act];
    const failure = await client()
      .request('{ me { id } }', {})
      .catch((error: unknown) => String(error));
    expect(failure).toContain(word);
    expect(failure).not.toContain('secret-token');
    expect(bodies).toHaveLength(1);
  });
});
