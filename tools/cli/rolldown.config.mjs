import { defineConfig } from 'rolldown';

/** The program of the command line: our own modules in one file, npm packages left where they are; the event store's worker beside it. */
export default defineConfig({
  input: { main: 'tools/cli/src/main.ts', 'event-store-worker': 'libs/embedded-eventstore/src/worker.ts' },
  platform: 'node',
  external: (id) => /^[^./]/.test(id) && !id.startsWith('@chargebook/'),
  tsconfig: 'tsconfig.base.json',
  output: { dir: 'dist/cli', format: 'esm', sourcemap: true },
});
