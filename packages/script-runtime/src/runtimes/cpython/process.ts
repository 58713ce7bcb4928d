import { ScriptRuntimeError } from '../../errors.js';
import type { EngineHost, LogLevel, ScriptCall } from '../../runtime.js';
import type { HostResult, ScriptValue } from '../../value.js';
import { Batch } from '../python/batch.js';
import { asScriptError } from '../python/faults.js';
import type { Asked, Interpreter } from '../python/interpreter.js';
import { broken } from '../python/marshal-reader.js';
import { MarshalWriter } from '../python/marshal-writer.js';
import { type ChildHandlers, PythonChild } from './child.js';
import { FromChild, HEADROOM, ToChild, writeHeader } from './frames.js';
import { SetupLog, type SetupStep } from './setup-log.js';
import { ProcessWatch } from './watch.js';

/** Settings of the language, milliseconds. */
export interface ProcessSettings {
  /** Program to start, a path or a name on the search path of programs. */
  readonly executable: string;
  /** Longest uninterrupted stretch while scripts load. */
  readonly loadTimeoutMs: number;
  /** How long an interrupted script may go on before its process is ended. */
  readonly graceMs: number;
}

export interface ProcessOptions extends ProcessSettings {
  readonly searchPath: readonly string[];
}

const MAX_RESTART_DELAY_MS = 5000;

/** A Python process that is replaced when it ends, and the batches on their way to it. At most one is out. */
export class PythonProcess {
  version = '';
  private readonly host: EngineHost;
  private readonly interpreter: Interpreter;
  private readonly options: ProcessOptions;
  private readonly watch: ProcessWatch;
  private readonly log = new SetupLog();
  private readonly queue: { readonly batch: Batch; readonly setup: boolean }[] = [];
  private child: PythonChild | undefined;
  /** `up`: serves; `starting`: a process starts or repeats the setup; `down`: none, until the next try. */
  private state: 'starting' | 'up' | 'down' | 'stopped' = 'starting';
  private out: Batch | null = null;
  private setups = 0;
  private loading = false;
  private failures = 0;
  private setupFault: ScriptRuntimeError | undefined;
  private replay: { step: SetupStep; answered: number } | undefined;
  private onReplayed: ((error: ScriptRuntimeError | null) => void) | undefined;
  private downFault: ScriptRuntimeError | undefined;

  constructor(host: EngineHost, interpreter: Interpreter, options: ProcessOptions) {
    this.host = host;
    this.interpreter = interpreter;
    this.options = options;
    this.watch = new ProcessWatch(
      {
        limitMs: () => (this.loading || this.replay !== undefined ? options.loadTimeoutMs : host.timeoutMs),
        interrupt: () => this.child?.interrupt(),
        kill: () => this.child?.kill(),
        ping: () => this.ping(),
      },
      options.graceMs,
    );
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  async start(): Promise<void> {
    const { executable, searchPath } = this.options;
    let child: PythonChild | undefined;
    const handlers: ChildHandlers = {
      frame: (kind, bytes, at, end) => {
        if (this.child === child) this.onFrame(kind, bytes, at, end);
      },
      line: (level: LogLevel, text: string) => this.host.log(level, text),
      ended: (reason) => {
        if (this.child === child) this.onEnded(reason);
      },
    };
    this.host.hold();
    try {
      child = new PythonChild({ executable, searchPath, timeoutMs: this.host.timeoutMs }, handlers);
      this.child = child;
      this.version = await child.ready;
      if (this.state === 'starting' && this.log.length === 0) this.state = 'up';
    } finally {
      this.host.release();
    }
  }

  /** @throws ScriptRuntimeError while there is no process and none can be started */
  usable(): void {
    if (this.downFault !== undefined) throw this.downFault;
  }

  /** Sends a command that belongs to the setup, alone in its batch; resolves with its result. */
  setup(add: (call: ScriptCall) => void): Promise<ScriptValue> {
    this.close();
    this.setups++;
    const settled = new Promise<ScriptValue>((resolve, reject) => {
      add({
        settled: (error, result) => {
          this.setups--;
          if (error !== null) this.log.failed();
          const fault = this.setupFault ?? error;
          this.setupFault = undefined;
          if (fault === null) resolve(result);
          else reject(fault);
        },
      });
    });
    // A definition nobody waits for: its fault is the next one's.
    settled.catch((fault: ScriptRuntimeError) => {
      if (this.setups > 0) this.setupFault = fault;
    });
    this.queue.push({ batch: this.interpreter.take(), setup: true });
    this.flush();
    return settled;
  }

  /** Closes the batch that is being filled; the next call begins another. */
  close(): void {
    if (!this.interpreter.batch.empty) this.queue.push({ batch: this.interpreter.take(), setup: this.setups > 0 });
  }

  /** Sends the next batch unless one is out. */
  flush(): void {
    if (this.out !== null || this.state !== 'up') return;
    let next = this.queue.shift();
    if (next === undefined) {
      if (this.interpreter.batch.empty) return;
      next = { batch: this.interpreter.take(), setup: this.setups > 0 };
    }
    this.loading = next.setup;
    if (next.setup) {
      const { writer, calls } = next.batch;
      this.log.begin(writer.bytes.slice(0, writer.at), calls.length);
    }
    this.send(next.batch);
  }

  private send(batch: Batch): void {
    const { writer, base } = batch;
    this.out = batch;
    this.interpreter.running = batch;
    this.host.hold();
    writeHeader(writer.bytes, writer.at, ToChild.Batch, base);
    this.child?.send(writer.bytes, 0, writer.at);
    this.watch.begin();
  }

  private onFrame(kind: number, bytes: Uint8Array, at: number, end: number): void {
    const { interpreter } = this;
    const cursor = this.out?.cursor;
    try {
      const asked = interpreter.receive(bytes, at, end);
      this.watch.waiting = interpreter.waitingCount > 0;
      // Only an outcome is progress: a script that prints for ever is late, too.
      if (this.out !== null && this.out.cursor !== cursor) this.watch.begin();
      if (kind === FromChild.Ask && asked !== null) this.answer(asked);
      else if (kind === FromChild.Reply) this.onReply();
    } catch (error) {
      this.host.log('error', asScriptError(error).message);
      this.child?.kill();
    }
  }

  private onReply(): void {
    const { out } = this;
    if (out === null) throw broken('a reply to nothing');
    this.watch.end();
    this.interpreter.failRunning(broken('calls without outcome'));
    this.release(out);
    if (this.replay !== undefined) this.onReplayed?.(null);
    else this.flush();
    if (this.out === null) this.watch.rest();
  }

  private release(batch: Batch): void {
    this.out = null;
    this.interpreter.running = null;
    this.interpreter.recycle(batch);
    this.host.release();
  }

  private answer(asked: Asked): void {
    const known = this.replay?.step.answers[this.replay.answered];
    const w = new MarshalWriter(256);
    w.at = HEADROOM;
    if (known !== undefined && known.fn === asked.fn && this.replay !== undefined) {
      this.replay.answered++;
      w.raw(known.bytes);
      this.sendAnswer(asked, w);
      return;
    }
    const promise = this.interpreter.answer(asked, w);
    if (promise === null) {
      this.sendAnswer(asked, w);
      return;
    }
    const { child } = this;
    const reply = (write: () => void): void => {
      if (this.child !== child) return;
      write();
      this.sendAnswer(asked, w);
    };
    promise.then(
      (value: HostResult) => reply(() => this.interpreter.writeAnswer(w, value)),
      (error: unknown) => reply(() => this.interpreter.writeError(w, error)),
    );
  }

  private sendAnswer(asked: Asked, w: MarshalWriter): void {
    if (this.loading) this.log.answered(asked, w.bytes.slice(HEADROOM, w.at));
    writeHeader(w.bytes, w.at, ToChild.Answer, asked.sequence);
    this.child?.send(w.bytes, 0, w.at);
  }

  /** Scripts wait inside: an empty batch shows whether the interpreter still comes round. */
  private ping(): void {
    if (this.out === null && this.state === 'up') this.send(this.interpreter.take());
  }

  private onEnded(reason: string): void {
    if (this.state === 'stopped') return;
    const pid = this.child?.pid;
    const fault = new ScriptRuntimeError({
      code: 'SCRIPT_ERR_HOST',
      message: `Python process ${pid} ${reason}`,
      language: 'python',
    });
    this.child = undefined;
    this.watch.stop();
    const { out } = this;
    if (out !== null) {
      this.interpreter.failRunning(fault);
      this.release(out);
    }
    this.interpreter.failWaiting(fault);
    if (this.replay !== undefined) {
      this.onReplayed?.(fault);
      return;
    }
    if (this.state !== 'up') return;
    this.host.log('error', `${fault.message}: replaced`, { pid });
    void this.restart();
  }

  /** Starts a successor and takes it through the setup; tries again later when that fails. */
  private async restart(): Promise<void> {
    this.state = 'starting';
    this.host.hold();
    try {
      this.interpreter.functions.restart();
      await this.start();
      for (let i = 0; i < this.log.length; i++) await this.repeat(this.log.step(i) as SetupStep);
      this.replay = undefined;
      if ((this.state as string) === 'stopped') return;
      this.state = 'up';
      this.failures = 0;
      this.downFault = undefined;
      this.host.log('info', `Python process ${this.pid} took its place`);
      this.flush();
    } catch (error) {
      this.replay = undefined;
      this.fail(asScriptError(error));
    } finally {
      this.host.release();
    }
  }

  private async repeat(step: SetupStep): Promise<void> {
    const batch = new Batch(HEADROOM);
    const base = new DataView(step.bytes.buffer, step.bytes.byteOffset).getUint32(5, true);
    let fault: ScriptRuntimeError | null = null;
    batch.begin(base);
    batch.writer.at = 0;
    batch.writer.raw(step.bytes);
    for (let i = 0; i < step.count; i++) {
      batch.calls.push({
        settled: (error) => {
          fault ??= error;
        },
      });
    }
    this.replay = { step, answered: 0 };
    const done = new Promise<void>((resolve, reject) => {
      this.onReplayed = (error) => (error === null ? resolve() : reject(error));
    });
    this.send(batch);
    await done;
    if (fault !== null && !step.failed) throw fault;
  }

  private fail(fault: ScriptRuntimeError): void {
    if (this.state === 'stopped') return;
    this.state = 'down';
    const before = this.child;
    this.child = undefined;
    before?.kill();
    const delay = Math.min(100 * 2 ** this.failures++, MAX_RESTART_DELAY_MS);
    this.host.log('error', `Python cannot be started again, next try in ${delay} ms: ${fault.message}`);
    this.downFault = fault;
    this.failQueued(fault);
    setTimeout(() => {
      if (this.state === 'down') void this.restart();
    }, delay).unref();
  }

  private failQueued(fault: ScriptRuntimeError): void {
    this.close();
    for (const { batch } of this.queue.splice(0)) {
      this.interpreter.running = batch;
      this.interpreter.failRunning(fault);
      this.interpreter.running = null;
      this.interpreter.recycle(batch);
    }
  }

  async stop(graceMs: number): Promise<void> {
    const before = this.state;
    this.state = 'stopped';
    this.watch.stop();
    if (this.out !== null) this.release(this.out);
    const { child } = this;
    this.child = undefined;
    if (before !== 'down') await child?.stop(graceMs);
  }
}
