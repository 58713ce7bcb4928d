// Baseline of broadcast.mjs: ws alone, send() per client and message. node bench/broadcast-ws.mjs [port] [perPass] [size] [subscribers]
import { WebSocketServer } from 'ws';

const [port = '0', perPass = '1', size = '64', subscribers = '1000'] = process.argv.slice(2);
const payload = Buffer.alloc(Number(size), 'b');
const server = new WebSocketServer({ host: '127.0.0.1', port: Number(port), backlog: 4096 });
server.on('listening', () => console.log(`ready ${server.address().port} ${process.pid}`));
const drained = () => {
  for (const client of server.clients) if (client.bufferedAmount > 65_536) return false;
  return true;
};
let begun = false;
const ready = () => (begun ||= server.clients.size >= Number(subscribers));
const pass = () => {
  if (ready() && drained())
    for (let i = 0; i < Number(perPass); i += 1) for (const client of server.clients) client.send(payload);
  if (begun) setImmediate(pass);
  else setTimeout(pass, 20);
};
pass();
