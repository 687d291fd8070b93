import type { RequestListener, Server } from 'node:http';
import { createServer } from 'node:http';

/** So many may be under way where nothing has been slow lately: a burst is no overload. */
const BURST = 64;
/**
 * What is taken is answered within about this time, at the rate at which answers have been going out; within a few times as long where
 * turning others away has begun to take its share, which that rate does not know of yet.
 */
const QUEUE_MS = 200;
/** What was under way for longer was slow. */
const SLOW_MS = 700;
/** So many may be under way whatever the rate is: it would never be known otherwise. */
const FEWEST = 48;
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

const SHED_HEADERS = {
  'content-type': 'application/json; charset=utf-8',
  'content-length': Buffer.byteLength(SHED),
  'retry-after': '1',
  'x-content-type-options': 'nosniff',
};

/** So many operations begin in a turn of the event loop, which does what they can do without waiting. */
const BEGUN_A_TURN = 4;

/** Longer than balancers keep their connections, so that none is closed under a request of theirs. */
const KEPT_ALIVE_MS = 72_000;

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
    const soon = (perSecond * QUEUE_MS) / 1000;
    const isCareful = this.nowMs() - this.lastSlowMs < CAREFUL_FOR_MS;
    return Math.max(isCareful ? FEWEST : BURST, soon);
  }

  private look(): void {
    const oldest = this.underWay.values().next();
    if (oldest.done !== true && this.nowMs() - oldest.value > SLOW_MS) this.lastSlowMs = this.nowMs();
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

/** Lets a few begin in each turn of the event loop, in the order in which they came, so that whoever has begun goes on, and others hear at once that they are shed. */
class Turns {
  private readonly waiting: (() => void)[] = [];
  private isScheduled = false;

  begin(work: () => void): void {
    this.waiting.push(work);
    this.schedule();
  }

  private schedule(): void {
    if (this.isScheduled || this.waiting.length === 0) return;
    this.isScheduled = true;
    setImmediate(() => {
      this.isScheduled = false;
      for (const work of this.waiting.splice(0, BEGUN_A_TURN)) work();
      this.schedule();
    });
  }
}

/**
 * A server that turns operations away while there is more to do than can be done in time, before anything else looks at them: what
 * is shed must cost next to nothing. Everything else is always answered, and at once.
 */
export function sheddingServer(handler: RequestListener, onShed: () => void, load = new Load()): Server {
  const turns = new Turns();
  const server = createServer((request, response) => {
    const isOperation = request.method === 'POST' && request.url?.startsWith('/graphql') === true;
    if (!isOperation) {
      handler(request, response);
      return;
    }
    if (!load.take(request)) {
      onShed();
      response.writeHead(503, SHED_HEADERS).end(SHED);
      return;
    }
    // Answered, or left: either way nobody waits for it any more.
    response.once('close', () => {
      load.done(request);
    });
    turns.begin(() => {
      if (!response.destroyed) handler(request, response);
    });
  });
  server.keepAliveTimeout = KEPT_ALIVE_MS;
  return server;
}
