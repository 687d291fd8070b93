import { defineConfig } from 'rolldown';

/** The program of the command line: our own modules in one file, npm packages left where they are. */
export default defineConfig({
  input: 'tools/cli/src/main.ts',
  platform: 'node',
  external: (id) => /^[^./]/.test(id) && !id.startsWith('@chargebook/'),
  tsconfig: 'tsconfig.base.json',
  output: { file: 'dist/cli/main.js', format: 'esm', sourcemap: true },
});
