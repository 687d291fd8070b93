// What `npm start` runs: builds the server, the command line and the console, as far as needed, and becomes the server.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const rolldown = path.join(root, 'node_modules/rolldown/bin/cli.mjs');

function build(what, args) {
  const built = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  if (built.status === 0) return;
  process.stderr.write(`${built.stdout}${built.stderr}\nThe build failed (${what}).\n`);
  process.exit(1);
}

/** The console takes seconds to build, so only where a source of it is newer than what was built. */
function isConsoleOld() {
  const page = path.join(root, 'dist/console/index.html');
  if (!existsSync(page)) return true;
  const folder = path.join(root, 'apps/console');
  const sources = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes('e2e'))
    .map((entry) => path.join(entry.parentPath, entry.name));
  const builtAt = statSync(page).mtimeMs;
  return [path.join(root, 'package-lock.json'), ...sources].some((file) => statSync(file).mtimeMs > builtAt);
}

for (const config of ['apps/server/rolldown.config.mjs', 'tools/cli/rolldown.config.mjs']) {
  build(config, [rolldown, '-c', config]);
}
if (isConsoleOld()) {
  build('apps/console', [
    path.join(root, 'node_modules/vite/bin/vite.js'),
    'build',
    'apps/console',
    '--logLevel',
    'error',
  ]);
}

process.setSourceMapsEnabled(true);
await import(path.join(root, 'dist/server/main.js'));
