import { defineConfig } from 'rolldown';

/** Our own modules in one file, npm packages left where they are. */
const bundle = (input, file) => ({
  input: `libs/embedded-eventstore/src/${input}`,
  platform: 'node',
  external: /^[^./]/,
  output: { file: `dist/embedded-eventstore/${file}`, format: 'esm', sourcemap: true },
});

/** The worker thread's entry must be JavaScript; the library beside it is for processes that read no TypeScript. */
export default defineConfig([bundle('worker.ts', 'worker.js'), bundle('index.ts', 'index.js')]);
