// How soon the fleet can be seen in a browser with the demo fleet, from the beginning of navigation to the first rows, beside a page
// of nothing of the same server: with an empty cache, as on the first visit, and with what was kept of it.
import { setTimeout as pause } from 'node:timers/promises';
import type { Browser, BrowserContext } from 'playwright-core';
import { BookServer } from './book-server';
import { launchBrowser, signedIn } from './browser';
import { rounded, say, timingOf } from './timing';

const ROUNDS = Number(process.argv[2] ?? 5);
/** A data directory with a book; else the demo fleet is told to an empty one. */
const KEPT_IN = process.argv[3];

/** When the browser had what, in milliseconds since navigation began. */
interface View {
  readonly requests: number;
  readonly scriptsMs: number;
  readonly askedMs: number;
  readonly answeredMs: number;
  readonly rowsMs: number;
}

const WATCH_ROWS = `new MutationObserver((_, observer) => {
  if (document.querySelector('[data-row]') == null) return;
  observer.disconnect();
  requestAnimationFrame(() => requestAnimationFrame(() => (window.rowsMs = performance.now())));
}).observe(document, { childList: true, subtree: true })`;

/** A promise of it: what is waited for by evaluating texts, the console's policy forbids. */
const ROWS_SEEN = `new Promise((seen) => {
  const look = () => (window.rowsMs == null ? setTimeout(look, 5) : seen());
  look();
})`;

const TELL_VIEW = `(() => {
  const all = performance.getEntriesByType('resource').filter((each) => each.responseEnd < window.rowsMs);
  const scripts = all.filter((each) => each.name.endsWith('.js'));
  const asked = all.filter((each) => each.name.endsWith('/graphql')).sort((a, b) => b.transferSize - a.transferSize)[0];
  return {
    requests: all.length,
    scriptsMs: Math.max(...scripts.map((each) => each.responseEnd)),
    askedMs: asked?.startTime ?? NaN,
    answeredMs: asked?.responseEnd ?? NaN,
    rowsMs: window.rowsMs,
  };
})()`;

const server = await BookServer.start(KEPT_IN);
const browser = await launchBrowser();
try {
  if (KEPT_IN == null) await fillWithDemoFleet();
  // The first asks of a server that has just started take longer: it is looked at as it is in the middle of a day.
  for (let round = 0; round < 3; round += 1) await viewIn(await signedIn(browser, server));
  const [nothing, first, again]: [number[], View[], View[]] = [[], [], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    nothing.push(await nothingIn(browser));
    const context = await signedIn(browser, server);
    first.push(await viewIn(context, false));
    again.push(await viewIn(context));
  }
  say(`a page of nothing: median ${rounded(timingOf('', nothing).medianMs)} ms`);
  tell('first visit', first);
  tell('next visit', again);
} finally {
  await browser.close();
  await server.stop();
}

async function nothingIn(told: Browser): Promise<number> {
  const context = await told.newContext();
  const page = await context.newPage();
  await page.goto(`${server.url}/healthz`);
  const tookMs = await page.evaluate<number>(
    'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now()))))',
  );
  await context.close();
  return tookMs;
}

async function viewIn(context: BrowserContext, isLast = true): Promise<View> {
  const page = await context.newPage();
  await page.addInitScript(WATCH_ROWS);
  await page.goto(`${server.url}/fleet`);
  await page.evaluate(ROWS_SEEN);
  const view = await page.evaluate<View>(TELL_VIEW);
  await (isLast ? context.close() : page.close());
  return view;
}

function tell(name: string, views: readonly View[]): void {
  const median = (of: keyof View) =>
    rounded(
      timingOf(
        '',
        views.map((view) => view[of]),
      ).medianMs,
    );
  say(
    `${name}: rows after ${median('rowsMs')} ms (scripts there ${median('scriptsMs')}, asked ${median('askedMs')}, ` +
      `answered ${median('answeredMs')}); ${median('requests')} requests before`,
  );
}

async function fillWithDemoFleet(): Promise<void> {
  const headers = { authorization: `Bearer ${server.token}` };
  await fetch(`${server.url}/demo`, { method: 'POST', headers });
  for (;;) {
    const { state, message } = (await (await fetch(`${server.url}/demo`, { headers })).json()) as {
      state: string;
      message: string | null;
    };
    if (state === 'DONE') return;
    if (state === 'FAILED') throw new Error(message ?? 'the demo fleet was not told');
    await pause(2_000);
  }
}
