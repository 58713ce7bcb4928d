// Compile speed: milliseconds to load 1 MB of Lua source in a fresh process; to load it where nothing can be left until it is
// called, inside a loop; and to load it and call each of its functions, which return at once. Medians of RUNS (default 5)
// processes; CPU time includes the threads of V8's collector and optimiser.
//   node bench/compile.mjs
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createState } from '../dist/index.js';
import { measure } from './measure.mjs';

const programs = new URL('./programs/', import.meta.url);
const sources = readdirSync(programs).map((name) => readFileSync(new URL(name, programs), 'latin1'));

/** What the functions stand in. Those in a loop are compiled when they are loaded, others when they are called. */
const blocks = { load: 'do', 'load, every function compiled': 'for _ = 1, 1 do' };
const CALLS = 'load and call each function';

/** At least `bytes` of source: the benchmark programs, each inside a function of its own, a hundred in each block. */
function sourceOf(bytes, name) {
  const block = blocks[name] ?? 'do';
  const [head, call] = name === CALLS ? ['if ... == nil then return end\n', (f) => `${f}()\n`] : ['', () => ''];
  const parts = [];
  for (let size = 0, i = 0; size < bytes; i++) {
    const part = `local function f${i % 100}(...)\n${head}${sources[i % sources.length]}end\n${call(`f${i % 100}`)}`;
    parts.push(i % 100 === 0 ? `${block}\n${part}` : i % 100 === 99 ? `${part}end\n` : part);
    size += part.length;
    if (size >= bytes && i % 100 !== 99) parts.push('end\n');
  }
  return parts.join('');
}

if (process.argv[2] === 'one') {
  const name = process.argv[3] ?? 'load';
  const source = sourceOf(1 << 20, name);
  const work = () => {
    const state = createState();
    const main = state.load(source, '@big.lua');
    if (name === CALLS) state.call(main);
  };
  console.log(JSON.stringify(measure(work)));
} else {
  const runs = Number(process.env.RUNS ?? 5);
  const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1].toFixed(1);
  for (const name of [...Object.keys(blocks), CALLS]) {
    const times = Array.from({ length: runs }, () =>
      JSON.parse(
        spawnSync(process.execPath, [fileURLToPath(import.meta.url), 'one', name], { encoding: 'utf8' }).stdout,
      ),
    );
    const cpu = times.map((t) => t.cpu);
    console.log(
      `${name}: ${sourceOf(1 << 20, name).length} bytes, ${median(cpu)} ms of CPU (${Math.min(...cpu).toFixed(1)} to ${Math.max(...cpu).toFixed(1)}), ${median(times.map((t) => t.wall))} ms of wall time`,
    );
  }
  console.log(`node ${process.version}, ${runs} processes each`);
}
