import { copyFileSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chargebook, cleanUp, ServerProcess, temporaryFolder } from './server-process.fixtures';
import { smallFile } from './sessions-file.fixtures';

const readme = readFileSync(fileURLToPath(new URL('../../../README.md', import.meta.url)), 'utf8');
const packageFile = fileURLToPath(new URL('../../../package.json', import.meta.url));

/** What stands in the README between fences of a language. */
function snippets(language: string): string[] {
  return [...readme.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(
    ([, code = '']) => code,
  );
}

interface Data {
  readonly data: Record<string, never>;
  readonly errors?: unknown;
}

describe('what the README shows', () => {
  let server: ServerProcess;

  beforeAll(async () => {
    server = await ServerProcess.start();
  }, 60_000);

  afterAll(cleanUp);

  async function post(query: string, position?: string): Promise<Data> {
    const headers = {
      authorization: `Bearer ${server.adminToken}`,
      'content-type': 'application/json',
      ...(position == null ? {} : { 'x-read-after': position }),
    };
    const answer = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ query }),
    });
    return (await answer.json()) as Data;
  }

  it('starts and tests with scripts that exist', () => {
    const { scripts } = JSON.parse(readFileSync(packageFile, 'utf8')) as { scripts: Record<string, string> };
    expect(snippets('sh')[0]).toContain('npm ci && npm start -- --demo');
    expect(snippets('sh')[0]).toContain('npm ci && npm test');
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining(['start', 'test']));
  });

  it('asks the book by a command whose address, token and query are right', async () => {
    const command = snippets('sh').find((code) => code.startsWith('curl')) ?? '';
    expect(command).toContain('http://127.0.0.1:4000/graphql');
    expect(command).toContain(`Bearer $(cat .chargebook/${path.basename(server.adminTokenFile)})`);
    const body = /-d '(.*)'/.exec(command)?.[1] ?? '';
    const answer = await post((JSON.parse(body) as { query: string }).query);
    expect(answer).toMatchObject({ data: { book: { head: '0', projections: expect.any(Array) } } });
  });

  it('records, moves and asks', async () => {
    const [record = '', ask = ''] = snippets('graphql');
    const recorded = await post(record);
    expect(recorded.errors).toBeUndefined();
    const outcomes = Object.values(recorded.data).flat() as { __typename: string; position: string }[];
    expect(outcomes.map((outcome) => outcome.__typename)).toEqual(outcomes.map(() => 'Receipt'));
    const asked = await post(ask, outcomes.at(-1)?.position);
    expect(asked).toMatchObject({
      data: {
        charger: {
          placements: {
            nodes: [
              { backplateId: 'wall-right', mountedAt: '2026-02-01T09:00:00.000Z', dismountedAt: null },
              { backplateId: 'wall-left', dismountedAt: '2026-02-01T09:00:00.000Z' },
            ],
          },
          effectiveLimit: { amps: 32 },
          sessions: { nodes: [{ energyWattHours: 21_400, backplate: { id: 'wall-left' } }] },
        },
      },
    });
  });

  it('imports a file by the command line', async () => {
    const command = snippets('sh').find((code) => code.includes('chargebook import')) ?? '';
    const file = path.join(temporaryFolder(), 'sessions.csv');
    copyFileSync(smallFile, file);
    const [, , ...args] = command.replaceAll('\\\n', ' ').trim().split(/\s+/);
    const said = await chargebook(server, ...args.map((arg) => (arg === 'sessions.csv' ? file : arg)));
    expect(said.stderr + said.stdout).toMatch(/sessions recorded +[1-9]/);
  });

  it('imports a fleet of the Easee cloud, and makes one up', async () => {
    const commands = snippets('sh').find((code) => code.includes('import easee')) ?? '';
    const [importing = [], simulating = []] = commands
      .trim()
      .split('\n')
      .map((line) => line.replace(/#.*/, '').trim().split(/\s+/).slice(2));
    const answers = fileURLToPath(new URL('../../../tools/cli/fixtures/easee', import.meta.url));
    const imported = await chargebook(
      server,
      ...importing.map((arg) => (arg === './answers' ? answers : arg)),
    );
    expect(imported.stdout).toMatch(/chargers +4, 2 of them mounted/);
    const smaller = { '1000': '4', '40': '1', '12': '1' } as Record<string, string>;
    const simulated = await chargebook(server, ...simulating.map((arg) => smaller[arg] ?? arg));
    expect(simulated).toMatchObject({ code: 0, stdout: expect.stringContaining('observations told in') });
  });
});
