import helmet from '@fastify/helmet';
import type { FastifyInstance } from 'fastify';

/**
 * Headers that keep browsers from doing with answers what nobody meant them for. Answers of the API are data: nothing in
 * them is run or framed. The console's pages bring a policy of their own. No header lets other sites' scripts read
 * anything (CORS).
 */
export function protect(fastify: FastifyInstance): void {
  void fastify.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    },
    referrerPolicy: { policy: 'no-referrer' },
  });
}
