import { type ChildProcess, spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { ScriptRuntimeError } from '../../errors.js';
import type { LogLevel } from '../../runtime.js';
import { deadlineText, PYTHON_FOLDER, patienceOf } from '../python/sources.js';
import { CallSocket } from './call-socket.js';
import { type FrameHandler, FrameSplitter, FromChild } from './frames.js';

/** The oldest Python that works. `python/child.py` says the same. */
export const MINIMUM_PYTHON = '3.9';
/** How long an interpreter may take to say hello, in milliseconds. */
const START_MS = 30_000;
/** How long the pipes of a process that has ended are read, in milliseconds. */
const LAST_WORDS_MS = 250;
const MAX_LAST_LINES = 20;
/** What the watchdog in C says before it shows where all threads are and ends the process. */
const HUNG = /^Timeout \(\d+:\d\d:\d\d\.\d+\)!$/;
const TOO_OLD = /^offload: (Python [\d.]+ is too old)$/m;

/** Times in milliseconds. */
export interface ChildOptions {
  readonly executable: string;
  readonly searchPath: readonly string[];
  readonly timeoutMs: number;
  readonly loadTimeoutMs: number;
  readonly graceMs: number;
}

export interface ChildHandlers {
  /** What coroutines say between batches. */
  event: FrameHandler;
  /** A line of the process itself, not through Python's own streams. */
  line(level: LogLevel, text: string): void;
  /** The process has ended, for `reason`. */
  ended(reason: string): void;
}

/** One Python process. */
export class PythonChild {
  readonly pid: number | undefined;
  /** Resolves with the version once it is ready; rejects when it cannot be. */
  readonly ready: Promise<string>;
  /** Batches and their replies; once `ready`. */
  calls!: CallSocket;
  private readonly process: ChildProcess;
  private readonly handlers: ChildHandlers;
  private readonly lastLines: string[] = [];
  private readonly gone: Promise<void>;
  private over = false;
  private hung = false;

  constructor(options: ChildOptions, handlers: ChildHandlers) {
    this.handlers = handlers;
    const settings = JSON.stringify({
      searchPath: options.searchPath,
      patience: patienceOf(options.timeoutMs),
      deadlineText: deadlineText(options.timeoutMs),
      timeout: options.timeoutMs / 1000,
      loadTimeout: options.loadTimeoutMs / 1000,
      grace: options.graceMs / 1000,
    });
    // A group of its own: Ctrl-C in a terminal is for the server, which ends its children in order.
    this.process = spawn(options.executable, [`${PYTHON_FOLDER}child.py`, settings], {
      stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'],
      detached: true,
    });
    this.pid = this.process.pid;
    let ended: () => void = () => {};
    this.gone = new Promise((resolve) => {
      ended = resolve;
    });
    this.ready = this.begin(options.executable, () => {
      this.over = true;
      ended();
    });
    this.ready.catch(() => {});
  }

  private begin(executable: string, ended: () => void): Promise<string> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.kill(), START_MS);
      const fail = (why: string): void => {
        clearTimeout(timer);
        const message = `Cannot start Python '${executable}': ${why}`;
        reject(new ScriptRuntimeError({ code: 'SCRIPT_ERR_UNSUPPORTED', message, language: 'python' }));
      };
      const splitter = new FrameSplitter((kind, bytes, at, end) => {
        if (kind !== FromChild.Hello) {
          this.handlers.event(kind, bytes, at, end);
          return;
        }
        clearTimeout(timer);
        try {
          this.calls = new CallSocket(this.process.stdio[3] as Socket);
          resolve(Buffer.from(bytes.subarray(at, end)).toString());
        } catch (error) {
          this.kill();
          reject(error);
        }
      });
      const events = this.process.stdio[4] as Socket | undefined;
      events?.on('data', (chunk: Uint8Array) => splitter.push(chunk));
      for (const socket of [events, this.process.stdio[3] as Socket | undefined]) socket?.on('error', () => {});
      this.follow(this.process.stdout, 'info');
      this.follow(this.process.stderr, 'warn');
      this.process.on('error', (error: NodeJS.ErrnoException) => {
        fail(whyNot(error));
        ended();
      });
      this.process.on('exit', (code, signal) => {
        const over = (): void => {
          const how = this.howItEnded(code, signal);
          clearTimeout(patience);
          this.process.off('close', over);
          for (const stream of this.process.stdio) stream?.destroy();
          fail(this.startFault(how));
          ended();
          this.handlers.ended(how);
        };
        // What it said last is heard, unless a process that a script has started keeps the pipes open.
        const patience = setTimeout(over, LAST_WORDS_MS);
        this.process.on('close', over);
      });
    });
  }

  private howItEnded(code: number | null, signal: string | null): string {
    if (this.hung) return 'did not come back from a function in C and was ended';
    return signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`;
  }

  private startFault(how: string): string {
    const said = this.lastLines.join('\n');
    const old = TOO_OLD.exec(said)?.[1];
    if (old !== undefined) return `${old}; Python ${MINIMUM_PYTHON} or later is needed`;
    return said === '' ? `it ${how}` : `it ${how}:\n${said}`;
  }

  private follow(stream: NodeJS.ReadableStream | null, level: LogLevel): void {
    if (stream === null) return;
    createInterface({ input: stream }).on('line', (line) => {
      this.lastLines.push(line);
      if (this.lastLines.length > MAX_LAST_LINES) this.lastLines.shift();
      if (HUNG.test(line)) this.hung = true;
      else if (!TOO_OLD.test(line)) this.handlers.line(level, line);
    });
  }

  /** Answers a question that came as an event. */
  sendEvent(bytes: Uint8Array): void {
    if (!this.over) (this.process.stdio[4] as Socket).write(bytes);
  }

  kill(): void {
    this.process.kill('SIGKILL');
  }

  /** Ends the process: what it does is finished, at most for `graceMs`. */
  async stop(graceMs: number): Promise<void> {
    if (this.over) return;
    (this.process.stdio[3] as Socket).destroy();
    (this.process.stdio[4] as Socket).end();
    const timer = setTimeout(() => this.kill(), graceMs);
    await this.gone;
    clearTimeout(timer);
  }
}

function whyNot({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'ENOENT') return `there is no such program; Python ${MINIMUM_PYTHON} or later is needed`;
  // Of a virtual environment it is the program that is wanted, not the folder.
  if (code === 'EACCES') return 'it is a folder, or nothing that may be executed';
  return message;
}
