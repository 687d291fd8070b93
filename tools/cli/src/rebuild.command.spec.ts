import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { IncomingMessage, Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { run } from './main';

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** A server that gives the next of its answers to each request. */
class RebuildServer {
  readonly requests: { method?: string; url?: string; authorization?: string; body: string }[] = [];
  answers: Answer[] = [];
  private readonly http: Server = createServer((request, response) => {
    void this.note(request).then(() => {
      const { status, body } = this.answers.shift() ?? { status: 500, body: {} };
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
  });

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.http.listen(0, '127.0.0.1', resolve));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.http.address() as AddressInfo).port}/graphql`;
  }

  async stop(): Promise<void> {
    this.http.closeAllConnections();
    await new Promise((resolve) => this.http.close(resolve));
  }

  private async note(request: IncomingMessage): Promise<void> {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const { method, url, headers } = request;
    this.requests.push({ method, url, authorization: headers.authorization, body });
  }
}

const rebuild = (projection: string, sequence: number, switchedAt?: string) => ({
  id: projection.length,
  projection,
  sequence,
  ofSequence: 100,
  ...(switchedAt == null ? {} : { switchedAt }),
});
const DONE = '2026-05-04T10:00:00.000Z';

describe('chargebook rebuild', () => {
  let server: RebuildServer;
  let [out, complaints] = ['', ''];

  beforeEach(async () => {
    server = new RebuildServer();
    await server.start();
    [out, complaints] = ['', ''];
  });

  afterEach(() => server.stop());

  const person = (args: string[], interrupted?: AbortSignal) =>
    run(args, {
      stdout: { write: (text) => (out += text) },
      stderr: { write: (text) => (complaints += text) },
      env: { CHARGEBOOK_URL: server.url, CHARGEBOOK_TOKEN: 'a-token' },
      nowMs: () => 0,
      version: '1.2.3',
      interrupted,
    });

  it('asks for one projection, waits until it serves, and says so', async () => {
    server.answers = [
      { status: 202, body: [rebuild('sessions', 0)] },
      { status: 200, body: [rebuild('sessions', 40), rebuild('ledger', 100, DONE)] },
      { status: 200, body: [rebuild('sessions', 100, DONE)] },
    ];

    expect(await person(['rebuild', 'sessions'])).toBe(0);

    expect(out).toBe('Made anew in 0.0 s: sessions\n');
    expect(server.requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'POST /rebuilds',
      'GET /rebuilds',
      'GET /rebuilds',
    ]);
    expect(server.requests[0]).toMatchObject({
      authorization: 'Bearer a-token',
      body: '{"projection":"sessions"}',
    });
  });

  it('asks for all without a name', async () => {
    const done = [rebuild('ledger', 100, DONE), rebuild('sessions', 100, DONE)];
    server.answers = [
      { status: 202, body: done.map(({ projection }) => rebuild(projection, 0)) },
      { status: 200, body: done },
    ];

    expect(await person(['rebuild'])).toBe(0);

    expect(server.requests[0]?.body).toBe('{}');
    expect(out).toContain('ledger, sessions');
  });

  it('tells which rows were not as the facts give them, with a code of its own', async () => {
    const wrong = { table: 'registry.site', wrong: 1, missing: 2, examples: [{ id: 'yard' }] };
    for (const [differences, code, says] of [
      [
        [wrong],
        5,
        'registry.site: 1 rows were not as the facts give them, 2 were missing\n  {"id":"yard"}\n',
      ],
      [[], 0, 'All rows were as the facts give them.'],
    ] as const) {
      out = '';
      server.answers = [
        { status: 202, body: [rebuild('registry', 0)] },
        { status: 200, body: [{ ...rebuild('registry', 100, DONE), differences }] },
      ];
      expect(await person(['rebuild', 'registry', '--compare'])).toBe(code);
      expect(out).toContain(says);
      expect(server.requests.splice(0)[0]?.body).toBe('{"projection":"registry","compare":true}');
    }
  });

  it('waits for a server that is gone for a moment', async () => {
    server.answers = [
      { status: 202, body: [rebuild('ledger', 0)] },
      { status: 503, body: { errors: [{ message: 'not now' }] } },
      { status: 200, body: [rebuild('ledger', 100, DONE)] },
    ];

    expect(await person(['rebuild', 'ledger'])).toBe(0);
    expect(out).toContain('ledger');
  });

  it('says why the server refuses, without the token', async () => {
    const message = 'there is no projection "colours"; there are ledger, sessions';
    server.answers = [{ status: 404, body: { errors: [{ message }] } }];

    expect(await person(['rebuild', 'colours'])).toBe(1);
    expect(complaints).toContain(message);
    expect(complaints).not.toContain('a-token');
  });

  it('leaves the server to it when it is interrupted', async () => {
    server.answers = [{ status: 202, body: [rebuild('ledger', 0)] }];

    expect(await person(['rebuild'], AbortSignal.abort())).toBe(1);
    expect(complaints).toContain('the server goes on');
  });

  it('says that nothing answers', async () => {
    expect(await person(['rebuild', '--url', 'http://127.0.0.1:1/graphql'])).toBe(1);
    expect(complaints).toContain('Nothing answers at http://127.0.0.1:1/rebuilds');
  });
});
