import { execFile } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const run = promisify(execFile);
const root = path.resolve(import.meta.dirname, '../../..');

/** Files that break a rule, and stand in a library for as long as they are looked at. */
const intruders = {
  domain:
    "export { Database } from '@chargebook/read-models';\nexport const now = (): number => Date.now();\n",
  application:
    "export { isId } from '@chargebook/domain';\nexport { Database } from '@chargebook/read-models';\n",
};

const fileIn = (library: string) =>
  path.join(root, 'libs', library, 'src', `intruder-${String(process.pid)}.ts`);

interface Finding {
  readonly line: number;
  readonly rule: string;
}

async function lint(files: readonly string[]): Promise<Map<string, Finding[]>> {
  const eslint = path.join(root, 'node_modules/eslint/bin/eslint.js');
  const options = { cwd: root, env: { ...process.env, NX_DAEMON: 'false' } };
  const { stdout } = await run(process.execPath, [eslint, '--format', 'json', ...files], options).catch(
    // It ends with 1 where it finds something.
    (error: unknown) => error as { stdout: string },
  );
  const results = JSON.parse(stdout) as { filePath: string; messages: { line: number; ruleId: string }[] }[];
  return new Map(
    results.map(({ filePath, messages }) => [
      filePath,
      messages.map(({ line, ruleId }) => ({ line, rule: ruleId })),
    ]),
  );
}

describe('import rules', () => {
  let found = new Map<string, Finding[]>();

  beforeAll(async () => {
    const files = Object.entries(intruders).map(([library, code]) => ({ file: fileIn(library), code }));
    await Promise.all(files.map(({ file, code }) => writeFile(file, code)));
    found = await lint(files.map(({ file }) => file));
  }, 120_000);

  afterAll(async () => {
    await Promise.all(Object.keys(intruders).map((library) => rm(fileIn(library), { force: true })));
  });

  it('keep the domain from importing anything of ours, and from looking at the clock', () => {
    expect(found.get(fileIn('domain'))).toEqual([
      { line: 1, rule: '@nx/enforce-module-boundaries' },
      { line: 2, rule: 'no-restricted-properties' },
    ]);
  });

  it('let the write side import the domain, and not the read models', () => {
    expect(found.get(fileIn('application'))).toEqual([{ line: 2, rule: '@nx/enforce-module-boundaries' }]);
  });
});
