import { Worker } from 'node:worker_threads';

const ROUNDS = 20_000;
const WARM_UP = 2_000;
/** Who may go on: the caller or the other thread. */
const TURN = 0;
const OVER = 2;

const OTHER = `
  const { workerData } = require('node:worker_threads');
  const words = new Int32Array(workerData);
  for (;;) {
    Atomics.wait(words, ${TURN}, 0);
    if (Atomics.load(words, ${TURN}) === ${OVER}) break;
    Atomics.store(words, ${TURN}, 0);
    Atomics.notify(words, ${TURN});
  }`;

/**
 * Microseconds it takes to wake another thread and to be woken by it, both asleep in `Atomics.wait`: CPU time of both
 * threads, and time on the clock. What is handed to another thread costs that once per batch.
 */
export async function costOfWakes(): Promise<{ readonly cpu: number; readonly wall: number }> {
  const words = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(OTHER, { eval: true, workerData: words.buffer });
  const ended = new Promise((resolve) => worker.once('exit', resolve));
  await new Promise((resolve) => worker.once('online', resolve));
  const round = (): void => {
    Atomics.store(words, TURN, 1);
    Atomics.notify(words, TURN);
    Atomics.wait(words, TURN, 1);
  };
  for (let i = 0; i < WARM_UP; i++) round();
  const before = process.cpuUsage();
  const start = performance.now();
  for (let i = 0; i < ROUNDS; i++) round();
  const wall = ((performance.now() - start) * 1000) / ROUNDS;
  const { user, system } = process.cpuUsage(before);
  Atomics.store(words, TURN, OVER);
  Atomics.notify(words, TURN);
  await ended;
  return { cpu: (user + system) / ROUNDS, wall };
}
