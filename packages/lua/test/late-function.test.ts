import { readdirSync, readFileSync } from 'node:fs';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createState, LuaError, type LuaValue } from '../src/index.js';
import { State } from '../src/state.js';
import { linesOf } from './support/run-lua.js';

/** Set: functions are late in every source, however small they are. */
const everywhere = vi.hoisted(() => ({ on: false, left: 0 }));

vi.mock('../src/compiler/late-function.js', async (load) => {
  const module = await load<typeof import('../src/compiler/late-function.js')>();
  return {
    ...module,
    isLarge: (source: string) => everywhere.on || module.isLarge(source),
    mayBeLate: (...[fn, length]: Parameters<typeof module.mayBeLate>) => {
      const late = module.mayBeLate(fn, everywhere.on ? Number.POSITIVE_INFINITY : length);
      if (late) everywhere.left++;
      return late;
    },
  };
});

beforeEach(() => {
  everywhere.on = false;
  everywhere.left = 0;
});

const PADDING = `\n--[[${' '.repeat(1 << 16)}]]`;
const FILLER = `--[[${' '.repeat(256)}]]`;

/** What a program prints and how it ends, with its functions compiled at once or when they are called. */
function outcome(source: string, late: boolean): string {
  everywhere.on = late;
  let printed = '';
  const state = new State({
    print: (bytes) => {
      printed += bytes;
    },
  });
  try {
    state.call(state.load(source, '@program.lua'));
  } catch (error) {
    if (!(error instanceof LuaError)) throw error;
    printed += `${error.value}\n${state.traceback(error)}`;
  } finally {
    state.close();
    everywhere.on = false;
  }
  return printed.replace(/0x[0-9a-f]+/g, '0x#');
}

function callSuspendable(source: string): LuaValue {
  const step = createState().loadRun(source, '@program.lua').start([]);
  return step.results[0];
}

const corpus = new URL('../differential/corpus/', import.meta.url);
// Without those that need files or a clock; behind a label no function is late.
const names = readdirSync(corpus).filter((name) => !/^(files|goto|os-functions|require)/.test(name));

describe('late functions', () => {
  it.each(names)('late functions do not change what %s prints', (name) => {
    // Calls of late functions take more of the stack.
    const source = readFileSync(new URL(name, corpus), 'latin1').replaceAll('5000', '1000');
    expect(outcome(source, true)).toBe(outcome(source, false));
    expect(everywhere.left).toBeGreaterThan(0);
  });

  it('late functions are those of a large source that are large themselves', () => {
    const source = `local function small() end local function large() ${FILLER} return 1 end return large()`;
    expect(createState().call(createState().load(source))).toBe(1);
    expect(everywhere.left).toBe(0);
    const state = createState();
    expect(state.call(state.load(source + PADDING))).toBe(1);
    expect(everywhere.left).toBe(1);
  });

  it('late functions share captured variables with those around them', () => {
    const source = `
      local n, step, unset = 0, 2
      local function add() n = n + step return n, unset end
      local function get() return n end
      local function fact(k) if k < 2 then return 1 end return k * fact(k - 1) end
      add() n = n * 10 add()
      print(n, get(), fact(5), add())`;
    everywhere.on = true;
    expect(linesOf(source)).toEqual(['22\t22\t120\t24\tnil']);
  });

  it('late functions are the same value before and after their first call', () => {
    const source = `
      local function f(...) return select('#', ...), ... end
      local seen = { [f] = 'f' }
      local g = f
      f(1)
      print(g == f, seen[f], f(1, nil, nil))`;
    everywhere.on = true;
    expect(linesOf(source)).toEqual(['true\tf\t3\t1\tnil\tnil']);
  });

  it('late functions keep an environment set before their first call, and take one set after it', () => {
    const source = `
      local function f() return x end
      local function g() return x end
      setfenv(f, { x = 1 })
      x = 0
      print(f(), g(), getfenv(f).x, getfenv(g) == _G)
      setfenv(f, { x = 2 }) setfenv(g, { x = 3 })
      print(f(), g(), getfenv(f).x, getfenv(g).x)
      print(coroutine.wrap(function() return f(), g() end)())
      setfenv(g, { x = 4 })
      print(coroutine.wrap(function() return f(), g() end)(), g())`;
    everywhere.on = true;
    expect(linesOf(source)).toEqual(['1\t0\t1\ttrue', '2\t3\t2\t3', '2\t3', '2\t4']);
  });

  it('late functions suspend, with the functions inside them', () => {
    const source = `
      local total = 0
      local function each(list)
        local function item(i) coroutine.yield(i, list[i]) total = total + list[i] end
        for i = 1, #list do item(i) end
        return 'end'
      end
      local out = {}
      local co = coroutine.wrap(each)
      out[#out + 1] = ('%d=%s'):format(co({ 'x' == 'y' or 5, 7 }))
      out[#out + 1] = ('%d=%s'):format(co())
      out[#out + 1] = co()
      return table.concat(out, ' ') .. ' ' .. total`;
    everywhere.on = true;
    expect(createState().call(createState().load(source))).toBe('1=5 2=7 end 12');
    expect(callSuspendable(source)).toBe('1=5 2=7 end 12');
  });

  it('late functions recurse inside coroutines without the JavaScript stack', () => {
    const source = `
      local function depth(n) if n == 0 then return 0 end return 1 + depth(n - 1) end
      return coroutine.wrap(function() return depth(10000) end)()`;
    everywhere.on = true;
    expect(createState().call(createState().load(source))).toBe(10000);
  });

  it('late functions are no level of the stack', () => {
    const source = `
      local function inner() error('here', 2) end
      local function outer() inner() return 1 end
      local function level() return debug.getinfo(1, 'S').linedefined, debug.getinfo(2, 'l').currentline end
      function fail() local t = outer() return t end
      print(level())
      local t = { fail = fail }
      t.fail()`;
    const [late, early] = [outcome(source, true), outcome(source, false)];
    expect(late).toBe(early);
    expect(late).toContain('program.lua:3: here');
  });

  it('late functions are checked when the source is loaded', () => {
    const state = createState();
    const faulty = [
      'break',
      'goto nowhere',
      'local x <const> = 1',
      `local ${'a'.repeat(3)} = = 1`,
      Array.from({ length: 201 }, (_, i) => `local v${i}`).join('\n'),
    ];
    everywhere.on = true;
    for (const body of faulty) {
      const messages = ['', PADDING].map((end) => {
        try {
          state.load(`local function f()\n${body}\nend${end}`, '@t.lua');
        } catch (error) {
          return (error as Error).message;
        }
        return 'accepted';
      });
      expect(messages[0]).toMatch(/^t\.lua:\d+: /);
      expect(messages[1]).toBe(messages[0]);
    }
  });

  it('late functions that are called where they stand are compiled at once', () => {
    everywhere.on = true;
    const state = createState();
    expect(state.call(state.load('return (function(...) return ... end)(7)'))).toBe(7);
    expect(everywhere.left).toBe(0);
  });
});
