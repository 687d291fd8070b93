import type { Browser, BrowserContext } from 'playwright-core';
import { chromium } from 'playwright-core';
import type { BookServer } from './book-server';

const DESK = { width: 1_280, height: 860 };

export function launchBrowser(): Promise<Browser> {
  const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
  return chromium.launch({ executablePath, args: ['--no-sandbox'] });
}

/** A browser's window with an empty cache, in which the administrator is signed in. */
export async function signedIn(browser: Browser, server: BookServer): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport: DESK, locale: 'en-GB', timezoneId: 'Europe/Oslo' });
  context.setDefaultTimeout(120_000);
  const token = JSON.stringify(server.token);
  // Documents without an origin have no storage.
  await context.addInitScript(`try { sessionStorage.setItem('chargebook.token', ${token}) } catch {}`);
  return context;
}
