import { execFile } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';

const readme = readFileSync(path.join(import.meta.dirname, '../README.md'), 'utf8');
const built = path.resolve(import.meta.dirname, '../../../dist/embedded-eventstore');

describe('the README', () => {
  const snippets = [...readme.matchAll(/^```js runs\n(.*?)^```$/gms)].map(([, code = '']) => code);

  it('has a test for whoever wants to begin with one', () => {
    expect(snippets).toHaveLength(1);
  });

  it.each(snippets)('shows a test that runs, and passes: %#', async (code) => {
    // Beside the built library, whose packages it finds there.
    const file = path.join(built, `readme-${process.pid}.test.mjs`);
    writeFileSync(file, code.replace('@chargebook/embedded-eventstore', './index.js'));
    try {
      // It is not to think that it is part of these tests.
      const { NODE_TEST_CONTEXT: _, NODE_OPTIONS: __, ...env } = process.env;
      const { stdout } = await promisify(execFile)(process.execPath, ['--test', file], { env });
      expect(stdout).toMatch(/^# pass 1$|ℹ pass 1$/m);
    } finally {
      rmSync(file);
    }
  });
});
