import type { ScriptValue } from '../../src/value.js';
import type { Bench } from '../conformance/bench.js';

export interface FengariScripts {
  /** Loads a script and gives what it notes, or returns. */
  readonly run: (source: string) => Promise<ScriptValue[][]>;
  /** The values of expressions. */
  readonly notes: (...expressions: string[]) => Promise<ScriptValue[]>;
}

/** Runs Lua text in the bench of the test under way. */
export function fengariScripts(current: () => Bench): FengariScripts {
  let scripts = 0;
  const run = async (source: string): Promise<ScriptValue[][]> => {
    const bench = current();
    bench.notes.length = 0;
    await bench.engine.load(bench.write(`s${scripts++}.lua`, source));
    return [...bench.notes];
  };
  const notes = async (...expressions: string[]): Promise<ScriptValue[]> => {
    const [first] = await run(`t.note(${expressions.join(', ')})`);
    return first as ScriptValue[];
  };
  return { run, notes };
}
