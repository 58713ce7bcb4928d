import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ScriptRuntimeError } from '../../src/errors.js';
import type { NamedArguments } from '../../src/named-arguments.js';
import {
  type EngineOptions,
  PENDING,
  type Pending,
  type ScriptCall,
  type ScriptEngine,
  type ScriptRuntime,
} from '../../src/runtime.js';
import {
  HostError,
  type HostObject,
  type HostObjectClass,
  Results,
  ScriptFunction,
  type ScriptValue,
} from '../../src/value.js';
import { TestHost } from './test-host.js';

/** A counter scripts can use in every way an object can be used. */
export interface Counter {
  count: number;
  readonly labels: Map<string, ScriptValue>;
}

export const COUNTER: HostObjectClass<Counter> = {
  name: 'counter',
  methods: {
    add: (self, by) => {
      const counter = (self as HostObject<Counter>).value;
      if (typeof by !== 'number') throw new HostError('number expected');
      counter.count += by;
      return counter.count;
    },
    later: async (self) => (self as HostObject<Counter>).value.count,
  },
  index: (self, key) => (key === 'count' ? self.count : (self.labels.get(String(key)) ?? null)),
  newIndex: (self, key, value) => {
    if (key === 'count') throw new HostError('count cannot be set');
    self.labels.set(String(key), value);
  },
  toText: (self) => `counter at ${self.count}`,
  length: (self) => self.labels.size,
  equals: (a, b) => a.count === b.count,
  entries: (self) => [...self.labels.entries()].sort(),
};

/** One engine with the module `t` the fixtures use. */
export class Bench {
  readonly host: TestHost;
  readonly engine: ScriptEngine;
  /** Functions the scripts registered. */
  readonly functions = new Map<string, ScriptFunction>();
  /** What the scripts noted, one entry per call of `t.note`. */
  readonly notes: ScriptValue[][] = [];
  /** The promises of `t.wait`, by label. */
  readonly waits = new Map<string, PromiseWithResolvers>();
  private readonly folder: string;

  private constructor(host: TestHost, engine: ScriptEngine, folder: string) {
    this.host = host;
    this.engine = engine;
    this.folder = folder;
  }

  static async create(runtime: ScriptRuntime, options: EngineOptions): Promise<Bench> {
    const host = new TestHost();
    const engine = await runtime.createEngine(host, options);
    const bench = new Bench(host, engine, mkdtempSync(join(tmpdir(), 'conformance-')));
    bench.define();
    return bench;
  }

  async close(): Promise<void> {
    await this.engine.close();
    rmSync(this.folder, { recursive: true });
  }

  /** Calls a registered function to its end. */
  call(name: string, ...args: ScriptValue[]): Promise<ScriptValue> {
    return this.start(name, ...args).settled;
  }

  /** Calls a registered function; `first` is what the engine answered at once. */
  start(name: string, ...args: ScriptValue[]): Started {
    return this.begin((call) => this.engine.call(this.fn(name), args, call));
  }

  callNamed(name: string, args: NamedArguments): Promise<ScriptValue> {
    return this.begin((call) => this.engine.callNamed(this.fn(name), args, call)).settled;
  }

  callFunction(fn: ScriptFunction, ...args: ScriptValue[]): Promise<ScriptValue> {
    return this.begin((call) => this.engine.call(fn, args, call)).settled;
  }

  /** Writes a script into a folder of its own and returns its path. */
  write(file: string, source: string | Uint8Array): string {
    const path = join(this.folder, file);
    writeFileSync(path, source);
    return path;
  }

  fn(name: string): ScriptFunction {
    const fn = this.functions.get(name);
    if (fn === undefined) throw new Error(`The fixture registers no function ${name}`);
    return fn;
  }

  /** Resolves when the script waits for `label`. */
  async waiting(label: string): Promise<PromiseWithResolvers> {
    for (;;) {
      const wait = this.waits.get(label);
      if (wait !== undefined) return wait;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  private begin(run: (call: ScriptCall) => ScriptValue | Pending): Started {
    let settle: ScriptCall['settled'] = () => {};
    const settled = new Promise<ScriptValue>((resolve, reject) => {
      settle = (error, result) => (error === null ? resolve(result) : reject(error));
    });
    const call: ScriptCall = { settled: (error, result) => settle(error, result) };
    let first: ScriptValue | Pending;
    try {
      first = run(call);
    } catch (error) {
      settle(error as ScriptRuntimeError, undefined);
      return { call, first: undefined, settled };
    }
    if (first !== PENDING) settle(null, first);
    this.engine.flush();
    return { call, first, settled };
  }

  private define(): void {
    this.engine.define({
      name: 't',
      functions: {
        register: (name, fn) => {
          if (!(fn instanceof ScriptFunction)) throw new HostError('function expected');
          this.functions.set(String(name), fn);
        },
        note: (...values) => {
          this.notes.push(values);
        },
        echo: (value) => value,
        count: (...values) => values.length,
        several: () => new Results(1, 'two', null, true),
        nothing: () => {},
        fail: (text) => {
          throw new HostError(String(text));
        },
        crash: () => {
          throw new TypeError('a bug of the host');
        },
        reject: async (text) => {
          throw new HostError(String(text));
        },
        wait: (label) => {
          const wait = withResolvers();
          this.waits.set(String(label), wait);
          return wait.promise;
        },
        who: () => (this.host.current === null ? 'nobody' : 'somebody'),
        call: (fn, ...args) => {
          const result = this.engine.call(fn as ScriptFunction, args, { settled: () => {} });
          return result === PENDING ? 'pending' : result;
        },
      },
      constants: { answer: 42, name: 'bench', yes: true, half: 0.5, scope: { txn: 2, deep: { er: 3 } } },
    });
    this.engine.define({
      name: 'm',
      functions: { count: (...values) => values.length, first: (value) => value },
      style: 'colon',
    });
  }
}

export interface Started {
  readonly call: ScriptCall;
  readonly first: ScriptValue | Pending;
  readonly settled: Promise<ScriptValue>;
}

export interface PromiseWithResolvers {
  readonly promise: Promise<ScriptValue>;
  resolve(value: ScriptValue): void;
  reject(error: unknown): void;
}

function withResolvers(): PromiseWithResolvers {
  let resolve: (value: ScriptValue) => void = () => {};
  let reject: (error: unknown) => void = () => {};
  const promise = new Promise<ScriptValue>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

/** The fixture scripts of a language: `fixtures/<language>/*`. */
export function fixtureFolder(language: string): string {
  const folder = new URL(`../fixtures/${language}/`, import.meta.url).pathname;
  if (readdirSync(folder).length === 0) throw new Error(`No fixtures for ${language}`);
  return folder;
}
