import { HostError, type HostFunction, type HostModule, type HostResult, type ScriptValue } from '../../value.js';
import { objectFunctions } from './objects.js';
import { Waiting } from './wire.js';

/** Text for a script that cannot wait and calls what has to. */
const NOT_HERE = "this function has to wait: call it with 'await' inside an 'async def'";

/** Functions of the host that an interpreter can call, by number. */
export class HostFunctions {
  private readonly functions: HostFunction[];
  private readonly methods = new Map<HostFunction, number>();

  constructor() {
    this.functions = objectFunctions((fn) => {
      let number = this.methods.get(fn);
      if (number === undefined) this.methods.set(fn, (number = this.add(fn)));
      return number;
    });
  }

  add(fn: HostFunction): number {
    return this.functions.push(fn) - 1;
  }

  get(number: number): HostFunction {
    const fn = this.functions[number];
    if (fn === undefined) throw new HostError(`host function ${number} does not exist`);
    return fn;
  }

  /**
   * Calls a function for a script that can wait as `waiting` says.
   * @returns its result, or a promise where the script can wait for it
   */
  call(number: number, args: ScriptValue[], waiting: number): HostResult | Promise<HostResult> {
    const fn = this.get(number);
    if (waiting !== Waiting.Cannot) return fn(...args);
    const result = (fn.blocking ?? fn)(...args);
    if (!isPromise(result)) return result;
    result.catch(() => {});
    throw new HostError(NOT_HERE);
  }

  /** What `define` of the interpreter needs to make the module: see `hosts.py`. */
  describe(module: HostModule): [name: string, functions: ScriptValue, options: ScriptValue] {
    const functions = Object.entries(module.functions).map(([name, fn]) => [name, this.add(fn), fn.deferred === true]);
    const prelude = module.preludes?.python;
    const options = [constantsOf(module.constants ?? {}), prelude?.name ?? null, textOf(prelude?.source)];
    return [module.name, functions, options];
  }
}

export function isPromise<T>(value: T | Promise<T>): value is Promise<T> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
}

/** Text of this side, UTF-16, as the byte string of its UTF-8. */
export function textOf(text: string | undefined): string | null {
  return text === undefined ? null : Buffer.from(text, 'utf8').toString('latin1');
}

/** A byte string of UTF-8 as text of this side. */
export function readable(text: string): string {
  return Buffer.from(text, 'latin1').toString('utf8');
}

function constantsOf(constants: NonNullable<HostModule['constants']>): ReadonlyMap<string, ScriptValue> {
  const map = new Map<string, ScriptValue>();
  for (const [name, value] of Object.entries(constants)) {
    map.set(name, typeof value === 'object' ? constantsOf(value) : value);
  }
  return map;
}
