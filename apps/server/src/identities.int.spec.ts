import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CryptoKey, JWTPayload } from 'jose';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import type { Answer } from './book.fixtures';
import { Book } from './book.fixtures';
import { chargebook, cleanUp, eventually, ServerProcess } from './server-process.fixtures';

let server: ServerProcess;
let book: Book;
let issuer: Issuer;

/** An issuer of JWTs on this machine. */
class Issuer {
  private constructor(
    private readonly http: Server,
    readonly url: string,
    private readonly keys: { privateKey: CryptoKey; publicKey: CryptoKey },
  ) {}

  static async start(): Promise<Issuer> {
    const keys = await generateKeyPair('ES256');
    const jwk = { ...(await exportJWK(keys.publicKey)), kid: 'one', alg: 'ES256' };
    const http = createServer((request, response) => {
      const isDescription = request.url === '/.well-known/openid-configuration';
      response.setHeader('content-type', 'application/json');
      response.end(
        JSON.stringify(isDescription ? { issuer: url, jwks_uri: `${url}/keys` } : { keys: [jwk] }),
      );
    });
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${String((http.address() as AddressInfo).port)}`;
    return new Issuer(http, url, keys);
  }

  /** A token for somebody, in order but for what is said otherwise. */
  sign(claims: JWTPayload, { key, expiresIn = 300 }: { key?: CryptoKey; expiresIn?: number } = {}) {
    const nowSeconds = Math.floor(Date.now() / 1000);
    return new SignJWT({
      iss: this.url,
      aud: 'chargebook',
      sub: 'somebody',
      exp: nowSeconds + expiresIn,
      ...claims,
    })
      .setProtectedHeader({ alg: 'ES256', kid: 'one' })
      .sign(key ?? this.keys.privateKey);
  }

  stop(): void {
    this.http.close();
    this.http.closeAllConnections();
  }
}

beforeAll(async () => {
  issuer = await Issuer.start();
  server = await ServerProcess.start(undefined, { OIDC_ISSUER: issuer.url });
  book = new Book(server);
  await book.record('registerOperator', { id: 'north', name: 'North' });
});

afterAll(async () => {
  issuer.stop();
  await cleanUp();
});

const ME = '{ me { id kind operator { id } partner { id status } permissions warnings { ground } } }';
const whoIs = (token: string) => book.ask(ME, {}, { authorization: `Bearer ${token}` });
const codeOf = ({ status, body }: Answer) => [status, body.errors?.[0]?.extensions.code];

async function issue(input: object): Promise<{ id: string; secret: string }> {
  const document = `mutation ($input: IssueCredentialInput!) {
    issueCredential(input: $input) { ... on IssuedCredential { id secret } ... on Rejection { message } } }`;
  const data = await book.query<{ issueCredential: { id: string; secret: string } }>(document, { input });
  return data.issueCredential;
}

describe('an issued credential', () => {
  it('lets its holder in as what it is for', async () => {
    const { id, secret } = await issue({ role: 'OPERATOR', name: 'Office', operator: 'north' });
    expect((await whoIs(secret)).body.data).toMatchObject({
      me: { id, kind: 'OPERATOR', operator: { id: 'north' } },
    });
  });

  it('is nothing without its secret', async () => {
    const { id, secret } = await issue({ role: 'OPERATOR', name: 'Office', operator: 'north' });
    const other = `${secret.slice(0, -1)}${secret.endsWith('A') ? 'B' : 'A'}`;
    const unknown = secret.replace(id, '00000000-0000-4000-8000-000000000000');
    for (const wrong of [other, unknown, `cb_${id}_`, id])
      expect(codeOf(await whoIs(wrong))).toEqual([401, 'UNAUTHENTICATED']);
  });

  it('lets nobody in any more once it is revoked', async () => {
    const { id, secret } = await issue({ role: 'AUDITOR', name: 'Auditor' });
    expect((await whoIs(secret)).status).toBe(200);
    await book.record('revokeCredential', { credential: id });
    expect(codeOf(await whoIs(secret))).toEqual([401, 'UNAUTHENTICATED']);
  });

  it('ends when it says', async () => {
    const expiresAt = new Date(Date.now() + 1_500).toISOString();
    const { secret } = await issue({ role: 'AUDITOR', name: 'Auditor', expiresAt });
    await eventually('it has expired', async () => (await whoIs(secret)).status === 401);
    expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(expiresAt));
  });

  it('is issued, listed and revoked from the shell', async () => {
    const issued = await chargebook(
      server,
      'token',
      'issue',
      'installer',
      '--name',
      'Fitter',
      '--operator',
      'north',
    );
    expect(issued).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^cb_[0-9a-f-]{36}_[\w-]{43}\n$/),
    });
    const token = issued.stdout.trim();
    expect((await whoIs(token)).body.data).toMatchObject({ me: { kind: 'INSTALLER' } });
    await book.caughtUp();
    const id = token.split('_')[1]!;
    const line = async () =>
      (await chargebook(server, 'token', 'list')).stdout.split('\n').find((told) => told.startsWith(id));
    expect(await line()).toBe([id, 'INSTALLER', 'Fitter', 'north', 'valid'].join('\t'));
    expect(await chargebook(server, 'token', 'revoke', id)).toMatchObject({ code: 0 });
    expect(codeOf(await whoIs(token))).toEqual([401, 'UNAUTHENTICATED']);
    await book.caughtUp();
    expect(await line()).toContain('\trevoked ');
    expect(await chargebook(server, 'token', 'issue', 'king', '--name', 'X')).toMatchObject({ code: 2 });
  });
});

describe('a warned partner', () => {
  it('is told with every answer, is shut out when revoked, and let in again', async () => {
    await book.record('registerPartner', { id: 'app', name: 'The app', operator: 'north' });
    const { secret } = await issue({ role: 'PARTNER', name: 'Key', partner: 'app' });
    const calm = await whoIs(secret);
    expect(calm.body).not.toHaveProperty('extensions.warnings');
    expect(calm.body.data).toMatchObject({ me: { id: 'app', partner: { status: 'ACTIVE' }, warnings: [] } });
    const remedyBy = new Date(Date.now() + 3_600_000).toISOString();
    await book.record('warnPartner', { partner: 'app', ground: 'Too many reads', remedyBy });
    const warned = await whoIs(secret);
    const warning = { ground: 'Too many reads', remedyBy };
    expect(warned.body).toMatchObject({
      data: { me: { warnings: [{ ground: 'Too many reads' }] } },
      extensions: { warnings: [warning] },
    });
    const nonsense = await book.ask(
      '{ charger(serial: "none") { serial } }',
      {},
      { authorization: `Bearer ${secret}` },
    );
    expect(nonsense.body).toMatchObject({ extensions: { warnings: [warning] } });

    const revoke = { partner: 'app', ground: 'Went on' };
    expect((await book.command('revokePartnerAccess', revoke)).code).toBe('WARNING_REQUIRED');
    await book.record('revokePartnerAccess', {
      ...revoke,
      extremeCase: true,
      justification: 'Sold what it read',
    });
    expect(codeOf(await whoIs(secret))).toEqual([403, 'ACCESS_REVOKED']);
    await book.record('reinstatePartnerAccess', { partner: 'app' });
    expect((await whoIs(secret)).body.data).toMatchObject({ me: { partner: { status: 'WARNED' } } });
  });
});

describe('a JWT of the issuer', () => {
  const operator = { chargebook: { role: 'OPERATOR', operator: 'north' } };

  it('makes its holder what its claim says', async () => {
    const told = (await whoIs(await issuer.sign(operator))).body.data;
    expect(told).toMatchObject({ me: { id: 'oidc:somebody', kind: 'OPERATOR', operator: { id: 'north' } } });
    const partner = { chargebook: { role: 'PARTNER', partner: 'app' } };
    expect((await whoIs(await issuer.sign(partner))).body.data).toMatchObject({
      me: { id: 'app', kind: 'PARTNER' },
    });
  });

  it('may be a little late, and no more', async () => {
    expect((await whoIs(await issuer.sign(operator, { expiresIn: -30 }))).status).toBe(200);
    expect((await whoIs(await issuer.sign(operator, { expiresIn: -90 }))).status).toBe(401);
  });

  it.each<[why: string, claims: JWTPayload]>([
    ['for somebody else', { ...operator, aud: 'another' }],
    ['of another issuer', { ...operator, iss: 'http://127.0.0.1:1' }],
    ['without a role', {}],
    ['with a role that is none', { chargebook: { role: 'KING', operator: 'north' } }],
    ['of an operator that it does not name', { chargebook: { role: 'OPERATOR' } }],
    ['of a partner that there is not', { chargebook: { role: 'PARTNER', partner: 'nobody' } }],
  ])('%s is not taken', async (_why, claims) => {
    expect(codeOf(await whoIs(await issuer.sign(claims)))).toEqual([401, 'UNAUTHENTICATED']);
  });

  it('that others have signed, or nobody, is not taken', async () => {
    const { privateKey } = await generateKeyPair('ES256');
    expect((await whoIs(await issuer.sign(operator, { key: privateKey }))).status).toBe(401);
    const [, payload] = (await issuer.sign(operator)).split('.');
    const header = Buffer.from('{"alg":"none"}').toString('base64url');
    expect((await whoIs(`${header}.${payload!}.`)).status).toBe(401);
  });
});

describe('a driver', () => {
  const SESSION =
    '{ session(id: "trip") { driverReference } charger(serial: "D1") { history { nodes { type data } } } }';
  type Told = {
    session: { driverReference: string | null };
    charger: { history: { nodes: { type: string; data: { driverReference?: string } }[] } };
  };

  it('is known by a reference in the book, and by name to who had the charger then, until forgotten', async () => {
    for (const id of ['old', 'new']) await book.record('registerOperator', { id, name: id });
    await book.record('registerCharger', { serial: 'D1', operator: 'old' });
    const occurredAt = new Date().toISOString();
    const plugged = {
      charger: 'D1',
      kind: 'CAR_CONNECTED',
      occurredAt,
      sessionId: 'trip',
      driverReference: 'tag-77',
    };
    await book.observe([plugged]);
    await book.record('transferChargerControl', { charger: 'D1', operator: 'new' });
    const [former, present] = [
      await issue({ role: 'OPERATOR', name: 'Old', operator: 'old' }),
      await issue({ role: 'OPERATOR', name: 'New', operator: 'new' }),
    ];
    const as = ({ secret }: { secret: string }) => ({ authorization: `Bearer ${secret}` });
    const told = await book.query<Told>(SESSION);
    expect(told.session.driverReference).toBe('tag-77');
    const started = told.charger.history.nodes.find(({ type }) => type === 'SessionStarted');
    expect(started?.data.driverReference).toMatch(/^driver:[0-9a-f-]{36}$/);
    // Who has the charger now has its history, but not those who came under others; who had it has neither.
    expect((await book.query<Told>(SESSION, {}, as(present))).session.driverReference).toBeNull();
    expect((await book.ask(SESSION, {}, as(former))).body.data).toEqual({ session: null, charger: null });

    const erase = { driverReference: 'tag-77' };
    const options = { commandId: 'forget-1', reason: 'asked to be forgotten' };
    const receipt = await book.record('eraseDriver', erase, options);
    expect(receipt.events).toMatchObject([
      { type: 'DriverErased', data: { driver: started?.data.driverReference } },
    ]);
    const after = await book.query<Told>(SESSION);
    expect(after.session.driverReference).toBeNull();
    expect(after.charger).toEqual(told.charger);
    expect(await book.record('eraseDriver', erase, options)).toEqual(receipt);
    expect((await book.command('eraseDriver', erase)).code).toBe('NOT_FOUND');
  });
});

describe('whoever did something', () => {
  it('has a name for their own operator', async () => {
    const office = await issue({ role: 'OPERATOR', name: 'Kim at the office', operator: 'north' });
    const as = ({ secret }: { secret: string }) => ({ authorization: `Bearer ${secret}` });
    const document = `mutation { registerCharger(input: { serial: "N1" }) { ... on Receipt { position events { actor { kind name } } } } }`;
    const { body } = await book.ask(document, {}, as(office));
    expect(body.data).toMatchObject({
      registerCharger: { events: [{ actor: { kind: 'OPERATOR', name: 'Kim at the office' } }] },
    });
    await book.record('transferChargerControl', { charger: 'N1', operator: 'new' });
    const other = await issue({ role: 'OPERATOR', name: 'New', operator: 'new' });
    const history =
      '{ charger(serial: "N1") { history(types: ["ChargerRegistered"]) { nodes { actor { id name } } } } }';
    expect((await book.ask(history, {}, as(other))).body.data).toEqual({
      charger: { history: { nodes: [{ actor: { id: office.id, name: null } }] } },
    });
  });
});

describe('what a partner did', () => {
  it('is written down by day and asset, for who reviews its access', async () => {
    const as = ({ secret }: { secret: string }) => ({ authorization: `Bearer ${secret}` });
    await book.record('registerPartner', { id: 'watched', name: 'Watched', operator: 'north' });
    await book.record('grantPartnerAccess', { partner: 'watched', permissions: ['READ_STATE'], fleet: true });
    await book.record('registerCharger', { serial: 'W1', operator: 'north' });
    await book.caughtUp();
    const partner = as(await issue({ role: 'PARTNER', name: 'Key', partner: 'watched' }));
    await book.ask(
      '{ a: charger(serial: "W1") { serial } b: charger(serial: "W1") { serial } }',
      {},
      partner,
    );
    await book.ask('{ charger(serial: "D1") { serial } me { id } }', {}, partner);
    await book.ask('mutation { enableCharger(input: { charger: "W1" }) { commandId } }', {}, partner);

    await server.stop();
    server = await ServerProcess.start(server.dataDirectory, { OIDC_ISSUER: issuer.url });
    book = new Book(server);
    await book.caughtUp();
    const query = '{ partner(id: "watched") { use { asset reads commands refusals unusual } } }';
    const use = [
      { asset: 'BOOK', reads: 1, commands: 0, refusals: 0, unusual: [] },
      { asset: 'CHARGER:D1', reads: 0, commands: 0, refusals: 1, unusual: [] },
      { asset: 'CHARGER:W1', reads: 2, commands: 0, refusals: 1, unusual: [] },
    ];
    expect(await book.query(query)).toEqual({ partner: { use } });
    expect((await book.ask(query, {}, partner)).body.data).toEqual({ partner: { use: null } });
  });
});
