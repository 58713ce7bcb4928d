import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { connect, type LappsClient } from '@offload/lapps-client';
import { describe, expect, onTestFinished, test } from 'vitest';
import { runProgram, spopAddress, startProgram, wsUrl } from '../../../apps/offload/test/support/process.js';
import { temporaryFolder } from '../../../apps/offload/test/support/temporary-folder.js';
import { chromiumBinary, launchChromium, openPage } from '../../../test/support/chromium.js';
import { haproxyBinary } from '../../../test/support/haproxy.js';
import { sendHttp } from '../../../test/support/http-request.js';
import { Program } from '../../../test/support/program.js';

const example = fileURLToPath(new URL('..', import.meta.url));
const screenshots = join(example, '..', '..', '.cache', 'screenshots');
const config = join(example, 'haproxy.cfg');

interface Scene {
  readonly program: Program;
  /** Address of the SPOE agent. */
  readonly agent: string;
  /** `http:` URL of the page. */
  readonly page: string;
  /** `ws:` URL of the service. */
  readonly service: string;
  /** Status of one request through HAProxy. */
  readonly ask: (from: string, path?: string) => Promise<number>;
  /** The statuses of many requests at once, each once. */
  readonly askMany: (from: string) => Promise<number[]>;
}

/** The example as it is shipped, but for its addresses. */
async function play(...more: string[]): Promise<Scene> {
  const args = ['serve', '--spop', '--ws', '-c', join(example, 'offload.yaml'), '-n', '3', ...more];
  const program = startProgram('offload', [...args, '--spop-listen', '127.0.0.1:0', '--ws-listen', '127.0.0.1:0']);
  const url = await wsUrl(program);
  const agent = await spopAddress(program);
  const folder = mkdtempSync(join(tmpdir(), 'offload-live-'));
  const frontend = join(folder, 'frontend.sock');
  const text = readFileSync(config, 'utf8')
    .replace('bind 127.0.0.1:8080', `bind unix@${frontend} accept-proxy`)
    .replace('127.0.0.1:12345', agent);
  writeFileSync(join(folder, 'haproxy.cfg'), text);
  const spoe = readFileSync(join(example, 'spoe-live.conf'), 'utf8')
    // A busy test machine is no reason to fail.
    .replace('timeout processing 1500ms', 'timeout processing 20s');
  writeFileSync(join(folder, 'spoe-live.conf'), spoe);
  const haproxy = new Program(haproxyBinary!, ['-db', '-f', join(folder, 'haproxy.cfg')]);
  onTestFinished(async () => {
    await haproxy.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  const ask = async (from: string, path = '/'): Promise<number> =>
    (await sendHttp({ path: frontend }, { from, path })).status;
  const isUp = (): Promise<boolean> =>
    ask('192.0.2.99').then(
      () => true,
      () => false,
    );
  await expect.poll(isUp, { timeout: 20_000 }).toBe(true);
  const askMany = async (from: string): Promise<number[]> => [
    ...new Set(await Promise.all(Array.from({ length: 40 }, () => ask(from)))),
  ];
  return { program, agent, page: url.replace('ws:', 'http:'), service: `${url}/live`, ask, askMany };
}

interface Watcher {
  readonly client: LappsClient;
  /** Workers that answered requests. */
  readonly workers: ReadonlySet<unknown>;
  /** Resolves when the list of channel 8 is this one, with commas. */
  readonly list: (text: string) => Promise<void>;
}

async function watch(service: string): Promise<Watcher> {
  const workers = new Set<unknown>();
  let last: string | undefined;
  let told = (): void => {};
  const client = await connect(service, { reconnect: false });
  onTestFinished(() => client.close());
  client.on(7, ([request]) => workers.add((request as { worker: number }).worker));
  client.on(8, ([addresses]) => {
    last = String(addresses);
    told();
  });
  await client.request('watch');
  const list = async (text: string): Promise<void> => {
    while (last !== text) {
      await new Promise<void>((resolve) => {
        told = resolve;
      });
    }
  };
  return { client, workers, list };
}

/** Never comes back, and cannot be interrupted: its worker is replaced. */
const HANG = `spoa.register_message("hang", function()
  return string.find(string.rep("a", 40), string.rep("a?", 40) .. string.rep("a", 40) .. "b")
end)`;

describe.skipIf(haproxyBinary === undefined)('live-traffic with HAProxy', () => {
  test('haproxy.cfg passes the check of HAProxy without a warning', async () => {
    const check = new Program(haproxyBinary!, ['-c', '-f', config], { cwd: tmpdir() });
    expect((await check.ended).code).toBe(0);
    expect(check.lines.filter((line) => /WARNING|ALERT/.test(line))).toEqual([]);
  });

  test('an address is blocked in every worker once the list on channel 8 says so', async () => {
    const { service, askMany } = await play();
    const { client, list, workers } = await watch(service);
    await list('');
    // HAProxy's requests go to the worker with the least to do: many at once reach several.
    while (workers.size < 2) expect(await askMany('192.0.2.1')).toEqual([200]);
    for (let round = 0; round < 3; round++) {
      await client.request('block', ['192.0.2.1']);
      await list('192.0.2.1');
      expect(await askMany('192.0.2.1')).toEqual([403]);
      expect(await askMany('192.0.2.2')).toEqual([200]);
      await client.request('unblock', ['192.0.2.1']);
      await list('');
      expect(await askMany('192.0.2.1')).toEqual([200]);
    }
    // As the README says.
    expect(await runProgram('offload', ['call', service, 'watch', '--cid', '8'])).toMatchObject({
      code: 0,
      stdout: 'channel 8: []\n',
    });
    await expect(client.request('block', ['<script>'])).rejects.toMatchObject({ rpcCode: -32602 });
    await expect(client.request('nonsense')).rejects.toMatchObject({ rpcCode: -32601 });
  });

  test('a worker that was replaced knows the list before its first answer', async () => {
    const folder = temporaryFolder({ 'hang.lua': HANG });
    const hang = ['-f', `fengari:${folder}/hang.lua`, '--script-timeout', '2000'];
    const { program, agent, service, ask } = await play('-n', '1', ...hang);
    const { client, list } = await watch(service);
    await client.request('block', ['192.0.2.1']);
    await list('192.0.2.1');
    expect(await ask('192.0.2.1')).toBe(403);
    await runProgram('offload', ['notify', '--to', agent, 'hang', '--timeout', '60000']);
    await program.waitForLine(/Worker 0 replaced/);
    expect(await ask('192.0.2.1')).toBe(403);
    expect(await ask('192.0.2.2')).toBe(200);
    await (await watch(service)).list('192.0.2.1');
  });

  test.skipIf(chromiumBinary === undefined)(
    'the page shows requests as they come; its button blocks an address and lets it in again',
    async () => {
      const scene = await play();
      const browser = await launchChromium();
      onTestFinished(() => browser.close());
      const { page, faults } = await openPage(browser, scene.page);
      await page.locator('#status.open').waitFor();
      expect(await scene.ask('192.0.2.7', '/shop?q=1')).toBe(200);
      expect(await scene.ask('2001:db8::1', '/robots.txt')).toBe(200);
      await page.locator('#stream tr', { hasText: 'GET /shop' }).waitFor();
      await page.locator('#stream tr', { hasText: '2001:db8::1' }).waitFor();

      const row = page.locator('#addresses tr[data-address="192.0.2.7"]');
      // Exact: "Unblock" has "block" in it, and the wait would be over before it begins.
      await row.getByRole('button', { name: 'Block', exact: true }).click();
      await row.getByRole('button', { name: 'Unblock' }).waitFor();
      expect(await scene.ask('192.0.2.7', '/admin')).toBe(403);
      expect(await scene.askMany('192.0.2.7')).toEqual([403]);
      expect(await scene.ask('2001:db8::1', '/still-here')).toBe(200);
      await page.locator('#stream tr', { hasText: '/still-here' }).waitFor();
      mkdirSync(screenshots, { recursive: true });
      await page.screenshot({ path: join(screenshots, 'live-traffic.png') });

      // A second page learns the list as it begins to watch.
      const second = await openPage(browser, scene.page);
      const button = second.page.locator('tr[data-address="192.0.2.7"]').getByRole('button', { name: 'Unblock' });
      await button.click();
      await row.getByRole('button', { name: 'Block', exact: true }).waitFor();
      expect(await scene.ask('192.0.2.7')).toBe(200);
      expect([...faults, ...second.faults]).toEqual([]);
    },
    120_000,
  );
});
