import { parseArgs } from 'node:util';
import { cpuSeconds, residentMb } from '../cpu-time.js';
import { Connection } from './connection.js';

/**
 * Connects many clients that say nothing: connect rate, memory each costs the server, and whether all of them are pinged
 * and stay. The server has to run with --expose-gc. Prints one line of JSON.
 */
const { values } = parseArgs({
  options: {
    port: { type: 'string' },
    pid: { type: 'string' },
    conns: { type: 'string', default: '10000' },
    'ping-interval': { type: 'string', default: '2000' },
  },
});
const port = Number(values.port);
const pid = Number(values.pid);
const conns = Number(values.conns);
/** Handshakes under way at one time. */
const AT_ONCE = 64;
const failures: string[] = [];
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function openSome(count: number): Promise<Connection[]> {
  const all: Connection[] = [];
  const worker = async (): Promise<void> => {
    while (all.length < count) {
      const connection = new Connection(port, '/echo', { onFrame: () => {}, failed: (why) => failures.push(why) });
      all.push(connection);
      await connection.ready();
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return all;
}

/** Resident memory with the garbage gone, in bytes. */
async function settled(): Promise<number> {
  for (let i = 0; i < 3; i++) {
    process.kill(pid, 'SIGUSR2');
    await wait(300);
  }
  return residentMb(pid) * 1e6;
}

// Code that is not compiled yet and buffers that are not grown yet are no cost of a connection.
for (const connection of await openSome(500)) connection.end();
await wait(500);
const empty = await settled();
const cpuBefore = cpuSeconds(pid);
const before = performance.now();
const all = await openSome(conns);
const seconds = (performance.now() - before) / 1000;
const cpu = cpuSeconds(pid) - cpuBefore;
const full = await settled();
await wait(Number(values['ping-interval']) * 2.5);
const pinged = all.filter(({ pings }) => pings > 0).length;
const alive = all.filter(({ socket }) => socket.readyState === 'open').length;
if (pinged < conns) failures.push(`${conns - pinged} were not pinged`);
if (alive < conns) failures.push(`${conns - alive} are gone`);
for (const connection of all) connection.end();
console.log(
  JSON.stringify({
    connectionsPerSecond: Math.round(conns / seconds),
    connectionsPerCpuSecond: Math.round(conns / cpu),
    bytesPerConnection: Math.round((full - empty) / conns),
    pinged,
    alive,
    failures: failures.slice(0, 3),
  }),
);
process.exit(failures.length === 0 ? 0 : 1);
