// Start-up: milliseconds from a loaded package to the end of a script of 100 lines (state, libraries, compiler, first run), in
// a worker of a fresh process; warm: after warmUp(), whose own time is a row as well. "calls all" makes 20 classes and calls
// each of its 40 functions, "registers" hands 20 handlers to a function, as the scripts of a server do. "may wait": loadRun,
// as a server does. Medians of RUNS (default 5) processes; CPU time includes the threads of V8's collector and optimiser.
//   node bench/start-up.mjs
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { measure } from './measure.mjs';

function lines(make) {
  return Array.from({ length: 20 }, (_, i) => make(i)).join('\n');
}

const scripts = {
  'calls all': lines((i) =>
    [
      `local Class${i} = {}`,
      `Class${i}.__index = Class${i}`,
      `function Class${i}.new(v) return setmetatable({ value = v, list = {} }, Class${i}) end`,
      `function Class${i}:add(k) self.list[#self.list + 1] = k .. ":" .. tostring(self.value):rep(2) return self end`,
      `Class${i}.new(${i}):add("a"):add("b")`,
    ].join('\n'),
  ),
  registers: `local handlers = {} local function on(name, f) handlers[name] = f end\n${lines((i) =>
    [
      `on("event${i}", function(args, txn)`,
      '  local n = #args',
      `  for i = 1, n do if args[i].name == "x${i}" then return args[i].value end end`,
      `  txn:set("v${i}", n .. ":" .. tostring(${i}))`,
      'end)',
    ].join('\n'),
  )}`,
};

const ways = {
  plain: ({ createState }, script) => {
    const state = createState();
    state.call(state.load(script, '@small.lua'));
  },
  'may wait': ({ createState }, script) => {
    createState().loadRun(script, '@small.lua').start([]);
  },
};

async function measureInWorker({ script, way, warm }) {
  const lua = await import('../dist/index.js');
  const warming = warm ? measure(() => lua.warmUp()) : undefined;
  const started = script === undefined ? warming : measure(() => ways[way](lua, scripts[script]));
  parentPort.postMessage(started);
}

function row(times) {
  const median = (values) =>
    values
      .toSorted((a, b) => a - b)
      [values.length >> 1].toFixed(1)
      .padStart(6);
  return `${median(times.map((t) => t.wall))} wall ${median(times.map((t) => t.cpu))} CPU`;
}

function runAll() {
  const runs = Number(process.env.RUNS ?? 5);
  const print = (name, order) => {
    const times = Array.from({ length: runs }, () =>
      JSON.parse(
        spawnSync(process.execPath, [fileURLToPath(import.meta.url), JSON.stringify(order)], { encoding: 'utf8' })
          .stdout,
      ),
    );
    console.log(name.padEnd(28) + row(times));
  };
  for (const script of Object.keys(scripts)) {
    for (const way of Object.keys(ways)) {
      for (const warm of [false, true]) print(`${script}, ${way}, ${warm ? 'warm' : 'cold'}`, { script, way, warm });
    }
  }
  print('warmUp()', { warm: true });
  console.log(`node ${process.version}, medians of ${runs} processes, milliseconds`);
}

if (!isMainThread) await measureInWorker(workerData);
else if (process.argv[2] === undefined) runAll();
else {
  const worker = new Worker(new URL(import.meta.url), { workerData: JSON.parse(process.argv[2]) });
  worker.once('message', (times) => console.log(JSON.stringify(times)));
}
