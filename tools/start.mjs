// What `npm start` runs: builds the server and the command line, which takes a moment, and becomes the server.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const rolldown = path.join(root, 'node_modules/rolldown/bin/cli.mjs');

for (const config of ['apps/server/rolldown.config.mjs', 'tools/cli/rolldown.config.mjs']) {
  const built = spawnSync(process.execPath, [rolldown, '-c', config], { cwd: root, encoding: 'utf8' });
  if (built.status !== 0) {
    process.stderr.write(`${built.stdout}${built.stderr}\nThe build failed (${config}).\n`);
    process.exit(1);
  }
}

process.setSourceMapsEnabled(true);
await import(path.join(root, 'dist/server/main.js'));
