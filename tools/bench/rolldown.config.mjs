import { cpSync } from 'node:fs';
import { defineConfig } from 'rolldown';

/** Files that are read at run time lie beside the program. */
const copyBeside = {
  name: 'copy-beside',
  writeBundle() {
    cpSync('libs/read-models/src/migrations', 'dist/bench/migrations', { recursive: true });
  },
};

/** One program for each benchmark: our own modules bundled, npm packages left where they are. */
export default defineConfig({
  input: {
    access: 'tools/bench/src/access.ts',
    'big-book': 'tools/bench/src/big-book.ts',
    commands: 'tools/bench/src/commands.ts',
    'console-rows': 'tools/bench/src/console-rows.ts',
    'event-store': 'tools/bench/src/event-store.ts',
    'event-store-answers': 'tools/bench/src/event-store-answers.ts',
    'first-view': 'tools/bench/src/first-view.ts',
    import: 'tools/bench/src/import.ts',
    'limits-in-memory': 'tools/bench/src/limits-in-memory.ts',
    'limits-over-http': 'tools/bench/src/limits-over-http.ts',
    'partner-page': 'tools/bench/src/partner-page.ts',
    proofs: 'tools/bench/src/proofs.ts',
    rebuild: 'tools/bench/src/rebuild.ts',
  },
  platform: 'node',
  external: (id) => /^[^./]/.test(id) && !/^@(chargebook|oxc-project)\//.test(id),
  tsconfig: 'tsconfig.base.json',
  plugins: [copyBeside],
  output: { dir: 'dist/bench', format: 'esm', sourcemap: true },
});
