import type { ScriptRuntimeError } from '../../errors.js';
import type { Asked } from '../python/answers.js';
import { Batch } from '../python/batch.js';
import { HEADROOM, headerNumber } from './frames.js';
import type { SetupStep } from './setup-log.js';

/** A step of the setup, taken again by a successor of the process that took it first. */
export class SetupReplay {
  /** What is sent, as it was then. */
  readonly batch = new Batch(HEADROOM);
  private readonly step: SetupStep;
  private answered = 0;
  private error: ScriptRuntimeError | null = null;

  constructor(step: SetupStep) {
    const { batch } = this;
    this.step = step;
    batch.begin(headerNumber(step.bytes));
    batch.writer.at = 0;
    batch.writer.raw(step.bytes);
    for (let i = 0; i < step.count; i++) {
      batch.calls.push({
        settled: (error) => {
          this.error ??= error;
        },
      });
    }
  }

  /** What was answered then, without headroom; undefined when the question is another one now. */
  answerTo({ fn }: Asked): Uint8Array | undefined {
    const known = this.step.answers[this.answered];
    if (known === undefined || known.fn !== fn) return undefined;
    this.answered++;
    return known.bytes;
  }

  /** Why the step failed, unless it failed the first time, too. */
  get fault(): ScriptRuntimeError | null {
    return this.step.failed ? null : this.error;
  }
}
