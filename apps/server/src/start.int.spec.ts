import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import path from 'node:path';
import { INTERNALS } from './bad-input.fixtures';
import { Book } from './book.fixtures';
import type { Said } from './server-process.fixtures';
import {
  cleanUp,
  postmasterIn,
  ServerProcess,
  serverThatGivesUp,
  temporaryFolder,
} from './server-process.fixtures';

let server: ServerProcess;

beforeAll(async () => {
  server = await ServerProcess.start();
});

afterAll(cleanUp);

/** Expects that it gave up with a few words for the person at the keyboard. */
function expectPlainWord({ code, stdout, stderr }: Said, word: RegExp): void {
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(word);
  expect(stderr).not.toMatch(INTERNALS);
  expect(stderr.split('\n').length).toBeLessThan(12);
}

describe('a server that starts', () => {
  it('leaves a token that only its owner can read, and says where', async () => {
    const { mode } = statSync(server.adminTokenFile);
    expect(mode & 0o777).toBe(0o600);
    expect(statSync(server.dataDirectory).mode & 0o777).toBe(0o700);
    expect(server.adminToken).toMatch(/^cb_admin_[\w-]{43}$/);
    expect(server.said).toContain(server.adminTokenFile);
    expect(server.said).not.toContain(server.adminToken);
    expect(server.said).not.toContain('"level"');
    expect(await new Book(server).head()).toBe(0);
  });

  it('takes a free port where it is told 0, and answers there alone', () => {
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:[1-9]\d+$/);
  });
});

describe('a data directory', () => {
  it('that lies under a file is named, with the reason', async () => {
    const file = path.join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    const said = await serverThatGivesUp({ DATA_DIR: path.join(file, 'sub') });

    expectPlainWord(said, /The data directory .*file\/sub cannot be used: .*ENOTDIR/);
  });

  it('that is a file is named, with the reason', async () => {
    const file = path.join(temporaryFolder(), 'file');
    writeFileSync(file, '');

    expectPlainWord(await serverThatGivesUp({ DATA_DIR: file }), /The data directory .*file cannot be used/);
    expect(readFileSync(file, 'utf8')).toBe('');
  });

  it('of a server that runs is not taken over', async () => {
    const said = await serverThatGivesUp({ DATA_DIR: server.dataDirectory });

    expectPlainWord(said, /in use by process \d+/);
    expect(said.stderr).toContain(server.dataDirectory);
    expect(await new Book(server).head()).toBe(0);
  });

  it('with a token that is damaged is not opened to whoever has that', async () => {
    const folder = path.join(temporaryFolder(), 'data');
    mkdirSync(folder);
    writeFileSync(path.join(folder, 'admin.token'), 'x\n');

    expectPlainWord(await serverThatGivesUp({ DATA_DIR: folder }), /admin token in .* is damaged/);
    expect(postmasterIn(folder)).toBeUndefined();
  });

  it('with a path of two hundred letters is as good as any', async () => {
    const folder = path.join(temporaryFolder(), 'a'.repeat(100), 'b'.repeat(100), 'data');
    const deep = await ServerProcess.start(folder);
    await new Book(deep).record('registerSite', { id: 's', name: 'Deep', timeZone: 'UTC' });

    expect(await deep.stop()).toMatchObject({ code: 0 });
    expect(readdirSync(folder)).toEqual(expect.arrayContaining(['admin.token', 'events', 'postgres']));
  });
});

describe('a port', () => {
  it('that another program has is named, and nothing stays behind', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const folder = path.join(temporaryFolder(), 'data');
    const said = await serverThatGivesUp({ DATA_DIR: folder, PORT: String(port) });
    other.close();

    expectPlainWord(said, new RegExp(`port ${String(port)} is in use`, 'i'));
    expect(postmasterIn(folder)).toBeUndefined();
    expect(await (await ServerProcess.start(folder)).stop()).toMatchObject({ code: 0 });
  });
});

describe('a configuration', () => {
  it('with faults is refused with all of them, before anything is made', async () => {
    const folder = path.join(temporaryFolder(), 'data');
    const said = await serverThatGivesUp({
      DATA_DIR: folder,
      PORT: '65536',
      HOST: 'two words',
      ROLE: 'king',
      LOG_LEVEL: 'loud',
      EVENTSTORE_URL: 'http://127.0.0.1',
      DATABASE_URL: 'mysql://127.0.0.1',
    });

    expectPlainWord(said, /PORT.*\n(.*\n)*/);
    for (const name of ['PORT', 'HOST', 'ROLE', 'LOG_LEVEL', 'EVENTSTORE_URL', 'DATABASE_URL'])
      expect(said.stderr).toContain(`  - ${name} `);
    expect(existsSync(folder)).toBe(false);
  });

  it('of a role beside engines that nobody hosts is refused', async () => {
    const said = await serverThatGivesUp({ DATA_DIR: temporaryFolder(), ROLE: 'projector' });
    expectPlainWord(said, /no process with ROLE=all hosts its engines/);
  });

  it('with a database that does not answer is refused', async () => {
    const folder = path.join(temporaryFolder(), 'data');
    const said = await serverThatGivesUp({ DATA_DIR: folder, DATABASE_URL: 'postgres://a:b@127.0.0.1:1/c' });

    expectPlainWord(said, /DATABASE_URL: the database is out of reach: .*ECONNREFUSED/);
  });

  it('with a host that is not here is refused', async () => {
    const folder = path.join(temporaryFolder(), 'data');
    const said = await serverThatGivesUp({ DATA_DIR: folder, HOST: '192.0.2.1' });

    expectPlainWord(said, /HOST/);
    expect(postmasterIn(folder)).toBeUndefined();
  });
});
