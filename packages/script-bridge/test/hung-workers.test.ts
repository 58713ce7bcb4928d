import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { createThreadPool } from '@offload/script-runtime';
import { describe, expect, it, onTestFinished } from 'vitest';
import { connectDirectSpop, connectSpop, createBridge, type WorkerAppData } from '../src/index.js';
import { connect } from './support/client.js';
import { startHouse } from './support/house.js';
import { SpopEngine } from './support/spop-engine.js';

const ENTRY = new URL('./support/worker-entry.mjs', import.meta.url);

/** Calls of functions that cannot be interrupted, one in each language; at line 4. */
const SCRIPTS = {
  'a.lua': `
spoa.register_message("quick", function() end)

spoa.register_message("hang", function() string.find(string.rep("a", 300000), ".-.-.-.-.-b$") end)
`,
  'a.py': `
import asyncio, spoa
spoa.register_message("quick", lambda args: None)
spoa.register_message("hang", lambda args: sum(range(10**11)))

@spoa.message("later")
async def later(args):
    await asyncio.sleep(0.01)
    sum(range(10**11))
`,
};

describe.each([
  ['connectSpop()', connectSpop],
  ['connectDirectSpop()', connectDirectSpop],
] as const)('%s and workers that hang', (_name, connectTo) => {
  it.each([
    ['fengari', 'a.lua', 'hang', 4],
    ['pyodide', 'a.py', 'hang', 4],
    ['pyodide', 'a.py', 'later', 6],
  ] as const)('names message and place in the log: %s, %s, %s', async (engineName, file, message, line) => {
    const folder = mkdtempSync(join(tmpdir(), 'offload-hung-'));
    const path = join(folder, file);
    writeFileSync(path, SCRIPTS[file]);
    const data: WorkerAppData = {
      files: [{ path, engine: engineName }],
      defaultEngines: {},
      environment: {},
      engineSettings: { pyodide: { cacheFolder: join(tmpdir(), `offload-tests-${userInfo().uid}`) } },
    };
    let found: (text: string) => void = () => {};
    const hung = new Promise<string>((resolve) => {
      found = resolve;
    });
    const bridge = createBridge(
      (handlers) => createThreadPool({ workers: 1, entry: ENTRY, data, timeoutMs: 100, graceMs: 100 }, handlers),
      (_level, text) => {
        if (text.includes('did not come back')) found(text);
      },
    );
    onTestFinished(async () => {
      await bridge.pool.stop(0);
      rmSync(folder, { recursive: true, force: true });
    });
    await bridge.pool.start();
    const spop = connectTo(bridge);
    onTestFinished(() => spop.stop({ graceMs: 100 }));
    const engine = await SpopEngine.open(await spop.listen({ port: 0 }));
    await engine.notify('quick');
    engine.notify(message).catch(() => {});
    expect(await hung).toContain(`from message '${message}' (${path}:${line}), entered 200 ms ago`);
  });
});

describe('connectLapps() and workers that hang', () => {
  it('names service and script in the log', async () => {
    const { url, log } = await startHouse({
      workers: 1,
      timeoutMs: 100,
      services: {
        stuck: {
          engine: 'fengari',
          source: `
local stuck = {}
function stuck.onStart() end
function stuck.onMessage() string.find(string.rep("a", 300000), ".-.-.-.-.-b$") return true end
function stuck.onDisconnect() end
function stuck.onShutdown() end
return stuck`,
        },
      },
    });
    const client = await connect(`${url}/stuck`);
    client.send('x');
    await client.closed;
    const [line] = log.filter(({ fields }) => fields?.code === 'POOL_ERR_WORKER_HUNG');
    expect(line?.message).toMatch(
      /^Worker 0 did not come back from service 'stuck' \(.*stuck\.lua\), entered 600 ms ago/,
    );
  });
});
