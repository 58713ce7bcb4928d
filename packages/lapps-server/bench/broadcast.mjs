// Broadcast target: node bench/broadcast.mjs [port] [perPass] [size] [subscribers]. Everyone who connects to /news hears of it
// once as many subscribers are there. Sends `perPass` messages in one pass, waits until all of it is written, and starts again. Prints "ready <port> <pid>".
import { createMemoryBus } from '@offload/broadcast-bus';
import { createLappsServer } from '../dist/index.js';

const [port = '0', perPass = '1', size = '64', subscribers = '1000'] = process.argv.slice(2);
const payload = Buffer.alloc(Number(size), 'b');
const bus = createMemoryBus({
  frame: (bytes) => server.frame(bytes, true),
  deliver: (connection, framed) => connection.sendFramed(framed),
});
bus.create(1000);
const server = createLappsServer({
  limits: { maxConnections: 20_000, maxConnectionsPerAddress: 20_000, maxBufferedBytes: 64 << 20 },
  services: {
    '/news': {
      onOpen: (connection) => bus.subscribe(1000, connection),
      onMessage: () => undefined,
      onClose: (connection) => bus.leave(connection),
    },
  },
});
const address = await server.listen({ host: '127.0.0.1', port: Number(port), backlog: 4096 });
console.log(`ready ${address.port} ${process.pid}`);

const drained = () => {
  for (const connection of server.connections) if (connection.bufferedBytes > 65_536) return false;
  return true;
};
let begun = false;
const ready = () => (begun ||= server.stats().connections >= Number(subscribers));
const pass = () => {
  if (ready() && drained()) for (let i = 0; i < Number(perPass); i += 1) bus.send(1000, payload);
  if (begun) setImmediate(pass);
  else setTimeout(pass, 20);
};
pass();
