import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { createState, type LuaFunction, LuaTable, type LuaValue, luaError, type State } from '@offload/lua';
import { createNodeSystem } from '@offload/lua/node';
import { ScriptRuntimeError } from '../../errors.js';
import type { NamedArguments } from '../../named-arguments.js';
import {
  type EngineHost,
  type EngineOptions,
  type LoadedScript,
  PENDING,
  type Pending,
  type ScriptCall,
  type ScriptEngine,
} from '../../runtime.js';
import type { HostConstants, HostModule, HostObjectClass, ScriptFunction, ScriptValue } from '../../value.js';
import { asSyntaxError, faultOf, Sources } from './faults.js';
import { HostFunctions } from './host-functions.js';
import { hostObjectMetatable } from './host-objects.js';
import { LineLog } from './line-log.js';
import { NamedValues } from './named-values.js';
import { Tasks } from './tasks.js';
import { LuaScriptFunction, Values } from './values.js';

const TIMED_OUT = 'script timed out';
/** First byte of precompiled code, of PUC Lua and of LuaJIT. */
const BYTECODE = 0x1b;

/**
 * One state of compiled Lua.
 *
 * Code that cannot be suspended runs several times faster, and few functions ever wait. So the first call of a function
 * runs in the version that can be suspended; if it did not wait, later ones run in the plain version, until one meets a
 * host function that blocks the thread: from then on the function runs suspendable for good. Nobody pays who never
 * waits.
 */
export class LuaEngine implements ScriptEngine {
  readonly language = 'lua';
  readonly engine = 'lua';
  private readonly host: EngineHost;
  private readonly state: State;
  private readonly values: Values;
  private readonly functions: HostFunctions;
  private readonly named: NamedValues;
  private readonly tasks: Tasks;
  private readonly sources = new Sources();
  private readonly out: LineLog;
  private readonly searchPath: readonly string[];
  private readonly roots: string[] = [];
  private script: string | undefined;
  private blocked = false;
  private timedOut = false;
  private closed = false;

  constructor(host: EngineHost, options: EngineOptions) {
    this.host = host;
    this.searchPath = options.searchPath ?? [];
    this.out = new LineLog(host, 'info');
    this.state = createState({
      print: (bytes) => this.out.write(bytes, this.script),
      system: createNodeSystem({ streams: false, environment: options.environment ?? {} }),
      readFile: (path) => this.readModule(path),
      path: this.luaPath(),
      onFuel: (state) => {
        if (!host.interrupted()) return;
        this.timedOut = true;
        state.interrupt(TIMED_OUT);
      },
    });
    const metatables = new Map<HostObjectClass, LuaTable>();
    this.values = new Values({
      metatableOf: (cls) => {
        let metatable = metatables.get(cls);
        if (metatable === undefined) {
          const wrap = this.functions.wrap.bind(this.functions);
          metatable = hostObjectMetatable(cls, {
            state: this.state,
            values: this.values,
            wrap: (n, f) => wrap(n, f, false),
          });
          metatables.set(cls, metatable);
        }
        return metatable;
      },
      wrapFunction: (fn) => this.functions.wrap('function', fn, false),
      whereOf: (fn) => this.whereOf(fn),
      index: (table, key) => this.guarded(() => this.state.index(table, key)),
    });
    this.functions = new HostFunctions(this.state, this.values, () => {
      this.blocked = true;
    });
    this.named = new NamedValues(this.state, this.values);
    this.hideArgumentsMetatable();
    this.tasks = new Tasks(host, this.values, {
      stretch: (script, run) => this.stretch(script, run),
      fault: (error, script) => this.fault(error, script),
    });
  }

  define(module: HostModule): void {
    const table = this.state.defineModule(module.name, {}, true);
    for (const [name, fn] of Object.entries(module.functions)) {
      table.define(name, this.functions.wrap(name, fn, module.style === 'colon'));
    }
    this.setConstants(table, module.constants ?? {});
    const prelude = module.preludes?.lua;
    if (prelude === undefined) return;
    const chunk = this.state.load(prelude.source, `=${prelude.name}`);
    this.guarded(() => this.state.call(chunk, table));
  }

  private setConstants(table: LuaTable, constants: HostConstants): void {
    for (const [name, value] of Object.entries(constants)) {
      if (typeof value !== 'object') {
        table.define(name, value);
        continue;
      }
      const inner = new LuaTable();
      this.setConstants(inner, value);
      table.define(name, inner);
    }
  }

  setGlobal(name: string, value: ScriptValue): void {
    this.state.setGlobal(name, this.values.toLua(value));
  }

  load(path: string): LoadedScript | Promise<LoadedScript> {
    const folder = dirname(resolve(path));
    if (!this.roots.includes(folder)) this.roots.unshift(folder);
    (this.state.getGlobal('package') as LuaTable | undefined)?.setStr('path', this.luaPath());
    const chunk = this.compile(path);
    return this.loading(path, chunk, [], (result) => ({ path, result }));
  }

  require(name: string): ScriptValue | Promise<ScriptValue> {
    return this.loading(name, this.state.getGlobal('require'), [name], (result) => result);
  }

  private loading<T>(
    script: string,
    fn: LuaFunction,
    args: readonly LuaValue[],
    finish: (r: ScriptValue) => T,
  ): T | Promise<T> {
    let settle: ScriptCall['settled'] = () => {};
    const settled = new Promise<ScriptValue>((yes, no) => {
      settle = (error, result) => (error === null ? yes(result) : no(asSyntaxError(error)));
    });
    let result: ScriptValue | Pending;
    try {
      const call = { settled: settle };
      result = this.tasks.start(this.state.createRun(fn), args, { script, call, handle: undefined, current: null });
    } catch (error) {
      throw asSyntaxError(error as ScriptRuntimeError);
    }
    return result === PENDING ? settled.then(finish) : finish(result);
  }

  call(fn: ScriptFunction, args: readonly ScriptValue[], call: ScriptCall): ScriptValue | Pending {
    const handle = this.own(fn);
    const { values } = this;
    if (handle.mode !== 'plain') {
      const list = args.map((arg) => values.toLua(arg));
      return this.tasks.start(this.state.createRun(handle.fn), list, {
        script: this.scriptOf(handle),
        call,
        handle,
        current: call,
      });
    }
    const { host } = this;
    const before = host.current;
    const previous = this.script;
    this.script = this.scriptOf(handle) ?? previous;
    host.current = call;
    host.enterScript();
    this.blocked = false;
    try {
      const result = this.callPlain(handle.fn, args);
      if (this.timedOut) throw this.timeout();
      return values.toHost(result);
    } catch (error) {
      throw this.fault(error);
    } finally {
      this.leave(before);
      this.script = previous;
      if (this.blocked) handle.mode = 'suspendable';
    }
  }

  /** Written out for three arguments: a message of a client has them. */
  private callPlain(fn: LuaFunction, args: readonly ScriptValue[]): LuaValue {
    const { values, state } = this;
    if (args.length !== 3) return state.call(fn, ...args.map((arg) => values.toLua(arg)));
    return state.call(fn, values.toLua(args[0]), values.toLua(args[1]), values.toLua(args[2]));
  }

  private scriptOf(handle: LuaScriptFunction): string | undefined {
    handle.script ??= this.sources.locate(`${handle.where}:`)?.script ?? '';
    return handle.script === '' ? undefined : handle.script;
  }

  callNamed(fn: ScriptFunction, args: NamedArguments, call: ScriptCall): ScriptValue | Pending {
    const handle = this.own(fn);
    const table = this.named.table(args);
    if (handle.mode !== 'plain') {
      return this.tasks.start(this.state.createRun(handle.fn), [table], {
        script: this.scriptOf(handle),
        call,
        handle,
        current: call,
      });
    }
    const { host } = this;
    const before = host.current;
    host.current = call;
    host.enterScript();
    this.blocked = false;
    try {
      const result = this.state.call(handle.fn, table);
      if (this.timedOut) throw this.timeout(this.scriptOf(handle));
      return typeof result === 'object' ? this.values.toHost(result) : (result as ScriptValue);
    } catch (error) {
      throw this.fault(error, this.scriptOf(handle));
    } finally {
      this.leave(before);
      if (this.blocked) handle.mode = 'suspendable';
    }
  }

  cancel(call: ScriptCall): void {
    this.tasks.cancel(call);
  }

  /** Calls run at once here, nothing is batched. */
  flush(): void {}

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.tasks.close();
    this.state.close();
  }

  private own(fn: ScriptFunction): LuaScriptFunction {
    if (this.closed)
      throw new ScriptRuntimeError({ code: 'SCRIPT_ERR_HOST', message: 'The engine is closed', language: 'lua' });
    if (fn instanceof LuaScriptFunction && fn.space === this.values.space) return fn;
    throw new TypeError('The function belongs to another engine');
  }

  /** Runs script code under the watchdog; an error of the deadline is raised even if the script caught it. */
  private stretch<T>(script: string | undefined, run: () => T): T {
    const { host } = this;
    const before = host.current;
    const previous = this.script;
    this.script = script ?? previous;
    host.enterScript();
    try {
      const result = run();
      if (this.timedOut) throw this.timeout();
      return result;
    } finally {
      this.leave(before);
      this.script = previous;
    }
  }

  private leave(before: ScriptCall | null): void {
    const { host } = this;
    if (this.timedOut) {
      this.timedOut = false;
      this.state.resume();
    }
    this.out.flush();
    host.leaveScript();
    host.current = before;
  }

  private guarded<T>(run: () => T): T {
    return this.stretch(undefined, () => {
      try {
        return run();
      } catch (error) {
        throw this.fault(error);
      }
    });
  }

  private timeout(script = this.script): ScriptRuntimeError {
    return new ScriptRuntimeError({
      code: 'SCRIPT_ERR_DEADLINE',
      message: `${TIMED_OUT} after ${this.host.timeoutMs} ms`,
      language: 'lua',
      ...(script === undefined ? {} : { script }),
    });
  }

  private fault(error: unknown, script = this.script): ScriptRuntimeError {
    return faultOf(this.state, this.sources, error, script);
  }

  private compile(path: string): LuaFunction {
    let source: Uint8Array;
    try {
      source = readFileSync(path);
    } catch (error) {
      const message = `Cannot read ${path}: ${(error as Error).message}`;
      throw new ScriptRuntimeError(
        { code: 'SCRIPT_ERR_LOAD', message, language: 'lua', script: path },
        { cause: error },
      );
    }
    this.sources.add(path);
    if (source[0] === BYTECODE) {
      const message = `${path}: precompiled bytecode cannot be loaded. Ship the Lua source instead: it is compiled when it is loaded.`;
      throw new ScriptRuntimeError({ code: 'SCRIPT_ERR_UNSUPPORTED', message, language: 'lua', script: path });
    }
    try {
      return this.state.load(withoutShebang(source), `@${path}`);
    } catch (error) {
      throw this.fault(error);
    }
  }

  private readModule(path: string): Uint8Array | undefined {
    try {
      const source = readFileSync(path);
      this.sources.add(path);
      return withoutShebang(source);
    } catch {
      return undefined;
    }
  }

  private luaPath(): string {
    return [...this.roots, ...this.searchPath]
      .flatMap((folder) => [join(folder, '?.lua'), join(folder, '?', 'init.lua')])
      .concat('./?.lua')
      .join(';');
  }

  private whereOf(fn: LuaFunction): string {
    const debug = this.state.getGlobal('debug') as LuaTable | undefined;
    const getinfo = debug?.getStr('getinfo') as LuaFunction | undefined;
    if (getinfo === undefined) return '';
    const info = this.state.call(getinfo, fn, 'S') as LuaTable;
    const chunk = String(info.getStr('short_src'));
    const line = Number(info.getStr('linedefined'));
    return line < 0 ? chunk : `${this.sources.pathOf(chunk) ?? chunk}:${line}`;
  }

  /** The table of named arguments shows no metatable: scripts that print everything print what the C server has. */
  private hideArgumentsMetatable(): void {
    const hidden = this.named.metatable;
    for (const library of [this.state.globals, this.state.getGlobal('debug') as LuaTable]) {
      const original = library.getStr('getmetatable') as (v: LuaValue) => LuaValue;
      const hide = (v: LuaValue): LuaValue => (v instanceof LuaTable && v.meta === hidden ? undefined : original(v));
      library.setStr('getmetatable', this.state.defineFunction('getmetatable', hide));
    }
    const setmetatable = this.state.getGlobal('setmetatable') as (t: LuaValue, m: LuaValue) => LuaValue;
    const guard = (t: LuaValue, m: LuaValue): LuaValue => {
      if (t instanceof LuaTable && t.meta === hidden) throw luaError('cannot change a protected metatable');
      return setmetatable(t, m);
    };
    this.state.setGlobal('setmetatable', this.state.defineFunction('setmetatable', guard));
  }
}

/** A first line that begins with `#` is for the shell; its line end stays, so that line numbers do. */
function withoutShebang(source: Uint8Array): Uint8Array {
  if (source[0] !== 0x23) return source;
  const end = source.indexOf(10);
  return end < 0 ? new Uint8Array(0) : source.subarray(end);
}
