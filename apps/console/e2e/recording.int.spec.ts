import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { TestBrowser, violationsOf } from './browser.fixtures';
import { TestServer } from './server.fixtures';
import { tellSmallBook } from './small-book.fixtures';

let server: TestServer;
let browser: TestBrowser;

beforeAll(async () => {
  server = await TestServer.start();
  browser = await TestBrowser.launch(server);
});

afterEach(() => browser.closePages());

afterAll(async () => {
  await browser.close();
  await server.stop();
});

async function check(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'See the effects' }).click();
}

async function confirm(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Record it' }).click();
  await page.getByText('Recorded.').waitFor();
}

async function placeOf(serial: string): Promise<string | undefined> {
  const { charger } = await server.ask<{ charger: { placement: { backplateId: string } | null } }>(
    `{ charger(serial: "${serial}") { placement { backplateId } } }`,
  );
  return charger.placement?.backplateId;
}

describe('an empty book', () => {
  it('leads by the hand, and a site with all that belongs to it is added by keyboard alone', async () => {
    const page = await browser.open('/fleet');
    await page.getByText('An empty book').waitFor();
    await page.getByText('npx chargebook import sessions').waitFor();
    await page.getByRole('button', { name: 'Load the demo fleet' }).waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await page.getByRole('link', { name: 'Add a site' }).press('Enter');
    await page.getByLabel('Id', { exact: true }).fill('first');
    await page.getByLabel('Name').fill('First site');
    await check(page);
    await page.getByText('Please fill this in.').waitFor();
    await page.getByLabel('Time zone').fill('Europe/Oslo');
    await page.getByLabel('Main fuse in A').fill('63,5');
    await page.getByLabel('Main fuse in A').press('Enter');
    await page.getByText('Site First site registered, main fuse 63.5 A').waitFor();
    await page.getByRole('button', { name: 'Record it' }).press('Enter');
    await page.getByText('Recorded.').waitFor();
    const { site } = await server.ask<{ site: { ratedCurrentAmps: number } }>(
      '{ site(id: "first") { ratedCurrentAmps } }',
    );
    expect(site.ratedCurrentAmps).toBe(63.5);
    await tellSmallBook(server);
  });
});

describe('a move', () => {
  it('shows its effects before it is recorded, and is undone by correction', async () => {
    const page = await browser.open('/chargers/CB-1');
    await page.getByRole('link', { name: 'Move', exact: true }).click();
    await page.getByText('Hangs at mall-2').waitFor();
    await page.getByLabel('Backplate', { exact: true }).fill('Harbour');
    await page.getByRole('option', { name: /harbour-1/ }).click();
    await page.getByLabel('Reason').fill('summer guests');
    await check(page);
    await page.getByText('Mounted on backplate harbour-1').waitFor();
    await page.getByRole('row').filter({ hasText: 'CB-1' }).getByText('16 A').first().waitFor();
    expect(await placeOf('CB-1')).toBe('mall-2');
    expect(await violationsOf(page)).toEqual([]);
    await confirm(page);
    expect(await placeOf('CB-1')).toBe('harbour-1');
    await page.getByRole('button', { name: 'Undo by correction' }).click();
    await page.getByText('What it does to limits').last().waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await page.getByRole('button', { name: 'Take it back' }).click();
    await page.getByText('Undone: the facts stay readable').waitFor();
    await page.getByRole('link', { name: 'Back to CB-1' }).click();
    await page.locator('.columns').getByRole('link', { name: 'Lakeside mall' }).waitFor();
    await page.locator('#history').getByText('corrected', { exact: true }).first().waitFor();
    expect(await placeOf('CB-1')).toBe('mall-2');
  });

  it('can be told to have happened last week, on the wall clock of the site', async () => {
    const page = await browser.open('/do/mountCharger?charger=CB-4&backplate=mall-3', {
      timezoneId: 'America/New_York',
    });
    await page.getByRole('button', { name: 'At another time' }).click();
    await page.getByRole('button', { name: 'Europe/Berlin' }).click();
    await page.getByLabel('Time', { exact: true }).fill('2024-06-04T10:00');
    await check(page);
    await page.getByText('4 Jun 2024, 10:00').first().waitFor();
    await confirm(page);
    const { charger } = await server.ask<{ charger: { placement: { mountedAt: string } } }>(
      '{ charger(serial: "CB-4") { placement { mountedAt } } }',
    );
    expect(charger.placement.mountedAt).toBe('2024-06-04T08:00:00.000Z');
  });

  it('is told by a scanner: Enter leads on to what is missing, and then shows the effects', async () => {
    const page = await browser.open('/do/relocateCharger');
    await page.getByLabel('Charger', { exact: true }).fill('CB-2');
    await page.keyboard.press('Enter');
    await page.keyboard.type('harbour-3');
    expect(await page.getByText('Please fill this in.').count()).toBe(0);
    await page.keyboard.press('Enter');
    await page.getByText('Mounted on backplate harbour-3').waitFor();
    await page.getByText('Times are in Europe/').waitFor();
  });

  it('onto a taken place is explained, with a swap as the way out: both moves or none', async () => {
    const page = await browser.open('/do/relocateCharger?charger=CB-1&backplate=mall-1');
    await check(page);
    await page.getByRole('alert').getByText('hangs on the backplate mall-1').waitFor();
    expect(await page.getByRole('button', { name: 'Record it' }).count()).toBe(0);
    await page.getByRole('link', { name: 'Swap it with CB-3' }).click();
    await page.getByText('Hangs at mall-1').waitFor();
    await check(page);
    await page.getByText('What is recorded').waitFor();
    await confirm(page);
    expect([await placeOf('CB-1'), await placeOf('CB-3')]).toEqual(['mall-1', 'mall-2']);
  });

  it('of a unit that somebody else moves meanwhile is refused when it is confirmed, and says by what', async () => {
    const page = await browser.open('/do/relocateCharger?charger=CB-2&backplate=harbour-3');
    await check(page);
    await page.getByText('Mounted on backplate harbour-3').waitFor();
    await server.record('relocateCharger(input: { charger: "CB-4", backplate: "harbour-3" })');
    await page.getByRole('button', { name: 'Record it' }).click();
    await page.getByRole('alert').getByText('The charger CB-4 hangs on the backplate harbour-3').waitFor();
    expect(await placeOf('CB-2')).toBe('harbour-2');
    await server.record('relocateCharger(input: { charger: "CB-4", backplate: "mall-3" })');
  });

  it('whose answer gets lost is tried again with the same key, and recorded once', async () => {
    const page = await browser.open('/do/relocateCharger?charger=CB-2&backplate=harbour-3');
    await check(page);
    await page.getByRole('button', { name: 'Record it' }).waitFor();
    const keys: unknown[] = [];
    await page.route('**/graphql', async (route) => {
      // Documents are told by their hashes: what a command is shows in its variables.
      const body = route.request().postDataJSON() as {
        variables?: { options?: { commandId?: string; dryRun?: boolean } };
      };
      const { commandId, dryRun } = body.variables?.options ?? {};
      if (commandId == null || dryRun === true) return route.continue();
      keys.push(commandId);
      if (keys.length > 1) return route.continue();
      // It arrives and is recorded; only the answer is lost.
      await route.fetch();
      return route.abort();
    });
    await page.getByRole('button', { name: 'Record it' }).click();
    await page.getByText('The answer got lost on its way.').or(page.getByText('Recorded.')).first().waitFor();
    const again = page.getByRole('button', { name: 'Try again' });
    if (await again.isVisible()) await again.click({ timeout: 2_000 }).catch(() => undefined);
    await page.getByText('Recorded.').waitFor();
    expect(keys.length).toBeGreaterThan(1);
    expect(new Set(keys).size).toBe(1);
    const { charger } = await server.ask<{ charger: { placements: { totalCount: number } } }>(
      '{ charger(serial: "CB-2") { placements { totalCount } } }',
    );
    expect(charger.placements.totalCount).toBe(2);
  });
});

describe('a partner', () => {
  it('reads on every page what it is warned for, until the warning is lifted', async () => {
    const token = await server.tokenOfPartner('app', 'Energy app');
    await server.record(
      `warnPartner(input: { partner: "app", ground: "asks too often", remedyBy: "2099-01-01T00:00:00Z" })`,
    );
    const page = await browser.open('/fleet', { token });
    await page.getByText('You are warned: asks too often').waitFor();
    await page.getByText('Please mend it by').waitFor();
    await page.getByRole('link', { name: 'CB-1' }).waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await page.goto(`${server.url}/chargers/CB-1`);
    await page.getByRole('heading', { name: 'CB-1', exact: true }).waitFor();
    await page.getByText('You are warned: asks too often').waitFor();
    const { partner } = await server.ask<{ partner: { warnings: { id: string }[] } }>(
      '{ partner(id: "app") { warnings { id } } }',
    );
    await server.record(
      `liftPartnerWarning(input: { partner: "app", warning: "${partner.warnings[0]?.id ?? ''}" })`,
    );
    await page.getByText('You are warned').waitFor({ state: 'hidden' });
  });
});

describe('a list of moves', () => {
  it('with unknown and duplicate serials is not sent; mended, it is recorded as one plan', async () => {
    const page = await browser.open('/moves');
    await page.getByRole('button', { name: 'Many from a list' }).click();
    const list = page.getByRole('textbox', { name: 'List of moves' });
    await list.fill('serial;backplate\nCB-1;mall-2\nCB-9;harbour-1\nCB-1;harbour-2\nCB-3;nowhere\n');
    await page.getByText('there is no such charger').waitFor();
    await page.getByText('there is no such backplate').waitFor();
    expect(await page.getByText('this charger stands in the list twice').count()).toBe(2);
    await check(page);
    await page.getByText('Nothing is sent: 4 lines need to be mended first.').waitFor();
    await list.fill('CB-1, mall-2\nCB-3\tmall-1\n');
    await page.getByRole('cell', { name: 'ready' }).first().waitFor();
    await check(page);
    await confirm(page);
    expect([await placeOf('CB-1'), await placeOf('CB-3')]).toEqual(['mall-2', 'mall-1']);
  });
});

describe('a plan', () => {
  it('is drawn on the week, shown as the limit it makes, and recorded', async () => {
    const page = await browser.open('/do/setChargePlan?charger=CB-1');
    await page.getByText('Hangs at mall-2').waitFor();
    const tuesday = await page.locator('[data-day=TUESDAY]').boundingBox();
    if (tuesday == null) throw new Error('there is no Tuesday');
    const x = tuesday.x + tuesday.width / 2;
    await page.mouse.move(x, tuesday.y + tuesday.height * 0.26);
    await page.mouse.down();
    await page.mouse.move(x, tuesday.y + tuesday.height * 0.4);
    await page.mouse.move(x, tuesday.y + tuesday.height * 0.49);
    await page.mouse.up();
    expect(await page.getByLabel('From').inputValue()).toBe('06:00');
    expect(await page.getByLabel('To', { exact: true }).inputValue()).toBe('12:00');
    await page.getByRole('button', { name: 'Add a window' }).click();
    await page.getByLabel('Limit in A').last().fill('10');
    await page.getByText('Preview of the limit with this plan').waitFor();
    await check(page);
    await page.getByText('Charge plan set').first().waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await confirm(page);
    const { charger } = await server.ask<{ charger: { chargePlan: unknown } }>(
      '{ charger(serial: "CB-1") { chargePlan { kind timeZone windows { weekdays start stop limitAmps } } } }',
    );
    expect(charger.chargePlan).toEqual({
      kind: 'RECURRING',
      timeZone: 'Europe/Berlin',
      windows: [
        { weekdays: ['TUESDAY'], start: '06:00', stop: '12:00', limitAmps: null },
        { weekdays: [], start: '22:00', stop: '06:00', limitAmps: 10 },
      ],
    });
  });
});

describe('a limit', () => {
  it('of 0 A is a value of its own, and an empty field is none', async () => {
    const page = await browser.open('/do/setMaxChargerCurrent?charger=CB-3');
    await page.getByLabel('Current in A').fill('0');
    await check(page);
    await page.getByRole('row').filter({ hasText: 'CB-3' }).getByText('0 A', { exact: true }).waitFor();
    await page.getByLabel('Current in A').fill('');
    await check(page);
    await page.getByText('Nothing changes: it is so already.').waitFor();
    expect(await page.getByText('0 A', { exact: true }).count()).toBe(0);
  });
});

describe('two people at once', () => {
  it('see what the other records without a reload', async () => {
    const page = await browser.open('/chargers/CB-3');
    await page.locator('#effective-limit').getByText('32 A').first().waitFor();
    await server.record('setMaxChargerCurrent(input: { charger: "CB-3", amps: 13 })');
    await page.locator('#effective-limit').getByText('13 A').first().waitFor();
    await page.locator('#history').getByText('13 A').first().waitFor();
  });

  it('are told when the server is away, lose nothing that they typed, and go on when it is back', async () => {
    const page = await browser.open('/do/dismountCharger?charger=CB-3');
    await page.getByText('Hangs at').waitFor();
    await page.getByLabel('Reason').fill('typed before the storm');
    await server.goAway();
    await page.getByText('The server is away.').waitFor();
    await server.run();
    await page.getByText('The server is away.').waitFor({ state: 'hidden' });
    await page.reload();
    await page.getByText('Hangs at').waitFor();
    expect(await page.getByLabel('Reason').inputValue()).toBe('typed before the storm');
    await check(page);
    await confirm(page);
    expect(await placeOf('CB-3')).toBeUndefined();
  });
});
