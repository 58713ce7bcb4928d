import { cpuSeconds, residentMb } from './cpu-time.js';
import { LatencyHistogram } from './latency.js';

/** What a load generator measured, as it prints it. */
export interface Figures {
  readonly frames: number;
  readonly framesPerSecond: number;
  /** By the CPU time of the server's processes. */
  readonly framesPerCpuSecond: number;
  readonly p50us: number;
  readonly p99us: number;
  readonly residentMb: number;
  /** The first few. */
  readonly failures: readonly string[];
}

/** What a load generator counts: answers, how long they took, and what went wrong. */
export class Measurement {
  answers = 0;
  /** Of the time since the warm-up. */
  histogram = new LatencyHistogram();
  private readonly failures: string[] = [];

  readonly failed = (why: string): void => void this.failures.push(why);

  /** Waits for the warm-up, then for the time measured; answers are counted by others meanwhile. */
  async run(pids: readonly number[], warmupMs: number, measuredMs: number): Promise<Figures> {
    await wait(warmupMs);
    this.histogram = new LatencyHistogram();
    this.answers = 0;
    const cpuBefore = cpuSeconds(...pids);
    const before = performance.now();
    await wait(measuredMs);
    const seconds = (performance.now() - before) / 1000;
    const cpu = cpuSeconds(...pids) - cpuBefore;
    const frames = this.answers;
    return {
      frames,
      framesPerSecond: Math.round(frames / seconds),
      framesPerCpuSecond: Math.round(frames / cpu),
      p50us: Math.round(this.histogram.percentile(0.5)),
      p99us: Math.round(this.histogram.percentile(0.99)),
      residentMb: Math.round(residentMb(...pids)),
      failures: this.failures.slice(0, 3),
    };
  }
}

export function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
