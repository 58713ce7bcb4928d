/** Statements of one line. Each takes the program writer and writes its lines. */
import { KEYS } from './expressions.mjs';
import { TYPES } from './scope.mjs';

function declareLocal(w) {
  const count = w.random.chance(0.75) ? 1 : 2;
  const entries = Array.from({ length: count }, () => ({ name: w.fresh('v'), type: w.random.pick(TYPES) }));
  const values = entries.map((entry) => w.value(entry.type));
  w.line(`local ${entries.map((entry) => entry.name).join(', ')} = ${values.join(', ')}`);
  for (const entry of entries) w.scope.declare(entry.name, entry.type);
}

function assign(w) {
  const entry = w.variable();
  if (entry === undefined) return declareLocal(w);
  w.line(`${entry.name} = ${w.value(entry.type)}`);
}

function multiAssign(w) {
  const first = w.variable();
  const second = w.variable();
  if (first === undefined || second === undefined) return declareLocal(w);
  w.line(`${first.name}, ${second.name} = ${w.value(first.type)}, ${w.value(second.type)}`);
}

function printValues(w) {
  const count = 1 + w.random.below(3);
  const list = Array.from({ length: count }, () => w.expr(w.random.pick(TYPES)));
  w.line(`show(${list.join(', ')})`);
}

function setField(w) {
  const entry = w.variable(['map']);
  if (entry === undefined) return declareLocal(w);
  const key = w.random.pick(KEYS);
  // Whether a call on the right that sets the variable comes before or after its use on the left is not defined.
  w.noCalls = true;
  const value = w.random.chance(0.15) ? 'nil' : w.expr(w.random.pick(['num', 'str', 'bool']));
  w.noCalls = false;
  w.line(w.random.chance(0.6) ? `${entry.name}.${key} = ${value}` : `${entry.name}["${key}"] = ${value}`);
}

function setElement(w) {
  const entry = w.variable(['arr']);
  if (entry === undefined) return declareLocal(w);
  const { name } = entry;
  // A call on the right that removes elements would leave a hole, and then `#` may be either border.
  w.noCalls = true;
  if (w.random.chance(0.5)) w.line(`${name}[#${name} + 1] = ${w.expr('num')}`);
  else w.line(`if ${name}[1] then ${name}[1] = ${w.expr('num')} end`);
  w.noCalls = false;
}

function tableCall(w) {
  const entry = w.variable(['arr']);
  if (entry === undefined) return declareLocal(w);
  const { name } = entry;
  const r = w.random;
  const calls = [
    () => `table.insert(${name}, ${w.expr('num')})`,
    () => `table.insert(${name}, 1, ${w.expr('num')})`,
    () => `show(table.remove(${name}))`,
    () => `show(table.remove(${name}, 1))`,
    () => `table.sort(${name})`,
    () => `table.sort(${name}, function(a, b) return a > b end)`,
    () => `show(unpack(${name}))`,
    () => `show((select('#', unpack(${name}, 1, 3))))`,
  ];
  w.line(r.pick(calls)());
}

export const SIMPLE_STATEMENTS = [
  declareLocal,
  assign,
  assign,
  printValues,
  setField,
  setElement,
  multiAssign,
  tableCall,
];
