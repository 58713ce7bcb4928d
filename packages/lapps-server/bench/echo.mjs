// Echo target: node bench/echo.mjs [port]. Prints "ready <port> <pid>". /echo raw echo, /null discards.
import { createLappsServer } from '../dist/index.js';

const server = createLappsServer({
  limits: { maxConnections: 20_000, maxConnectionsPerAddress: 20_000, maxMessageBytes: 1 << 20 },
  services: {
    '/echo': {
      onMessage: (connection, data, isBinary) => connection.send(data, isBinary, true),
    },
    '/null': { onMessage: () => undefined },
  },
});
const { port } = await server.listen({ host: '127.0.0.1', port: Number(process.argv[2] ?? 0), backlog: 4096 });
process.on('SIGINT', () => process.exit(0));
console.log(`ready ${port} ${process.pid}`);
