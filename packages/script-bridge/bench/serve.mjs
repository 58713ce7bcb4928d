// Target for WebSocket load: `node bench/serve.mjs [port] [workers] [engine] [service=echo|echo_lapps|...]`. Serves the raw echo service at
// /echo and its LAppS counterpart at /lapps, each with one instance per worker. Prints "ready <port> <pid>".
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInlinePool, createThreadPool } from '@offload/script-runtime';
import { connectLapps, createBridge, createWorkerApp, planLapps } from '../dist/index.js';

const [port = '0', workerCount = '1', engine = 'lua'] = process.argv.slice(2);
const workers = Number(workerCount);
const folder = mkdtempSync(join(tmpdir(), 'offload-bench-'));
const isPython = engine === 'pyodide' || engine === 'cpython';
const pythonScript = (name, onMessage) => {
  const file = join(folder, `bench_${name}.py`);
  const rest = 'def on_start(): pass\ndef on_disconnect(handler): pass\ndef on_shutdown(): pass\n';
  writeFileSync(file, `import ws\n\ndef on_message(handler, kind, message):\n    ${onMessage}\n\n${rest}`);
  return file;
};
const script = (name, onMessage, inPython) => {
  if (isPython) return pythonScript(name, inPython);
  const file = join(folder, `${name}.lua`);
  writeFileSync(
    file,
    `local M = {}
function M.onStart() end
function M.onMessage(handler, kind, message) ${onMessage} end
function M.onDisconnect(handler) end
function M.onShutdown() end
return M\n`,
  );
  return file;
};
const instances = Math.max(1, workers);
const services = [
  {
    name: 'echo',
    file: script('echo', 'return ws:send(handler, kind, message)', 'ws.send(handler, message)'),
    protocol: 'raw',
    requestTarget: '/echo',
    instances,
    maxMessageBytes: 1 << 20,
  },
  {
    name: 'lapps',
    file: script(
      'lapps',
      `local response = nljson.decode('{"cid":0,"status":1,"result":[]}')
       response.result = message.params
       return ws:send(handler, response)`,
      'ws.send(handler, {"cid": 0, "status": 1, "result": message["params"]})',
    ),
    protocol: 'LAppS',
    requestTarget: '/lapps',
    instances,
  },
];
const loaders = {
  pyodide: async () => (await import('@offload/script-runtime/pyodide')).pyodide,
  cpython: async () => (await import('@offload/script-runtime/cpython')).cpython,
  lua: async () => (await import('@offload/script-runtime/lua')).lua,
  fengari: async () => (await import('@offload/script-runtime/fengari')).fengari,
};
const plan = planLapps({ services, workers: instances, spoe: false, maxConnections: 20_000 });
const data = { files: [], defaultEngines: { '.lua': engine, '.py': engine }, lapps: plan.workerData };
const bridge = createBridge(
  (handlers) =>
    workers === 0
      ? createInlinePool({ createApp: (p) => createWorkerApp(p, data, loaders), data }, handlers)
      : createThreadPool(
          {
            workers,
            entry: new URL('./worker-entry.mjs', import.meta.url),
            data,
            ringBytes: Number(process.env.RING ?? 1 << 20),
          },
          handlers,
        ),
  (level, message, fields) => console.error(level, message, fields ?? ''),
);
const lapps = connectLapps(bridge, plan, { limits: { maxConnectionsPerAddress: 20_000 } });
await Promise.all([bridge.pool.start(), lapps.start()]);
const address = await lapps.server.listen({ host: '127.0.0.1', port: Number(port), backlog: 4096 });
console.log(`ready ${address.port} ${process.pid}`);
// In order, so that profiles are written.
process.once(
  'SIGTERM',
  () =>
    void lapps
      .stop(500)
      .then(() => bridge.pool.stop(500))
      .then(() => process.exit(0)),
);
