import type { Config } from '../config.js';
import type { FlagsFor } from './flag.js';

export const generalFlags: FlagsFor<
  Pick<Config, 'workers' | 'inline' | 'scriptTimeoutMs' | 'loadTimeoutMs' | 'stopTimeoutMs'>
> = {
  workers: {
    name: 'workers',
    alias: 'n',
    kind: 'number',
    value: 'N',
    describe: 'Worker threads; auto: one per CPU, one less with compiled Lua and Pyodide only',
    default: 'auto',
  },
  inline: {
    name: 'inline',
    kind: 'boolean',
    describe: 'Run the scripts in the main thread',
    default: 'false',
  },
  scriptTimeoutMs: {
    name: 'script-timeout',
    kind: 'number',
    value: 'MS',
    describe: 'Longest time a handler may take, in milliseconds',
    default: '1000',
  },
  loadTimeoutMs: {
    name: 'load-timeout',
    kind: 'number',
    value: 'MS',
    describe: 'The same while the scripts load',
    default: '10000',
  },
  stopTimeoutMs: {
    name: 'stop-timeout',
    kind: 'number',
    value: 'MS',
    describe: 'Time for open work to end at a graceful stop, in milliseconds',
    default: '5000',
  },
};
