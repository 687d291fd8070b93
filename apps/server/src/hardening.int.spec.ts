import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { auditServer } from 'graphql-http';
import { Book } from './book.fixtures';
import { cleanUp, ServerProcess } from './server-process.fixtures';

let server: ServerProcess;
let book: Book;
let reader: { authorization: string };

beforeAll(async () => {
  server = await ServerProcess.start();
  book = new Book(server);
  const { issueCredential } = await book.query<{ issueCredential: { secret: string } }>(
    `mutation { issueCredential(input: { role: AUDITOR, name: "Reader" }) { ... on IssuedCredential { secret } } }`,
  );
  reader = { authorization: `Bearer ${issueCredential.secret}` };
});

afterAll(cleanUp);

const fetchAs = (init: RequestInit, path = '/graphql') =>
  fetch(`${server.url}${path}`, { ...init, headers: { ...reader, ...(init.headers as object) } });

describe('a request of a browser on behalf of another site', () => {
  it.each<[why: string, path: string, init: RequestInit]>([
    [
      'a form’s body',
      '/graphql',
      { method: 'POST', headers: { 'content-type': 'text/plain' }, body: '{"query":"{ me { id } }"}' },
    ],
    ['an address', '/graphql?query=%7B%20me%20%7B%20id%20%7D%20%7D', { method: 'GET' }],
  ])('is not answered: %s', async (_why, path, init) => {
    const response = await fetchAs(init, path);
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(response.status).toBeLessThan(500);
    expect(await response.text()).not.toContain('"data":{');
  });

  it('gets no leave to read an answer', async () => {
    const ask = { method: 'POST', body: '{"query":"{ me { id } }"}' };
    const headers = { 'content-type': 'application/json', origin: 'https://elsewhere.example' };
    const response = await fetchAs({ ...ask, headers });
    expect(response.status).toBe(200);
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
    expect(response.headers.get('content-security-policy')).toBe("default-src 'none';frame-ancestors 'none'");
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    const preflight = await fetchAs({
      method: 'OPTIONS',
      headers: { origin: 'https://elsewhere.example', 'access-control-request-method': 'POST' },
    });
    expect(preflight.headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('GraphQL over HTTP', () => {
  it('is spoken as the specification’s own audits want it, without a warning', async () => {
    const results = await auditServer({
      url: `${server.url}/graphql`,
      fetchFn: (url: string, init?: RequestInit) =>
        fetch(url, { ...init, headers: { ...reader, ...(init?.headers as object) } }),
    });
    const failed = results.flatMap((result) =>
      result.status === 'ok' ? [] : [`${result.status} ${result.name}`],
    );
    expect(results.length).toBeGreaterThan(50);
    // What may be done over GET is for browsers that other sites send here: it is refused (see above).
    expect(failed.filter((told) => !/^notice MAY .* GETs?\b/.test(told))).toEqual([]);
  });
});

describe('a request that is too large', () => {
  const codes = async (query: string, variables: object = {}) => {
    const { status, body } = await book.ask(query, variables, reader);
    return [status, body.errors?.[0]?.extensions.code];
  };

  it.each<[why: string, query: string]>([
    [
      'deep',
      `{ ${'site(id: "S") { circuits { '.repeat(1)}${'site { circuits { '.repeat(12)}id${' } }'.repeat(13)} }`,
    ],
    [
      'of very many names',
      `{ ${Array.from({ length: 600 }, (_, n) => `a${String(n)}: me { id }`).join(' ')} }`,
    ],
    ['of very many directives', `{ me { id ${'@include(if: true) '.repeat(60)} } }`],
  ])('is refused before it is executed: %s', async (_why, query) => {
    expect(await codes(query)).toEqual([400, 'GRAPHQL_VALIDATION_FAILED']);
  });

  it('is refused where its pages multiply', async () => {
    const query = `query ($size: Int) { sites(first: $size) { nodes { chargers(first: $size) { nodes {
      history(first: $size) { nodes { summary } } } } } } }`;
    expect(await codes(query, { size: 100 })).toEqual([400, 'BAD_USER_INPUT']);
    const { body } = await book.ask(query, { size: 3 }, reader);
    expect(body).toMatchObject({ data: {}, extensions: { cost: { requested: expect.any(Number) } } });
  });

  it('as a batch of operations is not taken', async () => {
    const response = await book.send(
      JSON.stringify([{ query: '{ me { id } }' }, { query: '{ me { id } }' }]),
      reader,
    );
    expect(response.status).toBe(400);
  });
});

describe('whoever asks for very much', () => {
  it('is told when there is enough again, and others go on', async () => {
    const query =
      '{ sites(first: 100) { nodes { chargers(first: 100) { nodes { placement { siteName } } } } } }';
    const answers = await Promise.all(Array.from({ length: 40 }, () => book.ask(query, {}, reader)));
    const limited = answers.filter(({ status }) => status === 429);
    expect(limited.length).toBeGreaterThan(0);
    expect(limited[0]!.body.errors).toMatchObject([
      { extensions: { code: 'RATE_LIMITED', retryAfterSeconds: expect.any(Number) } },
    ]);
    expect((await book.ask('{ me { id } }')).status).toBe(200);
  });
});
