import { Watch } from './protocol.js';
import type { ScriptCall } from './runtime.js';

/** Something scripts run for, such as one kind of message: what the log names when it goes wrong. */
export interface Subject {
  /** E.g. `message 'check'`. */
  readonly what: string;
  /** The file whose code runs. */
  readonly script: string;
  /** The same with its line, where it is known. */
  readonly where?: string;
}

/** Stands in the shared word for several subjects at once. */
const SEVERAL = -1;
/** Bit of all subjects whose number has none of its own. */
const OTHERS = 1;

/**
 * The number for whom a stretch works that runs several calls.
 * @param words of the watch memory, where the mask goes
 * @param from index of the first call that is not over
 */
export function subjectOfAll(words: Int32Array, calls: readonly (ScriptCall | null)[], from: number): number {
  let first = 0;
  let mask = 0;
  for (let i = from; i < calls.length; i++) {
    const subject = calls[i]?.subject ?? 0;
    if (subject === 0 || subject === first) continue;
    if (first === 0) first = subject;
    mask |= bitOf(subject);
  }
  if (mask === 0 || mask === bitOf(first)) return first;
  words[Watch.SubjectMask] = mask;
  return SEVERAL;
}

function bitOf(subject: number): number {
  return subject < 32 ? 1 << subject : OTHERS;
}

/** The owner's list of what a worker's scripts may run for. */
export class Subjects {
  private readonly list: Subject[] = [];
  private readonly words: Int32Array;

  constructor(watch: SharedArrayBuffer) {
    this.words = new Int32Array(watch);
  }

  add(subject: Subject): void {
    this.list.push(subject);
  }

  /** What the script code runs for that is under way; several where the worker could not tell, none where nobody knows. */
  get running(): readonly Subject[] {
    if (Atomics.load(this.words, Watch.Busy) === 0) return [];
    const number = Atomics.load(this.words, Watch.Subject);
    if (number !== SEVERAL) return this.list.slice(Math.max(0, number - 1), Math.max(0, number));
    const mask = Atomics.load(this.words, Watch.SubjectMask);
    return this.list.filter((_, i) => (mask & bitOf(i + 1)) !== 0);
  }
}

/** How subjects are named in the log: `message 'check' (score.lua:3)`, or `one of` several. */
export function subjectsText(subjects: readonly Subject[]): string {
  const texts = subjects.map(({ what, script, where }) => `${what} (${where ?? script})`);
  return texts.length > 1 ? `one of ${texts.join(', ')}` : texts.join();
}
