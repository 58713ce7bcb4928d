import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { modulePath } from '../run.js';

const CONNS = 1000;
const ROUNDS = 100;
const WARM_UP = 20;
/** A broadcast of 64 bytes as its subscribers get it. */
const FRAME = Buffer.alloc(66, 1);

/**
 * Microseconds of CPU that the system takes to write 66 bytes to one of 1000 connections over loopback, each in turn, with
 * nothing around the call. No server sends one message to many for less.
 */
export async function costOfWrite(): Promise<number> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => void sockets.push(socket.setNoDelay()));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const child = spawn(
    process.execPath,
    [modulePath('./machine/drain.js'), ...[port, CONNS, FRAME.length].map(String)],
    {
      stdio: 'inherit',
    },
  );
  try {
    while (sockets.length < CONNS) await once(server, 'connection');
    const fds = sockets.map((socket) => (socket as unknown as { _handle: { fd: number } })._handle.fd);
    // Whoever connected first says when all is read.
    const heard = new Promise<Socket>((resolve) => {
      for (const socket of sockets) socket.once('data', () => resolve(socket));
    });
    for (const fd of fds) writeSync(fd, FRAME);
    const first = await heard;
    const round = async (): Promise<void> => {
      for (const fd of fds) writeSync(fd, FRAME);
      await once(first, 'data');
    };
    for (let i = 0; i < WARM_UP; i++) await round();
    const before = process.cpuUsage();
    for (let i = 0; i < ROUNDS; i++) await round();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / ROUNDS / CONNS;
  } finally {
    child.kill('SIGKILL');
    for (const socket of sockets) socket.destroy();
    server.close();
  }
}
