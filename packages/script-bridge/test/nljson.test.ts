import { describe, it } from 'vitest';
import { expectResults } from './support/lua.js';

const decode = (json: string): string => `local o = nljson.decode('${json}') `;

describe('nljson', () => {
  it('nljson reads members, elements from 1, nil for what is not there', () =>
    expectResults([
      [`${decode('{"a":1,"b":"x","c":true,"d":null}')} return o.a, o.b, o.c, o.d, o.e`, '1, "x", true, nil, nil'],
      [`${decode('[1,2]')} return o[1], o[2], o[3], o[0], o[-1], o[1.9]`, '1, 2, nil, nil, nil, 1'],
      [`${decode('{"a":{"b":[{"c":5}]}}')} return o.a.b[1].c`, '5'],
      [`${decode('{"a":[]}')} return o.a == o.a, type(o.a)`, 'false, "userdata"'],
      [`${decode('{"__proto__":1,"constructor":2}')} return o.__proto__, o.constructor, o.toString`, '1, 2, nil'],
      [`${decode('{"a":1}')} return o[1]`, 'error bad key for a nljson object: a string expected, got number'],
      [`${decode('[1]')} return o["1"]`, 'error bad key for a nljson array: a number from 1 expected, got string'],
      [`${decode('5')} return o.a`, 'error attempt to index a nljson number'],
      [`${decode('{}')} return o[true]`, 'error got boolean'],
    ]));

  it('nljson.decode() skips a byte order mark and ends at the first NUL, as the original', () =>
    expectResults([
      [`return nljson.encode(nljson.decode('\\239\\187\\191{"a":1}'))`, '"{\\"a\\":1}"'],
      [`return nljson.encode(nljson.decode('[1] \\0[2]')), nljson.encode(nljson.decode('[1]\\0'))`, '"[1]", "[1]"'],
      [`nljson.decode('["a\\0b"]')`, 'error JSON parse error'],
    ]));

  it('nljson views write through and outlive their parent', () =>
    expectResults([
      [
        `${decode('{"a":[1]}')} local v = o.a v[1] = "x" v[3] = 3 return nljson.encode(o)`,
        '"{\\"a\\":[\\"x\\",null,3]}"',
      ],
      [`${decode('{"a":{"b":1}}')} local v = o.a o = nil collectgarbage() v.b = 2 return v.b`, '2'],
      [`${decode('{"a":{"b":1}}')} local v = o.a o.a = 5 v.b = 2 return v.b, o.a`, '2, 5'],
    ]));

  it('nljson copies on assignment: nljson deep, tables converted, the rest as null', () =>
    expectResults([
      [`${decode('{"a":{"b":1}}')} o.c = o.a o.a.b = 2 return o.c.b`, '1'],
      [`${decode('{}')} o.a = o o.a.b = 1 return nljson.encode(o)`, '"{\\"a\\":{\\"b\\":1}}"'],
      [`${decode('{"a":[1,2,3]}')} o.a = {} return nljson.encode(o)`, '"{\\"a\\":[]}"'],
      [`${decode('{"a":{"x":1}}')} o.a = {y=2} return nljson.encode(o)`, '"{\\"a\\":{\\"y\\":2}}"'],
      [`${decode('{}')} o.a = {1,2,{k="v"}} return nljson.encode(o)`, '"{\\"a\\":[1,2,{\\"k\\":\\"v\\"}]}"'],
      [`${decode('{}')} o.a = {[1]=1,[4]=4} return nljson.encode(o)`, '"{\\"a\\":[1,null,null,4]}"'],
      [`${decode('{}')} o.a = {[1]=1,x=2} return nljson.encode(o)`, '"{\\"a\\":{\\"1\\":1,\\"x\\":2}}"'],
      [`${decode('{}')} o.a = {["1"]=1,["2"]=2} return nljson.encode(o)`, '"{\\"a\\":[1,2]}"'],
      [`${decode('{}')} o.a = {[1.5]=1} return nljson.encode(o)`, '"{\\"a\\":{\\"1.5\\":1}}"'],
      [`${decode('{"a":1}')} o.a = nil o.b = print return nljson.encode(o)`, '"{\\"a\\":null,\\"b\\":null}"'],
      [
        `${decode('[]')} local co = coroutine.create(print) o[1] = co o[2] = {co, k = co} return nljson.encode(o)`,
        '"[null,{\\"1\\":null,\\"k\\":null}]"',
      ],
      [
        `${decode('{}')} o.a = newproxy and newproxy() or debug.upvalueid(function() return o end, 1)`,
        'error a userdata of the script cannot be given to the host',
      ],
      [`${decode('{}')} o.a = {b = {io.stdout}}`, 'error cannot be'],
      [`nljson.encode(coroutine.create(print))`, "error bad argument #1 to 'encode' (nljson expected, got thread)"],
      [`${decode('{}')} o.a = nap:new()`, 'error a nap cannot be stored in nljson'],
      [`${decode('{}')} o.a = {[-1]=1}`, 'error negative index -1'],
      [`${decode('{}')} o.a = {[true]=1}`, 'error a member name must be a string or a number'],
      [`${decode('{}')} local t = {} t.t = t o.a = t`, 'error nested deeper than 200, or in a cycle'],
      [`${decode('{}')} o.a = {[1e9]=1}`, 'error more than 1000000 values'],
      [`${decode('[]')} o[0] = 1`, 'error index 0 is outside 1 to 1000000'],
      [`${decode('[]')} o[1e9] = 1`, 'error is outside 1 to 1000000'],
      [`${decode('[]')} o.a = 1`, 'error bad key for a nljson array'],
      [`${decode('null')} o.a = 1`, 'error attempt to index a nljson null'],
    ]));

  it('nljson.encode() and friends write whole numbers as such, members in order of their bytes', () =>
    expectResults([
      [`${decode('{"b":1,"a":2.5,"Z":1e3}')} return nljson.encode(o)`, '"{\\"Z\\":1000,\\"a\\":2.5,\\"b\\":1}"'],
      [`${decode('{}')} o.a = 5 o.b = 0.1 o.c = 1/0 return tostring(o)`, '"{\\"a\\":5,\\"b\\":0.1,\\"c\\":null}"'],
      [
        `${decode('{"a":[1,{}],"b":[]}')} return nljson.encode_pretty(o, 1)`,
        '"{\\n \\"a\\": [\\n  1,\\n  {}\\n ],\\n \\"b\\": []\\n}"',
      ],
      [`${decode('[1]')} return nljson.encode_pretty(o, 0)`, '"[1]"'],
      [`${decode('[1]')} return nljson.encode_pretty(o)`, 'error 2 arguments expected, got 1'],
      [`return nljson.encode({})`, "error bad argument #1 to 'encode' (nljson expected, got table)"],
      [`return nljson.encode()`, 'error 1 argument expected, got 0'],
      [
        `${decode('{}')} o.a = "\\255" return o.a == "\\255", nljson.encode(o)`,
        'error a string in the document is not UTF-8',
      ],
      [`${decode('{}')} o.a = "\\255" return nljson.to_cbor(o)`, 'error a string in the document is not UTF-8'],
      [`${decode('"\\195\\164"')} return #nljson.encode(o)`, '4'],
    ]));

  it('nljson.to_cbor() and from_cbor() agree', () =>
    expectResults([
      [
        `${decode('{"a":1,"b":[1.5,-1,"x"]}')} return #nljson.to_cbor(o), nljson.encode(nljson.from_cbor(nljson.to_cbor(o)))`,
        '19, "{\\"a\\":1,\\"b\\":[1.5,-1,\\"x\\"]}"',
      ],
      [`return nljson.from_cbor("\\1").x`, 'error attempt to index a nljson number'],
      [`return nljson.encode(nljson.from_cbor("\\129\\1"))`, '"[1]"'],
      [`return nljson.from_cbor("")`, 'error Cannot decode CBOR'],
      [`return nljson.from_cbor("\\255")`, 'error Cannot decode CBOR'],
      [`return nljson.from_cbor(nil)`, "error bad argument #1 to 'from_cbor' (string expected, got nil)"],
    ]));

  it('nljson.decode() takes RFC 8259 and nothing else', () =>
    expectResults([
      [
        `${decode('[1,-0.5,1e2,"\\\\u00e4\\\\n\\\\ud83d\\\\ude00"]')} return o[1], o[2], o[3], #o[4]`,
        '1, -0.5, 100, 7',
      ],
      [`return nljson.encode(nljson.decode(12))`, '"12"'],
      [`${decode(' { } ')} return nljson.typename(o), nljson.empty(o)`, '"object", true'],
      [`${decode('{"a":1,"a":2}')} return o.a`, '2'],
      [`${decode('[9007199254740993]')} return nljson.encode(o)`, '"[9007199254740993]"'],
      ...[
        '',
        '{',
        '[1,]',
        '{"a"}',
        '{a:1}',
        '01',
        '1.',
        '+1',
        'nul',
        '[1] 2',
        '"\\\\x"',
        '"\\9"',
        '"\\\\ud800"',
        'NaN',
        '[1',
      ].map((text) => [`return nljson.decode('${text}')`, 'error JSON parse error at byte'] as const),
      [`return nljson.decode('"\\255"')`, 'error the string is not UTF-8'],
      [`return nljson.decode(string.rep("[", 300))`, 'error nested deeper than 200'],
      [`return nljson.decode({})`, "error bad argument #1 to 'decode' (string expected, got table)"],
      [`return nljson.decode_file("/does/not/exist")`, 'error cannot read /does/not/exist'],
    ]));

  it('nljson.find(), erase(), empty(), typename()', () =>
    expectResults([
      [
        `${decode('{"5":"x","a":null}')} return nljson.find(o, 5), nljson.find(o, "5"), nljson.find(o, "a"), nljson.find(o, "b")`,
        '"x", "x", nil, nil',
      ],
      [`${decode('[1]')} return nljson.find(o, 1), nljson.find(nljson.decode("1"), "a")`, 'nil, nil'],
      // No member has such a name.
      [`${decode('{"a":1}')} return nljson.find(o, "\\255"), o["\\255"]`, 'nil, nil'],
      [`${decode('{"a":{"b":1}}')} nljson.find(o, "a").b = 2 return o.a.b`, '2'],
      [
        `${decode('{"a":1}')} return nljson.erase(o, "a"), nljson.erase(o, "a"), nljson.erase(o, 1), nljson.encode(o)`,
        'true, false, false, "{}"',
      ],
      [
        `${decode('[1,2,3]')} return nljson.erase(o, 0), nljson.erase(o, "0"), nljson.encode(o)`,
        'true, false, "[2,3]"',
      ],
      [`${decode('[1]')} return nljson.erase(o, 1)`, 'error array index 1 is out of range'],
      [
        `${decode('[0]')} return nljson.empty(o), nljson.empty(nljson.decode("[]")), nljson.empty(nljson.decode("1"))`,
        'false, true, false',
      ],
      [
        `local names = {} for i, t in ipairs({"{}", "[]", '"s"', "1", "true", "null"}) do names[i] = nljson.typename(nljson.decode(t)) end return table.concat(names, " ")`,
        '"object array string number boolean null"',
      ],
      [`return nljson.typename(5)`, 'error nljson expected, got number'],
    ]));

  it('nljson.foreach() and traverse() call back in order', () =>
    expectResults([
      [
        `${decode('{"b":2,"a":[1]}')} local s = "" nljson.foreach(o, function(k, v) s = s .. k .. ":" .. tostring(v) .. " " end) return s`,
        '"a:[1] b:2 "',
      ],
      [`${decode('[7,8]')} local s = 0 nljson.foreach(o, function(i, v) s = s + i * v end) return s`, '23'],
      [`local s nljson.foreach(nljson.decode("5"), function(i, v) s = i .. v end) return s`, '"15"'],
      [
        `${decode('{"a":{"b":[1,2]}}')} local s = "" nljson.traverse(o, function(k, v) s = s .. k .. "=" .. tostring(v) .. " " end) return s`,
        '"1=1 2=2 b=[1,2] a={\\"b\\":[1,2]} "',
      ],
      [`local n = 0 nljson.traverse(nljson.decode("5"), function() n = n + 1 end) return n`, '0'],
      [`${decode('[1]')} nljson.foreach(o, function() error("boom") end)`, 'error boom'],
      [
        `local function boom() error({ code = 7 }) end ${decode('[1]')} local _, e = pcall(nljson.foreach, o, boom) return e.code`,
        '7',
      ],
      [
        `local function boom() error("boom") end ${decode('[1]')} local _, e = pcall(nljson.foreach, o, boom) return select(2, e:gsub("test.lua:", ""))`,
        '1',
      ],
      [`${decode('[1]')} nljson.foreach(o, 5)`, "error bad argument #2 to 'foreach' (function expected, got number)"],
      [`${decode('{"a":1}')} nljson.foreach(o, function(k) nljson.erase(o, k) end) return nljson.encode(o)`, '"{}"'],
    ]));
});
