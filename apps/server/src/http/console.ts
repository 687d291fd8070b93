import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

/** Nothing but the console's own files, and this server to talk to. */
const CONSOLE_POLICY = policyOf({
  'script-src': "'self'",
  'style-src': "'self'",
  'img-src': "'self' data:",
  'connect-src': "'self'",
});

/** GraphiQL's editor writes its style sheets itself and works in the background. */
const GRAPHIQL_POLICY = policyOf({
  'script-src': "'self'",
  'style-src': "'self' 'unsafe-inline'",
  'img-src': "'self' data:",
  'font-src': "'self' data:",
  'worker-src': "'self' blob:",
  'connect-src': "'self'",
});

const FURTHER_HEADERS = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
};

const WELCOME = 'Chargebook, the book of record of an EV-charger fleet. GraphQL is at /graphql.\n';

function policyOf(directives: Readonly<Record<string, string>>): string {
  const always = {
    'default-src': "'none'",
    'base-uri': "'none'",
    'form-action': "'self'",
    'frame-ancestors': "'none'",
  };
  return Object.entries({ ...always, ...directives })
    .map(([name, value]) => `${name} ${value}`)
    .join('; ');
}

/** Where the built console lies beside the built server. */
export function consoleFolder(): string {
  return path.join(path.dirname(fileURLToPath(import.meta.url)), '../console');
}

/** The documents of the console that is built here, by the SHA-256 of their texts in hex; none where none is built. */
export function consoleDocuments(folder = consoleFolder()): ReadonlyMap<string, string> {
  const file = path.join(folder, 'documents.json');
  if (!existsSync(file)) return new Map();
  return new Map(Object.entries(JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>));
}

/**
 * Serves the console at `/` and GraphiQL at `/graphiql`, to anyone: the files hold no data. Where no console is built, a
 * line of text says so.
 */
export function serveConsole(fastify: FastifyInstance, folder = consoleFolder()): void {
  if (!existsSync(path.join(folder, 'index.html'))) {
    fastify.get('/', (_request, reply) => reply.type('text/plain; charset=utf-8').send(WELCOME));
    return;
  }
  void fastify.register(fastifyStatic, {
    root: folder,
    wildcard: false,
    index: false,
    preCompressed: true,
    cacheControl: false,
    setHeaders: (reply, file) => {
      const policy = path.basename(file).startsWith('graphiql.html') ? GRAPHIQL_POLICY : CONSOLE_POLICY;
      reply.header('content-security-policy', policy);
      // Names of assets change with their contents; pages are asked for anew each time.
      const isForGood = file.startsWith(path.join(folder, 'assets'));
      reply.header('cache-control', isForGood ? 'public, max-age=31536000, immutable' : 'no-cache');
      for (const [name, value] of Object.entries(FURTHER_HEADERS)) reply.header(name, value);
    },
  });
  fastify.get('/graphiql', (_request, reply) => reply.sendFile('graphiql.html'));
  // The console knows its own addresses; whoever asks for something else than a page gets none.
  fastify.get('/*', (request, reply) => {
    const wantsPage = request.url === '/' || (request.headers.accept ?? '').includes('text/html');
    return wantsPage ? reply.sendFile('index.html') : reply.callNotFound();
  });
}
