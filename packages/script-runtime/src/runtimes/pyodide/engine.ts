import { dirname } from 'node:path';
import type { PyodideAPI } from 'pyodide';
import type { PyBuffer as PyBufferProxy, PyBufferView, PyCallable } from 'pyodide/ffi';
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
import type { HostModule, ScriptFunction, ScriptValue } from '../../value.js';
import { asScriptError } from '../python/faults.js';
import { textOf } from '../python/host-functions.js';
import { type Asked, Interpreter } from '../python/interpreter.js';
import { MarshalWriter } from '../python/marshal-writer.js';
import { OwnCall } from '../python/own-call.js';
import { deadlineText, patienceOf, readRuntimePackage } from '../python/sources.js';
import { Entry } from '../python/wire.js';
import { InterruptSource } from './interrupts.js';
import { Mounts } from './mounts.js';

/** A batch of more than this crosses before its pass is over. */
const MAX_BATCH_BYTES = 256 * 1024;
const RUNTIME_FOLDER = '/lib/offload';

/** CPython in WebAssembly, in this thread. */
export class PyodideEngine implements ScriptEngine {
  readonly language = 'python';
  readonly engine = 'pyodide';
  private readonly host: EngineHost;
  private readonly py: PyodideAPI;
  private readonly interpreter: Interpreter;
  private readonly mounts: Mounts;
  private readonly answers: MarshalWriter[] = [];
  private readonly run: PyCallable;
  private readonly more: PyCallable;
  private readonly resize: PyCallable;
  private bytes!: PyBufferProxy;
  private buffer!: PyBufferView;
  private view!: Uint8Array;
  private asking = 0;
  private woken = false;
  private closed = false;
  private fatal: ScriptRuntimeError | undefined;

  constructor(py: PyodideAPI, host: EngineHost, options: EngineOptions) {
    this.host = host;
    this.py = py;
    this.interpreter = new Interpreter(host, { headroom: 0, wake: () => this.wake() });
    this.mounts = new Mounts(py);
    const searchPath = options.searchPath ?? [];
    for (const folder of [process.cwd(), ...searchPath]) this.mounts.add(folder);
    for (const [name, source] of readRuntimePackage()) {
      py.FS.mkdirTree(`${RUNTIME_FOLDER}/offload_runtime`);
      py.FS.writeFile(`${RUNTIME_FOLDER}/offload_runtime/${name}`, source);
    }
    py.runPython(`import sys; sys.path.insert(0, '${RUNTIME_FOLDER}')`);
    const embedded = py.pyimport('offload_runtime.embedded');
    py.runPython(`sys.path.remove('${RUNTIME_FOLDER}')`);
    this.run = embedded.run;
    this.more = embedded.more;
    this.resize = embedded.resize;
    const folders = py.toPy([...searchPath]);
    embedded.install(this.services(), folders, patienceOf(host.timeoutMs), deadlineText(host.timeoutMs));
    folders.destroy();
    try {
      py.runPython(`import os; os.chdir(${JSON.stringify(process.cwd())})`);
    } catch {
      // The working folder is one that cannot be mounted: paths relative to it do not work.
    }
    py.setInterruptBuffer(new InterruptSource(host) as unknown as Uint8Array);
  }

  /** What the interpreter calls. */
  private services(): Record<string, (...args: never[]) => unknown> {
    const pause = new Int32Array(new SharedArrayBuffer(4));
    return {
      post: (size: number) => void this.receive(size),
      ask: (size: number) => this.ask(size),
      enter: () => this.host.enterScript(),
      leave: () => this.host.leaveScript(),
      sleep: (seconds: number) => void Atomics.wait(pause, 0, 0, seconds * 1000),
      resized: (bytes: PyBufferProxy) => {
        const before = this.bytes;
        this.bytes = bytes.copy() as PyBufferProxy;
        this.look();
        before?.destroy();
      },
    };
  }

  /** The shared buffer. The memory of WebAssembly moves when it grows: views of the old one are empty. */
  private shared(): Uint8Array {
    if (this.view.length === 0) this.look();
    return this.view;
  }

  private look(): void {
    this.buffer?.release();
    this.buffer = this.bytes.getBuffer('u8');
    this.view = this.buffer.data as Uint8Array;
  }

  define(module: HostModule): void {
    this.command(Entry.Define, ...this.interpreter.hostFunctions.describe(module));
  }

  setGlobal(name: string, value: ScriptValue): void {
    const dressed = true;
    this.command(Entry.SetGlobal, name, dressed, value);
  }

  private command(entry: number, ...parts: ScriptValue[]): void {
    const call = new OwnCall(null, () => {});
    this.start(() => this.interpreter.batch.command(entry, this.interpreter.values, call, ...parts));
    call.outcome();
  }

  load(path: string): LoadedScript | Promise<LoadedScript> {
    const refused = this.mounts.add(dirname(path));
    if (refused !== undefined) {
      const message = `Cannot load ${path}: ${refused}`;
      throw new ScriptRuntimeError({ code: 'SCRIPT_ERR_LOAD', message, language: 'python', script: path });
    }
    return this.follow(Entry.Load, textOf(path), (result) => ({ path, result }));
  }

  require(name: string): ScriptValue | Promise<ScriptValue> {
    return this.follow(Entry.Require, textOf(name), (result) => result);
  }

  private follow<T>(entry: number, part: ScriptValue, finish: (result: ScriptValue) => T): T | Promise<T> {
    let settle: ScriptCall['settled'] = () => {};
    const settled = new Promise<ScriptValue>((resolve, reject) => {
      settle = (error, result) => (error === null ? resolve(result) : reject(error));
    });
    const call = new OwnCall(null, (error, result) => settle(error, result));
    this.start(() => this.interpreter.batch.command(entry, this.interpreter.values, call, part));
    const result = call.outcome();
    return result === PENDING ? settled.then(finish) : finish(result);
  }

  call(fn: ScriptFunction, args: readonly ScriptValue[], call: ScriptCall): ScriptValue | Pending {
    const own = new OwnCall(call, (error, result) => call.settled(error, result));
    const { values, batch } = this.interpreter;
    this.start(() => batch.call(values.own(fn), args, values, own));
    return own.outcome();
  }

  private start(add: () => void): void {
    this.usable();
    add();
    this.cross();
  }

  callNamed(fn: ScriptFunction, args: NamedArguments, call: ScriptCall): Pending {
    this.usable();
    const { interpreter } = this;
    const number = interpreter.values.own(fn);
    if (interpreter.batch.size > MAX_BATCH_BYTES) this.cross();
    interpreter.batch.callNamed(number, args, call);
    // Passes end with flush(); this is for calls outside of any.
    this.wake();
    return PENDING;
  }

  cancel(call: ScriptCall): void {
    if (this.interpreter.cancel(call)) this.cross();
  }

  flush(): void {
    if (!this.interpreter.batch.empty) this.cross();
  }

  /** Sends what is in the batch once the present work is done. */
  private wake(): void {
    if (this.woken || this.closed) return;
    this.woken = true;
    queueMicrotask(() => {
      this.woken = false;
      if (!this.closed && this.fatal === undefined) this.flush();
    });
  }

  /** Runs the batch: one crossing there and back, or several when it takes long. */
  private cross(): void {
    const { interpreter, host } = this;
    const batch = interpreter.take();
    const outer = interpreter.running;
    interpreter.running = batch;
    try {
      const { writer } = batch;
      this.put(writer);
      for (let first = true, left = true; left; first = false) {
        host.enterScript();
        let size: number;
        try {
          size = first ? this.run(batch.base, writer.at) : this.more();
        } finally {
          host.leaveScript();
        }
        left = size < 0;
        this.receive(left ? ~size : size);
      }
    } catch (error) {
      this.fail(error);
    } finally {
      host.current = null;
      interpreter.running = outer;
      interpreter.recycle(batch);
    }
  }

  /** Takes apart what Python put into the buffer; a copy, since what follows may cross again. */
  private receive(size: number): Asked | null {
    return this.interpreter.receive(this.shared().slice(0, size), 0, size);
  }

  private put({ bytes, at }: MarshalWriter): void {
    if (at > this.shared().length) this.resize(roundUp(at));
    this.shared().set(bytes.subarray(0, at));
  }

  private ask(size: number): number {
    const asked = this.receive(size);
    // What is asked for may call a script that asks, too.
    const w = (this.answers[this.asking] ??= new MarshalWriter());
    w.at = 0;
    this.asking++;
    try {
      if (asked === null) this.interpreter.writeError(w, new Error('no question'));
      else this.interpreter.answer(asked, w);
      this.put(w);
    } finally {
      this.asking--;
    }
    return w.at;
  }

  private usable(): void {
    if (this.fatal !== undefined) throw this.fatal;
    if (this.closed) {
      throw new ScriptRuntimeError({ code: 'SCRIPT_ERR_HOST', message: 'The engine is closed', language: 'python' });
    }
  }

  /** The interpreter itself failed; after a fatal error of Pyodide it is of no use any more. */
  private fail(error: unknown): void {
    const fault = asScriptError(error);
    if ((error as Error).name !== 'PythonError') this.fatal = fault;
    this.interpreter.failRunning(fault);
    if (this.fatal !== undefined) this.interpreter.failWaiting(fault);
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.interpreter.dropWaiting();
    this.buffer.release();
    this.py.setInterruptBuffer(undefined as unknown as Uint8Array);
  }
}

function roundUp(size: number): number {
  return 2 ** Math.ceil(Math.log2(size));
}
