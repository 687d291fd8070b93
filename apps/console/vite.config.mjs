import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { trustedDocuments } from './src/documents/plugin';

const root = import.meta.dirname;
const server = process.env.CHARGEBOOK_URL ?? 'http://127.0.0.1:4000';

const outDir = path.join(root, '../../dist/console');

/** Files lie beside their packed selves, so that the server has nothing to pack. */
const packed = {
  name: 'packed',
  apply: 'build',
  closeBundle() {
    for (const file of readdirSync(outDir, { recursive: true })) {
      if (!/\.(js|css|html|svg)$/.test(file)) continue;
      const contents = readFileSync(path.join(outDir, file));
      writeFileSync(path.join(outDir, `${file}.gz`), gzipSync(contents, { level: 9 }));
    }
  },
};

/** Two entrances: the console, and the explorer of the API, which has a policy of its own. No file is put into another. */
export default defineConfig({
  root,
  plugins: [react(), trustedDocuments(path.join(root, 'src'), outDir), packed],
  resolve: {
    alias: { '@chargebook/verifier': path.join(root, '../../libs/verifier/src/index.ts') },
  },
  worker: { format: 'es' },
  publicDir: path.join(root, 'public'),
  server: {
    host: '127.0.0.1',
    port: Number(process.env.PORT ?? 4141),
    proxy: { '/graphql': { target: server, ws: true } },
  },
  build: {
    outDir,
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 4_000,
    rolldownOptions: {
      input: { console: path.join(root, 'index.html'), graphiql: path.join(root, 'graphiql.html') },
    },
  },
});
