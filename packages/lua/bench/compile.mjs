// Compile speed and start-up: milliseconds to load 1 MB of Lua source, and from an imported package to the end of a script
// of 100 lines (state, libraries, compiler, first run) in a fresh process, the same after warmUp(), and both as code that may
// wait (loadRun: what a server does). Medians of RUNS (default 5) processes; CPU time includes the threads of V8's collector
// and optimiser.
//   node bench/compile.mjs
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createState, warmUp } from '../dist/index.js';

const programs = new URL('./programs/', import.meta.url);
const sources = readdirSync(programs).map((name) => readFileSync(new URL(name, programs), 'latin1'));

/** At least `bytes` of source: the benchmark programs, each inside a function of its own. */
function sourceOf(bytes) {
  const parts = [];
  for (let size = 0, i = 0; size < bytes; i++) {
    const part = `local function f${i % 100}(...)\n${sources[i % sources.length]}end\n`;
    parts.push(i % 100 === 0 ? `do\n${part}` : i % 100 === 99 ? `${part}end\n` : part);
    size += part.length;
    if (size >= bytes && i % 100 !== 99) parts.push('end\n');
  }
  return parts.join('');
}

const HUNDRED_LINES = Array.from({ length: 20 }, (_, i) =>
  [
    `local Class${i} = {}`,
    `Class${i}.__index = Class${i}`,
    `function Class${i}.new(v) return setmetatable({ value = v, list = {} }, Class${i}) end`,
    `function Class${i}:add(k) self.list[#self.list + 1] = k .. ":" .. tostring(self.value):rep(2) return self end`,
    `Class${i}.new(${i}):add("a"):add("b")`,
  ].join('\n'),
).join('\n');

/** CPU and wall milliseconds. */
function measure(work) {
  const before = process.cpuUsage();
  const start = performance.now();
  work();
  const wall = performance.now() - start;
  const { user, system } = process.cpuUsage(before);
  return { cpu: (user + system) / 1000, wall };
}

function start() {
  const state = createState();
  state.call(state.load(HUNDRED_LINES, '@small.lua'));
}

function startWaiting() {
  createState().loadRun(HUNDRED_LINES, '@small.lua').start([]);
}

const works = {
  compile: () => {
    const source = sourceOf(1 << 20);
    return measure(() => createState().load(source, '@big.lua'));
  },
  start: () => measure(start),
  'start-warm': () => {
    warmUp();
    return measure(start);
  },
  run: () => measure(startWaiting),
  'run-warm': () => {
    warmUp();
    return measure(startWaiting);
  },
};

function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1].toFixed(1);
}

if (process.argv[2] in works) console.log(JSON.stringify(works[process.argv[2]]()));
else {
  const runs = Number(process.env.RUNS ?? 5);
  for (const [name, what] of [
    ['compile', `load ${sourceOf(1 << 20).length} bytes`],
    ['start', 'start-up with 100 lines'],
    ['start-warm', 'start-up with 100 lines after warmUp()'],
    ['run', 'start-up with 100 lines that may wait'],
    ['run-warm', 'start-up with 100 lines that may wait after warmUp()'],
  ]) {
    const times = Array.from({ length: runs }, () =>
      JSON.parse(spawnSync(process.execPath, [fileURLToPath(import.meta.url), name], { encoding: 'utf8' }).stdout),
    );
    const cpu = times.map((t) => t.cpu);
    console.log(
      `${what}: ${median(cpu)} ms of CPU (${Math.min(...cpu).toFixed(1)} to ${Math.max(...cpu).toFixed(1)}), ${median(times.map((t) => t.wall))} ms of wall time`,
    );
  }
  console.log(`node ${process.version}, ${runs} processes each`);
}
