import { defineConfig } from 'rolldown';

/** The worker thread's entry: our own modules in one file, npm packages left where they are. */
export default defineConfig({
  input: 'libs/embedded-eventstore/src/worker.ts',
  platform: 'node',
  external: /^[^./]/,
  output: { file: 'dist/embedded-eventstore/worker.js', format: 'esm', sourcemap: true },
});
