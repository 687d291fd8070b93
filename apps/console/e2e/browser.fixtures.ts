import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { chromium } from 'playwright-core';
import type { TestServer } from './server.fixtures';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const PATIENCE_MS = 30_000;

export const DESK = { width: 1280, height: 860 };
export const PHONE = { width: 390, height: 844 };

export interface Look {
  readonly viewport?: { readonly width: number; readonly height: number };
  readonly colorScheme?: 'light' | 'dark';
  readonly signedIn?: boolean;
  /** The administrator's, unless told. */
  readonly token?: string;
  readonly timezoneId?: string;
}

/** A browser, and all that its pages complained about. */
export class TestBrowser {
  readonly complaints: string[] = [];
  readonly foreignRequests: string[] = [];
  /** Documents that the console sent as text, and not as the hash that the server knows. */
  readonly sentAsText: string[] = [];
  private readonly contexts: BrowserContext[] = [];

  private constructor(
    private readonly browser: Browser,
    private readonly server: TestServer,
  ) {}

  static async launch(server: TestServer): Promise<TestBrowser> {
    const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
    return new TestBrowser(await chromium.launch({ executablePath, args: ['--no-sandbox'] }), server);
  }

  /** A page of its own: signed in, unless it is to sign in itself. */
  async open(path: string, look: Look = {}): Promise<Page> {
    const { viewport = DESK, colorScheme = 'light', signedIn = true, timezoneId = 'Europe/Oslo' } = look;
    const { token = this.server.token } = look;
    const context = await this.browser.newContext({ viewport, colorScheme, timezoneId, locale: 'en-GB' });
    this.contexts.push(context);
    context.setDefaultTimeout(PATIENCE_MS);
    if (signedIn)
      await context.addInitScript(`sessionStorage.setItem('chargebook.token', ${JSON.stringify(token)})`);
    const page = await context.newPage();
    page.on('console', (message) => {
      // A request that fails is a case of the tests about a server that is away.
      if (message.type() === 'error' && !/Failed to load resource/.test(message.text()))
        this.complaints.push(message.text());
    });
    page.on('pageerror', (error) => this.complaints.push(error.message));
    page.on('request', (request) => {
      if (!request.url().startsWith(this.server.url) && !/^(data|blob):/.test(request.url()))
        this.foreignRequests.push(request.url());
      const body = request.postData() ?? '';
      if (request.url().endsWith('/graphql') && body.includes('"query"') && !page.url().endsWith('/graphiql'))
        this.sentAsText.push(body);
    });
    await page.goto(`${this.server.url}${path}`);
    return page;
  }

  /** Closes the pages of a test. */
  async closePages(): Promise<void> {
    for (const context of this.contexts.splice(0)) await context.close();
  }

  async close(): Promise<void> {
    await this.browser.close();
  }
}

/** What axe finds wrong with a page, in a form that tells where. */
export async function violationsOf(page: Page): Promise<string[]> {
  await page.evaluate(axeSource);
  const results: AxeResults = await page.evaluate(
    `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })`,
  );
  return results.violations.flatMap(({ id, help, nodes }) =>
    nodes.map(
      (node) =>
        `${id}: ${help} at ${node.target.join(' ')} (${node.failureSummary?.split('\n')[1]?.trim() ?? ''})`,
    ),
  );
}

/** Whether a page can be scrolled sideways, which it never should. */
export async function isTooWide(page: Page): Promise<boolean> {
  return page.evaluate<boolean>('document.documentElement.scrollWidth > innerWidth');
}
