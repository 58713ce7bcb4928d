// Compile speed and start-up: CPU milliseconds to load 1 MB of Lua source, and from an imported package to the end of a
// script of 100 lines (state, libraries, compiler, first run) in a fresh process. Medians of RUNS (default 5) processes.
//   node bench/compile.mjs
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createState } from '../dist/index.js';

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

function cpuMs(work) {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

const works = {
  compile: () => {
    const source = sourceOf(1 << 20);
    return cpuMs(() => createState().load(source, '@big.lua'));
  },
  start: () =>
    cpuMs(() => {
      const state = createState();
      state.call(state.load(HUNDRED_LINES, '@small.lua'));
    }),
};

if (process.argv[2] in works) console.log(works[process.argv[2]]());
else {
  const runs = Number(process.env.RUNS ?? 5);
  for (const [name, what] of [
    ['compile', `load ${sourceOf(1 << 20).length} bytes`],
    ['start', 'start-up with 100 lines'],
  ]) {
    const times = Array.from({ length: runs }, () =>
      Number(spawnSync(process.execPath, [fileURLToPath(import.meta.url), name], { encoding: 'utf8' }).stdout),
    ).sort((a, b) => a - b);
    console.log(
      `${what}: ${times[runs >> 1].toFixed(1)} ms of CPU (${times[0].toFixed(1)} to ${times.at(-1).toFixed(1)})`,
    );
  }
  console.log(`node ${process.version}, ${runs} processes each`);
}
