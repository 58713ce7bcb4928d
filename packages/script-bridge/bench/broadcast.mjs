// Broadcasts from a script: `node bench/broadcast.mjs [port] [perPass] [passesPerSecond]`. A standalone service sends 64 B messages to everyone
// who said something to /tap. Prints "ready <port> <pid>".
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createThreadPool } from '@offload/script-runtime';
import { connectLapps, createBridge, planLapps } from '../dist/index.js';

const [port = '0', perPass = '1', passes = '100'] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'offload-bench-'));
const script = (name, source) => {
  const file = join(folder, `${name}.lua`);
  writeFileSync(file, source);
  return file;
};
const services = [
  {
    name: 'tap',
    protocol: 'raw',
    requestTarget: '/tap',
    file: script(
      'tap',
      `local M = {} function M.onStart() bcast:create(1) end function M.onMessage(h) return bcast:subscribe(1, h) end
       function M.onDisconnect() end function M.onShutdown() end return M`,
    ),
  },
  {
    name: 'source',
    standalone: true,
    file: script(
      'source',
      `local M = {} function M.init() bcast:create(1) end
       function M.run()
         local n, m = nap:new(), nljson.decode('{"cid":5,"message":[""]}')
         m.message[1] = string.rep("x", 44)
         while not must_stop() do
           for _ = 1, ${perPass} do bcast:send(1, m) end
           n:usleep(${1e6 / Number(passes)})
         end
       end
       return M`,
    ),
  },
];
const plan = planLapps({ services, workers: 1, spoe: false, maxConnections: 20_000 });
const data = { files: [], defaultEngines: { '.lua': 'lua' }, lapps: plan.workerData };
const entry = new URL('./worker-entry.mjs', import.meta.url);
const log = (level, message, fields) => console.error(level, message, fields ?? '');
const bridge = createBridge((handlers) => createThreadPool({ workers: 1, entry, data }, handlers), log);
const lapps = connectLapps(bridge, plan, {
  limits: { maxConnectionsPerAddress: 20_000, maxBufferedBytes: 64 << 20 },
  makeStandalonePool: (standalone, handlers) => {
    const own = { ...data, lapps: { ...plan.workerData, standalone } };
    return createThreadPool({ workers: 1, entry, data: own, timeoutMs: 2 ** 31 - 1 }, handlers);
  },
});
await Promise.all([bridge.pool.start(), lapps.start()]);
const address = await lapps.server.listen({ host: '127.0.0.1', port: Number(port), backlog: 4096 });
console.log(`ready ${address.port} ${process.pid}`);
process.once(
  'SIGTERM',
  () =>
    void lapps
      .stop(500)
      .then(() => bridge.pool.stop(500))
      .then(() => process.exit(0)),
);
