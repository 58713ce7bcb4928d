import { createState, type LuaFunction, type LuaRun, type LuaTable, type LuaValue, type State } from '@offload/lua';
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
import type { HostModule, HostObjectClass, ScriptFunction, ScriptValue } from '../../value.js';
import { asSyntaxError, faultOf } from './faults.js';
import { hideMetatable } from './hidden-metatable.js';
import { HostFunctions } from './host-functions.js';
import { defineHostModule } from './host-modules.js';
import { hostObjectMetatable } from './host-objects.js';
import { bytesOf, LineLog } from './line-log.js';
import { NamedValues } from './named-values.js';
import { ScriptFiles } from './script-files.js';
import { scriptSystem } from './script-system.js';
import { definitionOf, Sources } from './sources.js';
import { Tasks } from './tasks.js';
import { LuaScriptFunction, Values } from './values.js';

const TIMED_OUT = 'script timed out';

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
  private readonly files: ScriptFiles;
  private script: string | undefined;
  /** The handler of named arguments that was called last in its plain version. */
  private message: LuaScriptFunction | undefined;
  private blocked = false;
  private timedOut = false;
  private closed = false;

  constructor(host: EngineHost, options: EngineOptions) {
    this.host = host;
    this.files = new ScriptFiles(this.sources, options.searchPath ?? []);
    this.out = new LineLog(host, 'info');
    this.state = createState({
      print: (bytes) => this.out.write(bytes, this.script ?? (this.message && this.scriptOf(this.message))),
      system: scriptSystem(host, options),
      readFile: (path) => this.files.readModule(path),
      path: this.files.luaPath,
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
      whereOf: (fn) => definitionOf(this.state, this.sources, fn),
      index: (table, key) => this.guarded(() => this.state.index(table, key)),
    });
    this.functions = new HostFunctions(this.state, this.values, () => {
      this.blocked = true;
    });
    this.named = new NamedValues(this.state, this.values);
    hideMetatable(this.state, this.named.metatable);
    this.tasks = new Tasks(host, this.values, {
      stretch: (script, run) => this.stretch(script, run),
      fault: (error, script) => this.fault(error, script),
    });
  }

  define(module: HostModule): void {
    const table = defineHostModule(this.state, this.functions, module);
    const prelude = module.preludes?.lua;
    if (prelude === undefined) return;
    const chunk = this.state.load(prelude.source, `=${prelude.name}`);
    this.guarded(() => this.state.call(chunk, table));
  }

  setGlobal(name: string, value: ScriptValue): void {
    this.state.setGlobal(bytesOf(name), this.values.toLua(value));
  }

  load(path: string): LoadedScript | Promise<LoadedScript> {
    this.files.addRootOf(path);
    (this.state.getGlobal('package') as LuaTable | undefined)?.setStr('path', this.files.luaPath);
    return this.loading(path, this.compile(path), [], (result) => ({ path, result }));
  }

  require(name: string): ScriptValue | Promise<ScriptValue> {
    const run = this.state.createRun(this.state.getGlobal('require'));
    return this.loading(name, run, [bytesOf(name)], (result) => result);
  }

  private loading<T>(
    script: string,
    run: LuaRun,
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
      result = this.tasks.start(run, args, { script, call, handle: undefined, current: null });
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
    this.message = handle;
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

  /** The top level of a script: it runs once, and may wait. */
  private compile(path: string): LuaRun {
    const source = this.files.readScript(path);
    try {
      return this.state.loadRun(source, `@${bytesOf(path)}`);
    } catch (error) {
      throw this.fault(error);
    }
  }
}
