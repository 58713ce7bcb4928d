import { createRequire } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ArgumentKind, NamedArguments } from '../src/named-arguments.js';
import { fengari } from '../src/runtimes/fengari.js';
import { HostObject, ScriptFunction, type ScriptTable, type ScriptValue } from '../src/value.js';
import { Bench } from './conformance/bench.js';
import { ENGINES } from './conformance/engines.js';
import { SHORT_MS } from './conformance/test-host.js';
import { conformance } from './conformance.js';
import { fengariScripts } from './support/fengari-scripts.js';

conformance(fengari, ENGINES.fengari);

describe('fengari', () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await Bench.create(fengari, {});
  });
  afterEach(() => bench.close());
  const { run, notes } = fengariScripts(() => bench);

  describe('numbers', () => {
    it('numerals are doubles and do not wrap at 32 bits', async () => {
      expect(await notes('2147483647 + 1', '0xffffffff', '"0xff" + 1', 'tonumber("ffffffff", 16)')).toEqual([
        2147483648, 4294967295, 256, 4294967295,
      ]);
      expect(await notes('math.floor(1e6) * math.floor(1e6)', '#"ab" * 2147483647')).toEqual([1e12, 4294967294]);
      expect((await notes('os.time() * 1000'))[0]).toBeGreaterThan(1.7e12);
    });
    it('tostring() prints integers without a fraction and other numbers as %.14g', async () => {
      const texts = ['5000000000', '10/2', '2^53', '1/3', '1e100', '-1e-10', '1/0', '-1/0', '0/0', '0.1'];
      expect(await notes(...texts.map((text) => `tostring(${text})`))).toEqual([
        '5000000000',
        '5',
        '9.007199254741e+15',
        '0.33333333333333',
        '1e+100',
        '-1e-10',
        'inf',
        '-inf',
        'nan',
        '0.1',
      ]);
    });
    it('math.type() calls a number without a fraction an integer', async () => {
      const types = ['1', '1.5', '3.0', '2^60', '"1"', 'math.tointeger("9223372036854775807")'];
      expect(await notes(...types.map((value) => `math.type(${value})`))).toEqual([
        'integer',
        'float',
        'integer',
        'float',
        null,
        'integer',
      ]);
    });
    it('int64 keeps wide integers exact in arithmetic, comparison, text and as keys', async () => {
      await run('big = math.tointeger("9223372036854775807")');
      expect(await notes('big', 'big + 1', 'big - big', 'big // 2', 'big % 10', '-big', 'big & 255')).toEqual([
        2n ** 63n - 1n,
        2n ** 63n,
        0,
        2n ** 62n - 1n,
        7,
        -(2n ** 63n - 1n),
        255,
      ]);
      expect(await notes('big == big + 1 - 1', 'big > 1', 'big <= big', '1 < big', 'big .. "x"')).toEqual([
        true,
        true,
        true,
        true,
        '9223372036854775807x',
      ]);
      expect(await notes('string.format("%d %x", big, big)', '({ [big] = "found" })[big + 1 - 1]')).toEqual([
        '9223372036854775807 7fffffffffffffff',
        'found',
      ]);
      await expect(run('return big // 0')).rejects.toThrow(/attempt to perform 'n\/\/0'/);
      await expect(run('return big < "x"')).rejects.toThrow(/attempt to compare int64 with string/);
    });
    it('bitwise operators refuse what has no 32-bit integer', async () => {
      expect(await notes('1 << 4', '6 & 3', '~0', '5.0 | 2')).toEqual([16, 2, -1, 7]);
      await expect(run('return 4294967296 | 0')).rejects.toThrow(/number has no integer representation/);
    });
    it('call() gives table keys of binary strings their own entries', async () => {
      expect(await notes('({ ["\\1\\35"] = 1, ["\\18\\3"] = 2 })["\\1\\35"]', '"\\10" < "\\200"')).toEqual([1, true]);
    });
  });

  describe('named arguments', () => {
    it('getmetatable() does not show what finds arguments by name', async () => {
      await run(`
        t.register("look", function(args)
          t.note(getmetatable(args), #args, args.path, args[1].name, rawget(args, "path"), next(args))
          setmetatable(args, { __index = function() return "own" end })
          return args.anything
        end)`);
      const args = new NamedArguments();
      args.reset(Buffer.from('/x'));
      args.add('path', ArgumentKind.String, 0, 0, 2);
      expect(await bench.callNamed('look', args)).toBe('own');
      expect(bench.notes[0]?.slice(0, 6)).toEqual([null, 1, '/x', 'path', null, 1]);
    });
  });

  describe('deadline', () => {
    it.each([
      'while true do coroutine.resume(coroutine.create(function() while true do end end)) end',
      'local co = coroutine.wrap(function() while true do pcall(function() while true do end end) end end)\nco()',
      'while true do xpcall(function() while true do end end, function() while true do end end) end',
      'table.sort({ 3, 2, 1 }, function() while true do end end)',
      'setmetatable({}, { __index = function() while true do end end }).x = nil\nlocal x = setmetatable({}, { __index = function() while true do end end }).y',
      'coroutine.wrap(function() pcall(error) end)()\npcall(error)\nwhile true do pcall(error) end',
    ])('load() stops %j', async (source) => {
      bench.host.timeoutMs = SHORT_MS;
      await expect(run(source)).rejects.toMatchObject({ code: 'SCRIPT_ERR_DEADLINE' });
      expect(await notes('1')).toEqual([1]);
    });
    it('load() ends runaway recursion with a Lua error', async () => {
      expect(await notes('pcall(function() local function f() return 1 + f() end f() end)')).toEqual([
        false,
        expect.stringContaining('stack overflow'),
      ]);
      await expect(
        run('local t = {} setmetatable(t, { __index = function(t, k) return t[k .. ""] end }) return t.x'),
      ).rejects.toThrow(/stack overflow/);
    });
  });

  describe('load()', () => {
    it('load() skips a byte order mark and a first line with #', async () => {
      const bom = bench.write('bom.lua', '\ufeff#!/usr/bin/lua\nt.note(debug.getinfo(1, "l").currentline)');
      await bench.engine.load(bom);
      expect(bench.notes).toEqual([[2]]);
    });
    it('load() reads bytecode that fengari wrote', async () => {
      await run(`
        local file = assert(io.open("${bench.write('dumped.luac', '')}", "wb"))
        file:write(string.dump(function() t.note("from bytecode") end))
        file:close()`);
      await bench.engine.load(bench.write('x.lua', '').replace('x.lua', 'dumped.luac'));
      expect(bench.notes).toEqual([['from bytecode']]);
    });
    it.each(['1b4c7561530019930d0a1a0a04080408', '1b4c4a0202', '1b4c756151000104080408'])(
      'load() refuses bytecode of another Lua (%s) and says what to do',
      async (hex) => {
        const path = bench.write('foreign.luac', Buffer.from(hex, 'hex'));
        const loading = async (): Promise<unknown> => bench.engine.load(path);
        await expect(loading()).rejects.toMatchObject({ code: 'SCRIPT_ERR_UNSUPPORTED', script: path });
        await expect(loading()).rejects.toThrow(/Ship the Lua source/);
      },
    );
    it('load() reports error objects by their text', async () => {
      await expect(run('error({ code = 1 })')).rejects.toThrow('(error object is a table value)');
      await expect(run('error(setmetatable({}, { __tostring = function() return "told" end }))')).rejects.toThrow(
        'told',
      );
    });
    it('define() runs the Lua part of a module with its table', async () => {
      const source = 'local module = ...\nfunction module.twice(x) return 2 * module.once(x) end';
      const module = { name: 'p', functions: { once: (x: ScriptValue) => x } };
      bench.engine.define({ ...module, preludes: { lua: { name: 'p prelude', source } } });
      expect(await notes('p.twice(4)', 'require("p") == p')).toEqual([8, true]);
      const broken = { lua: { name: 'p prelude', source: 'x x' } };
      expect(() => bench.engine.define({ ...module, preludes: broken })).toThrow(/p prelude:1:/);
    });
  });

  describe('ScriptTable', () => {
    it('get() follows __index, under the deadline', async () => {
      bench.host.timeoutMs = SHORT_MS;
      await run(`
        t.register("inherits", function() return setmetatable({}, { __index = { base = "yes" } }) end)
        t.register("computes", function() return setmetatable({}, { __index = function(_, key) error("no " .. key, 0) end }) end)
        t.register("loops", function() return setmetatable({}, { __index = function() while true do end end }) end)`);
      expect(((await bench.call('inherits')) as ScriptTable).get('base')).toBe('yes');
      const computes = (await bench.call('computes')) as ScriptTable;
      expect(() => computes.get('x')).toThrow('no x');
      const loops = (await bench.call('loops')) as ScriptTable;
      expect(() => loops.get('x')).toThrow(/stopped after/);
      expect(bench.host.depth).toBe(0);
    });
  });

  describe('isolation', () => {
    it('the engine mends a copy of fengari and leaves the shared one alone', () => {
      const { lua, lauxlib } = createRequire(import.meta.url)('fengari');
      const L = lauxlib.luaL_newstate();
      lua.lua_pushnumber(L, 5);
      expect(lua.lua_tojsstring(L, -1)).toBe('5.0');
    });
    it('call() refuses values of another engine, and any call after close()', async () => {
      const other = await Bench.create(fengari, {});
      await other.engine.load(other.write('o.lua', 't.register("f", function(x) return x end) return { 1 }'));
      await run('t.register("f", function(x) return x end)');
      await expect(bench.callFunction(other.fn('f'))).rejects.toThrow(/belongs to another engine/);
      const table = await other.callFunction(other.fn('f'), [1]);
      await expect(bench.call('f', table)).rejects.toThrow(/another engine/);
      await other.engine.close();
      await expect(other.call('f')).rejects.toMatchObject({ code: 'SCRIPT_ERR_HOST' });
      await other.close();
    });
    it('call() refuses values nested without end', async () => {
      await run('t.register("f", function(x) return x end)');
      const list: ScriptValue[] = [];
      list.push(list);
      await expect(bench.call('f', list)).rejects.toThrow(/nested deeper/);
      expect(await bench.call('f', 1)).toBe(1);
    });
    it('HostObject methods check their object', async () => {
      await run('t.register("f", function(o) return o.add({}, 1) end)');
      const object = new HostObject({ name: 'thing', methods: { add: () => 1 } }, null);
      await expect(bench.call('f', object)).rejects.toThrow(/calling 'add' on bad self \(thing expected, got table\)/);
    });
  });

  it('call() frees functions, tables, objects and wide integers', async () => {
    setFlagsFromString('--expose-gc');
    const gc = runInNewContext('gc') as () => void;
    await run(`
      t.register("work", function(n, o)
        t.note(function() return n end, { n }, n + 1, o)
        return coroutine.wrap(function() coroutine.yield({ n }) end)()
      end)`);
    const round = async (calls: number): Promise<number> => {
      for (let i = 0; i < calls; i++) {
        await bench.call('work', 2n ** 60n + BigInt(i), new HostObject({ name: 'o' }, i));
        expect(bench.notes[0]?.[0]).toBeInstanceOf(ScriptFunction);
        bench.notes.length = 0;
      }
      await new Promise((resolve) => setImmediate(resolve));
      gc();
      return process.memoryUsage().heapUsed;
    };
    const before = await round(2000);
    const after = await round(6000);
    // One call keeps 1 KB alive and more when it leaks.
    expect(after - before).toBeLessThan(3_000_000);
  });
});
