import { parseArgs } from 'node:util';
import { createMemoryBus } from '@offload/broadcast-bus';
import { type Connection, createLappsServer, lappsService } from '@offload/lapps-server';
import { connectDirectLapps, connectLapps, createBridge, planLapps, type ServiceSpec } from '@offload/script-bridge';
import { createThreadPool } from '@offload/script-runtime';
import { type WebSocket, WebSocketServer } from 'ws';
import { defaultEngines, engineSettings } from '../spop/loaders.js';

/**
 * The server under load, in a process of its own: `ws` is that library alone, for comparison; `library` answers from
 * TypeScript; `scripts` from compiled Lua in one worker behind rings, `direct` in one that has the sockets. `/echo` is raw, `/lapps` speaks LAppS, `/news` broadcasts: who
 * connects is subscribed, and a message of N bytes makes N broadcasts of 64 bytes. Prints its port.
 */
const { values } = parseArgs({
  options: {
    mode: { type: 'string', default: 'library' },
    'ring-bytes': { type: 'string', default: String(1 << 20) },
    'ping-interval': { type: 'string', default: '25000' },
  },
});
const address = { host: '127.0.0.1', port: 0, backlog: 4096 };
const NEWS_BYTES = 64;
const limits = {
  maxConnections: 20_000,
  maxConnectionsPerAddress: 20_000,
  maxMessageBytes: 1 << 20,
  maxBufferedBytes: 64 << 20,
  pingIntervalMs: Number(values['ping-interval']),
};

async function bareWs(): Promise<{ port: number }> {
  const server = new WebSocketServer(address);
  const subscribers = new Set<WebSocket>();
  const news = Buffer.alloc(NEWS_BYTES, 'n');
  server.on('connection', (socket, { url }) => {
    if (url === '/news') {
      subscribers.add(socket);
      socket.on('message', (data: Buffer) => {
        for (let i = 0; i < data.length; i++) for (const one of subscribers) one.send(news, { binary: true });
      });
    } else socket.on('message', (data, binary) => socket.send(data, { binary }));
  });
  await new Promise((resolve) => server.once('listening', resolve));
  return server.address() as { port: number };
}

async function library(): Promise<{ port: number }> {
  const news = Buffer.alloc(NEWS_BYTES, 'n');
  const bus = createMemoryBus<Connection, ReturnType<typeof server.frame>>({
    frame: (bytes) => server.frame(bytes, true),
    deliver: (connection, framed) => void connection.sendFramed(framed),
  });
  bus.create(1);
  const server = createLappsServer({
    limits,
    services: {
      '/echo': { lendData: true, onMessage: (connection, data, isBinary) => void connection.send(data, isBinary) },
      '/lapps': lappsService({ methods: { echo: ({ params }) => params } }),
      '/news': {
        onOpen: (connection) => bus.subscribe(1, connection),
        onMessage: (_connection, data) => {
          for (let i = 0; i < data.length; i++) bus.send(1, news);
        },
        onClose: (connection) => bus.leave(connection),
      },
    },
  });
  return (await server.listen(address)) as { port: number };
}

async function scripts(isDirect: boolean): Promise<{ port: number }> {
  const service = (name: string, protocol: 'raw' | 'LAppS'): ServiceSpec => ({
    name,
    protocol,
    requestTarget: `/${name}`,
    file: new URL(`../../src/scripts/${name}.lua`, import.meta.url).pathname,
    maxMessageBytes: limits.maxMessageBytes,
  });
  const services = [service('echo', 'raw'), service('lapps', 'LAppS'), service('news', 'raw')];
  const { maxConnections } = limits;
  const direct = isDirect ? { limits, reportConnections: false } : undefined;
  const plan = planLapps({ services, workers: 1, spoe: false, maxConnections, direct });
  const data = { files: [], defaultEngines, engineSettings, lapps: plan.workerData };
  const entry = new URL('../spop/worker-entry.js', import.meta.url);
  const bridge = createBridge(
    (handlers) => createThreadPool({ workers: 1, entry, data, ringBytes: Number(values['ring-bytes']) }, handlers),
    (level, message, fields) => console.error(level, message, fields ?? ''),
  );
  const own = collect;
  collect = () => {
    own();
    bridge.pool.post(0, 'collect');
  };
  const lapps = isDirect ? connectDirectLapps(bridge, plan) : connectLapps(bridge, plan, { limits });
  await Promise.all([bridge.pool.start(), lapps.start()]);
  return (await lapps.listen(address)) as { port: number };
}

let collect = (): void => void globalThis.gc?.();
const start = { ws: bareWs, library, scripts: () => scripts(false), direct: () => scripts(true) }[values.mode];
if (start === undefined) throw new Error(`There is no mode ${values.mode}`);
console.log(JSON.stringify({ port: (await start()).port }));
// So that what idle connections hold can be told from garbage; needs --expose-gc.
process.on('SIGUSR2', () => collect());
process.once('SIGTERM', () => process.exit(0));
