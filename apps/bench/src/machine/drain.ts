import { connect, type Socket } from 'node:net';

/** `drain PORT CONNS BYTES`: opens connections and says over the first one each time all of them have got `BYTES` more. */
const [port, conns, bytes] = process.argv.slice(2).map(Number) as [number, number, number];
const due = conns * bytes;
let got = 0;
let first: Socket | undefined;
for (let i = 0; i < conns; i++) {
  const socket = connect(port, '127.0.0.1', () => {
    if (i === 0) first = socket;
  });
  socket.on('data', (chunk) => {
    got += chunk.length;
    if (got < due) return;
    got -= due;
    first?.write('.');
  });
  socket.on('error', () => process.exit(1));
}
