import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:http';
import { expectFault, expectSmallWorld, registerSmallWorld } from './bad-input.fixtures';
import { Book } from './book.fixtures';
import { cleanUp, ServerProcess } from './server-process.fixtures';

let server: ServerProcess;
let book: Book;

beforeAll(async () => {
  server = await ServerProcess.start();
  book = new Book(server);
  await registerSmallWorld(book);
});

afterAll(cleanUp);

const HEAD = '{ book { head } }';

describe('a body', () => {
  const question = JSON.stringify({ query: HEAD });

  it.each([
    ['that is no JSON', '{"query": ', 400, 'BAD_REQUEST'],
    ['that is empty', '', 400, 'BAD_REQUEST'],
    ['without a query', '{}', 400, 'BAD_REQUEST'],
    ['of null', 'null', 400, 'BAD_REQUEST'],
    ['with a number for a query', '{"query": 5}', 400, 'BAD_REQUEST'],
    ['with variables in a string', '{"query": "{ book { head } }", "variables": "{}"}', 400, 'BAD_REQUEST'],
    ['of many questions', `[${question}, ${question}]`, 400, 'BAD_REQUEST'],
    ['whose query does not end', JSON.stringify({ query: '{ book { head }' }), 400, 'GRAPHQL_PARSE_FAILED'],
    [
      'that asks for what is not there',
      JSON.stringify({ query: '{ book { price } }' }),
      400,
      'GRAPHQL_VALIDATION_FAILED',
    ],
    [
      'with two operations and no name',
      JSON.stringify({ query: `query A ${HEAD} query B ${HEAD}` }),
      400,
      'OPERATION_RESOLUTION_FAILURE',
    ],
  ])('%s is refused', async (_, body, status, code) => {
    expectFault(await book.send(body), status, code);
  });

  it('of more than 4 MiB is refused before it is sent', async () => {
    const headers = {
      'content-type': 'application/json',
      'content-length': String((4 << 20) + 1),
      authorization: `Bearer ${server.adminToken}`,
    };
    const sending = request(`${server.url}/graphql`, { method: 'POST', headers });
    sending.flushHeaders();
    const [answer] = (await once(sending, 'response')) as [IncomingMessage];
    const text = (await answer.toArray()).join('');
    sending.destroy();

    expect(answer.statusCode).toBe(413);
    expect(JSON.parse(text)).toMatchObject({ errors: [{ extensions: { code: 'PAYLOAD_TOO_LARGE' } }] });
  });

  it('of another type is refused', async () => {
    expectFault(
      await book.send('<query/>', { 'content-type': 'application/xml' }),
      415,
      'UNSUPPORTED_MEDIA_TYPE',
    );
    expectFault(await book.send(question, { 'content-type': 'text/plain' }), 400, 'BAD_REQUEST');
  });
});

describe('a query', () => {
  const deep = (levels: number) =>
    `{ sites { nodes { ${'circuits { site { '.repeat(levels)} id ${'} }'.repeat(levels)} } } }`;
  const fragments = Array.from(
    { length: 30 },
    (_, n) =>
      `fragment f${String(n)} on Site { id ...f${String(n + 1)} circuits { site { ...f${String(n + 1)} } } }`,
  );

  it.each([
    ['far too deep', deep(2_000), 'GRAPHQL_PARSE_FAILED'],
    ['too deep', deep(15), 'GRAPHQL_VALIDATION_FAILED'],
    [
      'of too many fields',
      `{ ${Array.from({ length: 1_200 }, (_, n) => `a${String(n)}: __typename`).join(' ')} }`,
      'GRAPHQL_VALIDATION_FAILED',
    ],
    [
      'of fragments in fragments',
      `{ site(id: "yard") { ...f0 } } ${fragments.join(' ')} fragment f30 on Site { id }`,
      'GRAPHQL_VALIDATION_FAILED',
    ],
    [
      'that spreads a fragment in itself',
      '{ site(id: "yard") { ...f } } fragment f on Site { id circuits { site { ...f } } }',
      'GRAPHQL_VALIDATION_FAILED',
    ],
  ])('%s is refused', async (_, query, code) => {
    expectFault(await book.ask(query), 400, code);
  });
});

describe('a credential', () => {
  it.each([
    ['none', {}],
    ['another scheme', { authorization: 'Basic YWRtaW46YWRtaW4=' }],
    ['nobody’s token', { authorization: 'Bearer cb_admin_0000000000000000000000000000000000000000000' }],
    ['an empty token', { authorization: 'Bearer ' }],
    ['a very long token', { authorization: `Bearer ${'x'.repeat(8_000)}` }],
  ])('that is %s is refused, for queries and commands', async (_, headers) => {
    const asked = { authorization: '', ...headers };
    expectFault(await book.ask(HEAD, {}, asked), 401, 'UNAUTHENTICATED');
    const retire = 'mutation { retireSite(input: { site: "yard" }) { __typename } }';
    expectFault(await book.ask(retire, {}, asked), 401, 'UNAUTHENTICATED');
    expectFault(await book.ask('{ __schema { types { name } } }', {}, asked), 401, 'UNAUTHENTICATED');
  });
});

describe('a header', () => {
  it.each([
    ['x-read-after', 'yesterday'],
    ['x-read-after', '-1'],
    ['x-read-after', '99999999999999999999'],
    ['x-correlation-id', 'two words'],
    ['x-correlation-id', 'x'.repeat(65)],
    ['x-chargebook-channel', 'SYSTEM'],
    ['x-chargebook-channel', 'PIGEON'],
  ])('%s: %s is refused', async (name, value) => {
    expectFault(await book.ask(HEAD, {}, { [name]: value }), 400, 'BAD_USER_INPUT');
  });
});

describe('an argument', () => {
  it.each([
    ['first: 1000', 'sites(first: 1000) { nodes { id } }'],
    ['first: -1', 'chargers(first: -1) { nodes { serial } }'],
    ['first and last', 'sites(first: 1, last: 1) { nodes { id } }'],
    ['a cursor that is none', 'sites(after: "there") { nodes { id } }'],
    ['a cursor of another list', `chargers(after: "${cursor([1, 2, 3])}") { nodes { serial } }`],
    ['a cursor of numbers', `sites(after: "${cursor([1])}") { nodes { id } }`],
    ['a cursor with a zero character', `sites(after: "${cursor(['\0'])}") { nodes { id } }`],
    ['an odd time in a cursor', `relocations(after: "${cursor(['soon', 1])}") { nodes { serial } }`],
  ])('%s is refused', async (_, query) => {
    const answer = await book.ask(`{ ${query} }`);
    expectFault(answer, 200, 'BAD_USER_INPUT');
  });

  it.each([
    '2026-02-30T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-01-01',
    'now',
    '',
    '2026-01-01T25:00:00Z',
    '0000-01-01T00:00:00Z',
    '+012026-01-01T00:00:00Z',
  ])('time %j is refused wherever one is taken', async (time) => {
    const variables = { time };
    const asked = 'query ($time: DateTime) { charger(serial: "u1") { effectiveLimit(at: $time) { amps } } }';
    expectFault(await book.ask(asked, variables), 400, 'BAD_USER_INPUT');
    const told =
      'mutation ($time: DateTime) { renameSite(input: { site: "yard", name: "Y" }, options: { occurredAt: $time }) { __typename } }';
    expectFault(await book.ask(told, variables), 400, 'BAD_USER_INPUT');
  });

  it.each([
    ['an empty span', '2026-02-02T00:00:00Z', '2026-02-01T00:00:00Z'],
    ['ten thousand years by the hour', '0001-01-01T00:00:00Z', '9999-12-31T00:00:00Z'],
  ])('of consumption that is %s is refused', async (_, from, to) => {
    const { body } = await book.ask(
      `query ($from: DateTime!, $to: DateTime!) {
        site(id: "yard") { name consumption(from: $from, to: $to, interval: HOUR) { sessions } } }`,
      { from, to },
    );
    expect(body.data).toEqual({ site: { name: 'Yard', consumption: null } });
    expect(body.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  });

  it('with a zero character is refused, in a variable as in a document', async () => {
    expectFault(await book.ask('{ site(id: "\\u0000") { id } }'), 400, 'BAD_USER_INPUT');
    const document =
      'mutation ($name: String!) { renameSite(input: { site: "yard", name: $name }) { __typename } }';
    expectFault(await book.ask(document, { name: 'Y\0rd' }), 400, 'BAD_USER_INPUT');
    const half = '{"query": "query ($id: ID!) { site(id: $id) { id } }", "variables": {"id": "\\ud800"}}';
    expectFault(await book.send(half), 400, 'BAD_USER_INPUT');
  });
});

function cursor(values: readonly unknown[]): string {
  return Buffer.from(JSON.stringify(values)).toString('base64url');
}

describe('after all that', () => {
  it('the book is what it was, the server serves, and nothing failed inside', async () => {
    await expectSmallWorld(book);
    expect(server.said).not.toContain('"level":50');
  });
});
