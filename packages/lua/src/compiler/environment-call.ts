/** Calls that may act on the environment of the function they stand in. */
import type { Expr } from './ast.js';

export type EnvironmentCall = 'setfenv' | 'getfenv' | 'module';

/**
 * Which of them `callee` may be, by its name: that of a global, of a local (`local setfenv = setfenv`), or for the first
 * two of a field (`_G.setfenv`).
 */
export function environmentCall(callee: Expr): EnvironmentCall | undefined {
  switch (callee.kind) {
    case 'Global':
      return callee.name === 'module' ? callee.name : environmentFunction(callee.name);
    case 'Local':
      return callee.v.name === 'module' ? callee.v.name : environmentFunction(callee.v.name);
    case 'Index': {
      const { object, key } = callee;
      if (key.kind !== 'String' || (object.kind !== 'Global' && object.kind !== 'Local')) return undefined;
      return environmentFunction(key.value);
    }
    default:
      return undefined;
  }
}

function environmentFunction(name: string): 'setfenv' | 'getfenv' | undefined {
  return name === 'setfenv' || name === 'getfenv' ? name : undefined;
}
