import { Watch } from './protocol.js';
import type { EngineHost, LogLevel, ScriptCall } from './runtime.js';
import { subjectOfAll } from './subjects.js';

/** The part of an {@link EngineHost} that all engines of one thread share. */
export interface ThreadHost {
  readonly timeoutMs: number;
  log(level: LogLevel, message: string, fields?: Readonly<Record<string, unknown>>): void;
  giveUp(error: Error): void;
  hold(): void;
  release(): void;
}

/** Brackets script code for the watchdog of another thread: two plain stores per call, no clock. */
export class SharedWatch {
  private readonly words: Int32Array;
  private sequence = 0;
  private depth = 0;

  constructor(memory: SharedArrayBuffer) {
    this.words = new Int32Array(memory);
  }

  enter(loading: boolean): void {
    if (this.depth++ === 0) {
      // Never 0, which stands for no interrupt.
      this.sequence = (this.sequence + 1) | 0 || 1;
      this.words[Watch.Sequence] = this.sequence;
      this.words[Watch.Loading] = loading ? 1 : 0;
      this.words[Watch.Busy] = 1;
    }
  }

  leave(): void {
    if (--this.depth === 0) this.words[Watch.Busy] = 0;
  }

  /** One more plain store per call: it says what hangs when the worker does not come back. */
  runsFor(subject: number): void {
    this.words[Watch.Subject] = subject;
  }

  subjectOfAll(calls: readonly (ScriptCall | null)[], from: number): number {
    return subjectOfAll(this.words, calls, from);
  }

  interrupted(): boolean {
    return this.depth > 0 && Atomics.load(this.words, Watch.Interrupt) === this.sequence;
  }

  blockedBy(pid: number): number {
    return Atomics.exchange(this.words, Watch.Process, pid);
  }
}

/** The same for scripts that run in the calling thread, where no one else can watch: reads the clock. */
export class ClockWatch {
  /** Counts from the next stretch on. */
  timeoutMs: number;
  private depth = 0;
  private deadline = 0;

  constructor(timeoutMs: number) {
    this.timeoutMs = timeoutMs;
  }

  enter(_loading: boolean): void {
    if (this.depth++ === 0) this.deadline = performance.now() + this.timeoutMs;
  }

  leave(): void {
    this.depth--;
  }

  runsFor(_subject: number): void {}

  subjectOfAll(): number {
    return 0;
  }

  interrupted(): boolean {
    return this.depth > 0 && performance.now() > this.deadline;
  }

  /** The calling thread is the one that would have to end the process. */
  blockedBy(_pid: number): number {
    return 0;
  }
}

/** One engine's view of its thread. */
export class WatchedHost implements EngineHost {
  readonly timeoutMs: number;
  private call: ScriptCall | null = null;
  /** What script code runs for that works for no single call. */
  private served = 0;
  private readonly thread: ThreadHost;
  private readonly watch: SharedWatch | ClockWatch;

  constructor(thread: ThreadHost, watch: SharedWatch | ClockWatch) {
    this.thread = thread;
    this.watch = watch;
    this.timeoutMs = thread.timeoutMs;
  }

  get current(): ScriptCall | null {
    return this.call;
  }

  set current(call: ScriptCall | null) {
    this.call = call;
    this.watch.runsFor(call === null ? this.served : (call.subject ?? 0));
  }

  serves(calls: readonly (ScriptCall | null)[], from: number): void {
    this.served = this.watch.subjectOfAll(calls, from);
    if (this.call === null) this.watch.runsFor(this.served);
  }

  log(level: LogLevel, message: string, fields?: Readonly<Record<string, unknown>>): void {
    this.thread.log(level, message, fields);
  }

  enterScript(loading = false): void {
    this.watch.enter(loading);
  }

  leaveScript(): void {
    this.watch.leave();
  }

  interrupted(): boolean {
    return this.watch.interrupted();
  }

  blockedBy(pid: number): number {
    return this.watch.blockedBy(pid);
  }

  giveUp(error: Error): void {
    this.thread.giveUp(error);
  }

  hold(): void {
    this.thread.hold();
  }

  release(): void {
    this.thread.release();
  }
}
