/** Operations that fail, for the comparison of error texts: each uses a name of a certain kind. */

/** Values that most operations refuse, as they can be written anywhere. */
const BAD = ['nil', '{}', 'true', '"str"', 'print', '5'];

const OPERATIONS = [
  (v) => `${v}.x = 1`,
  (v) => `local y = ${v}.x.y`,
  (v) => `local y = ${v}[1][2]`,
  (v) => `${v}()`,
  (v) => `${v}.field()`,
  (v) => `${v}:method(1)`,
  (v) => `local y = ${v} + 1`,
  (v) => `local y = 2 * ${v}`,
  (v) => `local y = ${v} .. "x"`,
  (v) => `local y = "x" .. ${v}`,
  (v) => `local y = -${v}`,
  (v) => `local y = #${v}`,
  (v) => `local y = ${v} < 1`,
  (v) => `local y = 1 <= ${v}`,
  (v) => `local y = ${v} < ${v}`,
  (v) => `local y = "x" < ${v}`,
  (v) => `local y = ${v} % 3`,
  (v) => `local y = ${v} ^ 2`,
  (v) => `for i = ${v}, 2 do end`,
  (v) => `for i = 1, 2, ${v} do end`,
  (v) => `for k in ${v} do break end`,
  (v) => `error(${v})`,
  (v) => `error(${v}, 0)`,
  (v) => `error(${v}, 2)`,
  (v) => `assert(${v} == 0)`,
  (v) => `assert(${v} == 0, "message")`,
  (v) => `local y = setmetatable(${v}, {})`,
  (v) => `local y = string.rep(${v})`,
  (v) => `local y = ("x"):rep(${v})`,
  (v) => `local y = string.sub(${v}, {})`,
  (v) => `local y = math.floor(${v})`,
  (v) => `local y = table.concat({1, ${v}})`,
  (v) => `local y = table.concat(${v})`,
  (v) => `local y = ipairs(${v})`,
  (v) => `local y = tonumber(${v}, 99)`,
  (v) => `local y = string.char(${v}, 999)`,
  (v) => `local y = select(${v})`,
  (v) => `local y = unpack(${v})`,
  (v) => `local y = coroutine.resume(${v})`,
  (v) => `local y = coroutine.create(${v})`,
  (v) => `table.insert(${v}, 1)`,
  (v) => `table.sort({1, "x", ${v}})`,
  (v) => `local y = string.format("%d", ${v})`,
  (_v) => `local y = ("x"):bad()`,
  (v) => `local y = rawset(${v}, 1, 2)`,
  (v) => `local y = ({})[${v}].x`,
  (v) => `local t = {} t[${v}] = 1`,
  (v) => `local t = {} t[nil] = ${v}`,
  (v) => `local y = string.gsub("x", "x", ${v})`,
  (v) => `local y = next({}, ${v})`,
];

/** Lines of a function body that runs into an error; `random` decides the operation and the kind of name. */
export function faultyBody(random) {
  const operation = random.pick(OPERATIONS);
  const value = random.pick(BAD);
  switch (random.below(6)) {
    case 0:
      return [`local loc = ${value}`, operation('loc')];
    case 1:
      return [`glob = ${value}`, operation('glob')];
    case 2:
      return [`local t = {fld = ${value}}`, operation('t.fld')];
    case 3:
      return [`local up = ${value}`, `local function inner()`, `  ${operation('up')}`, `end`, `inner()`];
    case 4:
      return [`local t = {${value}}`, operation('t[1]')];
    default:
      return [`local function give() return ${value} end`, operation('give()')];
  }
}
