import type { ScriptRuntime } from '../runtime.js';
import { FengariEngine } from './fengari/engine.js';

/**
 * Lua 5.3, interpreted in JavaScript by fengari: the reference engine. Numbers are doubles, exact to +-(2^53 - 1); wider
 * integers of the host are userdata that stay exact. See the package's README for limits and differences.
 */
export const fengari: ScriptRuntime = {
  language: 'lua',
  engine: 'fengari',
  extensions: ['.lua', '.luac'],
  createEngine: (host, options) => new FengariEngine(host, options),
};
