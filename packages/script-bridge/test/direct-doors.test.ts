import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createThreadPool } from '@offload/script-runtime';
import { expect, it, onTestFinished } from 'vitest';
import { connectDirectLapps, createBridge, planLapps } from '../src/index.js';
import { ENGINE } from './support/engine.js';

const SERVICE = `
local M = {}
function M.onStart() end
function M.onMessage() return true end
function M.onDisconnect() end
function M.onShutdown() print("shutdown") end
return M
`;

/** Far beyond what a test may take. */
const LONG_MS = 600_000;

it('DirectDoors close a door that never opened at once: a start that fails elsewhere is not held up', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'offload-doors-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'quiet.lua');
  writeFileSync(file, SERVICE);
  const services = [{ name: 'quiet', file, protocol: 'raw', requestTarget: '/quiet' } as const];
  const plan = planLapps({ services, workers: 1, direct: {} });
  const data = { files: [], defaultEngines: { '.lua': ENGINE }, lapps: plan.workerData };
  const printed: string[] = [];
  const bridge = createBridge(
    (handlers) =>
      createThreadPool({ workers: 1, entry: new URL('./support/worker-entry.mjs', import.meta.url), data }, handlers),
    (_level, message) => printed.push(message),
  );
  const lapps = connectDirectLapps(bridge, plan);
  await bridge.pool.start();
  await lapps.stop(LONG_MS);
  await bridge.pool.stop(LONG_MS);
  expect(printed).toEqual(['shutdown']);
});
