import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { startProgram, wsUrl } from '../../../apps/offload/test/support/process.js';
import { chromiumBinary, launchChromium, openPage } from '../../../test/support/chromium.js';

const repository = fileURLToPath(new URL('../../..', import.meta.url));
const screenshots = join(repository, '.cache', 'screenshots');

const serve = [
  'serve',
  '--ws',
  '--ws-listen',
  '127.0.0.1:0',
  '--lapps-home',
  'examples/lapps-apps',
  '--static',
  'examples/echo-lapps/dist',
];

/** Pixels of the chart that have the colour of the bars. */
function barPixels(): number {
  const canvas = document.querySelector<HTMLCanvasElement>('#chart canvas');
  const pixels = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
  let count = 0;
  for (let i = 0; i < pixels.length; i += 4) {
    if (pixels[i] === 0x2f && pixels[i + 1] === 0x6f && pixels[i + 2] === 0xed) count += 1;
  }
  return count;
}

test.skipIf(chromiumBinary === undefined)(
  'the page logs in, echoes, and draws a bar for each tick of channel 5; channel 6 brings its picture',
  async () => {
    const program = startProgram('offload', serve, { cwd: repository });
    const url = (await wsUrl(program)).replace('ws:', 'http:');
    const browser = await launchChromium();
    onTestFinished(() => browser.close());
    const { page, faults } = await openPage(browser, url);
    await page.locator('#status.open').waitFor();
    await page.getByText('logged in as admin').waitFor();
    await page.waitForFunction(() => Number(document.querySelector<HTMLElement>('#chart')?.dataset.bars) >= 4);
    await page.getByText(/channel 6 brought \d{4} characters/).waitFor();
    expect(await page.locator('#toast').textContent()).toMatch(/^Server time: /);
    expect(await page.evaluate(barPixels)).toBeGreaterThan(1000);
    mkdirSync(screenshots, { recursive: true });
    await page.screenshot({ path: join(screenshots, 'echo-lapps.png') });
    // The server goes away and the page says so.
    await program.stop();
    await page.getByText(/^closed with 10\d\d; again in/).waitFor();
    await page.getByText(/ended \(1001 .*\) before the answer/).waitFor();
    expect(faults.filter((fault) => !/ERR_CONNECTION_REFUSED/.test(fault))).toEqual([]);
  },
  120_000,
);
