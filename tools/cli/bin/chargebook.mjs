#!/usr/bin/env node
import { existsSync, readFileSync } from 'node:fs';

const root = new URL('../../../', import.meta.url);
const entry = new URL('dist/cli/main.js', root);

if (!existsSync(entry)) {
  process.stderr.write('chargebook: the program is not built yet. Build it with: npx nx build cli\n');
  process.exit(1);
}

const { run } = await import(entry.href);
const { version } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'));

// The first interruption lets the command come to an orderly end; the second one ends it at once.
const interruption = new AbortController();
process.once('SIGINT', () => interruption.abort());

process.exitCode = await run(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  nowMs: () => Date.now(),
  version,
  interrupted: interruption.signal,
});
