/** Functions, protected calls and closures. Each takes the program writer and the depth it is at. */
import { faultyBody } from './faults.mjs';
import { TYPES } from './scope.mjs';

function defineFunction(w, depth) {
  const r = w.random;
  const name = w.fresh('f');
  const params = Array.from({ length: r.below(4) }, (_, at) => ({ name: `p${at}`, type: r.pick(TYPES) }));
  const results = Array.from({ length: 1 + r.below(2) }, () => r.pick(TYPES));
  const kind = r.below(3);
  const list = params.map((param) => param.name).join(', ');
  if (kind === 0) w.line(`local function ${name}(${list})`);
  else w.line(`${kind === 1 ? 'local ' : ''}${name} = function(${list})`);
  w.functionBody(params, () => {
    w.body(depth + 1);
    if (r.chance(0.3)) w.line(`if ${w.expr('bool')} then return ${results.map((t) => w.value(t)).join(', ')} end`);
    w.line(`return ${results.map((type) => w.value(type)).join(', ')}`);
  });
  w.line('end');
  w.scope.declare(name, 'fun', { params: params.map((param) => param.type), results, fixed: true });
  w.line(`show(${name}(${params.map((param) => w.expr(param.type)).join(', ')}))`);
}

function protectedCall(w, depth) {
  w.line(w.random.chance(0.5) ? 'show(pcall(function(...)' : 'show(xpcall(function(...)');
  const handled = w.lines.at(-1).includes('xpcall');
  w.functionBody(
    [],
    () => {
      w.body(depth + 1);
      if (w.random.chance(0.4)) w.line(`if ${w.expr('bool')} then error(${raised(w)}) end`);
      w.line(`return ${w.expr('num')}, ${w.expr('str')}`);
    },
    true,
  );
  w.line(
    handled
      ? `end, function(e) return "H:" .. (type(e) == "table" and "table" or tostring(e)) end, 1, 2))`
      : `end, ${w.expr('num')}))`,
  );
}

export function raised(w) {
  return w.random.pick(['"boom"', '"boom", 0', '"boom", 2', '{code = 1}', '42', 'nil', w.expr('str')]);
}

function fault(w) {
  w.line('show(pcall(function()');
  w.indent++;
  for (const line of faultyBody(w.random)) w.line(line);
  w.indent--;
  w.line('end))');
}

function closures(w) {
  const list = w.fresh('c');
  w.line(`local ${list} = {}`);
  w.line(`for i = 1, 3 do`);
  w.block(() => {
    w.line('T()');
    w.line(`local n = i * ${w.random.pick(['1', '10', '0.5'])}`);
    w.line(`${list}[i] = function(d) ${w.random.pick(['n', 'i'])} = n + (d or ${w.inner('num')}) return n, i end`);
  });
  w.line('end');
  w.line(`show(${list}[1](1), ${list}[2](), ${list}[1](2))`);
  w.line(`show(${list}[3](), ${list}[3](5), (${list}[2](1)))`);
}

function varargs(w, depth) {
  const r = w.random;
  const name = w.fresh('f');
  w.line(`local function ${name}(a, ...)`);
  w.functionBody(
    [],
    () => {
      w.line(
        r.pick([
          'local b, c = ...',
          "local t = {n = select('#', ...), ...} local b, c = t.n, t[2]",
          'local b, c = select(2, ...)',
        ]),
      );
      w.line(`if a == 0 then return ... end`);
      if (r.chance(0.5)) w.body(depth + 1);
      w.line(
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
  w.line('end');
  w.line(`show(${name}())`);
  w.line(`show(${name}(1, ${w.expr('num')}, nil, ${w.expr('str')}))`);
  w.line(`show((${name}(1, 2)), ${name}(0, nil, nil))`);
  w.line(`show(numbers(${name}(1, 2, 3)), #{${name}(0, 4, 5), ${name}(0, 6)})`);
}

function recursion(w) {
  const name = w.fresh('r');
  const r = w.random;
  w.line(`local function ${name}(n, acc)`);
  w.indent++;
  w.line('T()');
  w.line(`if n <= 0 then return acc or ${w.leaf('num')} end`);
  w.line(
    r.pick([
      `return ${name}(n - 1, (acc or 0) + n)`,
      `return n + ${name}(n - 1)`,
      `return ${name}(n - 1) + ${name}(n - 2)`,
      `local v = ${name}(n - 1, acc) return v * 2 % 1000`,
    ]),
  );
  w.indent--;
  w.line('end');
  w.line(`show(${name}(${r.below(9)}))`);
}

function methodChain(w) {
  const s = w.fresh('s');
  w.line(`local ${s} = ${w.expr('str')}`);
  w.scope.declare(s, 'str');
  w.line(`show(#${s}, ${s}:find("l"), ${s}:byte(1, 3))`);
  w.line(
    `show(${s}:gsub("%w", function(c) T() return ${w.random.pick(['c .. c', 'nil', 'false', 'c:upper()', '1'])} end))`,
  );
  w.line(`for w in ${s}:gmatch(${w.random.pick(['"%a+"', '"."', '"(%w)(%w?)"'])}) do T() show(w) end`);
}

export const FUNCTION_STATEMENTS = { defineFunction, protectedCall, fault, closures, varargs, recursion, methodChain };
