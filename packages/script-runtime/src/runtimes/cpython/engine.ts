import { ScriptRuntimeError } from '../../errors.js';
import type { EngineHost, EngineOptions } from '../../runtime.js';
import type { Asked } from '../python/answers.js';
import type { Batch } from '../python/batch.js';
import { EndedFault } from '../python/ended-fault.js';
import { PythonEngine } from '../python/engine.js';
import { asScriptError } from '../python/faults.js';
import { MarshalWriter } from '../python/marshal-writer.js';
import type { OwnCall } from '../python/own-call.js';
import { deadlineText, patienceOf, searchPathOf } from '../python/sources.js';
import { Entry } from '../python/wire.js';
import { ProcessEnded } from './call-socket.js';
import { type ChildHandlers, PythonChild } from './child.js';
import { FromChild, HEADROOM, ToChild, writeHeader } from './frames.js';
import { SetupLog, type SetupStep } from './setup-log.js';
import { SetupReplay } from './setup-replay.js';

/** Settings of the language, milliseconds. */
export interface CPythonSettings {
  /** Program to start, a path or a name on the search path of programs. */
  readonly executable: string;
  /** Longest uninterrupted stretch while scripts load. */
  readonly loadTimeoutMs: number;
  /** How long an interrupted script may go on before its process ends. */
  readonly graceMs: number;
}

const STOP_MS = 1000;
const MAX_RESTART_DELAY_MS = 5000;

/**
 * The machine's own Python in a process of its own, which is replaced when it ends. The thread waits while scripts run
 * there, as it would for scripts of its own; only what coroutines do between batches comes as events.
 */
export class CPythonEngine extends PythonEngine {
  readonly engine = 'cpython';
  /** Version of the interpreter, e.g. `3.11.7`. */
  version = '';
  private readonly options: EngineOptions;
  private readonly settings: CPythonSettings;
  private readonly log = new SetupLog();
  /** `down`: there is none, until the next try. */
  private state: 'starting' | 'up' | 'down' = 'starting';
  private child: PythonChild | undefined;
  private downFault: ScriptRuntimeError | undefined;
  private failures = 0;
  private lastAnswered = 0;
  /** The step a successor takes. */
  private replay: SetupReplay | undefined;
  /** Commands of the setup that are not over. */
  private setups = 0;
  private lost: Promise<string> | undefined;
  private toldTimeoutMs = 0;

  private constructor(host: EngineHost, options: EngineOptions, settings: CPythonSettings) {
    super(host, HEADROOM);
    this.options = options;
    this.settings = settings;
  }

  /** @throws ScriptRuntimeError `SCRIPT_ERR_UNSUPPORTED` when the interpreter is missing or too old */
  static async create(host: EngineHost, options: EngineOptions, settings: CPythonSettings): Promise<CPythonEngine> {
    const engine = new CPythonEngine(host, options, settings);
    await engine.start();
    engine.state = 'up';
    return engine;
  }

  /** Process id of the present interpreter. */
  get pid(): number | undefined {
    return this.child?.pid;
  }

  protected get ready(): boolean {
    return this.state === 'up';
  }

  protected checkUsable(): void {
    if (this.downFault !== undefined) throw this.downFault;
    if (this.host.timeoutMs !== this.toldTimeoutMs) this.tellTimeout();
  }

  /** The process watches its scripts itself. */
  private tellTimeout(): void {
    const { interpreter, host } = this;
    this.toldTimeoutMs = host.timeoutMs;
    interpreter.batch.command(
      Entry.Limits,
      interpreter.values,
      null,
      host.timeoutMs / 1000,
      deadlineText(host.timeoutMs),
      patienceOf(host.timeoutMs),
    );
  }

  private async start(): Promise<void> {
    const { host, options, settings } = this;
    let ended: (reason: string) => void = () => {};
    this.lost = new Promise((resolve) => {
      ended = resolve;
    });
    const handlers: ChildHandlers = {
      event: (kind, bytes, at, end) => {
        if (this.child === child) this.event(kind, bytes, at, end);
      },
      line: (level, text) => host.log(level, text),
      ended: (reason) => {
        ended(reason);
        if (this.child === child && !this.closed) this.end(reason);
      },
    };
    const searchPath = searchPathOf(options);
    const child = new PythonChild({ ...settings, searchPath, timeoutMs: host.timeoutMs }, handlers);
    this.child = child;
    host.hold();
    try {
      this.version = await child.ready;
    } finally {
      host.release();
    }
    this.lastAnswered = 0;
    this.toldTimeoutMs = host.timeoutMs;
  }

  protected crossSetup(call: OwnCall): void {
    if (this.state !== 'up') throw this.fault('is being replaced');
    this.setups++;
    call.whenSettled = (error) => {
      this.setups--;
      if (error !== null) this.log.failed();
    };
    this.cross();
  }

  protected cross(): void {
    const batch = this.interpreter.take();
    // What a script waits for while it loads belongs to the setup, too.
    if (this.setups > 0) this.log.begin(batch.writer.bytes.slice(0, batch.writer.at), batch.calls.length);
    this.exchange(batch);
    this.interpreter.recycle(batch);
  }

  /** Sends a batch and does what its script asks for until it is over. */
  private exchange(batch: Batch, loading = false): void {
    const { interpreter, host, child } = this;
    const { writer } = batch;
    const outer = interpreter.running;
    interpreter.running = batch;
    interpreter.serve(batch);
    host.enterScript(loading);
    const blockedBefore = host.blockedBy(child?.pid ?? 0);
    try {
      const calls = (child as PythonChild).calls;
      writeHeader(writer.bytes, writer.at, ToChild.Batch, batch.base);
      calls.write(writer.bytes, 0, writer.at);
      for (;;) {
        const frame = calls.read();
        if (frame[0] === FromChild.Tick) continue;
        const asked = interpreter.receive(frame, 1, frame.length);
        if (frame[0] === FromChild.Reply) break;
        if (frame[0] === FromChild.Ask && asked !== null) this.answer(asked, (w) => calls.write(w.bytes, 0, w.at));
        else {
          // Part of the results: what comes next has the whole time.
          host.leaveScript();
          interpreter.serve(batch);
          host.enterScript(loading);
        }
      }
    } catch (error) {
      this.broken(error, batch);
    } finally {
      host.blockedBy(blockedBefore);
      host.leaveScript();
      host.current = null;
      interpreter.serve(outer);
      interpreter.running = outer;
    }
  }

  private answer(asked: Asked, send: (w: MarshalWriter) => void): void {
    const w = new MarshalWriter(256);
    w.at = HEADROOM;
    this.lastAnswered = asked.sequence;
    const known = this.replay?.answerTo(asked);
    if (known !== undefined) w.raw(known);
    else this.interpreter.answers.answer(asked, w);
    if (this.setups > 0) this.log.answered(asked, w.bytes.slice(HEADROOM, w.at));
    writeHeader(w.bytes, w.at, ToChild.Answer, asked.sequence);
    send(w);
  }

  /** What coroutines say between batches. */
  private event(kind: number, bytes: Uint8Array, at: number, end: number): void {
    try {
      const asked = this.interpreter.receive(bytes, at, end);
      if (kind !== FromChild.Ask || asked === null || asked.sequence <= this.lastAnswered) return;
      this.answer(asked, (w) => this.child?.sendEvent(w.bytes.subarray(0, w.at)));
    } catch (error) {
      this.host.log('error', asScriptError(error).message);
      this.child?.kill();
    }
  }

  /** The process ended in the middle of a batch, or said what makes no sense: then it has to end. */
  private broken(error: unknown, batch: Batch): void {
    const { child, interpreter, lost: ended } = this;
    if (!(error instanceof ProcessEnded)) this.host.log('error', asScriptError(error).message);
    // Also where it seems to have ended: a script may have closed the sockets.
    child?.kill();
    if (this.child === child) {
      this.child = undefined;
      this.state = this.state === 'up' ? 'starting' : this.state;
      if (this.replay === undefined) void this.replace(child?.pid, ended);
    }
    interpreter.running = batch;
    const fault = new EndedFault(child?.pid, ended);
    interpreter.failRunning(fault);
    interpreter.failWaiting(fault);
  }

  /** The process ended while nothing was to be done. */
  private end(reason: string): void {
    const pid = this.child?.pid;
    this.child = undefined;
    if (this.state !== 'up') return;
    this.state = 'starting';
    this.interpreter.failWaiting(this.fault(reason, pid));
    void this.replace(pid, Promise.resolve(reason));
  }

  private fault(reason: string, pid: number | undefined = this.pid): ScriptRuntimeError {
    const message = `Python process ${pid ?? ''} ${reason}`;
    return new ScriptRuntimeError({ code: 'SCRIPT_ERR_HOST', message, language: 'python' });
  }

  /** Starts a successor and takes it through the setup; tries again later when that fails. */
  private async replace(pid: number | undefined, lost: Promise<string> | undefined): Promise<void> {
    const { host, interpreter } = this;
    host.hold();
    try {
      const reason = (await lost) ?? 'ended';
      if (this.closed) return;
      if (pid !== undefined) host.log('error', `Python process ${pid} ${reason}: it is replaced`, { pid });
      interpreter.functions.restart();
      await this.start();
      for (const step of this.log.all) this.repeat(step);
      if (this.closed) return;
      this.state = 'up';
      this.failures = 0;
      this.downFault = undefined;
      host.log('info', `Python process ${this.pid} took its place`, { pid: this.pid });
      this.flush();
    } catch (error) {
      this.fail(asScriptError(error));
    } finally {
      this.replay = undefined;
      host.release();
    }
  }

  private repeat(step: SetupStep): void {
    const replay = new SetupReplay(step);
    this.replay = replay;
    const loading = true;
    this.exchange(replay.batch, loading);
    this.replay = undefined;
    if (replay.fault !== null) throw replay.fault;
    if (this.child === undefined) throw this.fault('ended while it loaded the scripts');
  }

  private fail(fault: ScriptRuntimeError): void {
    if (this.closed) return;
    const before = this.child;
    this.child = undefined;
    this.state = 'down';
    before?.kill();
    const delay = Math.min(100 * 2 ** this.failures++, MAX_RESTART_DELAY_MS);
    this.host.log('error', `Python cannot be started again, next try in ${delay} ms: ${fault.message}`);
    this.downFault = fault;
    this.interpreter.failBatch(fault);
    setTimeout(() => {
      if (this.state === 'down' && !this.closed) {
        this.state = 'starting';
        void this.replace(undefined, undefined);
      }
    }, delay).unref();
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    this.interpreter.dropWaiting();
    const { child } = this;
    this.child = undefined;
    await child?.stop(STOP_MS);
  }
}
