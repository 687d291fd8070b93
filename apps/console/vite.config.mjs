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

/** What asks ahead of the console's code is the first that the page names, and runs as soon as it is there. */
const askedAhead = {
  name: 'asked-ahead',
  apply: 'build',
  transformIndexHtml: {
    order: 'post',
    handler(html, { filename, bundle }) {
      if (path.basename(filename) !== 'index.html') return html;
      const first = Object.values(bundle).find((chunk) => chunk.isEntry && chunk.name === 'first');
      const tag = `<script type="module" async crossorigin src="/${first.fileName}"></script>`;
      return html.replace('<script', `${tag}\n    <script`);
    },
  },
};

/** Two entrances: the console, and the explorer of the API, which has a policy of its own. No file is put into another. */
export default defineConfig({
  root,
  plugins: [react(), trustedDocuments(path.join(root, 'src'), outDir), askedAhead, packed],
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
      input: {
        console: path.join(root, 'index.html'),
        graphiql: path.join(root, 'graphiql.html'),
        first: path.join(root, 'src/first.ts'),
      },
      output: {
        codeSplitting: {
          groups: [
            {
              name: 'ahead',
              test: /document-hashes|src\/(api\/(ahead|headers|token)|documents\/extensions-of|fleet\/fleet-address)\.ts/,
              priority: 2,
            },
            {
              name: 'frame',
              test: /node_modules\/(react|react-dom|scheduler|urql|@urql|wonka|wouter|regexparam|mitt|use-sync-external-store|@tanstack|gql\.tada|@0no-co)\/|preload-helper|src\/(texts|api\/store|shell\/theme)/,
              priority: 1,
            },
          ],
        },
      },
    },
  },
});
