// What one message costs a worker, without sockets and rings: `node bench/handle-cost.mjs [engine] [handler]`. Prints microseconds of
// CPU time. One handler alone is quicker than after others: the code of the modules was compiled for it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeRequest } from '@offload/lapps-codec';
import { createInlinePool } from '@offload/script-runtime';
import { createBridge, createWorkerApp, planLapps } from '../dist/index.js';
import { RecordKind, writeUint32 } from '../dist/records.js';
import { OpenConnections } from '../dist/shared/open-connections.js';

const [engine = 'lua'] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'offload-cost-'));
const handlers = {
  nothing: ['raw', 'return true'],
  raw_echo: ['raw', 'return ws:send(handler, kind, message)'],
  lapps_nothing: ['LAppS', 'return true'],
  lapps_read: ['LAppS', 'return message.params[1].authkey ~= nil'],
  lapps_fixed: ['LAppS', 'return ws:send(handler, nljson.decode(\'{"cid":0,"status":1,"result":[]}\'))'],
  lapps_echo: [
    'LAppS',
    'local r = nljson.decode(\'{"cid":0,"status":1,"result":[]}\') r.result = message.params return ws:send(handler, r)',
  ],
};
const services = Object.entries(handlers).map(([name, [protocol, body]]) => {
  const file = join(folder, `${name}.lua`);
  const functions = 'function M.onStart() end function M.onDisconnect() end function M.onShutdown() end';
  writeFileSync(file, `local M = {} ${functions}\nfunction M.onMessage(handler, kind, message) ${body} end return M`);
  return { name, file, protocol, requestTarget: `/${name}` };
});
const loaders = { [engine]: async () => (await import(`@offload/script-runtime/${engine}`))[engine] };
const plan = planLapps({ services, workers: 1, spoe: false });
const data = { files: [], defaultEngines: { '.lua': engine }, lapps: plan.workerData };
const bridge = createBridge(
  (pool) => createInlinePool({ createApp: (port) => createWorkerApp(port, data, loaders), data }, pool),
  (level, message) => console.error(level, message),
);
bridge.add({
  kinds: Object.values(RecordKind).filter((kind) => kind >= RecordKind.WsOpen),
  reply: () => {},
  event: (_worker, kind) => {
    if (kind !== RecordKind.WsSendBinary) throw new Error(`unexpected record ${kind}`);
  },
  fault: () => {},
  passEnd: () => {},
  congested: () => {},
});
// Starts are counted by nobody here.
bridge.answer('service.started', () => undefined);
await bridge.pool.start();
rmSync(folder, { recursive: true });
const open = new OpenConnections(plan.workerData.shared.connections);
const address = new Uint8Array(8);
const raw = Buffer.alloc(64, 'x');
const request = Buffer.from(
  encodeRequest('echo', [{ authkey: 1234567890.5 }, Array.from({ length: 25 }, (_, i) => i + 1)]),
);
const COUNT = engine === 'fengari' ? 20_000 : Number(process.env.COUNT ?? 300_000);
const only = process.argv[3];
for (const [i, { spec, instances }] of plan.services.entries()) {
  if (only !== undefined && !spec.name.startsWith(only)) continue;
  const slot = i + 1;
  open.open(slot);
  writeUint32(address, 4, instances[0].number);
  bridge.pool.sendEvent(RecordKind.WsOpen, address, 0, 8, 0, slot);
  const payload = spec.protocol === 'raw' ? raw : request;
  const figures = [];
  for (let round = 0; round < 4; round++) {
    const before = process.cpuUsage();
    for (let n = 0; n < COUNT; n++) bridge.pool.sendEvent(RecordKind.WsBinary, payload, 0, payload.length, 0, slot);
    const { user, system } = process.cpuUsage(before);
    if (round > 0) figures.push((user + system) / COUNT);
  }
  console.log(spec.name.padEnd(16), figures.sort((a, b) => a - b)[1].toFixed(2), 'us');
}
