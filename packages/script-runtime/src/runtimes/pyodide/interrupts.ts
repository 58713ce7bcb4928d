import type { EngineHost } from '../../runtime.js';

/** How soon a script that caught an interrupt gets the next one, in milliseconds. */
const AGAIN_MS = 20;

/**
 * What Pyodide takes for its interrupt buffer: it looks at element 0 every few dozen instructions, 2 interrupts. The
 * host knows which stretch is overdue, so no byte is left over for the next one, and no second thread is needed.
 */
export class InterruptSource {
  private readonly host: EngineHost;
  private last = Number.NEGATIVE_INFINITY;

  constructor(host: EngineHost) {
    this.host = host;
  }

  get 0(): number {
    if (!this.host.interrupted()) return 0;
    const now = performance.now();
    if (now - this.last < AGAIN_MS) return 0;
    this.last = now;
    return 2;
  }

  /** Pyodide clears what it has seen. */
  set 0(_value: number) {}
}
