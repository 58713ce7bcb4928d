/** Calls that generator code makes by way of the runtime, where they are suspended. */
import type { LuaValue } from '../value.js';
import { type After, finish } from './invoke.js';
import type { LuaGenerator } from './suspender.js';

/** What every generator is an instance of. */
export const GeneratorObject = function GeneratorObject() {} as unknown as new () => LuaGenerator;
GeneratorObject.prototype = Object.getPrototypeOf(function* () {}.prototype);

export type Step = IteratorResult<LuaValue, LuaValue>;

/**
 * A call that was begun and has suspended. Yielded to the scheduler, which runs it to its end before it resumes whoever
 * yielded it. Like a generator, which is yielded in order to be run, to the test that finds both.
 */
export class Suspended {
  readonly generator: LuaGenerator;
  /** What the generator has given so far. */
  readonly step: Step;
  /** What becomes of its results. */
  readonly after: After;

  constructor(generator: LuaGenerator, step: Step, after: After) {
    this.generator = generator;
    this.step = step;
    this.after = after;
  }
}
Object.setPrototypeOf(Suspended.prototype, GeneratorObject.prototype);

/** Takes the results of a call and gives what is to become of them. */
export function finisher(after: After): LuaGenerator {
  const generator = finishing(after);
  generator.next();
  return generator;
}

function* finishing(after: After): LuaGenerator {
  return finish(yield, after);
}

const { next } = GeneratorObject.prototype as LuaGenerator;

/** `generator.next(value)`. The generators of each function are a kind of their own to V8; looked up there, `next` would be slow. */
export function advance(generator: LuaGenerator, value?: LuaValue): Step {
  return next.call(generator, value);
}
