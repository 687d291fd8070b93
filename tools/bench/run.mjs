// Builds what the benchmarks measure, and runs one of them with its arguments, or all: `npm run bench -- commands 5 5`.
import { spawnSync } from 'node:child_process';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');
const all = [
  'access',
  'big-book',
  'commands',
  'console-rows',
  'event-store',
  'first-view',
  'import',
  'limits-in-memory',
  'limits-over-http',
  'partner-page',
  'proofs',
  'rebuild',
];
const [named, ...args] = process.argv.slice(2);
if (named != null && !all.includes(named)) {
  console.error(`There is no benchmark ${named}; there are ${all.join(', ')}.`);
  process.exit(2);
}

function run(program, ...programArgs) {
  const { status } = spawnSync(process.execPath, [program, ...programArgs], { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

for (const part of ['libs/embedded-eventstore', 'apps/server', 'tools/cli', 'tools/bench'])
  run('node_modules/rolldown/bin/cli.mjs', '-c', `${part}/rolldown.config.mjs`, '--logLevel', 'silent');
if (named == null || ['console-rows', 'first-view'].includes(named))
  run('node_modules/vite/bin/vite.js', 'build', 'apps/console', '--logLevel', 'error');
for (const name of named == null ? all : [named]) {
  console.log(`\n${name}`);
  run(`dist/bench/${name}.js`, ...args);
}
