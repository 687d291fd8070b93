import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { isTooWide, PHONE, TestBrowser, violationsOf } from './browser.fixtures';
import { TestServer } from './server.fixtures';
import { tellSmallBook } from './small-book.fixtures';

let server: TestServer;
let browser: TestBrowser;
const folder = mkdtempSync(path.join(tmpdir(), 'chargebook-bundles-'));
const bundle = path.join(folder, 'report.tar.gz');
const forged = path.join(folder, 'forged.tar.gz');

beforeAll(async () => {
  server = await TestServer.start();
  await tellSmallBook(server);
  writeFileSync(bundle, await downloadBundle());
  browser = await TestBrowser.launch(server);
});

afterEach(() => browser.closePages());

afterAll(async () => {
  await browser.close();
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function preview(page: Page): Promise<void> {
  await page.getByLabel('From').fill('2020-01-01');
  await page.getByLabel('To and with').fill('2024-12-31');
  await page.getByRole('button', { name: 'Preview' }).click();
  await page.getByText('Facts told in full').waitFor();
}

async function downloadBundle(): Promise<Buffer> {
  const headers = { authorization: `Bearer ${server.token}`, 'content-type': 'application/json' };
  const { auditReport } = await server.ask<{ auditReport: { downloads: { file: string; url: string }[] } }>(
    `{ auditReport(scope: { charger: "CB-1" }, from: "2020-01-01T00:00:00Z", to: "2025-01-01T00:00:00Z") {
      downloads { file url } } }`,
  );
  const { url = '' } = auditReport.downloads.find(({ file }) => file === 'report.tar.gz') ?? {};
  return Buffer.from(await (await fetch(`${server.url}${url}`, { headers })).arrayBuffer());
}

async function bookKey(): Promise<string> {
  const { book } = await server.ask<{ book: { auditKeys: { key: string }[] } }>(
    '{ book { auditKeys { key } } }',
  );
  return book.auditKeys[0]?.key ?? '';
}

describe('a report', () => {
  it('is previewed, and downloaded in every format', async () => {
    const page = await browser.open('/audit?scope=charger&id=CB-1');
    await page.getByRole('button', { name: 'Preview' }).waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await preview(page);
    expect(await page.locator('.digest').textContent()).toMatch(/^[0-9a-f]{64}$/);
    await page.getByRole('row').filter({ hasText: 'Mounted on backplate harbour-1' }).waitFor();
    for (const file of ['report.jsonl', 'report.pdf', 'report.tar.gz']) {
      const saved = page.waitForEvent('download');
      await page.getByRole('button', { name: `Download ${file}`, exact: true }).click();
      const copy = await (await saved).path();
      await page.getByText(`${file} is saved.`).waitFor();
      expect(readFileSync(copy).length).toBeGreaterThan(1_000);
    }
    expect(await page.getByRole('button', { name: /^Download .*\.csv$/ }).count()).toBeGreaterThan(2);
    expect(await violationsOf(page)).toEqual([]);
  });

  it('is asked for again where nothing was chosen, and refused where there is no such thing', async () => {
    const page = await browser.open('/audit');
    await page.getByRole('button', { name: 'Preview' }).click();
    await page.getByText('Please say what it is to be about.').waitFor();
    await page.getByLabel('Serial', { exact: true }).fill('CB-99');
    await page.getByLabel('To and with').fill('2019-01-01');
    await page.getByRole('button', { name: 'Preview' }).click();
    await page.getByText('The span has to end after it begins.').waitFor();
    await page.getByLabel('From').fill('2018-01-01');
    await page.getByRole('button', { name: 'Preview' }).click();
    await page.getByText(/It could not be had: .*CB-99|It could not be had: There is no/).waitFor();
  });
});

describe('a bundle', () => {
  const choose = (page: Page, file: string) => page.locator('input[type=file]').setInputFiles(file);

  it('is verified without the network, and it is said what no key means', async () => {
    const page = await browser.open('/audit');
    await page.getByText('Drop a bundle').waitFor();
    await page.waitForLoadState('networkidle');
    const key = await bookKey();
    await page.context().setOffline(true);
    await choose(page, bundle);
    await page.getByText('Everything fits together, but you have named no key.').waitFor();
    await page.getByText('Anybody could have made this').waitFor();
    await page.getByLabel('The book’s public key').fill(key);
    await page.getByText('Everything holds.').waitFor();
    expect(await page.locator('.keys code').textContent()).toBe(key);
    await page.getByRole('definition').filter({ hasText: 'charger:CB-1' }).waitFor();
    expect(await violationsOf(page)).toEqual([]);
  });

  it('is dropped, and told where it was changed; a key that was trusted before is known', async () => {
    const tampered = gunzipSync(readFileSync(bundle));
    const at = tampered.indexOf('"amps":16');
    tampered.write('"amps":32', at);
    writeFileSync(forged, gzipSync(tampered));
    const page = await browser.open('/audit', { viewport: PHONE, colorScheme: 'dark' });
    await page.evaluate(
      `localStorage.setItem('chargebook.trustedKeys', ${JSON.stringify(JSON.stringify([await bookKey()]))})`,
    );
    await page.reload();
    await page.getByText('Keys that you trusted before').waitFor();
    const bytes = readFileSync(forged).toString('base64');
    const files = await page.evaluateHandle(`(() => {
      const transfer = new DataTransfer();
      const bytes = Uint8Array.from(atob('${bytes}'), (c) => c.charCodeAt(0));
      transfer.items.add(new File([bytes], 'forged.tar.gz'));
      return transfer;
    })()`);
    await page.locator('.drop-zone').dispatchEvent('drop', { dataTransfer: files });
    await page
      .getByText(/do(es)? not hold\./)
      .first()
      .waitFor();
    await page.locator('td').filter({ hasText: 'report.jsonl, line' }).first().waitFor();
    expect(await violationsOf(page)).toEqual([]);
    expect(await isTooWide(page)).toBe(false);
    await choose(page, bundle);
    await page.getByText('Everything holds.').waitFor();
    await page.getByRole('button', { name: /^Forget / }).click();
    await page.getByText('Keys that you trusted before').waitFor({ state: 'hidden' });
  });

  it('is told from what is no bundle', async () => {
    const page = await browser.open('/audit');
    const other = path.join(folder, 'other.tar.gz');
    for (const contents of [Buffer.from('no archive'), gzipSync('no archive')]) {
      writeFileSync(other, contents);
      await choose(page, other);
      await page.getByText('This cannot be read as a bundle.').waitFor();
    }
    expect(browser.complaints).toEqual([]);
    expect(browser.foreignRequests).toEqual([]);
    expect(browser.sentAsText).toEqual([]);
  });
});
