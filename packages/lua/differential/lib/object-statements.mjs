/** Coroutines, objects and metatables. Each takes the program writer and the depth it is at. */
import { raised } from './function-statements.mjs';

function coroutineBlock(w, depth) {
  const r = w.random;
  const name = w.fresh('co');
  const wrapped = r.chance(0.4);
  w.line(`local ${name} = coroutine.${wrapped ? 'wrap' : 'create'}(function(first, ...)`);
  w.coroutine++;
  w.functionBody(
    [],
    () => {
      w.line('show("start", first, ...)');
      w.line(`for i = 1, ${1 + r.below(3)} do`);
      w.block(() => {
        w.scope.declare('i', 'num', { fixed: true });
        w.line('T()');
        w.line(yielding(w));
        if (r.chance(0.4)) w.body(depth + 1);
      });
      w.line('end');
      if (r.chance(0.2)) w.line(`error(${raised(w)})`);
      w.line(`return ${w.expr('num')}, "done"`);
    },
    true,
  );
  w.coroutine--;
  w.line('end)');
  const rounds = 2 + r.below(3);
  for (let at = 0; at < rounds; at++) {
    if (wrapped) w.line(`show(pcall(${name}, ${at}, ${w.expr('num', 2)}))`);
    else w.line(`show(coroutine.resume(${name}, ${at}, ${w.expr('num', 2)}), coroutine.status(${name}))`);
  }
}

/** A statement that yields, directly or through something that calls back. */
function yielding(w) {
  const r = w.random;
  const value = w.expr('num', 2);
  return r.pick([
    `show(coroutine.yield(i, ${value}))`,
    `local a, b = coroutine.yield(${value}) show(b, a)`,
    `show(pcall(function() local got = coroutine.yield(i) if got == 2 then error("in") end return got end))`,
    `show((setmetatable({}, {__index = function(_, k) return coroutine.yield(k) end})).key)`,
    `show(setmetatable({}, {__add = function(a, b) return coroutine.yield("add") end}) + 1)`,
    `for v in function(_, last) if last == nil then return (coroutine.yield("iter")) or 0 end end do show(v) end`,
    `show(pcall(coroutine.wrap(function() coroutine.yield("inner") end)), coroutine.yield("outer"))`,
    `show(coroutine.yield(), coroutine.running() ~= nil)`,
    `show(select(2, pcall(error, {coroutine.yield("e")})) ~= nil)`,
    `show(pcall(pcall, coroutine.yield, i))`,
  ]);
}

function object(w) {
  const r = w.random;
  const name = `Class${++w.counter}`;
  w.line(`local ${name} = {} ${name}.__index = ${name}`);
  w.line(`function ${name}.new(n) return setmetatable({n = n, list = {}}, ${name}) end`);
  w.line(`function ${name}:add(v) T() self.n = self.n + v self.list[#self.list + 1] = v return self end`);
  w.line(`function ${name}:total() local t = 0 for _, v in ipairs(self.list) do t = t + v end return t, self.n end`);
  w.line(`${name}.__tostring = function(o) return "${name}(" .. o.n .. ")" end`);
  w.line(`${name}.${r.pick(['__add', '__sub', '__concat', '__mul'])} = function(a, b) return ${w.inner('num')} end`);
  const object = w.fresh('o');
  w.line(`local ${object} = ${name}.new(${w.expr('num')})`);
  w.line(`show(${object}:add(${w.expr('num')}):add(2):total())`);
  w.line(`show(tostring(${object}), pcall(function() return ${object} ${r.pick(['+', '-', '*', '..'])} 1 end))`);
  w.line(`show(pcall(function() return ${object}${r.pick(['.missing', ':missing()', '.missing.x', ' < 1'])} end))`);
}

function metaBlock(w) {
  const r = w.random;
  const name = w.fresh('m');
  const events = [
    r.pick([
      `__index = function(t, k) return tostring(k) .. "?" end`,
      `__index = {z = ${w.inner('num')}, constructor = "own"}`,
    ]),
    `__newindex = function(t, k, v) rawset(t, k, ${r.pick(['v', '{v}', 'nil', 'tostring(v)'])}) end`,
    `__call = function(self, ...) return select('#', ...), ... end`,
    `__eq = function(a, b) return ${w.inner('bool')} end`,
    `__lt = function(a, b) return ${w.inner('bool')} end`,
    `__le = function(a, b) return ${w.inner('bool')} end`,
    `__unm = function(a) return "neg" end`,
    `__concat = function(a, b) return "cat" end`,
    `__mod = function(a, b) return type(a) .. type(b) end`,
    `__pow = function(a, b) return "pow" end`,
    `__div = function(a, b) return ${w.inner('num')} end`,
    `__len = function() return 99 end`,
    `__tostring = function() return "obj" end`,
    `__metatable = "locked"`,
  ].filter(() => r.chance(0.4));
  w.line(`local mt_ = {${events.join(', ')}}`);
  w.line(`local ${name}, other = setmetatable({1, 2, x = 3}, mt_), setmetatable({}, mt_)`);
  const uses = [
    `${name}.x, ${name}.z, ${name}[3]`,
    `${name} == other, ${name} ~= other`,
    `${name} < other`,
    `${name} <= other`,
    `${name} > other, ${name} >= other`,
    `-${name}`,
    `${name} .. "s"`,
    `1 .. ${name}`,
    `${name} % 2`,
    `2 ^ ${name}`,
    `${name} / ${name}`,
    `#${name}`,
    `${name}(1, nil, 3)`,
    `tostring(${name}) == "obj"`,
    `getmetatable(${name}) == mt_, getmetatable(${name}) == "locked"`,
    `rawget(${name}, "z")`,
    `select(2, pcall(setmetatable, ${name}, {})) ~= nil`,
  ];
  for (let at = 0; at < 4; at++) w.line(`show(pcall(function() return ${r.pick(uses)} end))`);
  w.line(`show(pcall(function() ${name}.fresh = ${w.inner('num')} ${name}.x = 9 return ${name}.fresh, ${name}.x end))`);
}

export const OBJECT_STATEMENTS = { coroutineBlock, object, metaBlock };
