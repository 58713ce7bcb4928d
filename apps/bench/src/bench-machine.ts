import { costOfWakes } from './machine/wakes.js';
import { costOfWrite } from './machine/writes.js';

/**
 * `node dist/bench-machine.js`: what this machine takes for what no server can do without. Other figures are to be read
 * beside these. Median of `BENCH_RUNS` runs (3).
 */
const RUNS = Number(process.env.BENCH_RUNS ?? 3);
const middle = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;

const writes: number[] = [];
const wakes: { readonly cpu: number; readonly wall: number }[] = [];
for (let i = 0; i < RUNS; i++) {
  writes.push(await costOfWrite());
  wakes.push(await costOfWakes());
}
const write = middle(writes);
console.log(`Node ${process.version}, median of ${RUNS} runs\n`);
console.log(
  `write to one of 1000 connections: ${write.toFixed(1)} us of CPU, at most ${(1e6 / write).toFixed(0)} a second`,
);
console.log(
  `wake a thread and be woken: ${middle(wakes.map(({ cpu }) => cpu)).toFixed(1)} us of CPU, ${middle(wakes.map(({ wall }) => wall)).toFixed(1)} us`,
);
