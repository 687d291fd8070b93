import { describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('./chargebook.mjs', import.meta.url));
const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

function start(file: string, ...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [file, ...args], (_, stdout, stderr) => {
      resolve({ code: child.exitCode ?? -1, stdout, stderr });
    });
  });
}

describe('the program as it is installed', () => {
  it('runs what was built, and tells the version of the house', async () => {
    expect(await start(program, 'version')).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  it('passes on the exit code', async () => {
    expect(await start(program, 'import', 'sessions', 'no-such-file.csv', '--dry-run')).toMatchObject({
      code: 1,
    });
  });

  it('says what to do when it is not built', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'chargebook-bin-'));
    const copy = path.join(folder, 'tools/cli/bin/chargebook.mjs');
    mkdirSync(path.dirname(copy), { recursive: true });
    copyFileSync(program, copy);

    const { code, stderr } = await start(copy, 'version');
    rmSync(folder, { recursive: true });

    expect(code).toBe(1);
    expect(stderr).toContain('npx nx build cli');
  });
});
