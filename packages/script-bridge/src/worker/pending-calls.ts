import type { ScriptCall, ScriptEngine, WorkerPort } from '@offload/script-runtime';

/** Longest timer Node takes. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * Calls whose scripts wait (sleep, receive, connect). The watchdog only sees running code; a call that waits past the
 * deadline is cancelled here.
 */
export class PendingCalls {
  private readonly port: WorkerPort;
  private readonly timeoutMs: number;
  private readonly calls = new Map<ScriptCall, { readonly engine: ScriptEngine; readonly deadline: number }>();
  private timer: NodeJS.Timeout | undefined;

  /** @param timeoutMs how long a call may wait */
  constructor(port: WorkerPort, timeoutMs: number = port.timeoutMs) {
    this.port = port;
    this.timeoutMs = timeoutMs;
  }

  has(call: ScriptCall): boolean {
    return this.calls.has(call);
  }

  add(call: ScriptCall, engine: ScriptEngine): void {
    // Insertion order is deadline order: every call gets the same time.
    this.calls.set(call, { engine, deadline: performance.now() + this.timeoutMs });
    this.port.hold();
    this.schedule(this.timeoutMs);
  }

  remove(call: ScriptCall): void {
    if (this.calls.delete(call)) this.port.release();
  }

  private schedule(ms: number): void {
    if (this.timer !== undefined) return;
    this.timer = setTimeout(() => this.sweep(), Math.min(Math.max(1, ms), MAX_TIMER_MS));
    this.timer.unref();
  }

  private sweep(): void {
    const now = performance.now();
    // The timer counts as set meanwhile: what ends here may be followed by another call.
    let next = 0;
    for (const [call, { engine, deadline }] of this.calls) {
      next = deadline - now;
      if (next > 0) break;
      engine.cancel(call);
      this.remove(call);
    }
    this.timer = undefined;
    if (this.calls.size > 0) this.schedule(next);
  }
}
