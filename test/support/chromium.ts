/** Debian's Chromium as a test peer: one process per browser, a profile of its own, no network but what the test serves. */
import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';

const PATH = '/usr/bin/chromium';

/** Path of the program, or undefined where Debian's package `chromium` is not installed. */
export const chromiumBinary = existsSync(PATH) ? PATH : undefined;

if (chromiumBinary === undefined) {
  process.stderr.write('SKIPPED: tests with a real Chromium. Install the Debian package chromium to run them.\n');
}

/** Without these it looks for hosts of its maker at every start, many at a time. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A page and what went wrong in it. */
export interface WatchedPage {
  readonly page: Page;
  /** Errors of scripts, of the console, and of requests. */
  readonly faults: string[];
}

/** Starts a browser; to be closed by its caller. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: PATH, args: FLAGS, timeout: 60_000 });
}

/** Opens a page of a fixed size, in the light colour scheme. Patient: other tests run on the same machine. */
export async function openPage(browser: Browser, url: string): Promise<WatchedPage> {
  const page = await browser.newPage({ viewport: { width: 1100, height: 820 }, colorScheme: 'light' });
  page.setDefaultTimeout(60_000);
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text());
  });
  page.on('requestfailed', (request) => faults.push(`${request.url()}: ${request.failure()?.errorText}`));
  page.on('response', (response) => {
    if (response.status() >= 400) faults.push(`${response.url()}: ${response.status()}`);
  });
  await page.goto(url);
  return { page, faults };
}
