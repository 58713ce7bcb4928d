/**
 * Random programs that always end: loops have small bounds, functions only call functions defined before them, and
 * every loop body and function counts steps by `T()`, which raises an error after too many.
 *
 * The environment gives `T`, `show(...)` (prints without addresses or table order), `keys(map)` (sorted iterator) and
 * `numbers(...)` (an array of the numbers among its arguments) and `clip(s)` (the first bytes of a string).
 */
import { Expressions, KEYS } from './expressions.mjs';
import { faultyBody } from './faults.mjs';
import { Scope } from './scope.mjs';
import { SPECIAL_STATEMENTS } from './special-statements.mjs';

const TYPES = ['num', 'str', 'bool', 'arr', 'map'];

class ProgramWriter extends Expressions {
  constructor(random) {
    super(random);
    this.lines = [];
    this.indent = 0;
    this.counter = 0;
    this.scope = new Scope(undefined, true);
    this.budget = 14 + random.below(40);
    this.loops = 0;
    this.coroutine = 0;
  }

  childScope() {
    return new Scope(this.scope);
  }

  line(text) {
    this.lines.push('  '.repeat(this.indent) + text);
  }

  fresh(prefix) {
    // Few names, so that they shadow each other.
    return this.random.chance(0.3) ? `${prefix}${this.random.below(3)}` : `${prefix}${++this.counter}_`;
  }

  block(write) {
    const outer = this.scope;
    this.scope = this.childScope();
    this.indent++;
    write();
    this.indent--;
    this.scope = outer;
  }

  program() {
    while (this.budget > 0) this.statement(0);
    for (const type of TYPES) {
      const found = this.scope.all(type).slice(0, 4);
      if (found.length > 0) this.line(`show(${found.map((entry) => entry.name).join(', ')})`);
    }
    return `${this.lines.join('\n')}\n`;
  }

  body(depth) {
    const count = 1 + this.random.below(3);
    for (let at = 0; at < count; at++) this.statement(depth + 1);
  }

  statement(depth) {
    this.budget--;
    const simple = ['local', 'assign', 'assign', 'print', 'setField', 'setElement', 'multiAssign', 'tableCall'];
    const compound = [
      'ifElse',
      'forNumber',
      'forEach',
      'forKeys',
      'whileLoop',
      'repeatLoop',
      'doBlock',
      'function',
      'protectedCall',
      'fault',
      'closures',
      'continueLoop',
      'coroutineBlock',
      'object',
      'metaBlock',
      'varargs',
      'methodChain',
      'nestedBreak',
      'recursion',
    ];
    const deep = depth > 3 || this.budget <= 0;
    if (!deep && this.random.chance(0.15)) return this.random.pick(SPECIAL_STATEMENTS)(this);
    this[this.random.pick(deep || this.random.chance(0.55) ? simple : compound)](depth);
  }

  local() {
    const count = this.random.chance(0.75) ? 1 : 2;
    const entries = Array.from({ length: count }, () => ({ name: this.fresh('v'), type: this.random.pick(TYPES) }));
    const values = entries.map((entry) => this.value(entry.type));
    this.line(`local ${entries.map((entry) => entry.name).join(', ')} = ${values.join(', ')}`);
    for (const entry of entries) this.scope.declare(entry.name, entry.type);
  }

  /** An expression to be kept: strings are cut, or they would grow with every step of a loop. */
  value(type) {
    return type === 'str' ? `clip(${this.expr('str')})` : this.expr(type);
  }

  variable(types = TYPES) {
    const found = types.flatMap((type) => this.scope.all(type)).filter((entry) => !entry.fixed);
    return found.length === 0 ? undefined : this.random.pick(found);
  }

  assign() {
    const entry = this.variable();
    if (entry === undefined) return this.local();
    this.line(`${entry.name} = ${this.value(entry.type)}`);
  }

  multiAssign() {
    const first = this.variable();
    const second = this.variable();
    if (first === undefined || second === undefined) return this.local();
    this.line(`${first.name}, ${second.name} = ${this.value(first.type)}, ${this.value(second.type)}`);
  }

  print() {
    const count = 1 + this.random.below(3);
    const list = Array.from({ length: count }, () => this.expr(this.random.pick(TYPES)));
    this.line(`show(${list.join(', ')})`);
  }

  setField() {
    const entry = this.variable(['map']);
    if (entry === undefined) return this.local();
    const key = this.random.pick(KEYS);
    // Whether a call on the right that sets the variable comes before or after its use on the left is not defined.
    this.noCalls = true;
    const value = this.random.chance(0.15) ? 'nil' : this.expr(this.random.pick(['num', 'str', 'bool']));
    this.noCalls = false;
    this.line(this.random.chance(0.6) ? `${entry.name}.${key} = ${value}` : `${entry.name}["${key}"] = ${value}`);
  }

  setElement() {
    const entry = this.variable(['arr']);
    if (entry === undefined) return this.local();
    const { name } = entry;
    // A call on the right that removes elements would leave a hole, and then `#` may be either border.
    this.noCalls = true;
    if (this.random.chance(0.5)) this.line(`${name}[#${name} + 1] = ${this.expr('num')}`);
    else this.line(`if ${name}[1] then ${name}[1] = ${this.expr('num')} end`);
    this.noCalls = false;
  }

  tableCall() {
    const entry = this.variable(['arr']);
    if (entry === undefined) return this.local();
    const { name } = entry;
    const r = this.random;
    const calls = [
      () => `table.insert(${name}, ${this.expr('num')})`,
      () => `table.insert(${name}, 1, ${this.expr('num')})`,
      () => `show(table.remove(${name}))`,
      () => `show(table.remove(${name}, 1))`,
      () => `table.sort(${name})`,
      () => `table.sort(${name}, function(a, b) return a > b end)`,
      () => `show(unpack(${name}))`,
      () => `show((select('#', unpack(${name}, 1, 3))))`,
    ];
    this.line(r.pick(calls)());
  }

  ifElse(depth) {
    this.line(`if ${this.expr('bool')} then`);
    this.block(() => this.body(depth));
    if (this.random.chance(0.3)) {
      this.line(`elseif ${this.expr('bool')} then`);
      this.block(() => this.body(depth));
    }
    if (this.random.chance(0.5)) {
      this.line('else');
      this.block(() => this.body(depth));
    }
    this.line('end');
  }

  loopBody(depth) {
    this.loops++;
    this.line('T()');
    this.body(depth);
    if (this.random.chance(0.15)) this.line(`if ${this.expr('bool')} then break end`);
    this.loops--;
  }

  forNumber(depth) {
    const r = this.random;
    const name = this.fresh('i');
    const bounds = r.pick([
      '1, 3',
      '3, 1, -1',
      '1, 0',
      '0, 1, 0.25',
      '1, 2',
      '10, 1, -4',
      `1, ${this.expr('num')} % 5`,
    ]);
    this.line(`for ${name} = ${bounds} do`);
    this.block(() => {
      this.scope.declare(name, 'num', { fixed: r.chance(0.8) });
      this.loopBody(depth);
    });
    this.line('end');
  }

  forEach(depth) {
    const index = this.fresh('i');
    const value = this.fresh('v');
    this.line(`for ${index}, ${value} in ipairs(${this.expr('arr')}) do`);
    this.block(() => {
      this.scope.declare(index, 'num', { fixed: true });
      this.scope.declare(value, 'num');
      this.loopBody(depth);
    });
    this.line('end');
  }

  forKeys(depth) {
    const key = this.fresh('k');
    this.line(`for ${key} in keys(${this.expr('map')}) do`);
    this.block(() => {
      this.scope.declare(key, 'str', { fixed: true });
      this.loopBody(depth);
    });
    this.line('end');
  }

  whileLoop(depth) {
    const name = this.fresh('w');
    this.line(`local ${name} = 0`);
    this.line(`while ${name} < ${1 + this.random.below(4)} do`);
    this.block(() => {
      this.line(`${name} = ${name} + 1`);
      this.loopBody(depth);
    });
    this.line('end');
  }

  repeatLoop(depth) {
    const name = this.fresh('w');
    this.line(`local ${name} = 0`);
    this.line('repeat');
    this.block(() => {
      this.line(`local last = ${name} >= ${this.random.below(3)}`);
      this.line(`${name} = ${name} + 1`);
      this.line('T()');
      this.body(depth);
    });
    this.line(`until last`);
  }

  doBlock(depth) {
    this.line('do');
    this.block(() => this.body(depth));
    this.line('end');
  }

  function(depth) {
    const r = this.random;
    const name = this.fresh('f');
    const params = Array.from({ length: r.below(4) }, (_, at) => ({ name: `p${at}`, type: r.pick(TYPES) }));
    const results = Array.from({ length: 1 + r.below(2) }, () => r.pick(TYPES));
    const kind = r.below(3);
    const list = params.map((param) => param.name).join(', ');
    if (kind === 0) this.line(`local function ${name}(${list})`);
    else this.line(`${kind === 1 ? 'local ' : ''}${name} = function(${list})`);
    this.functionBody(params, () => {
      this.body(depth + 1);
      if (r.chance(0.3))
        this.line(`if ${this.expr('bool')} then return ${results.map((t) => this.value(t)).join(', ')} end`);
      this.line(`return ${results.map((type) => this.value(type)).join(', ')}`);
    });
    this.line('end');
    this.scope.declare(name, 'fun', { params: params.map((param) => param.type), results, fixed: true });
    this.line(`show(${name}(${params.map((param) => this.expr(param.type)).join(', ')}))`);
  }

  functionBody(params, write, vararg = false) {
    const outer = this.scope;
    const { loops, vararg: outerVararg } = this;
    this.loops = 0;
    this.vararg = vararg;
    this.scope = new Scope(outer, true);
    for (const param of params) this.scope.declare(param.name, param.type);
    this.indent++;
    this.line('T()');
    write();
    this.indent--;
    this.scope = outer;
    this.loops = loops;
    this.vararg = outerVararg;
  }

  protectedCall(depth) {
    this.line(this.random.chance(0.5) ? 'show(pcall(function(...)' : 'show(xpcall(function(...)');
    const handled = this.lines.at(-1).includes('xpcall');
    this.functionBody(
      [],
      () => {
        this.body(depth + 1);
        if (this.random.chance(0.4)) this.line(`if ${this.expr('bool')} then error(${this.raised()}) end`);
        this.line(`return ${this.expr('num')}, ${this.expr('str')}`);
      },
      true,
    );
    this.line(
      handled
        ? `end, function(e) return "H:" .. (type(e) == "table" and "table" or tostring(e)) end, 1, 2))`
        : `end, ${this.expr('num')}))`,
    );
  }

  raised() {
    return this.random.pick(['"boom"', '"boom", 0', '"boom", 2', '{code = 1}', '42', 'nil', this.expr('str')]);
  }

  fault() {
    this.line('show(pcall(function()');
    this.indent++;
    for (const line of faultyBody(this.random)) this.line(line);
    this.indent--;
    this.line('end))');
  }

  closures() {
    const list = this.fresh('c');
    this.line(`local ${list} = {}`);
    this.line(`for i = 1, 3 do`);
    this.block(() => {
      this.line('T()');
      this.line(`local n = i * ${this.random.pick(['1', '10', '0.5'])}`);
      this.line(
        `${list}[i] = function(d) ${this.random.pick(['n', 'i'])} = n + (d or ${this.inner('num')}) return n, i end`,
      );
    });
    this.line('end');
    this.line(`show(${list}[1](1), ${list}[2](), ${list}[1](2))`);
    this.line(`show(${list}[3](), ${list}[3](5), (${list}[2](1)))`);
  }

  continueLoop(depth) {
    const label = `cont${++this.counter}`;
    const name = this.fresh('i');
    this.line(`for ${name} = 1, ${2 + this.random.below(4)} do`);
    this.block(() => {
      this.scope.declare(name, 'num', { fixed: true });
      this.line('T()');
      this.line(`if ${name} % ${2 + this.random.below(2)} == 0 then goto ${label} end`);
      this.line('do');
      this.block(() => this.body(depth));
      this.line('end');
      this.line(`::${label}::`);
    });
    this.line('end');
  }

  nestedBreak(depth) {
    const label = `out${++this.counter}`;
    const name = `g${this.counter}`;
    this.line('do');
    this.block(() => {
      this.line(`local ${name} = 0`);
      this.line(`::again${this.counter}::`);
      this.line(`${name} = ${name} + 1`);
      this.line('T()');
      this.line('for i = 1, 3 do');
      this.block(() => {
        this.line('for j = 1, 3 do');
        this.block(() => {
          this.line(`if i * j > ${2 + this.random.below(5)} then goto ${label} end`);
          this.body(depth + 1);
        });
        this.line('end');
      });
      this.line('end');
      this.line(`::${label}::`);
      this.line(`show(${name})`);
      this.line(`if ${name} < 2 then goto again${label.slice(3)} end`);
    });
    this.line('end');
  }

  coroutineBlock(depth) {
    const r = this.random;
    const name = this.fresh('co');
    const wrapped = r.chance(0.4);
    this.line(`local ${name} = coroutine.${wrapped ? 'wrap' : 'create'}(function(first, ...)`);
    this.coroutine++;
    this.functionBody(
      [],
      () => {
        this.line('show("start", first, ...)');
        this.line(`for i = 1, ${1 + r.below(3)} do`);
        this.block(() => {
          this.scope.declare('i', 'num', { fixed: true });
          this.line('T()');
          this.line(this.yielding());
          if (r.chance(0.4)) this.body(depth + 1);
        });
        this.line('end');
        if (r.chance(0.2)) this.line(`error(${this.raised()})`);
        this.line(`return ${this.expr('num')}, "done"`);
      },
      true,
    );
    this.coroutine--;
    this.line('end)');
    const rounds = 2 + r.below(3);
    for (let at = 0; at < rounds; at++) {
      if (wrapped) this.line(`show(pcall(${name}, ${at}, ${this.expr('num', 2)}))`);
      else this.line(`show(coroutine.resume(${name}, ${at}, ${this.expr('num', 2)}), coroutine.status(${name}))`);
    }
  }

  /** A statement that yields, directly or through something that calls back. */
  yielding() {
    const r = this.random;
    const value = this.expr('num', 2);
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

  object() {
    const r = this.random;
    const name = `Class${++this.counter}`;
    this.line(`local ${name} = {} ${name}.__index = ${name}`);
    this.line(`function ${name}.new(n) return setmetatable({n = n, list = {}}, ${name}) end`);
    this.line(`function ${name}:add(v) T() self.n = self.n + v self.list[#self.list + 1] = v return self end`);
    this.line(
      `function ${name}:total() local t = 0 for _, v in ipairs(self.list) do t = t + v end return t, self.n end`,
    );
    this.line(`${name}.__tostring = function(o) return "${name}(" .. o.n .. ")" end`);
    this.line(
      `${name}.${r.pick(['__add', '__sub', '__concat', '__mul'])} = function(a, b) return ${this.inner('num')} end`,
    );
    const object = this.fresh('o');
    this.line(`local ${object} = ${name}.new(${this.expr('num')})`);
    this.line(`show(${object}:add(${this.expr('num')}):add(2):total())`);
    this.line(`show(tostring(${object}), pcall(function() return ${object} ${r.pick(['+', '-', '*', '..'])} 1 end))`);
    this.line(
      `show(pcall(function() return ${object}${r.pick(['.missing', ':missing()', '.missing.x', ' < 1'])} end))`,
    );
  }

  metaBlock() {
    const r = this.random;
    const name = this.fresh('m');
    const events = [
      r.pick([
        `__index = function(t, k) return tostring(k) .. "?" end`,
        `__index = {z = ${this.inner('num')}, constructor = "own"}`,
      ]),
      `__newindex = function(t, k, v) rawset(t, k, ${r.pick(['v', '{v}', 'nil', 'tostring(v)'])}) end`,
      `__call = function(self, ...) return select('#', ...), ... end`,
      `__eq = function(a, b) return ${this.inner('bool')} end`,
      `__lt = function(a, b) return ${this.inner('bool')} end`,
      `__le = function(a, b) return ${this.inner('bool')} end`,
      `__unm = function(a) return "neg" end`,
      `__concat = function(a, b) return "cat" end`,
      `__mod = function(a, b) return type(a) .. type(b) end`,
      `__pow = function(a, b) return "pow" end`,
      `__div = function(a, b) return ${this.inner('num')} end`,
      `__len = function() return 99 end`,
      `__tostring = function() return "obj" end`,
      `__metatable = "locked"`,
    ].filter(() => r.chance(0.4));
    this.line(`local mt_ = {${events.join(', ')}}`);
    this.line(`local ${name}, other = setmetatable({1, 2, x = 3}, mt_), setmetatable({}, mt_)`);
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
    for (let at = 0; at < 4; at++) this.line(`show(pcall(function() return ${r.pick(uses)} end))`);
    this.line(
      `show(pcall(function() ${name}.fresh = ${this.inner('num')} ${name}.x = 9 return ${name}.fresh, ${name}.x end))`,
    );
  }

  varargs(depth) {
    const r = this.random;
    const name = this.fresh('f');
    this.line(`local function ${name}(a, ...)`);
    this.functionBody(
      [],
      () => {
        this.line(
          r.pick([
            'local b, c = ...',
            "local t = {n = select('#', ...), ...} local b, c = t.n, t[2]",
            'local b, c = select(2, ...)',
          ]),
        );
        this.line(`if a == 0 then return ... end`);
        if (r.chance(0.5)) this.body(depth + 1);
        this.line(
          r.pick([
            `return a, b, c, ...`,
            `return (...)`,
            `return select('#', ...), ...`,
            `return ${name}(0, c, b, ...)`,
            `return #numbers(...), ({..., 5})[2]`,
            `return ..., "last"`,
            `return (function(...) return select('#', ...) end)(..., ...)`,
          ]),
        );
      },
      true,
    );
    this.line('end');
    this.line(`show(${name}())`);
    this.line(`show(${name}(1, ${this.expr('num')}, nil, ${this.expr('str')}))`);
    this.line(`show((${name}(1, 2)), ${name}(0, nil, nil))`);
    this.line(`show(numbers(${name}(1, 2, 3)), #{${name}(0, 4, 5), ${name}(0, 6)})`);
  }

  methodChain() {
    const s = this.fresh('s');
    this.line(`local ${s} = ${this.expr('str')}`);
    this.scope.declare(s, 'str');
    this.line(`show(#${s}, ${s}:find("l"), ${s}:byte(1, 3))`);
    this.line(
      `show(${s}:gsub("%w", function(c) T() return ${this.random.pick(['c .. c', 'nil', 'false', 'c:upper()', '1'])} end))`,
    );
    this.line(`for w in ${s}:gmatch(${this.random.pick(['"%a+"', '"."', '"(%w)(%w?)"'])}) do T() show(w) end`);
  }

  recursion() {
    const name = this.fresh('r');
    const r = this.random;
    this.line(`local function ${name}(n, acc)`);
    this.indent++;
    this.line('T()');
    this.line(`if n <= 0 then return acc or ${this.leaf('num')} end`);
    this.line(
      r.pick([
        `return ${name}(n - 1, (acc or 0) + n)`,
        `return n + ${name}(n - 1)`,
        `return ${name}(n - 1) + ${name}(n - 2)`,
        `local v = ${name}(n - 1, acc) return v * 2 % 1000`,
      ]),
    );
    this.indent--;
    this.line('end');
    this.line(`show(${name}(${r.below(9)}))`);
  }
}

/** Source of a random program. */
export function writeProgram(random) {
  return new ProgramWriter(random).program();
}
