import { existsSync, realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import type { PyodideAPI } from 'pyodide';
import type { PyBuffer, PyBufferView, PyCallable } from 'pyodide/ffi';
import { ScriptRuntimeError } from '../../errors.js';
import type { EngineHost, EngineOptions, LoadedScript } from '../../runtime.js';
import type { Asked } from '../python/answers.js';
import { PythonEngine } from '../python/engine.js';
import { MarshalWriter } from '../python/marshal-writer.js';
import { deadlineText, patienceOf, readRuntimePackage, searchPathOf } from '../python/sources.js';
import { logFatalErrors } from './fatal-errors.js';
import { InterruptSource } from './interrupts.js';
import { Mounts } from './mounts.js';

const RUNTIME_FOLDER = '/lib/offload';

/** CPython in WebAssembly, in this thread. */
export class PyodideEngine extends PythonEngine {
  readonly engine = 'pyodide';
  private readonly py: PyodideAPI;
  private readonly mounts: Mounts;
  private readonly answers: MarshalWriter[] = [];
  private readonly run: PyCallable;
  private readonly more: PyCallable;
  private readonly resize: PyCallable;
  private bytes!: PyBuffer;
  private buffer!: PyBufferView;
  private view!: Uint8Array;
  private asking = 0;
  private fatal: ScriptRuntimeError | undefined;

  constructor(py: PyodideAPI, host: EngineHost, options: EngineOptions) {
    super(host, 0);
    this.py = py;
    this.mounts = new Mounts(py);
    const searchPath = searchPathOf(options);
    for (const folder of [process.cwd(), ...searchPath]) this.mounts.add(folder);
    py.FS.mkdirTree(`${RUNTIME_FOLDER}/offload_runtime`);
    for (const [name, source] of readRuntimePackage()) {
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
    // A worker's streams have no descriptors, which is what Pyodide would use for code that knows none of Python's.
    py.setStdin({ stdin: () => null });
    py.setStdout({ batched: (line) => host.log('info', line) });
    py.setStderr({ batched: (line) => host.log('warn', line) });
    logFatalErrors(py, (text) => host.log('error', text));
    py.setInterruptBuffer(new InterruptSource(host) as unknown as Uint8Array);
  }

  /** What the interpreter calls. */
  private services(): Record<string, (...args: never[]) => unknown> {
    const pause = new Int32Array(new SharedArrayBuffer(4));
    return {
      post: (size: number) => void this.receive(size),
      ask: (size: number) => this.ask(size),
      enter: (call: number) => {
        this.interpreter.serveWaiting(call);
        this.host.enterScript();
      },
      leave: () => {
        this.host.leaveScript();
        this.interpreter.serve(null);
      },
      sleep: (seconds: number) => void Atomics.wait(pause, 0, 0, seconds * 1000),
      resized: (bytes: PyBuffer) => {
        const before = this.bytes;
        this.bytes = bytes.copy() as PyBuffer;
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

  override load(path: string): LoadedScript | Promise<LoadedScript> {
    const refused = this.mounts.add(dirname(path));
    if (refused !== undefined) {
      const message = `Cannot load ${path}: ${refused}`;
      throw new ScriptRuntimeError({ code: 'SCRIPT_ERR_LOAD', message, language: 'python', script: path });
    }
    // Where the script is a link, modules and files beside what it leads to are found, too.
    if (existsSync(path)) this.mounts.add(dirname(realpathSync(path)));
    return super.load(path);
  }

  protected get ready(): boolean {
    return this.fatal === undefined;
  }

  protected checkUsable(): void {
    if (this.fatal !== undefined) throw this.fatal;
  }

  protected crossSetup(): void {
    this.cross();
  }

  /** One crossing there and back, or several when the batch takes long. */
  protected cross(): void {
    const { interpreter, host } = this;
    const batch = interpreter.take();
    const outer = interpreter.running;
    interpreter.running = batch;
    const { exitCode } = process;
    try {
      this.put(batch.writer);
      for (let first = true, left = true; left; first = false) {
        interpreter.serve(batch);
        host.enterScript();
        let size: number;
        try {
          size = first ? this.run(batch.base, batch.writer.at) : this.more();
        } finally {
          host.leaveScript();
        }
        left = size < 0;
        this.receive(left ? ~size : size);
      }
    } catch (error) {
      // `os._exit(0)` has set it, and would make a success of whatever comes of its end.
      process.exitCode = exitCode;
      this.fail(error);
    } finally {
      host.current = null;
      interpreter.serve(outer);
      interpreter.running = outer;
      interpreter.recycle(batch);
    }
  }

  /** Takes apart what Python put into the buffer; a copy, since what follows may cross again. */
  private receive(size: number): Asked | null {
    return this.interpreter.receive(this.shared().slice(0, size), 0, size);
  }

  private put({ bytes, at }: MarshalWriter): void {
    if (at > this.shared().length) this.resize(2 ** Math.ceil(Math.log2(at)));
    this.shared().set(bytes.subarray(0, at));
  }

  private ask(size: number): number {
    const asked = this.receive(size);
    // What is asked for may call a script that asks, too.
    const w = (this.answers[this.asking] ??= new MarshalWriter());
    w.at = 0;
    this.asking++;
    try {
      if (asked === null) this.interpreter.answers.writeError(w, new Error('no question'));
      else this.interpreter.answers.answer(asked, w);
      this.put(w);
    } finally {
      this.asking--;
    }
    return w.at;
  }

  /** The interpreter itself failed, or what runs scripts there did: it is of no use any more. */
  private fail(error: unknown): void {
    const known = this.fatal !== undefined;
    const { message: text } = error as Error;
    const failed = (error as Error).name === 'PythonError';
    const message = failed
      ? `Python (Pyodide) failed: ${text.trim().split('\n').at(-1)}`
      : `Python (Pyodide) ended: ${text}`;
    const data = { code: 'SCRIPT_ERR_HOST', message, language: 'python' } as const;
    const fault = (this.fatal ??= new ScriptRuntimeError(failed ? { ...data, traceback: text } : data));
    this.interpreter.failRunning(fault);
    this.interpreter.failWaiting(fault);
    if (!known) this.host.giveUp(fault);
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.interpreter.dropWaiting();
    if (this.fatal !== undefined) return;
    this.buffer.release();
    this.py.setInterruptBuffer(undefined as unknown as Uint8Array);
  }
}
