/** Everything a state's compiled code runs on, put together. */

import { LuaError } from '../errors.js';
import { Hash } from '../hash.js';
import type { LibHost, Library } from '../lib/host.js';
import { numberToString, stringToNumber } from '../lib/number-text.js';
import { callError, luaError, typeName } from '../raise.js';
import { LuaTable } from '../table.js';
import { type LuaFunction, LuaUserdata, type LuaValue, multi, NONE } from '../value.js';
import { accessOps, type MakeSuspendable } from './access-ops.js';
import { arithmeticOps, power } from './arithmetic-ops.js';
import { Chunk } from './chunk.js';
import type { Suspendable } from './coroutine.js';
import { Fuel } from './fuel.js';
import { TypeMetas } from './heap.js';
import { hostFunction } from './host-function.js';
import { floorDivide } from './integer.js';
import { Caller, finish, type Invoke, PendingCall } from './invoke.js';
import { IpairsIterator, PairsIterator } from './iterators.js';
import { Scheduler } from './scheduler.js';
import { Suspended } from './suspended.js';
import type { Suspender } from './suspender.js';
import { settleAll, settleFirst, TailCall, tailCall } from './tail-call.js';

/** Holds a variable that several closures share and change. */
class Box {
  v: LuaValue;

  constructor(v: LuaValue) {
    this.v = v;
  }
}

export class Engine {
  readonly globals = new LuaTable();
  readonly metas = new TypeMetas();
  readonly fuel: Fuel;
  readonly caller: Caller;
  readonly scheduler: Scheduler;
  readonly host: LibHost;
  /** The `R` of generated code. */
  readonly runtime: Record<string, unknown>;
  /** Environment of newly loaded chunks: the globals, until `setfenv(0, t)`. */
  env = this.globals;
  /** The error whose handler runs (xpcall), for debug.traceback. */
  handled: unknown = undefined;
  private readonly addresses = new WeakMap<object, string>();
  private lastAddress = 0x40000000;

  constructor(hook: () => void, write: (bytes: string) => void) {
    this.fuel = new Fuel(hook);
    this.caller = new Caller(this.metas, callError);
    const pending = new PendingCall();
    this.scheduler = new Scheduler(this.fuel, this.caller, pending);
    const plain: Invoke = (handler, args, after) => finish(this.caller.call(handler, args), after);
    const deferred: Invoke = (handler, args, after) => {
      pending.handler = handler;
      pending.args = args;
      pending.after = after;
      return pending;
    };
    const ops = this.slowOps(plain);
    const twins = Object.entries(this.slowOps(deferred, this.scheduler.suspendable)).map(([name, op]) => [
      `${name}$`,
      op,
    ]);
    this.host = this.makeHost(ops, write);
    this.runtime = { ...this.values(), ...ops, ...Object.fromEntries(twins), ...this.generatorParts(pending) };
  }

  /** Compiles a chunk (a byte string) and returns its main function. */
  load(source: string, chunkName: string, env: LuaTable = this.env): LuaFunction {
    return new Chunk(source, chunkName, this.runtime).main(env);
  }

  /** Compiles a chunk to be run once, where it may wait. */
  loadSuspendable(source: string, chunkName: string, env: LuaTable = this.env): Suspender {
    return new Chunk(source, chunkName, this.runtime).singleRun(env);
  }

  /** Registers the functions of a library and puts everything into `table`. */
  install(library: Library, table: LuaTable): LuaTable {
    const members = new Map<string, LuaValue>();
    for (const [name, value] of Object.entries(library)) {
      members.set(name, typeof value === 'function' && !('g$' in value) ? hostFunction(name, value) : value);
    }
    table.defineAll(members);
    return table;
  }

  private slowOps(invoke: Invoke, suspendable?: MakeSuspendable) {
    return { ...arithmeticOps(this.metas, invoke), ...accessOps(this.metas, this.caller, invoke, suspendable) };
  }

  private values(): Record<string, unknown> {
    const { fuel } = this;
    return {
      T: LuaTable,
      H: Hash,
      N: NONE,
      B: Box,
      F: fuel,
      TR: { toString: () => (fuel.trap() ? '1' : '') },
      TK: {
        toString: () => {
          fuel.tick();
          return '';
        },
      },
      TC: TailCall,
      ST: this.metas.string,
      PI: PairsIterator,
      II: IpairsIterator,
      FI: settleFirst,
      AL: settleAll,
      ML: multi,
      NS: numberToString,
      NPOW: power,
      NIDIV: floorDivide,
      TL: (fn: LuaFunction, args: readonly LuaValue[]) => {
        fuel.refillTail();
        return (fn as Suspendable).refuses === true ? fn() : tailCall(fn, args);
      },
      NA: newArray,
      NN: newNumbers,
      NL: newList,
      NR: newRecord,
      AA: appendAll,
      RS: rawStore,
      SEL: selectFrom,
      FOR: forNumber,
      ERR: hostFunction('error', raiseAt),
    };
  }

  private generatorParts(pending: PendingCall): Record<string, unknown> {
    const { scheduler } = this;
    return {
      P: pending,
      PR: scheduler.runPending,
      PS: scheduler.runStarted,
      SU: Suspended,
      RG: scheduler.settle,
      GN: scheduler.generatorOf,
      CG: scheduler.start,
      CF: scheduler.startFirst,
    };
  }

  private makeHost(ops: ReturnType<Engine['slowOps']>, write: (bytes: string) => void): LibHost {
    const { caller, fuel, metas } = this;
    return {
      call: (fn, ...args) => caller.call(fn, args),
      call1: (fn, ...args) => {
        const r = caller.call(fn, args);
        return r instanceof Array ? r[0] : r;
      },
      tostring: (v) => this.tostring(v),
      address: (v) => this.address(v),
      index: ops.IX,
      setindex: ops.SX,
      length: ops.LEN,
      lessThan: ops.LT as (a: LuaValue, b: LuaValue) => boolean,
      equals: (a, b) => a === b || ops.EQ(a, b),
      metamethod: (v, event) => metas.metaOf(v)?.getStr(event),
      burn: (n) => fuel.burn(n),
      write,
    };
  }

  tostring(v: LuaValue): string {
    return printed(this.tostringValue(v));
  }

  /** What `tostring` returns: a string, unless a `__tostring` metamethod has other ideas. */
  tostringValue(v: LuaValue): LuaValue {
    if (typeof v === 'string') return v;
    if (typeof v === 'number') return numberToString(v);
    const handler = this.metas.metaOf(v)?.getStr('__tostring');
    if (handler !== undefined) return settleFirst(this.caller.call(handler, [v]));
    if (v === undefined) return 'nil';
    if (typeof v === 'boolean') return v ? 'true' : 'false';
    if (typeof v === 'bigint') return numberToString(v);
    const name = v instanceof LuaUserdata && v.meta !== undefined ? v.meta.getStr('__name') : undefined;
    return `${typeof name === 'string' ? name : typeName(v)}: ${this.address(v)}`;
  }

  address(v: LuaValue): string {
    let a = this.addresses.get(v);
    if (a === undefined) {
      a = `0x${(this.lastAddress += 16).toString(16).padStart(8, '0')}`;
      this.addresses.set(v, a);
    }
    return a;
  }
}

/**
 * A table of the elements `arr[1]`, `arr[2]`, ...; `arr` becomes its array part. A rest parameter: an array literal would
 * have an allocation site, by which V8 may decide to allocate in the old generation for good.
 */
function newArray(...arr: LuaValue[]): LuaTable {
  return newList(arr);
}

/** The same from an array, for as many elements as there are. */
function newList(arr: LuaValue[]): LuaTable {
  const t = new LuaTable();
  t.arr = arr;
  if (arr[arr.length - 1] === undefined) t.trim();
  return t;
}

/** What `print` writes for a result of `tostring`. */
export function printed(text: LuaValue): string {
  if (typeof text === 'string') return text;
  if (typeof text === 'number') return numberToString(text);
  throw luaError("'tostring' must return a string to 'print'");
}

/** A table of numbers. */
function newNumbers(arr: LuaValue[]): LuaTable {
  const t = new LuaTable();
  t.arr = arr;
  return t;
}

function newRecord(hash: Hash): LuaTable {
  const t = new LuaTable();
  t.hash = hash;
  return t;
}

function appendAll(t: LuaTable, from: number, values: readonly LuaValue[]): void {
  for (let i = values.length - 1; i >= 0; i--) if (values[i] === undefined) t.setNum(from + i, undefined);
  for (let i = 0; i < values.length; i++) t.setNum(from + i, values[i]);
}

function rawStore(t: LuaTable, k: LuaValue, v: LuaValue): void {
  if (k === undefined) throw luaError('table index is nil', 0);
  if (k !== k) throw luaError('table index is NaN', 0);
  t.set(k, v);
}

/** `select(n, ...)` for n >= 1. */
function selectFrom(n: number, values: readonly LuaValue[]): LuaValue {
  const from = Math.trunc(n) - 1;
  return from >= values.length ? NONE : multi(values.slice(from));
}

const FOR_PARTS = ['', 'initial value', 'limit', 'step'];

function forNumber(v: LuaValue, part: number): number {
  const n = typeof v === 'string' ? stringToNumber(v) : typeof v === 'bigint' ? v : undefined;
  if (n === undefined) throw luaError(`'for' ${FOR_PARTS[part]} must be a number`, 0);
  return Number(n);
}

/** `error(v)` called on a known line. */
function raiseAt(v: LuaValue, chunk: Chunk, line: number): never {
  const text = typeof v === 'number' ? numberToString(v) : v;
  throw new LuaError(typeof text === 'string' ? `${chunk.name}:${line}: ${text}` : v);
}
