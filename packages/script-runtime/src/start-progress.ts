import type { LogLevel } from './runtime.js';

/** A worker that starts counts with those that are told of when it has waited for this part of their time. */
const ALIKE = 0.8;

/** What is looked at of a worker. */
export interface StartingRunner {
  readonly state: string;
  /** What its start waits for, as a noun. */
  readonly step: string;
  /** Since when it starts, by `performance.now()`. */
  readonly startedAt: number;
}

interface Starting {
  readonly worker: number;
  readonly runner: StartingRunner;
  readonly ms: number;
}

/**
 * Tells what starts wait for that take long: a script that sleeps or computes at its top level. First after some
 * seconds, then whenever the time has doubled; workers that wait for the same share a line.
 */
export class StartProgress {
  private readonly firstMs: number;
  private readonly log: (level: LogLevel, message: string, fields?: Readonly<Record<string, unknown>>) => void;
  /** When each is told of next, in milliseconds of its start. */
  private readonly due = new WeakMap<StartingRunner, number>();

  constructor(log: StartProgress['log'], firstMs = 5000) {
    this.firstMs = firstMs;
    this.log = log;
  }

  /** @param seats by worker; to be called now and then */
  look(seats: readonly { readonly runner: StartingRunner | undefined }[], now: number): void {
    const starting: Starting[] = [];
    seats.forEach(({ runner }, worker) => {
      if (runner?.state === 'starting') starting.push({ worker, runner, ms: now - runner.startedAt });
    });
    for (const { runner, ms } of starting) {
      if (ms < this.dueOf(runner)) continue;
      this.tell(
        starting.filter((other) => other.runner.step === runner.step && other.ms >= this.dueOf(other.runner) * ALIKE),
        ms,
      );
    }
  }

  private dueOf(runner: StartingRunner): number {
    return this.due.get(runner) ?? this.firstMs;
  }

  private tell(alike: readonly Starting[], ms: number): void {
    for (const { runner } of alike) this.due.set(runner, this.dueOf(runner) * 2);
    const workers = alike.map(({ worker }) => worker);
    const who = workers.length === 1 ? { worker: workers[0] } : { workers };
    const seconds = Math.round(ms / 100) / 10;
    this.log('info', `Still waiting for ${alike[0].runner.step}: ${seconds} s so far`, who);
  }
}
