/** A program run by a test: its output as lines that can be awaited, its end as a promise, stopped by its own id. */
import { type ChildProcess, spawn } from 'node:child_process';

export interface ProgramEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

interface Waiter {
  readonly pattern: RegExp;
  readonly found: (line: string) => void;
  readonly failed: (error: Error) => void;
}

/** Bounds a wait that will never end, so that a test reports what the program said instead of a bare timeout. */
const patienceMs = 60_000;

export class Program {
  readonly name: string;
  /** Every line of stdout and stderr so far, in the order they came. */
  readonly lines: string[] = [];
  /** Resolves when the process has ended and its output is read. */
  readonly ended: Promise<ProgramEnd>;
  readonly #child: ChildProcess;
  readonly #waiters = new Set<Waiter>();
  #hasEnded = false;

  constructor(command: string, args: readonly string[], options: { cwd?: string; env?: NodeJS.ProcessEnv } = {}) {
    this.name = command;
    this.#child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#readLines(this.#child.stdout);
    this.#readLines(this.#child.stderr);
    this.ended = new Promise((resolve) => {
      const end = (code: number | null, signal: NodeJS.Signals | null): void => {
        this.#hasEnded = true;
        resolve({ code, signal });
        for (const waiter of this.#waiters) waiter.failed(this.#failure(`ended before ${waiter.pattern}`));
      };
      this.#child.once('close', end);
      this.#child.once('error', (error) => {
        this.lines.push(String(error));
        end(null, null);
      });
    });
  }

  get pid(): number {
    return this.#child.pid!;
  }

  #readLines(stream: NodeJS.ReadableStream | null): void {
    let rest = '';
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      const parts = (rest + chunk).split('\n');
      rest = parts.pop() ?? '';
      for (const line of parts) this.#addLine(line);
    });
    stream?.on('end', () => {
      if (rest !== '') this.#addLine(rest);
    });
  }

  #addLine(line: string): void {
    this.lines.push(line);
    for (const waiter of this.#waiters) if (waiter.pattern.test(line)) waiter.found(line);
  }

  #failure(what: string): Error {
    return new Error(`${this.name} ${what}; it said:\n${this.lines.slice(-40).join('\n')}`);
  }

  /** The first line from number `from` on that matches; waits for it. Rejects when the program ends before. */
  waitForLine(pattern: RegExp, from = 0): Promise<string> {
    const line = this.lines.slice(from).find((text) => pattern.test(text));
    if (line !== undefined) return Promise.resolve(line);
    if (this.#hasEnded) return Promise.reject(this.#failure(`ended before ${pattern}`));
    return new Promise((resolve, reject) => {
      const settle = <T>(then: (value: T) => void) => {
        return (value: T): void => {
          clearTimeout(timer);
          this.#waiters.delete(waiter);
          then(value);
        };
      };
      const waiter: Waiter = { pattern, found: settle(resolve), failed: settle(reject) };
      const timer = setTimeout(() => waiter.failed(this.#failure(`never said ${pattern}`)), patienceMs);
      this.#waiters.add(waiter);
    });
  }

  signal(signal: NodeJS.Signals): void {
    if (!this.#hasEnded) this.#child.kill(signal);
  }

  /** Sends SIGTERM, then SIGKILL when that did not end it in 10 seconds. */
  async stop(): Promise<ProgramEnd> {
    this.signal('SIGTERM');
    const timer = setTimeout(() => this.signal('SIGKILL'), 10_000);
    const end = await this.ended;
    clearTimeout(timer);
    return end;
  }
}
