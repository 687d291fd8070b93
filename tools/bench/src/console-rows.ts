// The console on a hundred thousand chargers: rows from the top to far down, a search, a filter and each order; how long each page
// takes until it can be seen, and how long the browser's thread was held up.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { BookServer } from './book-server';
import { launchBrowser, signedIn } from './browser';
import { caughtUpWith, fillLargeFleet } from './large-fleet';
import { rounded, say, timingOf } from './timing';

const CHARGERS = Number(process.argv[2] ?? 100_000);
const ROWS = Number(process.argv[3] ?? 5_000);
/** Where the book is, from an earlier run of this or of partner-page; else one is made, and removed. */
const KEPT_IN = process.argv[4];

const WHEEL_PX = 900;
const LOOK_MS = 16;

const WATCH = `
  window.held = [];
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) window.held.push(duration);
  }).observe({ type: 'longtask', buffered: true });
  window.pages = () => performance.getEntriesByType('resource')
    .filter((each) => each.name.endsWith('/graphql') && each.encodedBodySize > 2000)
    .map((each) => each.duration);
  performance.setResourceTimingBufferSize(100000);`;

const directory = KEPT_IN ?? (await mkdtemp(path.join(tmpdir(), 'chargebook-bench-')));
if (KEPT_IN == null) await fillLargeFleet(directory, CHARGERS);
const server = await BookServer.start(directory);
const browser = await launchBrowser();
try {
  await caughtUpWith(server, CHARGERS);
  const context = await signedIn(browser, server);
  const page = await context.newPage();
  await page.addInitScript(WATCH);
  await page.goto(`${server.url}/fleet`);
  await rowShown(page, 0);
  await step(page, 'the first rows again', () => changed(page, () => page.reload()));
  await step(page, `down to row ${String(ROWS)}`, () => scrollTo(page, ROWS));
  await step(page, 'back to the top', async () => {
    await page.evaluate('scrollTo(0, 0)');
    await rowShown(page, 0);
  });
  for (const order of ['Model', 'Site', 'Status', 'Last event'])
    await step(page, `sorted by ${order}`, () =>
      changed(page, () => page.getByLabel('Sorted by').selectOption(order)),
    );
  await step(page, 'down 1,000 rows of those', () => scrollTo(page, 1_000));
  await page.evaluate('scrollTo(0, 0)');
  await step(page, 'the other way round', () =>
    changed(page, () => page.getByRole('button', { name: 'Oldest first' }).click()),
  );
  await step(page, 'in store', () => changed(page, () => page.getByLabel('Where').selectOption('In store')));
  await page.getByLabel('Where').selectOption('Anywhere');
  await step(page, 'search for a serial', () =>
    changed(page, () => page.getByLabel('Serial begins with').fill('C0420')),
  );
} finally {
  await browser.close();
  await server.stop();
  if (KEPT_IN == null) await rm(directory, { recursive: true, force: true });
}

async function rowShown(page: Page, row: number): Promise<void> {
  await page.locator(`[data-row="${String(row)}"]`).waitFor();
}

/** Does something after which other rows are shown, and waits for them. */
async function changed(page: Page, act: () => Promise<unknown>): Promise<void> {
  await page.evaluate(`document.querySelector('.charger-list')?.setAttribute('data-before', '')`);
  await act();
  await page.locator('.charger-list:not([data-before]) [data-row="0"]').waitFor();
}

/** Turns the wheel as fast as pages come. */
async function scrollTo(page: Page, row: number): Promise<void> {
  const { width, height } = page.viewportSize() ?? { width: 0, height: 0 };
  await page.mouse.move(width / 2, height / 2);
  while ((await page.locator(`[data-row="${String(row)}"]`).count()) === 0) {
    await page.mouse.wheel(0, WHEEL_PX);
    await page.waitForTimeout(LOOK_MS);
  }
}

async function step(page: Page, name: string, act: () => Promise<void>): Promise<void> {
  await page.evaluate('window.held = []; performance.clearResourceTimings()');
  const beganMs = performance.now();
  await act();
  const tookMs = performance.now() - beganMs;
  const held = await page.evaluate<number[]>('window.held');
  const pages = await page.evaluate<number[]>('window.pages()');
  const { medianMs, p99Ms } = timingOf('', pages);
  say(
    `${name}: ${rounded(tookMs)} ms; ${String(pages.length)} pages, median ${rounded(medianMs)} ms, p99 ${rounded(p99Ms)} ms; ` +
      `held up ${String(held.length)} times, at most ${rounded(Math.max(0, ...held))} ms`,
  );
}
