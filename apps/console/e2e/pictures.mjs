// Takes the pictures of the README: node apps/console/e2e/pictures.mjs
// From the demo fleet, or from the server that CHARGEBOOK_URL and CHARGEBOOK_TOKEN_FILE name.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { chromium } from 'playwright-core';

const root = path.resolve(import.meta.dirname, '../../..');
const folder = path.join(root, 'docs/pictures');
const { PATH, HOME, CHARGEBOOK_URL, CHARGEBOOK_TOKEN_FILE } = process.env;

/** A server of its own that is filled with the demo fleet, unless one is named. */
async function startServer() {
  if (CHARGEBOOK_URL != null)
    return { url: CHARGEBOOK_URL, tokenFile: CHARGEBOOK_TOKEN_FILE, stop: () => Promise.resolve() };
  const data = mkdtempSync(path.join(tmpdir(), 'chargebook-pictures-'));
  const server = spawn(process.execPath, [path.join(root, 'dist/server/main.js'), '--demo'], {
    env: { PATH, HOME, LOG_LEVEL: 'warn', DATA_DIR: data, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  server.stdout.setEncoding('utf8').on('data', (text) => (said += text));
  while (!/answers at (\S+)\n/.test(said)) await pause(50);
  const stop = async () => {
    server.kill('SIGTERM');
    await once(server, 'close');
    rmSync(data, { recursive: true, force: true });
  };
  return { url: /answers at (\S+)\n/.exec(said)[1], tokenFile: path.join(data, 'admin.token'), stop };
}

const { url, tokenFile, stop } = await startServer();
const token = readFileSync(tokenFile, 'utf8').trim();
const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
/** Asks again where the server has too much to do. */
const ask = async (query) => {
  for (;;) {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ query }),
    });
    const { data } = await response.json();
    if (data != null) return data;
    await pause(1_000);
  }
};
while (CHARGEBOOK_URL == null) {
  const { state, factsTold, factsTotal, message } = await (await fetch(`${url}/demo`, { headers })).json();
  if (state === 'DONE') break;
  if (state === 'FAILED') throw new Error(message);
  console.log(`${factsTold} of ${factsTotal} facts told`);
  await pause(5_000);
}
while (CHARGEBOOK_URL == null) {
  const { book } = await ask('{ book { projections { lagFacts } } }');
  if (book.projections.every(({ lagFacts }) => lagFacts === '0')) break;
  await pause(500);
}

/** The unit that has moved most, which makes the best picture. */
const { relocations } = await ask('{ relocations(first: 100) { nodes { serial } } }');
const countOf = (serial) => relocations.nodes.filter((each) => each.serial === serial).length;
const [busiest = '-'] = relocations.nodes
  .map(({ serial }) => serial)
  .sort((a, b) => countOf(b) - countOf(a) || a.localeCompare(b));
const { backplates } = await ask('{ backplates(empty: true, first: 1) { nodes { id } } }');

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
async function windowOf(look) {
  const context = await browser.newContext({ locale: 'en-GB', timezoneId: 'Europe/Oslo', ...look });
  await context.addInitScript(`sessionStorage.setItem('chargebook.token', ${JSON.stringify(token)})`);
  return context;
}
const desk = await windowOf({ viewport: { width: 1280, height: 800 } });
const phone = await windowOf({ viewport: { width: 390, height: 844 }, colorScheme: 'dark' });
mkdirSync(folder, { recursive: true });

async function take(name, address, isReady, context = desk) {
  const page = await context.newPage();
  await page.goto(`${url}${address}`);
  const shown = await isReady(page);
  await page.waitForLoadState('networkidle').catch(() => undefined);
  await (shown ?? page).screenshot({ path: path.join(folder, `${name}.png`) });
  await page.close();
  console.log(`docs/pictures/${name}.png`);
}

await take('fleet', '/fleet', async (page) => {
  await page.locator('[data-row="5"]').waitFor();
});
await take('life', `/chargers/${busiest}`, async (page) => {
  await page.locator('.life-load').first().waitFor();
  return page.locator('#life');
});
await take('limit', `/chargers/${busiest}`, async (page) => {
  await page.locator('#limit-over-time canvas').waitFor();
  return page.locator('#limit-over-time');
});
await take(
  'move',
  `/do/relocateCharger?charger=${busiest}&backplate=${backplates.nodes[0]?.id ?? ''}`,
  async (page) => {
    await page.getByLabel('Reason').fill('summer guests');
    await page.getByRole('button', { name: 'See the effects' }).click();
    await page.getByRole('heading', { name: 'What it does to limits' }).waitFor();
    await page.setViewportSize({ width: 1280, height: 1080 });
    await page.evaluate('scrollTo(0, 0)');
  },
);

await take('sites', '/sites', async (page) => {
  await page.getByText('Not on a wall').waitFor();
  await page.locator('.twist').first().click();
  await page.locator('.place').first().waitFor();
});
await take('audit', `/audit?scope=charger&id=${busiest}`, async (page) => {
  await page.getByRole('button', { name: 'Preview' }).click();
  await page.getByText('Facts told in full').waitFor();
  await page.evaluate('scrollTo(0, 0)');
});
await take(
  'phone',
  `/chargers/${busiest}`,
  async (page) => {
    await page.getByRole('heading', { name: 'Where it is' }).waitFor();
    await page.getByRole('heading', { name: 'Effective limit' }).waitFor();
  },
  phone,
);

await browser.close();
await stop();
