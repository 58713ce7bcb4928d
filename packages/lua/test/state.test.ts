import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createState, encodeText, LuaError, LuaTable, luaError } from '../src/index.js';

const run = (source: string, ...args: unknown[]): unknown => {
  const state = createState();
  return state.call(state.load(source, '@t.lua'), ...args);
};

describe('README', () => {
  it('examples run and give what their comments say', async () => {
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
    const examples = [...readme.matchAll(/```js\n(.*?)```/gs)].map((m) => m[1]!);
    expect(examples.length).toBe(2);
    for (const example of examples) {
      const body = example
        .replace(/^import .*$/gm, '')
        .replace(/^(.*\S);\s*\/\/ (?:prints .*returns )?('.*'|\[?\d+\]?)$/gm, 'check($1, $2);');
      expect(body).toContain('check(');
      const check = (value: unknown, wanted: unknown): void => {
        expect(value).toEqual(wanted);
      };
      const AsyncFunction = (async () => {}).constructor as new (
        ...args: string[]
      ) => (...args: unknown[]) => Promise<void>;
      await new AsyncFunction('createState', 'LuaTable', 'check', 'console', body)(createState, LuaTable, check, {
        log() {},
      });
    }
  });
});

describe('State.call()', () => {
  it.each([
    ['return 1 + 1', 2],
    ['local t = {} for i = 1, 10 do t[i] = i * i end return t[10]', 100],
    ['local s = 0 for _, v in ipairs({ 1, 2, 3 }) do s = s + v end return s', 6],
    ['goto done do return 1 end ::done:: return 2', 2],
    ['return select("#", nil, nil)', 2],
    ['return ("x"):rep(3, ",")', 'x,x,x'],
    ['return 7 // 2', 3],
    ['return 6 & 3', 2],
    ['return tostring(2^53)', '9.007199254741e+15'],
    ['local a <const> = 1', undefined],
  ])('%s', (source, wanted) => {
    if (wanted === undefined) expect(() => run(source)).toThrow(LuaError);
    else expect(run(source)).toBe(wanted);
  });

  it.each(['__proto__', 'constructor', 'hasOwnProperty', 'toString', '__defineGetter__', 'valueOf'])(
    'has %s as an ordinary key, from source and from data',
    (key) => {
      expect(run(`local t = {} local before = t.${key} t.${key} = 5 return before == nil and t[...] == 5`, key)).toBe(
        true,
      );
      expect(run(`return ${key} == nil and _G[...] == nil`, key)).toBe(true);
      expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    },
  );

  it.each(['globalThis', 'process', 'require("fs")', 'eval', 'Function', 'R', 'arguments', 'this'])(
    'shows no JavaScript: %s',
    (name) => {
      expect(() => run(`return assert(${name}, "none")`)).toThrow(/none|module 'fs' not found/);
    },
  );

  it('ends deep recursion in an error that pcall catches', () => {
    expect(run('local function f() return 1 + f() end local ok, e = pcall(f) return tostring(ok) .. e')).toMatch(
      /^false.*stack overflow/,
    );
  });

  it('refuses source nested beyond its limit with a Lua error', () => {
    const deep = `return ${'('.repeat(100_000)}1${')'.repeat(100_000)}`;
    expect(() => run(deep)).toThrow(LuaError);
  });

  it('says where an error is and what was wrong', () => {
    expect(() => run('local x = nil\nreturn x.y')).toThrow("t.lua:2: attempt to index local 'x' (a nil value)");
    expect(() => run('undefined_function()')).toThrow(
      "t.lua:1: attempt to call global 'undefined_function' (a nil value)",
    );
    expect(() => run('x = = 1')).toThrow(/^t\.lua:1: unexpected symbol near '='/);
  });
});

describe('State limits', () => {
  it('stop an endless loop, also one that catches every error', () => {
    for (const source of [
      'while true do end',
      'while true do pcall(error) end',
      'repeat pcall(function() while true do end end) until false',
    ]) {
      const state = createState({ fuelLimit: 20_000 });
      expect(() => state.call(state.load(source))).toThrow(expect.objectContaining({ code: 'LUA_ERR_INTERRUPTED' }));
    }
  });

  it.each([
    ['catches errors', 'while true do n = n + 1 pcall(error, "x") end'],
    ['handles errors', 'while true do n = n + 1 xpcall(error, tostring, "x") end'],
    ['reads source without end', 'load(function() n = n + 1 return " " end) while true do end'],
  ])('stop in time what does little but %s', (_, source) => {
    const state = createState({ fuelLimit: 20_000 });
    state.setGlobal('n', 0);
    expect(() => state.call(state.load(source))).toThrow(expect.objectContaining({ code: 'LUA_ERR_INTERRUPTED' }));
    expect(state.getGlobal('n')).toBeLessThan(10_000);
  });

  it.each([
    ['while', 'while true do x = x + 1 end'],
    ['while with a loop inside', 'while true do for i = 1, 2 do x = x + 1 end end'],
    ['repeat', 'repeat x = x + 1 until false'],
    ['repeat with a loop inside', 'repeat for i = 1, 2 do x = x + 1 end until false'],
    ['for', 'for i = 1, 1e300 do x = x + 1 end'],
    ['for with a loop inside', 'for i = 1, 1e300 do for j = 1, 2 do x = x + 1 end end'],
  ])('stop %s at its line, at the top level, too', (_, loop) => {
    for (const source of [`local x = 1\n\n${loop}\n`, `local function f()\n  local x = 1\n${loop}\nend\nf()`]) {
      const state = createState({ fuelLimit: 20_000 });
      let error: unknown;
      try {
        state.call(state.load(source, '@t.lua'));
      } catch (e) {
        error = e;
      }
      expect(error).toMatchObject({ code: 'LUA_ERR_INTERRUPTED' });
      expect(state.traceback(error)).toContain('stack traceback:\n\tt.lua:3: in ');
    }
  });

  it('traceback() of what JavaScript raised shows where', () => {
    const state = createState();
    const faultOf = (source: string): unknown => {
      try {
        return state.call(state.load(source, '@t.lua'));
      } catch (e) {
        return e;
      }
    };
    const overflow = faultOf('local function f()\n  return 1 + f()\nend\nreturn f()');
    expect(overflow).toMatchObject({ code: 'LUA_ERR_STACK_OVERFLOW', message: 't.lua:1: stack overflow' });
    expect(state.traceback(overflow)).toContain("\n\tt.lua:1: in function 'f'\n\tt.lua:2: in function 'f'");
    const memory = faultOf('\nlocal s = ("x"):rep(2^28) return s .. s .. s');
    expect(memory).toMatchObject({ message: 'not enough memory' });
    expect(state.traceback(memory)).toBe('stack traceback:\n\tt.lua:2: in main chunk');
  });

  it('interrupt() works from a host function and resume() lets the state go on', () => {
    const state = createState();
    state.setGlobal(
      'stop',
      state.defineFunction('stop', () => state.interrupt('enough')),
    );
    expect(() => state.call(state.load('stop() while true do end'))).toThrow('enough');
    state.resume();
    expect(state.call(state.load('return 1'))).toBe(1);
  });

  it.each([
    's:upper()',
    's:lower()',
    's:reverse()',
    's:find("[^a]")',
    's:find("b", 1, true)',
    's:match("[^a]")',
    's:gsub("b", "c")',
    'load(c)',
  ])('onFuel is called after %s of a long text, which makes no step of its own', (call) => {
    let looks = 0;
    const state = createState({ onFuel: () => looks++ });
    state.setGlobal('s', 'a'.repeat(1 << 20));
    state.setGlobal('c', ' '.repeat(1 << 20));
    state.call(state.load(`local r = ${call}`));
    expect(looks).toBe(1);
  });

  it('check() stops a script from within a host function', () => {
    const state = createState({ onFuel: (running) => running.interrupt('enough') });
    const work = state.defineFunction('work', () => state.check());
    state.setGlobal('work', work);
    expect(() => state.call(state.load('work()'))).toThrow('enough');
  });
});

describe('State.callAsync()', () => {
  it('suspends across pcall, metamethods, iterators and coroutines', async () => {
    const state = createState();
    const wait = state.defineWaiting('wait', (v) => new Promise((resolve) => setImmediate(() => resolve(v))));
    state.setGlobal('wait', wait);
    const source = `
      local a = select(2, pcall(function() return wait(1) end))
      local m = setmetatable({}, { __index = function(_, k) return wait(k) end, __add = function() return wait(10) end })
      local c = 0
      for v in function(_, last) if (last or 0) < 3 then return wait((last or 0) + 1) end end do c = c + v end
      local co = coroutine.wrap(function() coroutine.yield(wait(100)) end)
      return a + m[2] + (m + 1) + c + co()`;
    expect(await state.callAsync(state.load(source))).toEqual([1 + 2 + 10 + 6 + 100]);
  });

  it('leaves coroutines that plain code resumes to the blocking form, the first time', async () => {
    const state = createState();
    const wait = state.defineWaiting(
      'wait',
      async (v) => `waited ${v}`,
      (v) => `blocked ${v}`,
    );
    state.setGlobal('wait', wait);
    const source = 'local co = coroutine.wrap(function() return wait(1) end) return co()';
    expect(state.call(state.load(source))).toBe('blocked 1');
    const nested = `table.sort({ 1, 2 }, function() seen = (function() ${source} end)() end) return seen, wait(2)`;
    expect(await state.callAsync(state.load(nested))).toEqual(['blocked 1', 'waited 2']);
    const fn = state.load(source);
    expect(state.run(fn)).toBe('blocked 1');
    expect(await state.run(fn)).toBe('waited 1');
  });

  it('raises what the promise was rejected with, where the script waits', async () => {
    const state = createState();
    state.setGlobal(
      'fail',
      state.defineWaiting('fail', async () => {
        throw luaError('refused');
      }),
    );
    expect(await state.callAsync(state.load('local ok, e = pcall(fail) return ok, e'))).toEqual([
      false,
      expect.stringContaining('refused'),
    ]);
  });

  it('interleaves calls', async () => {
    const state = createState();
    const gates: (() => void)[] = [];
    state.setGlobal(
      'gate',
      state.defineWaiting('gate', () => new Promise<void>((open) => gates.push(open))),
    );
    const f = state.load('local n = ... gate() return n');
    const both = [state.callAsync(f, 1), state.callAsync(f, 2)];
    gates[1]!();
    expect(await both[1]).toEqual([2]);
    gates[0]!();
    expect(await both[0]).toEqual([1]);
  });
});

describe('encodeText()', () => {
  it('makes byte strings of text, as load() does with source', () => {
    expect(run('return #"é"')).toBe(2);
    expect(encodeText('é')).toBe('\xc3\xa9');
  });
});
