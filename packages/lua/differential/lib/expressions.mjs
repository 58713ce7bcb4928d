/** Random expressions of a wanted type. Types: num, str, bool, arr (numbers 1..n), map (string keys), fun. */

const STRINGS = [
  '""',
  '"a"',
  '"hello"',
  '"x y z"',
  '"10"',
  '"0x10"',
  "'q\"q'",
  '[[long]]',
  '"\\65\\n"',
  '"-3.5"',
  '"key=val"',
];
const NUMBERS = [
  '0',
  '1',
  '2',
  '3',
  '7',
  '10',
  '-1',
  '0.5',
  '1e3',
  '255',
  '0x1F',
  '-2.25',
  '1e15',
  '2^31',
  '100',
  '1/3',
];
const PATTERNS = ['"%a+"', '"%d"', '"[aeiou]"', '"l+"', '"(%w)(%w)"', '"^%s*"', '"."', '"%s$"', '"()x"', '"[^%a]"'];
const FORMATS = ['"%d"', '"%5.2f"', '"%x"', '"%g"', '"%-6d|"', '"%03d"', '"%.3f"', '"%e"'];
export const KEYS = ['a', 'b', 'c', 'name', 'x', 'y', 'constructor', '__proto__', 'toString'];

export class Expressions {
  constructor(random) {
    this.random = random;
    this.scope = undefined;
    this.vararg = false;
    this.noCalls = false;
  }

  /** An expression of `type`; deeper ones are simpler. */
  expr(type, depth = 0) {
    const variables = this.scope.all(type);
    if (variables.length > 0 && this.random.chance(depth > 2 ? 0.8 : 0.45)) return this.random.pick(variables).name;
    if (depth > 3) return this.leaf(type);
    const call = this.callOf(type, depth);
    if (call !== undefined && this.random.chance(0.2)) return call;
    return this[type](depth + 1);
  }

  leaf(type) {
    const r = this.random;
    switch (type) {
      case 'num':
        return r.pick(NUMBERS);
      case 'str':
        return r.pick(STRINGS);
      case 'bool':
        return r.pick(['true', 'false']);
      case 'arr':
        return '{3, 1, 2}';
      case 'map':
        return '{a = 1, b = "two"}';
      default:
        return 'function(n) return n end';
    }
  }

  /** A call of a known function whose first result has the type. */
  callOf(type, depth) {
    if (this.noCalls) return undefined;
    const found = this.scope.all('fun').filter((entry) => entry.results?.[0] === type);
    if (found.length === 0) return undefined;
    const fn = this.random.pick(found);
    const call = `${fn.name}(${fn.params.map((param) => this.expr(param, depth + 1)).join(', ')})`;
    return fn.results.length > 1 || this.random.chance(0.2) ? `(${call})` : call;
  }

  num(depth) {
    const r = this.random;
    const e = (type) => this.expr(type, depth);
    switch (r.below(17)) {
      case 0:
      case 1:
      case 2:
      case 3:
        return `(${e('num')} ${r.pick(['+', '-', '*', '+', '-'])} ${e('num')})`;
      case 4:
        return `${e('num')} / ${r.pick(['2', '4', '3', '10'])}`;
      case 5:
        return `(${e('num')} % ${r.pick(['3', '7', '2.5', '-4', '10'])})`;
      case 6:
        return `(${r.pick(['2', '3', e('num')])} ^ ${r.pick(['2', '0', '3', '0.5', '-1'])})`;
      case 7:
        return `-${this.guarded(e('num'))}`;
      case 8:
        return `#${this.guarded(e(r.pick(['str', 'arr'])))}`;
      case 9:
        return `(${e('bool')} and ${e('num')} or ${e('num')})`;
      case 10:
        // LuaJIT's interpreter gives ceil of -0.6 the sign of 0, of -0.4 that of -0.
        return `(math.${r.pick(['floor', 'abs', 'ceil'])}(${e('num')}) + 0)`;
      case 11:
        return `math.${r.pick(['max', 'min'])}(${e('num')}, ${e('num')})`;
      case 12:
        return `(tonumber(${e('str')}) or ${e('num')})`;
      case 13:
        return `(${this.guarded(e('arr'))}[${r.pick(['1', '2', e('num')])}] or ${e('num')})`;
      case 14:
        return `bit.${r.pick(['band', 'bor', 'bxor'])}(${e('num')} % 1000, ${r.pick(['7', '255', '12'])})`;
      case 15:
        return this.vararg ? `select('#', ...)` : `(${this.guarded(e('str'))}:byte(${r.pick(['1', '-1', '2'])}) or 0)`;
      default:
        return this.leaf('num');
    }
  }

  guarded(text) {
    return /^[a-z_]\w*$/i.test(text) ? text : `(${text})`;
  }

  /** An expression inside a function that has no `...` of its own. */
  inner(type, depth = 2) {
    const { vararg } = this;
    this.vararg = false;
    const text = this.expr(type, depth);
    this.vararg = vararg;
    return text;
  }

  str(depth) {
    const r = this.random;
    const e = (type) => this.expr(type, depth);
    switch (r.below(13)) {
      case 0:
      case 1:
      case 2:
        return `(${e('str')} .. ${e(r.pick(['str', 'str', 'num']))})`;
      case 3:
        return `tostring(${e(r.pick(['num', 'bool', 'str']))})`;
      case 4:
        return `${this.guarded(e('str'))}:sub(${r.pick(['1', '2', '-3', '0'])}, ${r.pick(['-1', '3', '1', '-2'])})`;
      case 5:
        return `${this.guarded(e('str'))}:${r.pick(['upper', 'lower', 'reverse'])}()`;
      case 6:
        return `string.format(${r.pick(FORMATS)}, ${e('num')} % 1000)`;
      case 7:
        return `type(${e(r.pick(['num', 'str', 'arr', 'fun', 'bool']))})`;
      case 8:
        return `table.concat(${e('arr')}, ${r.pick(['","', '""', '" - "'])})`;
      case 9:
        return `(string.gsub(${e('str')}, ${r.pick(PATTERNS)}, ${r.pick(['"*"', '"<%0>"', '"%%"', 'string.upper', '{a = "A", l = "L"}'])}))`;
      case 10:
        return `(${e('bool')} and ${e('str')} or ${e('str')})`;
      case 11:
        return `tostring(${this.guarded(e('str'))}:match(${r.pick(PATTERNS)}))`;
      default:
        return this.leaf('str');
    }
  }

  bool(depth) {
    const r = this.random;
    const e = (type) => this.expr(type, depth);
    switch (r.below(8)) {
      case 0:
      case 1:
        return `${this.guarded(e('num'))} ${r.pick(['<', '<=', '>', '>=', '==', '~='])} ${this.guarded(e('num'))}`;
      case 2:
        return `${this.guarded(e('str'))} ${r.pick(['<', '<=', '>', '>=', '==', '~='])} ${this.guarded(e('str'))}`;
      case 3:
        return `not (${e(r.pick(['bool', 'num', 'arr']))})`;
      case 4:
        return `(${e('bool')} ${r.pick(['and', 'or'])} ${e('bool')})`;
      case 5:
        return `${this.guarded(e('map'))}.${r.pick(['a', 'b', 'name', 'toString'])} ${r.pick(['==', '~='])} nil`;
      case 6:
        return `rawequal(${e('num')}, ${e('num')})`;
      default:
        return this.leaf('bool');
    }
  }

  arr(depth) {
    const r = this.random;
    const count = r.below(6);
    const list = Array.from({ length: count }, () => this.expr('num', depth + 1));
    if (this.vararg && r.chance(0.2)) return `numbers(...)`;
    return `{${list.join(', ')}}`;
  }

  map(depth) {
    const r = this.random;
    const count = r.below(4);
    // No key twice: LuaJIT stores the constants of a constructor first.
    const keys = new Set(Array.from({ length: count }, () => r.pick(KEYS)));
    const list = Array.from(keys, (key) => {
      const value = this.expr(r.pick(['num', 'str', 'bool']), depth + 1);
      return r.chance(0.7) ? `${key} = ${value}` : `["${key}"] = ${value}`;
    });
    return `{${list.join(', ')}}`;
  }

  /** A function of one number that gives a number. */
  fun(depth) {
    const name = this.random.pick(['n', 'v', 'a']);
    const outer = this.scope;
    const vararg = this.vararg;
    this.vararg = false;
    this.scope = this.childScope();
    this.scope.declare(name, 'num');
    const body = this.expr('num', depth + 1);
    this.scope = outer;
    this.vararg = vararg;
    return `function(${name}) T() return ${body} end`;
  }
}
