/** The table library of LuaJIT 2.1, with pack, unpack, new and clear. */
import { luaError, typeName } from '../raise.js';
import { LuaTable } from '../table.js';
import { type LuaValue, multi, NONE } from '../value.js';
import { checkFunction, checkInt, checkNumber, checkString, checkTable, optInt } from './args.js';
import { callTwo } from './direct-call.js';
import type { LibHost, Library } from './host.js';
import { numberToString } from './number-text.js';
import { quicksort, sortNatively } from './sort.js';
import { MAX_STRING } from './string-basic.js';

/** Results LuaJIT's stack has room for. */
const MAX_UNPACK = 7997;

/** For functions that LuaJIT itself has written in Lua: a missing argument is nil to them, never "no value". */
const ALL_GIVEN = 99;

/** Elements i to j (raw) as results of a function. */
export function unpackTable(t: LuaTable, i: number, j: number): LuaValue {
  if (i > j) return NONE;
  if (j - i >= MAX_UNPACK) throw luaError('too many results to unpack');
  const list: LuaValue[] = [];
  for (let at = i; at <= j; at++) list.push(t.getNum(at));
  return multi(list);
}

function concat(t: LuaTable, separator: string, i: number, j: number): string {
  if (i > j) return '';
  const { arr } = t;
  let result = '';
  for (let at = i; ; at++) {
    const v = at > 0 && at < arr.length ? arr[at] : t.getNum(at);
    if (typeof v === 'string') result += v;
    else if (typeof v === 'number' || typeof v === 'bigint') result += numberToString(v);
    else throw luaError(`invalid value (${typeName(v)}) at index ${at} in table for 'concat'`);
    if (at >= j) return result;
    result += separator;
    if (result.length > MAX_STRING - 65536) throw luaError('not enough memory');
  }
}

/** Elements moved one by one before a block move is cheaper. */
const SHORT_MOVE = 24;

function insertAt(t: LuaTable, at: number, value: LuaValue): void {
  const length = t.length();
  const { arr } = t;
  if (at < 1 || at > length || t.map !== undefined) {
    for (let n = length + 1; n > at; n--) t.setNum(n, t.getNum(n - 1));
    t.setNum(at, value);
  } else if (length - at > SHORT_MOVE) {
    arr.splice(at, 0, value);
  } else {
    arr.push(arr[length]);
    for (let n = length; n > at; n--) arr[n] = arr[n - 1];
    arr[at] = value;
  }
}

function sortTable(host: LibHost, t: LuaTable, compare: LuaValue): void {
  const list = t.arr;
  const last = t.length();
  if (last < 2) return;
  host.burn(last);
  if (compare === undefined && sortNatively(list)) return;
  const less =
    compare === undefined
      ? (a: LuaValue, b: LuaValue) => (typeof a === 'number' && typeof b === 'number' ? a < b : host.lessThan(a, b))
      : (a: LuaValue, b: LuaValue) => {
          const result = callTwo(compare, a, b);
          return result !== undefined && result !== false;
        };
  try {
    quicksort(list, 1, last, less);
  } finally {
    // A nil among the elements may have become the last one, which the table has to notice.
    if (list[last] === undefined) t.setNum(last, undefined);
  }
}

function moveRange(host: LibHost, source: LuaTable, from: number, to: number, at: number, target: LuaTable): void {
  if (to < from) return;
  host.burn(to - from);
  const plain = source.meta === undefined && target.meta === undefined;
  const shift = at - from;
  const step = (n: number): void => {
    if (plain) target.setNum(n + shift, source.getNum(n));
    else host.setindex(target, n + shift, host.index(source, n));
  };
  if (at > to || at <= from || target !== source) for (let n = from; n <= to; n++) step(n);
  else for (let n = to; n >= from; n--) step(n);
}

function largestKey(t: LuaTable): number {
  let largest = 0;
  for (let key = t.nextKey(undefined); key !== undefined; key = t.nextKey(key)) {
    if (typeof key === 'number' && key > largest) largest = key;
  }
  return largest;
}

/** Removes with metamethods, as the Lua function in LuaJIT does. */
function removeSlowly(host: LibHost, t: LuaTable, at: number, length: number): LuaValue {
  const old = host.index(t, at);
  for (let n = at + 1; n <= length; n++) host.setindex(t, n - 1, host.index(t, n));
  host.setindex(t, length, undefined);
  return old;
}

function removeAt(host: LibHost, t: LuaTable, at: number, length: number): LuaValue {
  if (t.meta !== undefined) return removeSlowly(host, t, at, length);
  const { arr } = t;
  const old = arr[at];
  if (length - at > SHORT_MOVE) {
    arr.splice(at, 1);
    return old;
  }
  for (let n = at; n < length; n++) arr[n] = arr[n + 1];
  t.setNum(length, undefined);
  return old;
}

export function openTable(host: LibHost): Library {
  return {
    concat(t: LuaValue, separator: LuaValue, i: LuaValue, j: LuaValue): LuaValue {
      const argc = arguments.length;
      const table = checkTable(t, 1, argc);
      const between = separator === undefined ? '' : checkString(separator, 2, argc);
      const from = optInt(i, 3, argc, 1);
      return concat(table, between, from, j === undefined ? table.length() : checkInt(j, 4, argc));
    },
    foreach(t: LuaValue, fn: LuaValue): LuaValue {
      const table = checkTable(t, 1, ALL_GIVEN);
      checkFunction(fn, 2, ALL_GIVEN);
      for (let key = table.nextKey(undefined); key !== undefined; key = table.nextKey(key)) {
        const result = host.call1(fn, key, table.get(key));
        if (result !== undefined) return result;
      }
      return NONE;
    },
    foreachi(t: LuaValue, fn: LuaValue): LuaValue {
      const table = checkTable(t, 1, ALL_GIVEN);
      checkFunction(fn, 2, ALL_GIVEN);
      const last = table.length();
      for (let at = 1; at <= last; at++) {
        const result = host.call1(fn, at, host.index(table, at));
        if (result !== undefined) return result;
      }
      return NONE;
    },
    getn(t: LuaValue): LuaValue {
      return checkTable(t, 1, ALL_GIVEN).length();
    },
    insert(t: LuaValue, position: LuaValue, value: LuaValue): LuaValue {
      const table = checkTable(t, 1, arguments.length);
      if (arguments.length === 2) {
        table.setNum(table.length() + 1, position);
      } else {
        if (arguments.length !== 3) throw luaError("wrong number of arguments to 'insert'");
        insertAt(table, checkInt(position, 2, 3), value);
      }
      return NONE;
    },
    maxn(t: LuaValue): LuaValue {
      return largestKey(checkTable(t, 1, arguments.length));
    },
    move(source: LuaValue, from: LuaValue, to: LuaValue, at: LuaValue, target: LuaValue): LuaValue {
      const table = checkTable(source, 1, ALL_GIVEN);
      const first = checkInt(from, 2, ALL_GIVEN);
      const last = checkInt(to, 3, ALL_GIVEN);
      const goal = checkInt(at, 4, ALL_GIVEN);
      const into = target === undefined ? table : checkTable(target, 5, ALL_GIVEN);
      moveRange(host, table, first, last, goal, into);
      return into;
    },
    pack(...values: LuaValue[]): LuaValue {
      const table = LuaTable.fromArray(values);
      for (let at = table.length() + 1; at <= values.length; at++) table.setNum(at, values[at - 1]);
      table.setStr('n', values.length);
      return table;
    },
    remove(t: LuaValue, position: LuaValue): LuaValue {
      const table = checkTable(t, 1, ALL_GIVEN);
      const length = table.length();
      if (position === undefined) {
        return length === 0 ? NONE : removeAt(host, table, length, length);
      }
      const at = checkInt(position, 2, ALL_GIVEN);
      return at >= 1 && at <= length ? removeAt(host, table, at, length) : NONE;
    },
    sort(t: LuaValue, compare: LuaValue): LuaValue {
      const table = checkTable(t, 1, arguments.length);
      if (compare !== undefined) checkFunction(compare, 2, arguments.length);
      sortTable(host, table, compare);
      return NONE;
    },
    unpack(t: LuaValue, i: LuaValue, j: LuaValue): LuaValue {
      const argc = arguments.length;
      const table = checkTable(t, 1, argc);
      const from = optInt(i, 2, argc, 1);
      return unpackTable(table, from, j === undefined ? table.length() : checkInt(j, 3, argc));
    },
    new(arrayPart: LuaValue, hashPart: LuaValue): LuaValue {
      checkNumber(arrayPart, 1, arguments.length);
      checkNumber(hashPart, 2, arguments.length);
      return new LuaTable();
    },
    clear(t: LuaValue): LuaValue {
      checkTable(t, 1, arguments.length).clear();
      return NONE;
    },
  };
}
