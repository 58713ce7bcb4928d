import { pathToFileURL } from 'node:url';
import { byteString } from '../byte-string.js';
import { ScriptRuntimeError } from '../errors.js';
import { ArgumentKind, type NamedArguments } from '../named-arguments.js';
import {
  type EngineHost,
  type LoadedScript,
  PENDING,
  type Pending,
  type ScriptCall,
  type ScriptEngine,
  type ScriptRuntime,
} from '../runtime.js';
import { type HostModule, ScriptFunction, type ScriptValue } from '../value.js';

/** One entry of the list a plain handler is called with. */
export interface PlainArgument {
  readonly name: string;
  readonly value: null | boolean | number | bigint | string | Uint8Array;
}

class PlainFunction extends ScriptFunction {
  readonly where: string;
  readonly fn: (...args: unknown[]) => unknown;
  constructor(fn: (...args: unknown[]) => unknown, where: string) {
    super();
    this.fn = fn;
    this.where = where;
  }
}

/**
 * JavaScript functions behind the seams of a language: measures what rings, pool and bridge cost without any
 * interpreter, and gives tests a handler of exactly known behaviour. Not the JavaScript language of the product: it
 * has no deadline (an endless loop costs the worker) and its scripts see all of Node.
 *
 * A `.plain.mjs` file exports a default function; it is called with `{ moduleName: { functions and constants } }`.
 */
export const plain: ScriptRuntime = {
  language: 'plain',
  engine: 'plain',
  extensions: ['.plain.mjs'],
  createEngine: (host) => new PlainEngine(host),
};

class PlainEngine implements ScriptEngine {
  readonly language = 'plain';
  readonly engine = 'plain';
  private readonly host: EngineHost;
  private readonly modules: Record<string, Record<string, unknown>> = {};
  private path = '';

  constructor(host: EngineHost) {
    this.host = host;
  }

  define(module: HostModule): void {
    const own: Record<string, unknown> = { ...module.constants };
    for (const [name, fn] of Object.entries(module.functions)) {
      const convert = (arg: unknown): ScriptValue =>
        typeof arg === 'function' ? this.wrap(arg as never) : (arg as ScriptValue);
      own[name] = (a: unknown, b: unknown, c: unknown, ...more: unknown[]) =>
        more.length > 0
          ? fn(convert(a), convert(b), convert(c), ...more.map(convert))
          : fn(convert(a), convert(b), convert(c));
    }
    this.modules[module.name] = own;
  }

  private wrap(fn: (...args: unknown[]) => unknown): PlainFunction {
    return new PlainFunction(fn, `${this.path}:${fn.name || 'function'}`);
  }

  setGlobal(name: string, value: ScriptValue): void {
    this.modules[name] = value as never;
  }

  async load(path: string): Promise<LoadedScript> {
    this.path = path;
    try {
      const module = (await import(pathToFileURL(path).href)) as { default(modules: unknown): ScriptValue };
      return { path, result: module.default(this.modules) };
    } catch (error) {
      throw this.fault(error, 'SCRIPT_ERR_LOAD');
    }
  }

  async require(name: string): Promise<ScriptValue> {
    return (await this.load(name)).result;
  }

  call(fn: ScriptFunction, args: readonly ScriptValue[], call: ScriptCall): ScriptValue | Pending {
    return this.run1((all: unknown) => (fn as PlainFunction).fn(...(all as unknown[])), args, call);
  }

  callNamed(fn: ScriptFunction, args: NamedArguments, call: ScriptCall): ScriptValue | Pending {
    const list: PlainArgument[] = [];
    for (let i = 0; i < args.count; i++) list.push({ name: args.names[i], value: plainValue(args, i) });
    return this.run1((fn as PlainFunction).fn, list, call);
  }

  private run1(fn: (arg: unknown) => unknown, arg: unknown, call: ScriptCall): ScriptValue | Pending {
    this.host.current = call;
    this.host.enterScript();
    let result: unknown;
    try {
      result = fn(arg);
    } catch (error) {
      throw this.fault(error, 'SCRIPT_ERR_RUNTIME');
    } finally {
      this.host.leaveScript();
      this.host.current = null;
    }
    if (!(result instanceof Promise)) return result as ScriptValue;
    this.host.hold();
    result.then(
      (value) => {
        this.host.release();
        call.settled(null, value as ScriptValue);
      },
      (error: unknown) => {
        this.host.release();
        call.settled(this.fault(error, 'SCRIPT_ERR_RUNTIME'), undefined);
      },
    );
    return PENDING;
  }

  private fault(error: unknown, code: 'SCRIPT_ERR_LOAD' | 'SCRIPT_ERR_RUNTIME'): ScriptRuntimeError {
    const { message, stack } = error as Error;
    return new ScriptRuntimeError(
      { code, message, language: 'plain', script: this.path, traceback: stack },
      { cause: error },
    );
  }

  cancel(): void {}
  flush(): void {}
  close(): void {}
}

function plainValue(args: NamedArguments, i: number): PlainArgument['value'] {
  switch (args.kinds[i]) {
    case ArgumentKind.Null:
      return null;
    case ArgumentKind.False:
      return false;
    case ArgumentKind.True:
      return true;
    case ArgumentKind.Integer:
      return args.integers[i];
    case ArgumentKind.Ipv4:
    case ArgumentKind.Ipv6:
    case ArgumentKind.Bytes:
    case ArgumentKind.String:
      return byteString(args.bytes, args.starts[i], args.ends[i]);
    default:
      return args.kinds[i] satisfies never;
  }
}
