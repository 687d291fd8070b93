import { execFile } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from '@jest/globals';

const run = promisify(execFile);
const root = path.resolve(import.meta.dirname, '../../..');
const intruders: string[] = [];

/** Lints a file that stands in a library for as long as the test lasts. */
async function lintIntruder(library: string, code: string): Promise<string> {
  const file = path.join(root, 'libs', library, 'src', `intruder-${String(process.pid)}.ts`);
  intruders.push(file);
  await writeFile(file, code);
  const eslint = path.join(root, 'node_modules/eslint/bin/eslint.js');
  const environment = { ...process.env, NX_DAEMON: 'false' };
  try {
    const { stdout } = await run(process.execPath, [eslint, file], { cwd: root, env: environment });
    return stdout;
  } catch (error) {
    return (error as { stdout: string }).stdout;
  }
}

describe('import rules', () => {
  afterEach(async () => {
    await Promise.all(intruders.splice(0).map((file) => rm(file, { force: true })));
  });

  it('keep the domain from importing anything of ours', async () => {
    const found = await lintIntruder('domain', "export { Database } from '@chargebook/read-models';\n");
    expect(found).toContain('@nx/enforce-module-boundaries');
  }, 60_000);

  it('let the write side import the domain, and not the read models', async () => {
    const found = await lintIntruder(
      'application',
      "export { isId } from '@chargebook/domain';\nexport { Database } from '@chargebook/read-models';\n",
    );
    expect(found).toContain('2:1');
    expect(found).not.toContain('1:1');
  }, 60_000);

  it('keep the clock out of the domain', async () => {
    const found = await lintIntruder('domain', 'export const now = (): number => Date.now();\n');
    expect(found).toContain('The clock comes with the command.');
  }, 60_000);
});
