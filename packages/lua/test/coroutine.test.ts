/** Coroutines: what suspends through what, their limits, their errors. */
import { describe, expect, it } from 'vitest';
import { createState } from '../src/index.js';

const run = (source: string, ...args: unknown[]): unknown => {
  const state = createState();
  return state.call(state.load(source, '@t.lua'), ...args);
};

/** Runs `body` as a coroutine and joins what it yields and returns. */
const trail = (body: string): unknown =>
  run(`local co = coroutine.wrap(function() ${body} end)
    local list = {}
    for i = 1, 20 do local v = co(i) if v == nil then break end list[i] = tostring(v) end
    return table.concat(list, " ")`);

describe('coroutine.yield()', () => {
  it.each([
    ['pcall', 'print = 1 local ok, v = pcall(function() return coroutine.yield("a") end) coroutine.yield(v)', 'a 2'],
    [
      'pcall that catches',
      'local ok, e = pcall(function() coroutine.yield("a") error("b", 0) end) coroutine.yield(e)',
      'a b',
    ],
    [
      'xpcall and its handler',
      'local ok, e = xpcall(function() coroutine.yield("a") error("b", 0) end, function(e) return e .. "!" end) coroutine.yield(e)',
      'a b!',
    ],
    [
      '__index',
      'local t = setmetatable({}, { __index = function(_, k) return coroutine.yield(k) end }) coroutine.yield(t.x)',
      'x 2',
    ],
    [
      '__newindex',
      'local t = setmetatable({}, { __newindex = function(_, k, v) coroutine.yield(k .. v) end }) t.x = 1',
      'x1',
    ],
    [
      '__add',
      'local t = setmetatable({}, { __add = function(_, b) return coroutine.yield(b) end }) coroutine.yield(t + 7)',
      '7 2',
    ],
    [
      '__concat',
      'local t = setmetatable({}, { __concat = function() return coroutine.yield("c") end }) coroutine.yield(t .. "x")',
      'c 2',
    ],
    [
      '__eq',
      'local m = { __eq = function() return coroutine.yield("q") end } local a, b = setmetatable({}, m), setmetatable({}, m) coroutine.yield(a == b)',
      'q true',
    ],
    [
      '__lt',
      'local m = { __lt = function() return coroutine.yield("l") end } local a, b = setmetatable({}, m), setmetatable({}, m) coroutine.yield(not (a < b))',
      'l false',
    ],
    [
      '__call',
      'local t = setmetatable({}, { __call = function(_, v) return coroutine.yield(v) end }) coroutine.yield(t(5))',
      '5 2',
    ],
    [
      'an iterator',
      'for v in function(_, c) c = (c or 0) + 1 if c < 4 then coroutine.yield("i" .. c) return c end end do coroutine.yield(v) end',
      'i1 1 i2 2 i3 3',
    ],
    [
      'varargs',
      'local function f(...) return select("#", ...), ... end local n, a = f(coroutine.yield("v"), 2) coroutine.yield(n + a)',
      'v 4',
    ],
    [
      'a tail call',
      'local function f(n) if n == 0 then return coroutine.yield("t") end return f(n - 1) end coroutine.yield(f(1000))',
      't 2',
    ],
    [
      'a recursion',
      'local function f(n) if n == 0 then return coroutine.yield("r") end return f(n - 1) + 1 end coroutine.yield(f(500))',
      'r 502',
    ],
    ['a method', 'local o = {} function o:m(v) return coroutine.yield(v) end coroutine.yield(o:m("m"))', 'm 2'],
    [
      'another coroutine',
      'local inner = coroutine.wrap(function() coroutine.yield("i") end) coroutine.yield(inner()) coroutine.yield("o")',
      'i o',
    ],
    ['loaded text', 'load("coroutine.yield(...) coroutine.yield(2)")("l")', 'l 2'],
  ])('coroutine.yield() goes through %s', (_what, body, wanted) => {
    expect(trail(body)).toBe(wanted);
  });

  it.each(['table.sort({ 3, 2, 1 }, yield)', 'string.gsub("a", "a", yield)', 'table.foreach({ 1 }, yield)'])(
    'coroutine.yield() is refused across a library function that calls back: %s',
    (call) => {
      expect(
        run(`local co = coroutine.create(function() local yield = function() coroutine.yield() end ${call} end)
        return select(2, coroutine.resume(co))`),
      ).toMatch(/attempt to yield across C-call boundary$/);
    },
  );

  it('coroutine.yield() is refused outside of coroutines', () => {
    expect(() => run('coroutine.yield()')).toThrow(/attempt to yield across C-call boundary/);
  });

  it('coroutine.yield() passes several values both ways, and none', () => {
    expect(
      run(`local co = coroutine.create(function(...) local a, b, c = coroutine.yield(...) return select("#", coroutine.yield()), a, b, c end)
      local r = { coroutine.resume(co, 1, nil, 3) }
      local n = select("#", coroutine.resume(co, 4, 5))
      local last = { coroutine.resume(co) }
      return r[2] .. tostring(r[3]) .. r[4] .. n .. last[2] .. last[3] .. last[4] .. tostring(last[5])`),
    ).toBe('1nil31045nil');
  });
});

describe('coroutine.resume()', () => {
  it.each([
    [
      'a dead one',
      'local co = coroutine.create(function() end) coroutine.resume(co) return select(2, coroutine.resume(co))',
      'cannot resume dead coroutine',
    ],
    [
      'itself',
      'local co co = coroutine.create(function() return select(2, coroutine.resume(co)) end) return select(2, coroutine.resume(co))',
      'cannot resume running coroutine',
    ],
  ])('coroutine.resume() of %s', (_what, source, wanted) => {
    expect(run(source)).toBe(wanted);
  });

  it('coroutine.resume() gives the error, and its coroutine is dead', () => {
    expect(
      run(`local co = coroutine.create(function() local x = nil .. "a" end)
      local ok, e = coroutine.resume(co)
      return tostring(ok) .. e .. coroutine.status(co)`),
    ).toBe('falset.lua:1: attempt to concatenate a nil valuedead');
  });

  it('coroutine.resume() of an endless recursion reports a stack overflow where the function begins', () => {
    const recursion = 'local n = 0\nlocal function f() n = n + 1 return 1 + f() end\n';
    expect(run(`${recursion} return select(2, coroutine.resume(coroutine.create(f)))`)).toBe('t.lua:2: stack overflow');
    // Nothing is left of how the error was raised.
    expect(run(`${recursion} coroutine.wrap(pcall)(f) n = 0 coroutine.wrap(pcall)(f) return n > 10000`)).toBe(true);
  });

  it('error() names no place outside of the coroutine', () => {
    const lines = (level: number) =>
      run(`local function f() error("x", ${level}) end
      local co = coroutine.create(function()
        f() return 1
      end)
      return select(2, coroutine.resume(co))`);
    expect([1, 2, 3, 4].map(lines)).toEqual(['t.lua:1: x', 't.lua:3: x', 'x', 'x']);
    expect(
      run(`local co = coroutine.wrap(function() error("x", 2) end)
      return select(2, pcall(co))`),
    ).toBe('x');
  });

  it('coroutine.resume() reaches a recursion of ten thousand levels', () => {
    expect(
      run(`local function f(n) if n == 0 then coroutine.yield("deep") return 0 end return 1 + f(n - 1) end
      local co = coroutine.wrap(f)
      return co(10000) .. co()`),
    ).toBe('deep10000');
  });

  it('coroutine.resume() runs tail calls whose errors name what was called, also those left to the caller', () => {
    expect(
      run(`local co = coroutine.wrap(function()
        local x, odd = {}, 0
        for i = 1, 300 do
          local _, e = pcall(function() return x:nothing() end)
          if e ~= "t.lua:4: attempt to call method 'nothing' (a nil value)" then odd = odd + 1 end
        end
        return odd
      end)
      return co()`),
    ).toBe(0);
  });

  it('coroutine.wrap() runs a function in the environment it gave itself outside of coroutines', () => {
    expect(
      run(`x = 1
      local function f(v) if v then setfenv(1, { x = v, setfenv = setfenv }) end return x end
      return table.concat({ coroutine.wrap(f)(), f(2), coroutine.wrap(f)(), coroutine.wrap(f)(3), f() }, " ")`),
    ).toBe('1 2 2 3 3');
  });

  it('coroutine.status() tells the four states', () => {
    expect(
      run(`local outer
      local inner = coroutine.create(function() return coroutine.status(outer) end)
      outer = coroutine.create(function() local _, s = coroutine.resume(inner) coroutine.yield(s .. coroutine.status(outer)) end)
      local before = coroutine.status(outer)
      local _, s = coroutine.resume(outer)
      coroutine.resume(outer)
      return before .. s .. coroutine.status(outer)`),
    ).toBe('suspendednormalrunningdead');
  });
});

describe('Recursive calls inside a coroutine that return at once', () => {
  const functions = {
    'a body under a condition': 'f = function(n) if n then step(n) f(n > 1 and n - 1) f(nil) end end',
    'a value': 'f = function(n) if n == 0 then return "end" end step(n) return (f(n - 1)) end',
    'no value': 'f = function(n) if not n or n < 1 then return end step(n) f(n - 1) return select("#", f(0)) end',
    'a parameter': 'f = function(n, v) if n <= 0 then return v end step(v) local r = f(n - 1, n .. v) return r end',
    'a missing argument': 'f = function(n, v) if v == nil then return n end step(n) return (f(n - 1)) end',
    'a condition of two': 'f = function(n, v) if n ~= 0 and v ~= "x" then step(n) f(n - 1, v) f(n - 2, "x") end end',
    'one of two conditions': 'f = function(n, v) if n < 1 or v == "x" then return n end step(n) return (f(n - 1)) end',
    'a method':
      'T = {} f = function(n, v) return T:f(n, v) end function T:f(n) if n == 0 then return self end step(n) return self:f(n - 1) == self end',
    'text, that is no number': 'f = function(n) if n < "b" then return n end step(n) return f("a") end',
    'an operand that cannot be compared':
      'f = function(n) if n < 1 then return n end step(n) return f(n == 2 and 1 or {}) end',
    'a variable that is set anew':
      'f = function(n) if n == 0 then return "old" end step(n) f = function() return "new" end return f(0) end',
    'a changed parameter': 'f = function(n) if n == 0 then return "end" end step(n) n = n - 1 return (f(n)) end',
    'a parameter that is captured':
      'f = function(n) if n == 0 then return 0 end step(n) local g = function() n = n - 1 end g() return (f(n)) end',
  };

  it.each(Object.entries(functions))('give %s as outside of one', (_what, definition) => {
    const source = (outside: string) => `local list = {}
      local step = ${outside}
      local function show(...) return select("#", ...) .. ":" .. tostring((...)):gsub("0x%x+", "") end
      local f ${definition}
      for i = 1, 4 do
        local co = coroutine.wrap(function() list[#list + 1] = show(pcall(f, i, "v")) .. show(select(2, pcall(f, i, "v"))) end)
        local ok = ${outside === 'coroutine.yield' ? 'nil repeat ok = co() until not ok' : 'co()'}
      end
      local shown = {} for i, v in ipairs(list) do shown[i] = tostring(v) end
      return table.concat(shown, " ")`;
    const recursive = run(source('coroutine.yield').replace('local f f =', 'local function make() end local f f ='));
    expect(recursive).toBe(run(source('function() end')));
    const named = definition
      .replace(/f = function\(/, 'local function f(')
      .replace(/^T = \{\} local function f/, 'T = {} f = function');
    expect(run(source('coroutine.yield').replace(`local f ${definition}`, named))).toBe(recursive);
  });
});

describe('getfenv()', () => {
  it('of level 2 gives the environment of the calling function', () => {
    expect(
      run(`local function caller() local env = getfenv(2) return env end
      local function f() local env = caller() return env.name end
      local before = tostring(f())
      setfenv(f, { name = "set" })
      local function g() setfenv(1, { name = "own", caller = caller }) local env = caller() return env.name end
      return table.concat({ before, f(), g() }, " ")`),
    ).toBe('nil set own');
  });

  it('of a level of a chunk with an environment of its own does not give that of others', () => {
    const state = createState();
    const chunk = state.load(
      'local function f() local env = getfenv(2) return env end local env = f() return env.secret',
    );
    state.setGlobal('secret', 1);
    expect(state.call(chunk)).toBe(1);
    const closed = state.load(
      'local getfenv = getfenv local function f() local env = getfenv(2) return env end local env = f() return env.secret',
      '=x',
      state.call(state.load('return { getfenv = getfenv }')),
    );
    expect(state.call(closed)).toBeUndefined();
  });
});
