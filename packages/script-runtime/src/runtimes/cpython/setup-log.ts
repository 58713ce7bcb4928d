import type { Asked } from '../python/answers.js';

/** One step of a start: bytes of a batch with its headroom, and what was answered to its questions, in order. */
export interface SetupStep {
  readonly bytes: Uint8Array;
  readonly count: number;
  readonly answers: { readonly fn: number; readonly bytes: Uint8Array }[];
  /** Its fault was reported then and is no news. */
  failed: boolean;
}

/**
 * How an interpreter came to be what it is: modules, global names, scripts, and what the host answered meanwhile. A
 * successor takes the same steps and gets the same answers, so that what scripts registered is not registered twice and
 * functions keep their numbers.
 */
export class SetupLog {
  private readonly steps: SetupStep[] = [];
  private last: SetupStep | undefined;

  get all(): readonly SetupStep[] {
    return this.steps;
  }

  begin(bytes: Uint8Array, count: number): void {
    this.last = { bytes, count, answers: [], failed: false };
    this.steps.push(this.last);
  }

  failed(): void {
    if (this.last !== undefined) this.last.failed = true;
  }

  /** An answer, without headroom, to a question of the step under way. */
  answered({ fn }: Asked, bytes: Uint8Array): void {
    this.last?.answers.push({ fn, bytes });
  }
}
