import type { EngineHost, LogLevel, ScriptCall } from '../../src/runtime.js';

/** Milliseconds a stretch of script code may take, so that a busy machine stops no script. */
export const PATIENT_MS = 60_000;
/** The same in tests of the deadline. */
export const SHORT_MS = 200;

/** A host that records what engines tell it, and stops scripts after `timeoutMs`, which may be changed between calls. */
export class TestHost implements EngineHost {
  current: ScriptCall | null = null;
  readonly logged: { level: LogLevel; message: string; script: unknown }[] = [];
  gaveUp: Error | undefined;
  held = 0;
  depth = 0;
  timeoutMs = PATIENT_MS;
  private deadline = 0;

  log(level: LogLevel, message: string, fields?: Readonly<Record<string, unknown>>): void {
    this.logged.push({ level, message, script: fields?.script });
  }

  enterScript(): void {
    if (this.depth++ === 0) this.deadline = performance.now() + this.timeoutMs;
  }

  serves(): void {}

  leaveScript(): void {
    this.depth--;
  }

  interrupted(): boolean {
    return this.depth > 0 && performance.now() > this.deadline;
  }

  blockedBy(_pid: number): number {
    return 0;
  }

  giveUp(error: Error): void {
    this.gaveUp = error;
  }

  hold(): void {
    this.held++;
  }

  release(): void {
    this.held--;
  }
}
