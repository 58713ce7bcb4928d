import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exponentText, fixedText, generalText } from '../src/runtimes/fengari/decimal.js';
import { fengari } from '../src/runtimes/fengari.js';
import type { ScriptValue } from '../src/value.js';
import { Bench } from './conformance/bench.js';

/** Expressions and what PUC Lua 5.3 gives for them. */
const SAME_AS_LUA: readonly (readonly [string, ...ScriptValue[]])[] = [
  ['string.format("%5.1f|%.0f|%.3f", 1.25, 2.5, -0.0625)', '  1.2|2|-0.062'],
  ['string.format("%g %g %g %g", 1e20, 0.0001, 1e-5, 100000)', '1e+20 0.0001 1e-05 100000'],
  ['string.format("%#0g|%#.3x|%+d|% d|%05d|%-5d|", 9e5, 10, 3, 3, -42, 7)', '900000.|0x00a|+3| 3|-0042|7    |'],
  ['string.format("%d %x %X %o %u", 2^31, -1, 255, 8, 5)', '2147483648 ffffffffffffffff FF 10 5'],
  ['string.format("%e %.0e %a", 12345.678, 5, 1)', '1.234568e+04 5e+00 0x1p+0'],
  [
    'string.format("%s %10s|%-4s|%.2s %q", true, "x", "y", "abc", "a\\n\\0001\\"")',
    'true          x|y   |ab "a\\\n\\0001\\""',
  ],
  ['string.format("%c%c%%", 76, 117)', 'Lu%'],
  [
    'pcall(string.format, "%d", 1.5)',
    false,
    "bad argument #2 to 'string.format' (number has no integer representation)",
  ],
  ['pcall(string.format, "%y", 1)', false, "invalid option '%y' to 'format'"],
  ['pcall(string.format, "%123d", 1)', false, 'invalid format (width or precision too long)'],
  ['pcall(string.format, "%d")', false, "bad argument #2 to 'string.format' (no value)"],
  ['tonumber("0x1p4"), tonumber("1e"), tonumber(" 10 "), tonumber("zz", 36)', 16, null, 10, 1295],
  ['tonumber("8", 8), tonumber("-ff", 16), tonumber(""), tonumber("1 2")', null, -255, null, null],
  ['math.fmod(-7, 3), -7 % 3, -7 // 2, 7 // -2, math.floor(-3.5), math.ceil(-3.5)', -1, 2, -4, -4, -4, -3],
  ['math.modf(3.7)', 3, 3.7 - 3],
  ['math.tointeger(3), math.tointeger(3.5), math.tointeger("8"), math.ult(1, -1)', 3, null, 8, true],
  ['os.date("!%Y-%m-%d %H:%M:%S", 86400)', '1970-01-02 00:00:00'],
  ['os.date("!%A %B %d %j %U %W %y %p %I", 1e9)', 'Sunday September 09 252 36 36 01 AM 01'],
  ['os.date("!%G-%V %u %w %D %T %R %F %e %x %X %c%%", 1234567890)'],
  ['os.date("!*t", 1e9).yday, os.date("!*t", 1e9).wday, os.date("!*t", 0).isdst', 252, 1, false],
  ['os.time(os.date("*t", 1234567890))', 1234567890],
  [
    'os.time({ year = 2020, month = 14, day = 1, hour = 0 }) == os.time({ year = 2021, month = 2, day = 1, hour = 0 })',
    true,
  ],
  ['pcall(os.time, {})', false, "field 'year' missing in date table"],
  ['pcall(error)', false, null],
  ['select(2, pcall(error, "x", 0))', 'x'],
  ['xpcall(function(a, b) return a + b end, print, 1, 2)', true, 3],
  ['(select(2, xpcall(error, function(m) return "handled " .. m end, "e")))', 'handled e'],
  ['string.unpack("<i4", string.pack("<i4", -2))', -2, 5],
  ['utf8.char(8364), utf8.len("\\u{e4}\\u{f6}"), utf8.codepoint("\\u{20ac}")', '\xe2\x82\xac', 2, 8364],
  [
    '("ab"):rep(3), ("ab"):rep(3, ", "), ("x"):rep(0), ("x"):rep(-1), ("x"):rep(1, "y")',
    'ababab',
    'ab, ab, ab',
    '',
    '',
    'x',
  ],
  ['#("abc"):rep(1000, "--"), ("abc"):rep(1000, "--"):sub(-5)', 4998, '--abc'],
  ['pcall(string.rep, "x", 1e10)', false, 'resulting string too large'],
  ['table.concat(table.move({ 1, 2, 3 }, 1, 3, 2), ","), table.pack(1, nil).n', '1,1,2,3', 2],
  ['#table.concat({ ("x"):rep(3, ","), "y" }), ("hello"):gsub("l", "L")', 6, 'heLLo', 2],
];
/** The long one, kept apart for its width. */
const LONG_DATE = '2009-07 5 5 02/13/09 23:31:30 23:31 2009-02-13 13 02/13/09 23:31:30 Fri Feb 13 23:31:30 2009%';

describe('fengari library', () => {
  let bench: Bench;
  let scripts = 0;
  beforeEach(async () => {
    bench = await Bench.create(fengari, {});
  });
  afterEach(() => bench.close());

  const run = async (source: string): Promise<ScriptValue[][]> => {
    bench.notes.length = 0;
    await bench.engine.load(bench.write(`s${scripts++}.lua`, source));
    return [...bench.notes];
  };

  it.each(SAME_AS_LUA)('library gives for %s what Lua 5.3 gives', async (expression, ...expected) => {
    expect(await run(`t.note(${expression})`)).toEqual([expected.length === 0 ? [LONG_DATE] : expected]);
  });

  it('math.random() stays in its interval, also a wide one, and repeats after a seed', async () => {
    const [values] = await run(`
      local ok = true
      for i = 1, 200 do
        local a, b, c = math.random(), math.random(6), math.random(-3, 2^40)
        ok = ok and a >= 0 and a < 1 and b >= 1 and b <= 6 and b % 1 == 0 and c >= -3 and c <= 2^40 and c % 1 == 0
      end
      math.randomseed(7) local first = math.random(1000000)
      math.randomseed(7) t.note(ok, first == math.random(1000000), pcall(math.random, 2, 1))`);
    expect(values).toEqual([true, true, false, "bad argument #2 to 'math.random' (interval is empty)"]);
  });

  it.each([
    'os.exit()',
    'os.execute("true")',
    'io.popen("true")',
    'debug.sethook()',
    'debug.debug()',
    'package.loadlib("x", "y")',
  ])('%s is refused with a reason', async (call) => {
    await expect(run(call)).rejects.toThrow(/is not available: /);
  });

  it('collectgarbage() answers every option', async () => {
    const [values] = await run(
      't.note(collectgarbage(), collectgarbage("count") > 100, collectgarbage("step"), pcall(collectgarbage, "x"))',
    );
    expect(values).toEqual([0, true, true, false, "bad argument #1 to 'collectgarbage' (invalid option 'x')"]);
  });

  it('io reads and writes files', async () => {
    const path = bench.write('data.txt', '');
    expect(
      await run(`
        local f = assert(io.open("${path}", "w"))
        t.note(io.type(f), f:write("one\\n", 2, "\\n0x10 rest\\n") == f, f:seek("cur"), f:close(), io.type(f))
        f = io.open("${path}")
        t.note(f:read("l", "n", "L", "n", "a", "l"))
        t.note(f:seek("set", 1), f:read(2), f:read(0), f:seek("end"), f:read(0), f:read("a"), f:read(1))
        f:close()
        t.note(pcall(f.read, f))
        for line in io.lines("${path}") do t.note(line) end
        f = io.open("${path}", "a+") f:write("end") f:seek("set") t.note(#f:read("a"), tostring(f):match("^file %(")) f:close()
        t.note(tostring(f), io.type(1), pcall(io.open, "x", "q"))`),
    ).toEqual([
      ['file', true, 16, true, 'closed file'],
      ['one', 2, '\n', 16, ' rest\n', null],
      [1, 'ne', '', 16, null, '', null],
      [false, 'attempt to use a closed file'],
      ['one'],
      ['2'],
      ['0x10 rest'],
      [19, 'file ('],
      ['file (closed)', null, false, "bad argument #2 to 'io.open' (invalid mode)"],
    ]);
    expect(readFileSync(path, 'utf8')).toBe('one\n2\n0x10 rest\nend');
  });

  it('io.open() says why a file cannot be opened', async () => {
    expect(await run('t.note(io.open("/there/is/none"))')).toEqual([
      [null, '/there/is/none: No such file or directory', 2],
    ]);
    await expect(run('for line in io.lines("/there/is/none") do end')).rejects.toThrow(/No such file/);
  });

  it('io.stdout and io.stderr are lines of the log, however they are cut', async () => {
    await run(`
      local w = io.stdout
      w:write("a"):write("b", 1, "\\n\\nc") io.stderr:write("warned\\n") print("d")
      io.write("not ended") t.note(io.read(), io.stdin:read("a"))`);
    expect(bench.host.logged.map(({ level, message }) => [level, message])).toEqual([
      ['info', 'ab1'],
      ['info', ''],
      ['warn', 'warned'],
      ['info', 'cd'],
      ['info', 'not ended'],
    ]);
    expect(bench.notes).toEqual([[null, '']]);
  });

  it('print() uses __tostring and logs UTF-8', async () => {
    await run('print(setmetatable({}, { __tostring = function() return "told" end }), "\\u{20ac}", nil)');
    expect(bench.host.logged[0]?.message).toBe('told\t\u20ac\tnil');
  });

  it('require() follows package.path, package.preload and package.loaded', async () => {
    const folder = bench.write('there.lua', 'return "found"').replace('there.lua', '?.lua');
    expect(
      await run(`
        package.preload.made = function(name) return { name } end
        t.note(require("made")[1], require("made") == package.loaded.made)
        t.note(require("math") == math, require("t") == t, package.loaders == package.searchers)
        package.path = package.path .. ";${folder}"
        t.note(require("there"))
        t.note(pcall(require, "there.is.none"))`),
    ).toEqual([
      ['made', true],
      [true, true, true],
      ['found'],
      [false, expect.stringMatching(/module 'there.is.none' not found:\s+no field package.preload.*\n\tno file '/)],
    ]);
  });

  it('Lua 5.1 names are there', async () => {
    expect(
      await run(`
        t.note(unpack({ 1, 2 })) t.note(loadstring("return 5")()) t.note(table.getn({ 1, 2 }), table.maxn({ [7] = 1 }))
        t.note(math.pow(2, 10), math.log10(1000), math.ldexp(0.5, 3), math.frexp(8))
        local function f() return x end
        x = "global"
        setfenv(f, { x = 42 })
        t.note(f(), getfenv(f).x, getfenv(1) == _G, x)
        t.note((function() setfenv(1, { y = 7 }) return y end)())
        t.note(pcall(setfenv, f, 1))
        t.note(bit.band(0xff, 15), bit.lshift(1, 31), bit.rshift(-1, 28), bit.tobit(0xffffffff), bit.tohex(255, -4))
        module("made", package.seeall)
        function hello() return "hello " .. _NAME end
        t.note(hello(), _G.made.hello(), package.loaded.made == _M)`),
    ).toEqual([
      [1, 2],
      [5],
      [2, 7],
      [1024, 3, 4, 0.5, 4],
      [42, 42, true, 'global'],
      [7],
      [false, "bad argument #2 to 'setfenv' (table expected, got number)"],
      [15, -2147483648, 15, -1, '00FF'],
      ['hello made', 'hello made', true],
    ]);
  });
});

describe('decimal', () => {
  it('fixedText() rounds halves to even and prints every digit', () => {
    expect(fixedText(0.5, 0)).toBe('0');
    expect(fixedText(1.5, 0)).toBe('2');
    expect(fixedText(1e22, 1)).toBe('10000000000000000000000.0');
    expect(fixedText(Number.MIN_VALUE, 2)).toBe('0.00');
    expect(fixedText(Number.MAX_VALUE, 99).length).toBe(309 + 1 + 99);
  });
  it('exponentText() and generalText() carry when rounding adds a digit', () => {
    expect(exponentText(9.9996, 3)).toBe('1.000e+01');
    expect(generalText(999999.5, 6)).toBe('1e+06');
    expect(generalText(0.000099999999, 3)).toBe('0.0001');
    expect(generalText(0, 14)).toBe('0');
  });
});
