import { type ChildProcess, spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { ScriptRuntimeError } from '../../errors.js';
import type { LogLevel } from '../../runtime.js';
import { deadlineText, PYTHON_FOLDER, patienceOf } from '../python/sources.js';
import { FrameReader, FromChild } from './frames.js';

/** The oldest Python that works. `python/child.py` says the same. */
export const MINIMUM_PYTHON = '3.9';
/** How long an interpreter may take to say hello. */
const START_MS = 30_000;
const MAX_ERROR_LINES = 20;

export interface ChildOptions {
  readonly executable: string;
  readonly searchPath: readonly string[];
  readonly timeoutMs: number;
}

export interface ChildHandlers {
  frame(kind: number, bytes: Uint8Array, at: number, end: number): void;
  /** A line of the process itself, not through Python's own streams. */
  line(level: LogLevel, text: string): void;
  /** The process has ended, for `reason`. Not called before it was ready. */
  ended(reason: string): void;
}

/** One Python process. */
export class PythonChild {
  readonly pid: number | undefined;
  /** Resolves with the version once it is ready; rejects when it cannot be. */
  readonly ready: Promise<string>;
  private readonly process: ChildProcess;
  private readonly socket: Socket;
  private readonly handlers: ChildHandlers;
  private readonly lastLines: string[] = [];
  private exited: (() => void) | undefined;
  private over = false;

  constructor(options: ChildOptions, handlers: ChildHandlers) {
    this.handlers = handlers;
    const settings = JSON.stringify({
      searchPath: options.searchPath,
      patience: patienceOf(options.timeoutMs),
      deadlineText: deadlineText(options.timeoutMs),
    });
    // A group of its own: Ctrl-C in a terminal is for the server, which ends its children in order.
    this.process = spawn(options.executable, [`${PYTHON_FOLDER}child.py`, settings], {
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      detached: true,
    });
    this.pid = this.process.pid;
    this.socket = this.process.stdio[3] as Socket;
    this.ready = this.begin(options.executable);
    this.ready.catch(() => {});
  }

  private begin(executable: string): Promise<string> {
    return new Promise((resolve, reject) => {
      let ready = false;
      const timer = setTimeout(() => this.kill(), START_MS);
      const fail = (why: string): void => {
        clearTimeout(timer);
        reject(
          new ScriptRuntimeError({
            code: 'SCRIPT_ERR_UNSUPPORTED',
            message: `Cannot start Python '${executable}': ${why}`,
            language: 'python',
          }),
        );
      };
      const reader = new FrameReader((kind, bytes, at, end) => {
        if (kind === FromChild.Hello) {
          ready = true;
          clearTimeout(timer);
          resolve(Buffer.from(bytes.buffer, bytes.byteOffset + at, end - at).toString());
        } else this.handlers.frame(kind, bytes, at, end);
      });
      this.socket.on('data', (chunk: Uint8Array) => reader.push(chunk));
      this.socket.on('error', () => {}); // EPIPE: the end of the process tells why
      this.follow(this.process.stdout, 'info');
      this.follow(this.process.stderr, 'warn');
      this.process.on('error', (error: NodeJS.ErrnoException) => {
        const missing = error.code === 'ENOENT';
        fail(missing ? `there is no such program; Python ${MINIMUM_PYTHON} or later is needed` : error.message);
        this.end('could not be started');
      });
      this.process.on('close', (code, signal) => {
        const how = signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`;
        if (ready) this.end(how);
        else {
          fail(this.startFault(how));
          this.end(how);
        }
      });
    });
  }

  private startFault(how: string): string {
    const said = this.lastLines.join('\n');
    const old = /^offload: (Python [\d.]+ is too old)$/m.exec(said)?.[1];
    if (old !== undefined) return `${old}; Python ${MINIMUM_PYTHON} or later is needed`;
    return said === '' ? `it ${how}` : `it ${how}:\n${said}`;
  }

  private follow(stream: NodeJS.ReadableStream | null, level: LogLevel): void {
    if (stream === null) return;
    createInterface({ input: stream }).on('line', (line) => {
      this.lastLines.push(line);
      if (this.lastLines.length > MAX_ERROR_LINES) this.lastLines.shift();
      if (!/^offload: Python .* is too old$/.test(line)) this.handlers.line(level, line);
    });
  }

  private end(how: string): void {
    if (this.over) return;
    this.over = true;
    this.socket.destroy();
    this.exited?.();
    this.handlers.ended(how);
  }

  /** Sends bytes, which must stay as they are until the process has answered. */
  send(bytes: Uint8Array, at: number, end: number): void {
    if (!this.over) this.socket.write(bytes.subarray(at, end));
  }

  interrupt(): void {
    this.process.kill('SIGINT');
  }

  kill(): void {
    this.process.kill('SIGKILL');
  }

  /** Ends the process: what it does is finished, at most for `graceMs`. */
  async stop(graceMs: number): Promise<void> {
    if (this.over) return;
    const gone = new Promise<void>((resolve) => {
      this.exited = resolve;
    });
    this.socket.end();
    const timer = setTimeout(() => this.kill(), graceMs);
    await gone;
    clearTimeout(timer);
  }
}
