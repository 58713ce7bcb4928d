const STOPPING = 0;

/** Says to every thread that the server stops. Scripts ask with `must_stop()`; those that block are woken. */
export class StopFlag {
  readonly memory: SharedArrayBuffer;
  private readonly words: Int32Array;

  constructor(memory: SharedArrayBuffer) {
    this.memory = memory;
    this.words = new Int32Array(memory);
  }

  static create(): StopFlag {
    return new StopFlag(new SharedArrayBuffer(4));
  }

  get raised(): boolean {
    return Atomics.load(this.words, STOPPING) !== 0;
  }

  raise(): void {
    Atomics.store(this.words, STOPPING, 1);
    Atomics.notify(this.words, STOPPING);
  }

  /** Blocks the thread until the flag is raised or `ms` have passed; returns whether it is raised. */
  sleep(ms: number): boolean {
    Atomics.wait(this.words, STOPPING, 0, ms);
    return this.raised;
  }
}
