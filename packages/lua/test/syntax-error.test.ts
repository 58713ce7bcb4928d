/** Texts of syntax errors. The expected ones were printed by LuaJIT 2.1.0-beta3. */
import { describe, expect, it } from 'vitest';
import { createState, LuaError } from '../src/index.js';

const messageOf = (source: string): string => {
  const state = createState();
  try {
    state.load(source, '@t.lua');
  } catch (error) {
    expect(error).toBeInstanceOf(LuaError);
    expect((error as LuaError).code).toBe('LUA_ERR_SYNTAX');
    return (error as LuaError).value;
  }
  return 'no error';
};

const CASES: readonly (readonly [source: string, message: string])[] = [
  ['x =', "1: unexpected symbol near '<eof>'"],
  ['x = = 1', "1: unexpected symbol near '='"],
  ['local', "1: '<name>' expected near '<eof>'"],
  ['local 1', "1: '<name>' expected near '1'"],
  ['local x = ', "1: unexpected symbol near '<eof>'"],
  ['if', "1: unexpected symbol near '<eof>'"],
  ['if x', "1: 'then' expected near '<eof>'"],
  ['if x then', "1: 'end' expected near '<eof>'"],
  ['if x then else', "1: 'end' expected near '<eof>'"],
  ['if x then elseif', "1: unexpected symbol near '<eof>'"],
  ['while', "1: unexpected symbol near '<eof>'"],
  ['while true', "1: 'do' expected near '<eof>'"],
  ['while true do', "1: 'end' expected near '<eof>'"],
  ['for', "1: '<name>' expected near '<eof>'"],
  ['for i', "1: '=' or 'in' expected near '<eof>'"],
  ['for i =', "1: unexpected symbol near '<eof>'"],
  ['for i = 1', "1: ',' expected near '<eof>'"],
  ['for i = 1,', "1: unexpected symbol near '<eof>'"],
  ['for i = 1, 2', "1: 'do' expected near '<eof>'"],
  ['for i = 1, 2 do', "1: 'end' expected near '<eof>'"],
  ['for i in', "1: unexpected symbol near '<eof>'"],
  ['for i in x', "1: 'do' expected near '<eof>'"],
  ['for i, 1 in x do end', "1: '<name>' expected near '1'"],
  ['repeat', "1: 'until' expected near '<eof>'"],
  ['repeat until', "1: unexpected symbol near '<eof>'"],
  ['function', "1: '<name>' expected near '<eof>'"],
  ['function f', "1: '(' expected near '<eof>'"],
  ['function f(', "1: <name> or '...' expected near '<eof>'"],
  ['function f(a', "1: ')' expected near '<eof>'"],
  ['function f(a,', "1: <name> or '...' expected near '<eof>'"],
  ['function f(a,) end', "1: <name> or '...' expected near ')'"],
  ['function f() ', "1: 'end' expected near '<eof>'"],
  ['function f.1() end', "1: '(' expected near '.1'"],
  ['function f:g.h() end', "1: '(' expected near '.'"],
  ['local function', "1: '<name>' expected near '<eof>'"],
  ['local function f.g() end', "1: '(' expected near '.'"],
  ['return return', "1: unexpected symbol near 'return'"],
  ['return 1 2', "1: '<eof>' expected near '2'"],
  ['do', "1: 'end' expected near '<eof>'"],
  ['end', "1: '<eof>' expected near 'end'"],
  ['until x', "1: '<eof>' expected near 'until'"],
  ['else', "1: '<eof>' expected near 'else'"],
  ['x', "1: '=' expected near '<eof>'"],
  ['x.y', "1: '=' expected near '<eof>'"],
  ['x[1]', "1: '=' expected near '<eof>'"],
  ['x:y', "1: function arguments expected near '<eof>'"],
  ['f() = 1', "1: unexpected symbol near '='"],
  ['(x) = 1', "1: syntax error near '='"],
  ['x, f() = 1, 2', "1: syntax error near '='"],
  ['x.', "1: '<name>' expected near '<eof>'"],
  ['x[', "1: unexpected symbol near '<eof>'"],
  ['x[1', "1: ']' expected near '<eof>'"],
  ['x:', "1: '<name>' expected near '<eof>'"],
  ['f(', "1: unexpected symbol near '<eof>'"],
  ['f(1', "1: ')' expected near '<eof>'"],
  ['f(1,', "1: unexpected symbol near '<eof>'"],
  ['f(1,)', "1: unexpected symbol near ')'"],
  ['{', "1: unexpected symbol near '{'"],
  ['x = {', "1: unexpected symbol near '<eof>'"],
  ['x = { 1', "1: '}' expected near '<eof>'"],
  ['x = { a = }', "1: unexpected symbol near '}'"],
  ['x = { [1] }', "1: '=' expected near '}'"],
  ['x = { [1 = 2 }', "1: ']' expected near '='"],
  ['x = }', "1: unexpected symbol near '}'"],
  ["x = 'abc", "1: unfinished string near '<eof>'"],
  ['x = "abc', "1: unfinished string near '<eof>'"],
  ["x = 'a\nb'", "1: unfinished string near ''a'"],
  ['x = [[abc', "1: unfinished long string near '<eof>'"],
  ['x = [=[abc]]', "1: unfinished long string near '<eof>'"],
  ['--[[ abc', "1: unfinished long comment near '<eof>'"],
  ["x = '\\xZZ'", "1: invalid escape sequence near '''"],
  ["x = '\\400'", "1: invalid escape sequence near '''"],
  ["x = '\\q'", "1: invalid escape sequence near '''"],
  ["x = '\\u{110000}'", "1: invalid escape sequence near '''"],
  ["x = '\\u{zz}'", "1: invalid escape sequence near '''"],
  ['x = 1e', "1: malformed number near '1e'"],
  ['x = 0x', "1: malformed number near '0x'"],
  ['x = 1..2', "1: malformed number near '1..2'"],
  ['x = 3x', "1: malformed number near '3x'"],
  ['x = 0xg', "1: malformed number near '0xg'"],
  ['x = @', "1: unexpected symbol near '@'"],
  ['x = $', "1: unexpected symbol near '$'"],
  ['x = !', "1: unexpected symbol near '!'"],
  ['x ~= 1', "1: '=' expected near '~='"],
  ['break', '1: no loop to break'],
  ['for i = 1, 2 do local function f() break end end', '1: no loop to break'],
  ['goto', "1: '=' expected near '<eof>'"],
  ['goto nowhere', "1: undefined label 'nowhere'"],
  ['::a:: ::a::', "1: duplicate label 'a'"],
  ['::a', "1: '::' expected near '<eof>'"],
  ['do goto l1 end local a ::l1:: print(a)', "1: <goto l1> jumps into the scope of local 'a'"],
  ['goto 1', "1: '=' expected near '1'"],
  ['x = ...; function f() return ... end', "1: cannot use '...' outside a vararg function near '...'"],
  ['return ...,', "1: unexpected symbol near '<eof>'"],
  ['x = not', "1: unexpected symbol near '<eof>'"],
  ['x = -', "1: unexpected symbol near '<eof>'"],
  ['x = #', "1: unexpected symbol near '<eof>'"],
  ['x = 1 +', "1: unexpected symbol near '<eof>'"],
  ['x = 1 ..', "1: unexpected symbol near '<eof>'"],
  ['x = a.b.c:d', "1: function arguments expected near '<eof>'"],
  ['local a, b, = 1', "1: '<name>' expected near '='"],
  ['a.b:c = 1', "1: function arguments expected near '='"],
  ['x = function', "1: '(' expected near '<eof>'"],
  ['x = function(', "1: <name> or '...' expected near '<eof>'"],
  ['x = function() ', "1: 'end' expected near '<eof>'"],
  ['x = function(a b) end', "1: ')' expected near 'b'"],
  ['x = function(..., a) end', "1: ')' expected near ','"],
  ['and', "1: unexpected symbol near 'and'"],
  ['x = and 1', "1: unexpected symbol near 'and'"],
  ['x = 1 and', "1: unexpected symbol near '<eof>'"],
  ['nil = 1', "1: unexpected symbol near 'nil'"],
  ['true = 1', "1: unexpected symbol near 'true'"],
  ["'a' = 1", "1: unexpected symbol near ''a''"],
  ["f 'a' = 1", "1: unexpected symbol near '='"],
  ["x = 'a' 'b'", "1: unexpected symbol near ''b''"],
  ['if x then return 1 x = 2 end', "1: 'end' expected near 'x'"],
  ['\n\nx = (\n1', "4: ')' expected (to close '(' at line 3) near '<eof>'"],
  ['for i = 1, 2 do\n\nif x then\nend', "4: 'end' expected (to close 'for' at line 1) near '<eof>'"],
  ['function f()\n\n\nx = 1', "4: 'end' expected (to close 'function' at line 1) near '<eof>'"],
  ['x = (1', "1: ')' expected near '<eof>'"],
  ['x = (1,2)', "1: ')' expected near ','"],
  ['a = b c = ', "1: unexpected symbol near '<eof>'"],
  ['x = 1 = 2', "1: unexpected symbol near '='"],
  ['local x <const> = 1', "1: unexpected symbol near '<'"],
  ['local function f() end end', "1: '<eof>' expected near 'end'"],
  ['goto continue; local x; ::continue:: x = 1', "1: <goto continue> jumps into the scope of local 'x'"],
  ["x = '\\", "1: unfinished string near '<eof>'"],
  ['x = [=', "1: invalid long string delimiter near '[='"],
  ['x = [==', "1: invalid long string delimiter near '[=='"],
  ['=', "1: unexpected symbol near '='"],
];

describe('State.load()', () => {
  it.each(CASES)('says of %j: %s', (source, message) => {
    expect(messageOf(source)).toBe(`t.lua:${message}`);
  });

  it('accepts what Lua 5.2 and 5.3 added: empty statements, unary ~', () => {
    expect(messageOf(';; local x = ~1; ;')).toBe('no error');
  });

  it('names the chunk as it was loaded', () => {
    const state = createState();
    expect(() => state.load('x =', '=stdin')).toThrow(/^stdin:1: /);
    expect(() => state.load('x =', '@dir/file.lua')).toThrow(/^dir\/file\.lua:1: /);
    expect(() => state.load('x =', 'x =')).toThrow(/^\[string "x ="\]:1: /);
  });
});
