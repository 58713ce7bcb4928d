import { State, type StateOptions } from '../../src/state.js';

/** What a program prints, as a Lua string; errors are thrown. */
export function runLua(source: string, options: StateOptions = {}): string {
  let printed = '';
  const state = new State({
    ...options,
    print: (bytes) => {
      printed += bytes;
    },
  });
  try {
    state.callMulti(state.load(source, '=test'));
  } finally {
    state.close();
  }
  return printed;
}

/** The lines a program prints. */
export function linesOf(source: string, options: StateOptions = {}): string[] {
  return runLua(source, options).replace(/\n$/, '').split('\n');
}
