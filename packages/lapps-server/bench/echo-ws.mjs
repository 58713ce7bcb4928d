// Baseline: ws alone, send() per message. node bench/echo-ws.mjs [port]
import { WebSocketServer } from 'ws';

const server = new WebSocketServer({ host: '127.0.0.1', port: Number(process.argv[2] ?? 0), backlog: 4096 });
server.on('connection', (socket) => {
  socket.on('message', (data, binary) => socket.send(data, { binary }));
});
server.on('listening', () => console.log(`ready ${server.address().port} ${process.pid}`));
