import { describe, expect, it } from 'vitest';
import { createState, type LuaTable, type LuaValue } from '../src/index.js';
import { linesOf } from './support/run-lua.js';

const modules: Record<string, string> = {
  'lib/greet.lua': 'local name = ... return { name = name, hello = function(who) return "hello " .. who end }',
  'lib/pack/init.lua': 'return "a folder"',
  'lib/broken.lua': 'return = 1',
  'lib/raises.lua': 'error("while loading")',
  'lib/one.lua': 'return require("two")',
  'lib/two.lua': 'return require("one")',
  'lib/silent.lua': 'counted = (counted or 0) + 1',
};
const options = {
  readFile: (path: string) => (Object.hasOwn(modules, path) ? modules[path] : undefined),
  path: 'lib/?.lua;lib/?/init.lua',
};

describe('require()', () => {
  it('require() loads a file of package.path once and gives it its name', () => {
    const source = `
      local greet = require("greet")
      print(greet.name, greet.hello("you"), require("greet") == greet, package.loaded.greet == greet)
      print(require("pack"))`;
    expect(linesOf(source, options)).toEqual(['greet\thello you\ttrue\ttrue', 'a folder']);
  });

  it('require() gives true for a module that returns nothing, and loads it again once it is forgotten', () => {
    const source = `
      print(require("silent"), require("silent"), counted)
      package.loaded.silent = nil
      print(require("silent"), counted)`;
    expect(linesOf(source, options)).toEqual(['true\ttrue\t1', 'true\t2']);
  });

  it('require() lists every place it looked at in its error', () => {
    expect(linesOf('print(pcall(require, "a.b"))', options)).toEqual([
      "false\tmodule 'a.b' not found:",
      "\tno field package.preload['a.b']",
      "\tno file 'lib/a/b.lua'",
      "\tno file 'lib/a/b/init.lua'",
    ]);
  });

  it('require() says which file a syntax error is in, and passes on what a module raises', () => {
    const source = 'print(pcall(require, "broken")) print(pcall(require, "raises"))';
    expect(linesOf(source, options)).toEqual([
      "false\terror loading module 'broken' from file 'lib/broken.lua':",
      "\tlib/broken.lua:1: unexpected symbol near '='",
      'false\tlib/raises.lua:1: while loading',
    ]);
  });

  it('require() refuses modules that require each other', () => {
    expect(linesOf('print(pcall(require, "one"))', options)).toEqual([
      "false\tloop or previous error loading module 'one'",
    ]);
  });

  it('require() asks package.preload first and the loaders in order', () => {
    const source = `
      package.preload.greet = function(...) return select("#", ...) .. (...) end
      print(require("greet"))
      table.insert(package.loaders, 1, function(name) return function(n) return name .. n end end)
      print(require("anything"), package.searchers == package.loaders)`;
    expect(linesOf(source, options)).toEqual(['1greet', 'anythinganything\ttrue']);
  });

  it.each([
    ['package.path = {}', "'package.path' must be a string"],
    ['package.loaders = nil', "'package.loaders' must be a table"],
    ['package.preload = 1', "'package.preload' must be a table"],
  ])('require() after %s raises', (spoil, message) => {
    expect(linesOf(`${spoil} print(pcall(require, "greet"))`, options)).toEqual([`false\t${message}`]);
  });

  it('require() finds modules of the host, and prototype names are no modules', () => {
    const state = createState(options);
    state.defineModule('host', { twice: (v: LuaValue) => (v as number) * 2 });
    expect(state.call(state.load('return require("host").twice(21)'))).toBe(42);
    expect(state.call(state.load('return (pcall(require, "constructor"))'))).toBe(false);
    expect((state.getGlobal('package') as LuaTable).getStr('__proto__')).toBeUndefined();
  });
});
