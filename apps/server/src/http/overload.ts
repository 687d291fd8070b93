import type { FastifyInstance } from 'fastify';

/** So many may be under way in any case: a burst is no overload. */
const ALWAYS_TAKEN = 200;
/** What is taken is answered within about this time, at the rate at which answers have been going out. */
const LONGEST_QUEUE_SECONDS = 0.7;
const WINDOW_MS = 1_000;

const SHED = JSON.stringify({
  errors: [
    {
      message: 'The server has more to do than it can; nothing was done. Please try again in a moment.',
      extensions: { code: 'OVERLOADED', retryAfterSeconds: 1 },
    },
  ],
});

/** Counts what is under way and what has been answered lately: by Little's law that tells how long a newcomer waits. */
export class Load {
  private underWay = 0;
  private answered = 0;
  private answeredBefore = 0;
  private windowStartMs: number;

  constructor(private readonly nowMs: () => number = Date.now) {
    this.windowStartMs = nowMs();
  }

  /** Whether one more is taken. */
  take(): boolean {
    if (this.underWay >= this.most()) return false;
    this.underWay += 1;
    return true;
  }

  done(): void {
    this.turn();
    this.underWay -= 1;
    this.answered += 1;
  }

  private most(): number {
    this.turn();
    const perSecond = Math.max(this.answered, this.answeredBefore) / (WINDOW_MS / 1000);
    return Math.max(ALWAYS_TAKEN, perSecond * LONGEST_QUEUE_SECONDS);
  }

  private turn(): void {
    const nowMs = this.nowMs();
    const windows = Math.floor((nowMs - this.windowStartMs) / WINDOW_MS);
    if (windows === 0) return;
    this.answeredBefore = windows === 1 ? this.answered : 0;
    this.answered = 0;
    this.windowStartMs = nowMs;
  }
}

/** Turns operations away while there is more to do than can be done in time; everything else is always answered. */
export function shedOverload(fastify: FastifyInstance, load = new Load()): void {
  const taken = new WeakSet<object>();
  fastify.addHook('onRequest', (request, reply, done) => {
    if (!request.url.startsWith('/graphql') || request.method !== 'POST') {
      done();
      return;
    }
    if (load.take()) {
      taken.add(request);
      done();
      return;
    }
    void reply.code(503).header('retry-after', '1').type('application/json; charset=utf-8').send(SHED);
  });
  const release = (request: object) => {
    if (taken.delete(request)) load.done();
  };
  fastify.addHook('onResponse', (request, _reply, done) => {
    release(request);
    done();
  });
  // Who has left waits for nothing any more.
  fastify.addHook('onRequestAbort', (request, done) => {
    release(request);
    done();
  });
}
