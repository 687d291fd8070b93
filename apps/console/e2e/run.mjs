// Runs the browser tests. They need Debian's chromium: as root it is installed where it is missing; elsewhere the tests
// are passed over, and it says so.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../../..');
const browser = process.env.CHROMIUM ?? '/usr/bin/chromium';

if (!existsSync(browser) && process.getuid?.() === 0) {
  console.log('chromium is missing: installing it');
  const apt = (...args) =>
    spawnSync('apt-get', ['-qq', ...args], { stdio: ['ignore', 'ignore', 'inherit'] }).status === 0;
  if (!apt('install', '-y', '--no-install-recommends', 'chromium')) {
    apt('update');
    apt('install', '-y', '--no-install-recommends', 'chromium');
  }
}
if (!existsSync(browser)) {
  console.error(
    `\nPASSED OVER: no browser at ${browser}; install Debian's chromium, or name one with CHROMIUM.\n`,
  );
  const folder = path.join(root, '.ci/out');
  mkdirSync(folder, { recursive: true });
  const tally = { project: 'console-e2e', passed: 0, failed: 0, skipped: 1 };
  writeFileSync(path.join(folder, 'console-e2e.json'), `${JSON.stringify(tally)}\n`);
  process.exit(0);
}
const jest = [
  '--experimental-vm-modules',
  '--no-warnings',
  path.join(root, 'node_modules/jest/bin/jest.js'),
  '-c',
  path.join(import.meta.dirname, 'jest.config.mjs'),
  ...process.argv.slice(2),
];
process.exit(spawnSync(process.execPath, jest, { cwd: root, stdio: 'inherit' }).status ?? 1);
