import { Worker } from 'node:worker_threads';
import type { EngineHost, LogLevel, ScriptCall } from '../../src/runtime.js';

/** Milliseconds a stretch of script code may take, so that a busy machine stops no script. */
export const PATIENT_MS = 60_000;
/** The same in tests of the deadline. */
export const SHORT_MS = 200;

/** Sets the interrupt byte of a stretch that is past its deadline, for engines whose scripts cannot look at the clock. */
const WATCHDOG = `
const { workerData } = require('node:worker_threads');
const words = new Int32Array(workerData.memory);
const bytes = new Uint8Array(workerData.memory);
let seen = 0, since = 0;
while (Atomics.load(words, 1) === 0) {
  const sequence = Atomics.load(words, 0);
  if (sequence !== seen) { seen = sequence; since = Date.now(); }
  else if (sequence !== 0 && Date.now() - since > words[3]) bytes[8] = 2;
  Atomics.wait(words, 1, 0, 20);
}`;

/** A host that records what engines tell it, and stops scripts after `timeoutMs`. */
export class TestHost implements EngineHost {
  current: ScriptCall | null = null;
  readonly interruptByte: Uint8Array;
  readonly logged: { level: LogLevel; message: string; script: unknown }[] = [];
  held = 0;
  depth = 0;
  private readonly words: Int32Array;
  private readonly watchdog: Worker | undefined;
  private deadline = 0;
  private sequence = 0;

  constructor(watchdog: boolean) {
    const memory = new SharedArrayBuffer(16);
    this.words = new Int32Array(memory);
    this.words[3] = PATIENT_MS;
    this.interruptByte = new Uint8Array(memory, 8, 1);
    if (watchdog) this.watchdog = new Worker(WATCHDOG, { eval: true, workerData: { memory } });
  }

  /** May be changed between calls. */
  get timeoutMs(): number {
    return this.words[3] as number;
  }

  set timeoutMs(ms: number) {
    this.words[3] = ms;
  }

  log(level: LogLevel, message: string, fields?: Readonly<Record<string, unknown>>): void {
    this.logged.push({ level, message, script: fields?.script });
  }

  enterScript(): void {
    if (this.depth++ > 0) return;
    this.deadline = performance.now() + this.timeoutMs;
    this.interruptByte[0] = 0;
    this.sequence = (this.sequence % 1_000_000) + 1;
    Atomics.store(this.words, 0, this.sequence);
  }

  leaveScript(): void {
    if (--this.depth === 0) Atomics.store(this.words, 0, 0);
  }

  interrupted(): boolean {
    return this.depth > 0 && performance.now() > this.deadline;
  }

  hold(): void {
    this.held++;
  }

  release(): void {
    this.held--;
  }

  async close(): Promise<void> {
    Atomics.store(this.words, 1, 1);
    Atomics.notify(this.words, 1);
    await this.watchdog?.terminate();
  }
}
