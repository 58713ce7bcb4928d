import type { EngineHost } from '../../runtime.js';

/** Why the thread must not sleep although no call waits: what AWAKE of `wire.py` told of one interpreter. */
export class Awake {
  private readonly host: Pick<EngineHost, 'hold' | 'release'>;
  private readonly reasons = new Set<number>();

  constructor(host: Pick<EngineHost, 'hold' | 'release'>) {
    this.host = host;
  }

  set(reason: number, on: boolean): void {
    if (on === this.reasons.has(reason)) return;
    if (on) {
      this.reasons.add(reason);
      this.host.hold();
    } else {
      this.reasons.delete(reason);
      this.host.release();
    }
  }

  /** The interpreter is gone. */
  end(): void {
    for (const reason of this.reasons) this.set(reason, false);
  }
}
