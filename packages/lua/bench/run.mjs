// Runs the benchmark programs on Offload's Lua, LuaJIT and Lua 5.1 and prints CPU seconds (median of RUNS each).
//   node bench/run.mjs [name...]      RUNS=3 by default; FENGARI=1 for a column of fengari, one run of up to LIMIT=60 seconds
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const runs = Number(process.env.RUNS ?? 3);
const main = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const engines = {
  offload: [process.execPath, '--stack-size=3600', main],
  luajit: ['luajit'],
  'lua5.1': ['lua5.1'],
  ...(process.env.FENGARI ? { fengari: [process.execPath, `${here}fengari.mjs`] } : {}),
};
const limitMs = Number(process.env.LIMIT ?? 60) * 1000;
const only = process.argv.slice(2);
const names = readdirSync(`${here}programs`)
  .map((f) => f.replace(/\.lua$/, ''))
  .filter((n) => only.length === 0 || only.includes(n));

function measure(engine, command, program) {
  const times = [];
  const slow = engine === 'fengari';
  let output;
  for (let i = 0; i < (slow ? 1 : runs); i++) {
    const r = spawnSync(command[0], [...command.slice(1), `${here}driver.lua`, `${here}programs/${program}.lua`], {
      encoding: 'latin1',
      maxBuffer: 1 << 26,
      ...(slow ? { timeout: limitMs } : {}),
    });
    const m = /^cpu-seconds ([\d.]+)$/m.exec(r.stdout ?? '');
    if (m === null) return { error: (r.stderr || r.error?.message || 'no result').split('\n')[0] };
    times.push(Number(m[1]));
    output = r.stdout.slice(0, m.index);
  }
  times.sort((a, b) => a - b);
  return { time: times[times.length >> 1], output };
}

const rows = [];
for (const name of names) {
  const row = { name };
  for (const [engine, command] of Object.entries(engines)) row[engine] = measure(engine, command, name);
  row.same = row.offload.output === row.luajit.output;
  rows.push(row);
  const cell = (r) => (r.error === undefined ? r.time.toFixed(3) : 'failed').padStart(9);
  const ratio = (r) => (r.error === undefined ? (row.offload.time / r.time).toFixed(2) : '-').padStart(7);
  console.log(
    name.padEnd(16) +
      cell(row.offload) +
      cell(row.luajit) +
      cell(row['lua5.1']) +
      (row.fengari === undefined ? '' : cell(row.fengari)) +
      ratio(row.luajit) +
      ratio(row['lua5.1']) +
      (row.same ? '' : '  OUTPUT DIFFERS ') +
      (row.offload.error ?? ''),
  );
}
const good = rows.filter((r) => r.offload.error === undefined && r.luajit.error === undefined);
const geo = Math.exp(good.reduce((s, r) => s + Math.log(r.offload.time / r.luajit.time), 0) / good.length);
console.log(
  `columns: offload, luajit, lua5.1${engines.fengari === undefined ? '' : ', fengari'}, offload/luajit, offload/lua5.1; geometric mean offload/luajit ${geo.toFixed(2)}`,
);
console.log(`node ${process.version}, ${runs} runs each, median CPU seconds`);
