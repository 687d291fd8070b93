import { cpSync } from 'node:fs';
import { defineConfig } from 'rolldown';

/** Files that are read at run time lie beside the program. */
const copyBeside = {
  name: 'copy-beside',
  writeBundle() {
    cpSync('libs/read-models/src/migrations', 'dist/server/migrations', { recursive: true });
    cpSync('libs/verifier/src/verify.mjs', 'dist/server/verify.mjs');
    cpSync('libs/graphql/src/schema', 'dist/server/schema', { recursive: true });
  },
};

/** The server: our own modules in one file, npm packages left where they are; the event store's worker beside it. */
export default defineConfig({
  input: { main: 'apps/server/src/main.ts', 'event-store-worker': 'libs/embedded-eventstore/src/worker.ts' },
  platform: 'node',
  external: (id) => /^[^./]/.test(id) && !/^@(chargebook|oxc-project)\//.test(id),
  tsconfig: 'tsconfig.base.json',
  plugins: [copyBeside],
  output: { dir: 'dist/server', format: 'esm', sourcemap: true },
});
