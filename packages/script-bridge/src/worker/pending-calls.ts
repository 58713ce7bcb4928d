import type { ScriptCall, ScriptEngine, WorkerPort } from '@offload/script-runtime';

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
    if (this.timer === undefined) this.schedule(this.timeoutMs);
  }

  remove(call: ScriptCall): void {
    if (this.calls.delete(call)) this.port.release();
  }

  private schedule(ms: number): void {
    this.timer = setTimeout(() => this.sweep(), Math.max(1, ms));
    this.timer.unref();
  }

  private sweep(): void {
    this.timer = undefined;
    const now = performance.now();
    for (const [call, { engine, deadline }] of this.calls) {
      if (deadline > now) {
        this.schedule(deadline - now);
        return;
      }
      engine.cancel(call);
      this.remove(call);
    }
  }
}
