import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { DESK, isTooWide, PHONE, TestBrowser, violationsOf } from './browser.fixtures';
import { TestServer } from './server.fixtures';
import { tellSmallBook } from './small-book.fixtures';

let server: TestServer;
let browser: TestBrowser;

beforeAll(async () => {
  server = await TestServer.start({ TRUSTED_DOCUMENTS: 'only' });
  await tellSmallBook(server);
  browser = await TestBrowser.launch(server);
});

afterEach(() => browser.closePages());

afterAll(async () => {
  await browser.close();
  await server.stop();
});

const pages: readonly [string, (page: Page) => Promise<unknown>][] = [
  ['/fleet', (page) => page.getByRole('link', { name: 'CB-4' }).waitFor()],
  ['/sites', (page) => page.getByRole('link', { name: 'Lakeside mall' }).waitFor()],
  ['/sites/mall', (page) => page.getByText('Bay 3').waitFor()],
  ['/circuits/mall-c1', (page) => page.getByText('Bay 3').waitFor()],
  ['/backplates/mall-2', (page) => page.locator('.life svg rect').first().waitFor()],
  ['/chargers/CB-1', (page) => page.locator('.life svg rect').first().waitFor()],
  ['/chargers/CB-4', (page) => page.getByText('It has never hung on a wall.').waitFor()],
  ['/moves', (page) => page.getByRole('heading', { name: 'Moved lately' }).waitFor()],
  ['/access', (page) => page.getByText('No credential was issued.').waitFor()],
  ['/audit', (page) => page.getByText('Drop a bundle').waitFor()],
  ['/record', (page) => page.getByText('Partners and credentials').waitFor()],
  ['/do/relocateCharger?charger=CB-1', (page) => page.getByText('Hangs at mall-2').waitFor()],
  ['/do/setChargePlan?charger=CB-1', (page) => page.getByText('Add a window').waitFor()],
  ['/nowhere', (page) => page.getByText('Nothing here').waitFor()],
];

describe('every page', () => {
  for (const [colorScheme, viewport] of [
    ['light', DESK],
    ['dark', PHONE],
  ] as const) {
    const width = `${String(viewport.width)} px`;
    it(`has no violation and is not too wide, in ${colorScheme} colours at ${width}`, async () => {
      const page = await browser.open('/healthz', { colorScheme, viewport });
      for (const [path, isThere] of pages) {
        await page.goto(`${server.url}${path}`);
        await isThere(page);
        const found = { path, violations: await violationsOf(page), isTooWide: await isTooWide(page) };
        expect(found).toEqual({ path, violations: [], isTooWide: false });
      }
    });
  }

  it('shows tables as cards on a phone, with nothing beyond the edge', async () => {
    const page = await browser.open('/chargers/CB-1', { viewport: PHONE });
    for (const [path, kind] of [
      ['/chargers/CB-1', 'sessions'],
      ['/moves', 'moves'],
    ] as const) {
      await page.goto(`${server.url}${path}`);
      await page.locator(`.table-${kind} tr`).nth(1).waitFor();
      const fits = `(({ scrollWidth, parentElement }) => scrollWidth <= parentElement.clientWidth)(
        document.querySelector('.table-${kind}'))`;
      expect(await page.evaluate<boolean>(fits)).toBe(true);
    }
  });

  it('speaks to no other host, keeps to its policy, and complains about nothing', () => {
    expect(browser.foreignRequests).toEqual([]);
    expect(browser.complaints).toEqual([]);
  });
});

describe('whoever may send the console’s documents only', () => {
  it('signs in, sees, and records as everybody does, and sends no text', async () => {
    const { charger } = await server.ask<{ charger: { operator: { id: string } } }>(
      '{ charger(serial: "CB-1") { operator { id } } }',
    );
    const { issued } = await server.ask<{ issued: { secret: string } }>(
      `mutation { issued: issueCredential(input: { role: OPERATOR, name: "Office", operator: "${charger.operator.id}" }) {
        ... on IssuedCredential { secret } } }`,
    );
    const page = await browser.open('/chargers/CB-4', { signedIn: false });
    await page.getByLabel('Access token').fill(issued.secret);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'CB-4', exact: true }).waitFor();
    await page.goto(`${server.url}/do/setMaxChargerCurrent?charger=CB-4`);
    await page.getByLabel('Current in A').fill('10');
    await page.getByRole('button', { name: 'See the effects' }).click();
    await page.getByRole('button', { name: 'Record it' }).click();
    await page.getByText('Recorded.').first().waitFor();
    expect(browser.sentAsText).toEqual([]);
    await page.goto(`${server.url}/graphiql`);
    await page.getByRole('heading', { name: 'Free queries are switched off here' }).waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await page.getByRole('link', { name: 'Back to the fleet' }).click();
    await page.getByRole('link', { name: 'CB-4' }).waitFor();
  });
});

describe('the sign-in page', () => {
  it('refuses a wrong token, takes the right one, and keeps it out of the address', async () => {
    const page = await browser.open('/chargers/CB-1', { signedIn: false });
    expect(await violationsOf(page)).toEqual([]);
    await page.getByLabel('Access token').fill('cb_admin_wrong');
    await page.keyboard.press('Enter');
    await page.getByText('This token is not known, or no longer valid.').waitFor();
    await page.getByLabel('Access token').fill(server.token);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'CB-1', exact: true }).waitFor();
    expect(page.url()).toBe(`${server.url}/chargers/CB-1`);
    expect(await page.evaluate('JSON.stringify(localStorage)')).not.toContain(server.token);
    await page.getByText('admin').first().click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('Access token').waitFor();
    expect(await page.evaluate('sessionStorage.getItem("chargebook.token")')).toBeNull();
  });

  it('is where an expired token leads, and back again', async () => {
    const page = await browser.open('/sites');
    await page.getByRole('link', { name: 'Lakeside mall' }).waitFor();
    await page.route('**/graphql', (route) =>
      route.fulfill({
        status: 401,
        contentType: 'application/json',
        body: JSON.stringify({ errors: [{ message: 'no', extensions: { code: 'UNAUTHENTICATED' } }] }),
      }),
    );
    await page.getByText('Your token is no longer valid.').waitFor();
    await page.unroute('**/graphql');
    await page.getByLabel('Access token').fill(server.token);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('link', { name: 'Lakeside mall' }).waitFor();
  });
});

describe('the fleet', () => {
  it('filters by serial, place and site, and turns the order round', async () => {
    const page = await browser.open('/fleet');
    const serials = page.locator('[data-row] .cell-serial .thing');
    await page.getByRole('link', { name: 'CB-4' }).waitFor();
    expect(await serials.allTextContents()).toEqual(['CB-1', 'CB-2', 'CB-3', 'CB-4']);
    await page.getByRole('button', { name: 'Z to A' }).click();
    await page.locator('[data-row="0"]').getByText('CB-4').waitFor();
    await page.getByLabel('Where').selectOption('unmounted');
    await page.getByText('1 charger, times in').waitFor();
    expect(await serials.allTextContents()).toEqual(['CB-4']);
    await page.getByLabel('Serial begins with').fill('CB-9');
    await page.getByText('No charger fits.').waitFor();
    await page.getByRole('button', { name: 'Clear the filters' }).click();
    await page.getByText('4 chargers').waitFor();
  });

  it('is sorted by its heads, by keyboard too, as far as the book can', async () => {
    const page = await browser.open('/fleet');
    const serials = page.locator('[data-row] .cell-serial .thing');
    const place = page.getByRole('columnheader', { name: 'Place' });
    await page.getByRole('link', { name: 'CB-4' }).waitFor();
    await place.getByRole('button').press('Enter');
    await page.locator('[data-row="0"]').getByText('CB-2').waitFor();
    expect(await serials.allTextContents()).toEqual(['CB-2', 'CB-1', 'CB-3', 'CB-4']);
    expect(await place.getAttribute('aria-sort')).toBe('ascending');
    await place.getByRole('button').press('Enter');
    await page.locator('[data-row="0"]').getByText('CB-4').waitFor();
    expect(await place.getAttribute('aria-sort')).toBe('descending');
    await page.reload();
    await page.locator('[data-row="0"]').getByText('CB-4').waitFor();
    await page.getByLabel('Sorted by').selectOption('Serial');
    await page.getByRole('button', { name: 'A to Z' }).click();
    await page.locator('[data-row="0"]').getByText('CB-1').waitFor();
    expect(await place.getAttribute('aria-sort')).toBe('none');
    const last = page.getByRole('columnheader', { name: 'Last event' });
    await server.record('setMaxChargerCurrent(input: { charger: "CB-2", amps: 20 })');
    await last.getByRole('button').press('Enter');
    await page.locator('[data-row="0"]').getByText('CB-2').waitFor();
    expect(await last.getAttribute('aria-sort')).toBe('descending');
    await page.getByRole('button', { name: 'Oldest first' }).click();
    await page.locator('[data-row="3"]').getByText('CB-2').waitFor();
    await page.getByLabel('Sorted by').selectOption('Status');
    await page.locator('[data-row="3"]').getByText('CB-4').waitFor();
    expect(await page.getByRole('columnheader', { name: 'Status' }).getAttribute('aria-sort')).toBe(
      'ascending',
    );
    await page.getByRole('button', { name: 'In use last' }).click();
    await page.locator('[data-row="0"]').getByText('CB-4').waitFor();
  });

  it('is walked through by keyboard', async () => {
    const page = await browser.open('/fleet');
    await page.getByRole('link', { name: 'CB-1' }).focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'CB-3', exact: true }).waitFor();
  });

  it('lands on what is scanned or typed, from anywhere', async () => {
    const page = await browser.open('/record');
    await page.getByRole('heading', { name: 'Record', exact: true }).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('harbour-2\n');
    await page.getByText('Backplate on').waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('CB-2\n');
    await page.getByRole('heading', { name: 'CB-2', exact: true }).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('nothing-such\n');
    await page.getByText('Nothing is called “nothing-such”.').waitFor();
  });
});

describe('a charger', () => {
  it('shows its life as lanes that zoom and move by keyboard, with a table behind', async () => {
    const page = await browser.open('/chargers/CB-1');
    const life = page.locator('.life');
    await life.locator('.life-load').first().waitFor();
    expect(await life.locator('.life-name').allTextContents()).toEqual([
      'mall-2Lakeside mall',
      'harbour-1Harbour garage',
    ]);
    expect(await life.locator('.mark-power').count()).toBe(2);
    const before = await life.getAttribute('aria-label');
    await life.focus();
    await page.keyboard.press('+');
    await page.keyboard.press('+');
    await page.keyboard.press('ArrowLeft');
    expect(await life.getAttribute('aria-label')).not.toBe(before);
    await page.keyboard.press('Home');
    expect(await life.getAttribute('aria-label')).toBe(before);
    await page.locator('#life summary').click();
    await page.locator('#life').getByRole('row').filter({ hasText: 'harbour-1' }).waitFor();
  });

  it('is shown as of another time, and as it was known then', async () => {
    const page = await browser.open('/chargers/CB-1');
    await page.getByRole('button', { name: 'Look at another time' }).click();
    await page.getByLabel('As of', { exact: true }).last().fill('2023-04-01T12:00');
    await page.locator('p').filter({ hasText: 'kWh in 5 sessions' }).waitFor();
    await page.getByLabel('As of', { exact: true }).last().fill('2021-06-01T12:00');
    await page.getByText('As of 1 Jun 2021').waitFor();
    await page.locator('.columns').getByRole('link', { name: 'Harbour garage' }).waitFor();
    await page.getByRole('button', { name: 'Only what was known then' }).click();
    await page.getByText('as known on 1 Jun 2021').waitFor();
    await page.locator('.columns').getByText('On no wall').waitFor();
    await page.getByRole('button', { name: 'Back to now' }).click();
    await page.locator('.columns').getByRole('link', { name: 'Lakeside mall' }).waitFor();
  });

  it('tells its limit with all sources, and over time with a table behind the chart', async () => {
    const page = await browser.open('/chargers/CB-1');
    const limit = page.locator('#effective-limit');
    await limit.getByText('16 A').first().waitFor();
    await limit.getByRole('row').filter({ hasText: 'charger maximum' }).getByText('binds').waitFor();
    expect(await limit.getByRole('row').count()).toBeGreaterThan(3);
    await page.locator('#limit-over-time canvas').waitFor();
    await page.locator('#limit-over-time summary').click();
    await page.locator('#limit-over-time').getByRole('row').filter({ hasText: '16 A' }).first().waitFor();
  });

  it('lists its history by kind, and hands its consumption over as a file', async () => {
    const page = await browser.open('/chargers/CB-1');
    const history = page.locator('#history');
    await history.getByRole('button', { name: 'Moves' }).click();
    await history.getByText('Mounted on backplate mall-2').click();
    await history.getByText('Correct this fact').waitFor();
    const file = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download CSV' }).click();
    const text = readFileSync(await (await file).path(), 'utf8');
    expect(text.split('\r\n')[0]).toBe('from,to,energyWattHours,sessions,sessionsWithoutEnergy');
    expect(text).toContain('46000,5,0');
  });
});

describe('a server that has too much to do', () => {
  it('is asked again when it says so, and nobody notices', async () => {
    const page = await browser.open('/healthz');
    let turnedAway = 0;
    await page.route('**/graphql', async (route) => {
      if (turnedAway === 5) return route.continue();
      turnedAway += 1;
      return route.fulfill({ status: 503, headers: { 'retry-after': '1' }, body: '{}' });
    });
    await page.goto(`${server.url}/chargers/CB-3`);
    await page.getByRole('heading', { name: 'CB-3', exact: true }).waitFor();
    expect(turnedAway).toBe(5);
    expect(await page.getByText('The server could not answer.').count()).toBe(0);
  });
});

describe('the sites', () => {
  it('open to circuits and places, empty ones marked', async () => {
    const page = await browser.open('/sites');
    await page.getByRole('button', { name: 'Open Lakeside mall' }).press('Enter');
    await page.locator('.place-empty').filter({ hasText: 'Bay 3' }).waitFor();
    await page.locator('.place').filter({ hasText: 'CB-3' }).waitFor();
    const stored = page.locator('#not-on-a-wall');
    await stored.getByRole('link', { name: 'CB-4' }).waitFor();
    expect(await page.locator('.counts dd').allTextContents()).toEqual(['2', '4', '3', '3', '1']);
  });
});

describe('GraphiQL', () => {
  it('answers an example to whoever is signed in', async () => {
    const page = await browser.open('/graphiql');
    const answer = page.locator('.result-window').getByText('"head"');
    await page.locator('.view-lines').first().getByText('lagFacts').waitFor();
    // The button is there before the editor listens to it.
    const patience = AbortSignal.timeout(60_000);
    while (!patience.aborted && !(await answer.isVisible())) {
      await page.getByRole('button', { name: /Execute query/ }).click();
      await answer.waitFor({ timeout: 5_000 }).catch(() => undefined);
    }
    expect(await answer.isVisible()).toBe(true);
    expect(browser.foreignRequests).toEqual([]);
  });
});

describe('the first load', () => {
  it('takes less than 200 kB of packed scripts', async () => {
    const page = await browser.open('/healthz');
    let bytes = 0;
    page.on('response', (response) => {
      if (/\.js$/.test(new URL(response.url()).pathname))
        bytes += Number(response.headers()['content-length'] ?? 0);
    });
    await page.goto(`${server.url}/fleet`);
    await page.getByRole('link', { name: 'CB-1' }).waitFor();
    expect(bytes).toBeGreaterThan(10_000);
    expect(bytes).toBeLessThan(200_000);
  });

  it('asks for the fleet while its code is still on its way, and once', async () => {
    const page = await browser.open('/healthz');
    const asked: string[] = [];
    const ahead = new Promise<void>((resolve) => {
      page.on('request', (request) => {
        const body = request.postData() ?? '';
        if (!body.includes('"Chargers"')) return;
        asked.push(body);
        resolve();
      });
    });
    await page.route('**/assets/console-*.js', async (route) => {
      await ahead;
      await route.continue();
    });
    await page.goto(`${server.url}/fleet?where=mounted&sort=SITE&order=descending`);
    await page.locator('[data-row="0"]').getByText('CB-3').waitFor();
    await page.locator('summary').getByText('admin').waitFor();
    expect(asked).toHaveLength(1);
  });

  it('leads to the sign-in page where the token of what was asked ahead is none', async () => {
    const page = await browser.open('/fleet', { token: 'cb_admin_wrong' });
    await page.getByText('Your token is no longer valid.').waitFor();
  });

  it('shows what is recorded after its list was read and before it knows how far the book is', async () => {
    const page = await browser.open('/healthz');
    let isTold: () => void = () => undefined;
    const told = new Promise<void>((resolve) => (isTold = resolve));
    await page.route('**/graphql', async (route) => {
      if (route.request().postData()?.includes('"BookStatus"') === true) await told;
      await route.continue();
    });
    await page.goto(`${server.url}/fleet`);
    await page.locator('[data-row="2"]').getByText('CB-3').waitFor();
    await server.record('setMaxChargerCurrent(input: { charger: "CB-3", amps: 7 })');
    isTold();
    await page.locator('[data-row="2"]').getByText('7 A').first().waitFor();
  });

  it('shows what comes to a list in which there was nothing', async () => {
    const page = await browser.open('/fleet?serial=CB-7');
    await page.getByText('No charger fits.').waitFor();
    await server.record('registerCharger(input: { serial: "CB-7", ratedCurrentAmps: 32 })');
    await page.getByRole('link', { name: 'CB-7' }).waitFor();
  });
});
