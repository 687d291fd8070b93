import type { FastifyInstance } from 'fastify';

/** So many may be under way where nothing has been slow lately: a burst is no overload. */
const BURST = 128;
/** What is taken is answered within about this time, at the rate at which answers have been going out. */
const LONGEST_QUEUE_MS = 700;
/** So many may be under way whatever the rate is: it would never be known otherwise. */
const FEWEST = 96;
/** For so long a server that was slow is held to its rate. */
const CAREFUL_FOR_MS = 10_000;
const WINDOW_MS = 1_000;

const SHED = JSON.stringify({
  errors: [
    {
      message: 'The server has more to do than it can; nothing was done. Please try again in a moment.',
      extensions: { code: 'OVERLOADED', retryAfterSeconds: 1 },
    },
  ],
});

/**
 * Counts what is under way and what has been answered lately: by Little's law that tells how long a newcomer waits. The rate is what
 * the server can do only where it has had enough to do, so it counts where something has been slow.
 */
export class Load {
  /** By what is under way, in the order in which it came: since when. */
  private readonly underWay = new Map<object, number>();
  private answered = 0;
  private answeredBefore = 0;
  private windowStartMs: number;
  private lastSlowMs = -Infinity;

  constructor(private readonly nowMs: () => number = Date.now) {
    this.windowStartMs = nowMs();
  }

  /** Whether one more is taken. */
  take(request: object): boolean {
    if (this.underWay.size >= this.most()) return false;
    this.underWay.set(request, this.nowMs());
    return true;
  }

  /** What was taken is answered, or nobody waits for it any more. */
  done(request: object): void {
    this.look();
    if (this.underWay.delete(request)) this.answered += 1;
  }

  private most(): number {
    this.look();
    const perSecond = Math.max(this.answered, this.answeredBefore) / (WINDOW_MS / 1000);
    const soon = (perSecond * LONGEST_QUEUE_MS) / 1000;
    const isCareful = this.nowMs() - this.lastSlowMs < CAREFUL_FOR_MS;
    return Math.max(isCareful ? FEWEST : BURST, soon);
  }

  private look(): void {
    const oldest = this.underWay.values().next();
    if (oldest.done !== true && this.nowMs() - oldest.value > LONGEST_QUEUE_MS)
      this.lastSlowMs = this.nowMs();
    this.turn();
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
  fastify.addHook('onRequest', (request, reply, done) => {
    const isOperation = request.url.startsWith('/graphql') && request.method === 'POST';
    if (!isOperation || load.take(request)) {
      done();
      return;
    }
    void reply.code(503).header('retry-after', '1').type('application/json; charset=utf-8').send(SHED);
  });
  fastify.addHook('onResponse', (request, _reply, done) => {
    load.done(request);
    done();
  });
  // Who has left waits for nothing any more.
  fastify.addHook('onRequestAbort', (request, done) => {
    load.done(request);
    done();
  });
}
