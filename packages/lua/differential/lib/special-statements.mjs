/**
 * Statements that try one corner of the language each: order of evaluation, what closures capture, environments, loaded
 * text, number edges. Each takes the program writer and writes its lines.
 */

/** Assignments and calls whose parts report when they are evaluated. */
function evaluationOrder(w) {
  const r = w.random;
  const log = w.fresh('log');
  w.line(`local ${log} = {}`);
  w.line(`local function at(n, v) ${log}[#${log} + 1] = n return v end`);
  const forms = [
    'local t = {} t[at(1, 1)], t[at(2, 2)] = at(3, 5), at(4, 6)',
    'local a, b, c = at(1, 1), at(2), at(3, 3) show(a, b, c)',
    'show(at(1, 1) + at(2, 2) * at(3, 3), at(4, 4) .. at(5, 5))',
    'show(at(1, false) and at(2, 1) or at(3, 2), at(4, nil) == at(5, nil))',
    'show(#{at(1, 1), x = at(2, 2), at(3, 3), [at(4, 10)] = at(5, 5)})',
    'local o = {m = function(self, ...) return select("#", ...) end} show(at(1, o):m(at(2), at(3)))',
    'local i, t = 1, {} i, t[i] = i + 1, at(1, i) show(i, t[1], t[2])',
    'local t = {at(1, 1)} t[1], t[1] = at(2, "x"), at(3, "y") show(t[1])',
    'local x = {n = 1} x.n, x = at(1, 5), {n = 9} show(x.n)',
    'show((at(1, 1)), (at(2, 2)) < (at(3, 3)), not at(4, 4), -at(5, 5))',
    'for i = at(1, 1), at(2, 2), at(3, 1) do T() at(i + 3) end',
    'if at(1, nil) then at(2) elseif at(3, false) then at(4) else at(5) end',
    'local s = at(1, "a") .. at(2, "b") .. (at(3, "c") .. at(4, "d")) show(s)',
    'local a = {} a.b, a.c = at(1, 1) show(a.b, a.c)',
    'show(at(1, 3) > at(2, 2), at(3, 2) >= at(4, 2), at(5, "a") ~= at(6, "b"))',
  ];
  for (let left = 2; left > 0; left--) w.line(`do ${r.pick(forms)} end`);
  w.line(`show(unpack(${log}))`);
}

/** Closures made in every kind of loop, some of them left early. */
function captures(w) {
  const r = w.random;
  const list = w.fresh('cap');
  w.line(`local ${list} = {}`);
  const forms = [
    `for i = 1, 3 do T() local j = i ${list}[#${list} + 1] = function() j = j + i return i, j end if i == ${1 + r.below(3)} then break end end`,
    `local n = 0 while n < 3 do T() n = n + 1 local k = n ${list}[#${list} + 1] = function() k = k + n return k, n end end`,
    `local n = 0 repeat T() n = n + 1 local k = n * 2 ${list}[#${list} + 1] = function() k = k + 1 return k end until k > ${r.below(5)}`,
    `for _, v in ipairs({5, 6, 7}) do T() ${list}[#${list} + 1] = function(d) v = v + (d or 1) return v end end`,
    `do local i = 1 ::top:: T() local x = i ${list}[#${list} + 1] = function() x = x + 1 return x, i end i = i + 1 if i < 4 then goto top end end`,
    `for i = 1, 4 do T() local z = i if i % 2 == 0 then goto skip end ${list}[#${list} + 1] = function() z = z * 2 return z end ::skip:: end`,
    `local function make(a, ...) local rest = {...} return function(b) a = a + (b or 0) return a, rest[1] end end ${list}[1] = make(1, "r") ${list}[2] = make(2)`,
    `local a, b = 1, 2 ${list}[1] = function() a, b = b, a return a, b end ${list}[2] = function() return a + b, a end a = 10`,
    `local function rec(n) if n == 0 then return end local m = n ${list}[#${list} + 1] = function() m = m - 1 return m, n end T() return rec(n - 1) end rec(3)`,
  ];
  w.line(`do ${r.pick(forms)} end`);
  w.line(`for i = 1, #${list} do T() show(i, ${list}[i](${r.pick(['', '2'])})) show(${list}[i](), ${list}[1]()) end`);
}

/** Functions with environments of their own, and text loaded at run time. */
function environments(w) {
  const r = w.random;
  const forms = [
    `local env = setmetatable({}, {__index = _G}) local f = setfenv(function() fresh = 5 return fresh, show ~= nil end, env) show(f(), env.fresh, rawget(_G, "fresh"))`,
    `local f = loadstring("local a, b = ... return b, a, select('#', ...)") show(f(1, ${w.inner('num')}))`,
    `show(loadstring("return ${r.pick(['1 +', 'x y', '}', 'for', 'goto a', '...', '#', 'a.b:c', '1 = 2', 'function end'])}", "=l"))`,
    `show(pcall(loadstring("local t = nil\\n\\nreturn t.x", "=chunk")))`,
    `gl = ${w.inner('num')} show(gl, _G.gl, rawget(_G, "gl")) gl = nil show(gl)`,
    `local _G = {x = 1} show(_G.x, getfenv(1).x)`,
    `show(load("return 1 + 1")(), (load(function() return nil end) or print) ~= nil)`,
    `local f = function() return getfenv(1) == _G end show(f(), getfenv(f) == getfenv(1))`,
  ];
  w.line(`do ${r.pick(forms)} end`);
}

/** Numbers where conversions and comparisons have edges. */
function numberEdges(w) {
  const r = w.random;
  const n = () =>
    r.pick([
      '0',
      '-0',
      '1',
      '-1',
      '0.5',
      '2^53',
      '-2^53',
      '1e308',
      '1/0',
      '-1/0',
      '0/0',
      '1e-300',
      '2^31',
      '-2^31',
      '2^32',
      '1e15',
      '123456789012',
      '3',
      '-7',
      '"5"',
      '"0x10"',
      '" 7 "',
    ]);
  const forms = [
    () => `local a, b = ${n()}, ${n()} show(a + b, a - b, a * b, a / b, a % b, -a)`,
    () => `local a, b = ${n()}, ${n()} show(a == b, a ~= b, tostring(a), a .. "|" .. b)`,
    () => `local a, b = tonumber(${n()}), tonumber(${n()}) show(a < b, a <= b, a > b, a >= b)`,
    () =>
      `local t = {} local k = tonumber(${n()}) if k == k then t[k] = 1 t[k + 1] = 2 show(t[k], t[k + 1], next(t) ~= nil) end`,
    () =>
      `for i = ${r.pick(['1', '-1', '0.1', '3', '2^53'])}, ${r.pick(['2', '0.35', '-2', '2^53+4', '1'])}, ${r.pick(['1', '0.1', '-1', '2', '-0.5'])} do T() show(i) end`,
    () =>
      `local a = tonumber(${n()}) show(math.floor(a), math.ceil(a) + 0, math.abs(a), math.max(a, 1), math.min(a, 1))`,
    () => `local a = ${n()} show(a ^ 2, a ^ 0.5, 2 ^ a, a % 3, a % -3)`,
    () =>
      `show(bit.band(${r.pick(['-1', '255', '2^31', '3.7', '"12"'])}, ${r.pick(['15', '-1', '2^32 + 3'])}), bit.lshift(1, ${r.below(40)}), bit.tohex(${r.below(100000)}))`,
    () => `show(string.format("%d %s %g %.3f %x", ${r.below(1000)}, ${n()}, ${n()}, ${r.next()}, ${r.below(1000)}))`,
    () =>
      `show(tonumber(${n()}, ${r.pick(['10', '16', '2', '36'])}), tonumber("${r.pick(['zz', '1e1', '0x1F', '7 7', '11'])}", ${r.pick(['10', '16', '36', '2'])}))`,
  ];
  w.line(`show(pcall(function() ${r.pick(forms)()} end))`);
}

/** Inheritance over several tables, with methods that call up. */
function inheritance(w) {
  const r = w.random;
  const id = ++w.counter;
  w.line(`local Base${id} = {} Base${id}.__index = Base${id}`);
  w.line(`function Base${id}.new(class, v) local o = setmetatable({v = v}, class) o:init() return o end`);
  w.line(`function Base${id}:init() self.log = "base" end`);
  w.line(`function Base${id}:get(...) T() return self.v, self.log, ... end`);
  w.line(
    `local Sub${id} = setmetatable({}, {__index = Base${id}, __call = function(c, ...) return c:new(...) end}) Sub${id}.__index = Sub${id}`,
  );
  w.line(`function Sub${id}:init() Base${id}.init(self) self.log = self.log .. "+sub" end`);
  if (r.chance(0.5)) w.line(`function Sub${id}:get(...) return "sub", Base${id}.get(self, ...) end`);
  if (r.chance(0.5)) w.line(`Sub${id}.__tostring = function(o) return "Sub:" .. tostring(o.v) end`);
  if (r.chance(0.5))
    w.line(`Sub${id}.__lt = function(a, b) return a.v < b.v end Sub${id}.__eq = function(a, b) return a.v == b.v end`);
  w.line(`local x, y = Sub${id}(${w.expr('num')}), Base${id}.new(Sub${id}, ${w.expr('num')})`);
  w.line(`show(x:get(1, nil), y:get(), (x:get()))`);
  w.line(`show(pcall(function() return x < y, x == y, x ~= y end))`);
  w.line(`show(pcall(function() return (tostring(x):gsub("0x%x+", "")) end), rawget(x, "get"), x.nothing)`);
  w.line(`show(pcall(function() return x${r.pick(['.nothing.y', ':nothing()', '.v.w', ' + 1', '.get()', '()'])} end))`);
}

/** Objects sorted by a key, and what an inconsistent order does. */
function sorting(w) {
  const r = w.random;
  w.line('do');
  w.line(
    `  local list = {} for i = 1, ${2 + r.below(25)} do T() list[i] = {k = (i * ${1 + r.below(30)}) % ${1 + r.below(9)}, i = i} end`,
  );
  w.line(
    `  local ok, err = pcall(table.sort, list, function(a, b) T() return a.k ${r.pick(['<', '<', '>', '<=', '>='])} b.k end)`,
  );
  w.line('  local out = {} for i, v in ipairs(list) do out[i] = v.k .. ":" .. v.i end');
  w.line('  show(ok, err, table.concat(out, " "))');
  w.line('end');
}

/** Long chains of one operator, many locals, many arguments. */
function bulk(w) {
  const r = w.random;
  const count = 5 + r.below(60);
  const names = Array.from({ length: count }, (_, at) => `b${at}`);
  const forms = [
    () =>
      `do local ${names.join(', ')} = ${names.map((_, at) => at).join(', ')} show(${names.join(' + ')}, ${names.join(' .. ')}) end`,
    () =>
      `show((function(${names.join(', ')}) return ${names.at(-1)}, ${names[0]} end)(${names.map((_, at) => at * 2).join(', ')}))`,
    () =>
      `show(select("#", ${names.map((_, at) => at).join(', ')}), (select(${count}, ${names.map((_, at) => at).join(', ')})))`,
    () =>
      `show(#{${names.map((_, at) => `"${at}"`).join(', ')}}, ({${names.map((name, at) => `${name} = ${at}`).join(', ')}}).b${r.below(count)})`,
    () => `show(#("x" ${names.map(() => '.. "y"').join(' ')}), 1 ${names.map((_, at) => `+ ${at} * 2`).join(' ')})`,
    () => `local s = "" for i = 1, ${count} do T() s = s .. string.char(48 + i % 70) end show(s, #s, s:reverse())`,
  ];
  w.line(r.pick(forms)());
}

/** Coroutines passed around, nested, finished and failed. */
function coroutineWeb(w) {
  const r = w.random;
  const id = ++w.counter;
  const forms = [
    `local function gen(n) return coroutine.wrap(function() for i = 1, n do T() coroutine.yield(i) end end) end local s = 0 for v in gen(${1 + r.below(5)}) do for u in gen(2) do s = s + v * u end end show(s)`,
    `local co = coroutine.create(function(...) local a = {...} while #a > 0 do T() a = {coroutine.yield(#a, a[#a])} end error("empty") end) show(coroutine.resume(co, 1, 2)) show(coroutine.resume(co, 3)) show(coroutine.resume(co)) show(coroutine.resume(co), coroutine.status(co))`,
    `local a, b a = coroutine.create(function() show(coroutine.status(a)) show(coroutine.resume(b)) show(coroutine.status(b)) end) b = coroutine.create(function() show(coroutine.status(a), coroutine.resume(a)) coroutine.yield("b") end) show(coroutine.resume(a)) show(coroutine.status(a), coroutine.status(b))`,
    `local function walk(t) if type(t) == "table" then for _, v in ipairs(t) do T() walk(v) end else coroutine.yield(t) end end local out = {} for v in coroutine.wrap(function() walk({1, {2, {3, 4}, 5}, {{6}}}) end) do out[#out + 1] = v end show(table.concat(out, ","))`,
    `local w = coroutine.wrap(function() local ok, e = pcall(function() coroutine.yield(1) error({n = 2}) end) coroutine.yield(ok, type(e) == "table" and e.n) error("last", 0) end) show(w()) show(w()) show(pcall(w)) show(pcall(w))`,
    `local mt = {__index = function(t, k) return coroutine.yield("get " .. k) end, __newindex = function(t, k, v) coroutine.yield("set " .. k) rawset(t, k, v) end, __call = function(self, x) return coroutine.yield("call") end, __lt = function() return coroutine.yield("lt") end, __concat = function() return coroutine.yield("cat") end} local co = coroutine.wrap(function() local t = setmetatable({}, mt) local v = t.x t.y = v show(rawget(t, "y"), t(1), t < t, t .. "s") return "end" end) local v = co() local n = 0 while v ~= "end" and n < 9 do T() n = n + 1 show(v) v = co(n) end`,
    `local co = coroutine.wrap(function(...) show(select("#", ...), ...) local r = {coroutine.yield(...)} show(#r, r[1]) return unpack(r) end) show(co(1, nil, 3)) show(co(4, 5))`,
    `show(pcall(coroutine.wrap(function() local x = nil x.y = 1 end))) show(select(2, coroutine.resume(coroutine.create(function() local t = {} t.a.b = 1 end))))`,
    `local function rec(n) if n == 0 then coroutine.yield("deep") return 0 end T() return 1 + rec(n - 1) end local co = coroutine.wrap(rec) show(co(${r.below(20)})) show(co())`,
    `local co = coroutine.wrap(function() for k, v in pairs({a = coroutine.yield("k")}) do show(k, v) end return (coroutine.yield("s") or "none") .. "!" end) show(co()) show(co(7)) show(co("x"))`,
  ];
  w.line(`do -- ${id}`);
  w.line(`  ${r.pick(forms)}`);
  w.line('end');
}

export const SPECIAL_STATEMENTS = [
  evaluationOrder,
  captures,
  environments,
  numberEdges,
  numberEdges,
  inheritance,
  sorting,
  bulk,
  coroutineWeb,
];
