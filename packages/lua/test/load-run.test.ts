/** Chunks that run once, as code that may wait, and functions whose generator versions are made together. */
import { describe, expect, it } from 'vitest';
import { createState, type LuaError } from '../src/index.js';

/** Results of `source`, run once; there `later(v)` waits and gives v. */
async function results(source: string): Promise<readonly unknown[]> {
  const state = createState();
  const later = state.defineWaiting('later', (v) => Promise.resolve(v));
  state.setGlobal('later', later);
  const run = state.loadRun(source, '@t.lua');
  let step = run.start([]);
  while (step.waitsFor !== undefined) step = run.resume(await step.waitsFor);
  return step.results;
}

describe('State.loadRun()', () => {
  it.each<[where: string, source: string, expected: readonly unknown[]]>([
    ['at the top level', 'local a = later(1) return a, (later(2))', [1, 2]],
    [
      'inside functions that call each other',
      'local function f(v) return later(v) + 1 end local function g(v) return f(v) * 2 end return g(1) + g(2)',
      [10],
    ],
    [
      'inside methods',
      'local C = {} C.__index = C function C:get() return later(self.v) end return setmetatable({ v = 7 }, C):get()',
      [7],
    ],
    [
      'inside loops and their conditions',
      'local n = 0 for i = 1, 3 do n = n + later(i) end while later(n) < 10 do n = n + 1 end return n',
      [10],
    ],
    [
      'inside metamethods that find what is called',
      `local t = setmetatable({}, { __index = function(_, k) local f = later(function(v) return k .. later(v) end) return f end })
      setmetatable(_G, { __index = function(_, k) return later(t[k]) end })
      return t.a(1) .. missing(2), (_G.other(3))`,
      ['a1missing2', 'other3'],
    ],
    ['behind a goto', 'local n = 0 ::again:: n = n + later(1) if n < 3 then goto again end return n', [3]],
  ])('waits %s', async (_where, source, expected) => {
    expect(await results(source)).toEqual(expected);
  });

  it.each<[what: string, source: string, expected: readonly unknown[]]>([
    [
      'a local function that names itself',
      'local function f(n) if n == 0 then return later("end") end return f(n - 1) end return (f(3))',
      ['end'],
    ],
    [
      'functions that share a variable they change',
      'local n = 0 local function add() n = n + later(1) end local function get() return n end add() n = n + 1 add() return get()',
      [3],
    ],
    [
      'a function declared before it is set',
      'local f local function g() return f() end f = function() return later(4) end return (g())',
      [4],
    ],
    [
      'a function whose environment is set',
      'local function f() return x end setfenv(f, { x = 5 }) local a = f() setfenv(f, { x = 6 }) return a, (f())',
      [5, 6],
    ],
    [
      'a function that sets its own environment',
      `local function f(v) if v then setfenv(1, { x = v }) end return x end
      x = 1 local set = string.gsub("a", "a", function() f(2) end) return (f())`,
      [2],
    ],
    [
      'its own new environment',
      'setfenv(1, { later = later, x = 8 }) local f = function() return x end return (f())',
      [8],
    ],
    ['getfenv', 'local function f() return x end return getfenv(f) == _G, getfenv(1) == _G', [true, true]],
  ])('knows %s', async (_what, source, expected) => {
    expect(await results(source)).toEqual(expected);
  });

  it('gives functions that plain calls run as well', () => {
    const state = createState();
    state.loadRun('local n = 0 function bump(by) n = n + by return n end bump(1)').start([]);
    expect(state.call(state.getGlobal('bump'), 2)).toBe(3);
    expect(state.createRun(state.getGlobal('bump')).start([3]).results).toEqual([6]);
    expect(state.call(state.getGlobal('bump'), 4)).toBe(10);
  });

  it('takes a syntax error of the chunk at once', () => {
    expect(() => createState().loadRun('x =', '@t.lua')).toThrow("t.lua:1: unexpected symbol near '<eof>'");
  });

  it('refuses a closed state', () => {
    const state = createState();
    state.close();
    expect(() => state.loadRun('')).toThrow('state is closed');
  });

  it('names the lines of functions made together', () => {
    const state = createState();
    const source = `local M = {}
function M.one(x)
  return M.two(x) + 1
end
function M.two(x)
  local y = M.three(x)
  return y.z
end
function M.three(x)
  return x.field
end
M.four = function(x)
  return M.none(x)
end
local _, a = pcall(M.one)
local _, b = pcall(M.one, {})
local _, c = pcall(M.four)
return a, b, c`;
    expect(state.loadRun(source, '@t.lua').start([]).results).toEqual([
      "t.lua:10: attempt to index local 'x' (a nil value)",
      "t.lua:7: attempt to index local 'y' (a nil value)",
      "t.lua:13: attempt to call field 'none' (a nil value)",
    ]);
  });

  it('records the traceback of an error', () => {
    const state = createState();
    const run = state.loadRun('local function f()\n  error("no")\nend\nlocal t = { g = f }\nt.g()\n', '@t.lua');
    let error: unknown;
    try {
      run.start([]);
    } catch (e) {
      error = e;
    }
    expect((error as LuaError).value).toBe('t.lua:2: no');
    expect(state.traceback(error)).toBe(`stack traceback:
\t[C]: in function 'error'
\tt.lua:2: in function 'g'
\tt.lua:5: in main chunk`);
  });

  it('makes generator versions of more functions than one text takes', () => {
    const bodies = Array.from(
      { length: 400 },
      (_, i) =>
        `function M.f${i}(v) local t = { a = v, b = ${i} } if t.a > t.b then return t.a .. t.b end return t.b - t.a end`,
    );
    const calls = Array.from({ length: 400 }, (_, i) => `sum = sum + M.f${i}(1000):len()`);
    const source = `local M, sum = {}, 0\n${bodies.join('\n')}\n${calls.join('\n')}\nreturn sum`;
    const digits = Array.from({ length: 400 }, (_, i) => 4 + String(i).length).reduce((a, b) => a + b, 0);
    expect(createState().loadRun(source).start([]).results).toEqual([digits]);
  });
});

describe('State.loadRun() with functions that are called more often than their first versions are', () => {
  it('gives the same results from every version', async () => {
    const source = `
      local C = {} C.__index = function(t, k) return C[k] end
      function C.add(self, ...) self.n = self.n + select('#', ...) return self, ... end
      local up = 10
      local function one(x) up = up + 1 return later(x) + up end
      local function many(...) return #... , ... end
      local function tail(x) return one(x) end
      local function text(a, b) return a .. ":" .. b .. -a, a < b, a <= b, a == b, not a, a % b, a ^ 2 end
      local list = {}
      for i = 1, 50 do
        local o, a, b = setmetatable({ n = i }, C):add(i, nil)
        list[i] = table.concat({ o.n, tostring(a), tostring(b), tail(i), (many("abc")), text(i, 7) and text(i, 7) }, ",")
        local more = { text(i, 25) }
        for j = 1, 7 do list[i] = list[i] .. " " .. tostring(more[j]) end
      end
      return table.concat(list, "\\n")`;
    const state = createState();
    state.setGlobal(
      'later',
      state.defineFunction('later', (v) => v),
    );
    expect(await results(source)).toEqual([state.call(state.load(source))]);
  });

  it.each([
    ['a field of nil', 'local function f(t) return t.x.y end', 'f({})'],
    ['a call of nil', 'local function f(t) return 1 + t.x() end', 'f({})'],
    ['a tail call of nil', 'local function f(t) return t.x() end', 'f({})'],
    ['a method', 'local function f(t) return 1 + t:x() end', 'f({})'],
    ['a bad argument', 'local function f(t)\nlocal n = ("x"):rep(t) return n end', 'f({})'],
    ['arithmetic', 'local function f(t)\nlocal n = 1 return n + t.x end', 'f({})'],
    ['a text', 'local function f(t)\nreturn "a" .. t.x end', 'f({})'],
    ['an order', 'local function f(t)\nreturn t < 1 end', 'f({})'],
    ['a length', 'local function f(t)\nreturn #t.x end', 'f({})'],
    ['a store', 'local function f(t)\nt.x.y = 1 end', 'f({})'],
    ['a caller', 'local function f(t)\nerror("text", 2) end', '\n\nf({})'],
    [
      'a caller of a caller',
      'local function g() error("text", 3) end local function f(t)\ng() return 1 end',
      '\n\nf({})',
    ],
    ['too little stack', 'local function f(n) if n then return 1 + f(n + 1) end return 1 end', 'f(1)'],
  ])('names the place and the operands of %s', (_what, definition, call) => {
    const source = (calls: string) => `${definition} local list = {} ${calls} return table.concat(list, "\\n")`;
    const once = `list[#list + 1] = select(2, pcall(function() ${call} return 1 end))\n`;
    const state = createState();
    const expected = String(state.call(state.load(source(once), '@t.lua')));
    const run = state.loadRun(source(`for i = 1, 30 do ${once} end`), '@t.lua').start([]);
    const found = new Set(String(run.results[0]).split('\n'));
    expect(expected).toMatch(/^t\.lua:\d+: |stack overflow/);
    expect([...found]).toEqual([expected]);
  });
});
