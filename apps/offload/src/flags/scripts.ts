import type { Config } from '../config.js';
import type { FlagsFor } from './flag.js';

export const scriptsFlags: FlagsFor<Pick<Config, 'scripts' | 'lua'>> = {
  scripts: {
    name: 'file',
    alias: 'f',
    kind: 'list',
    value: '[ENGINE:]FILE',
    describe: 'Script to load; repeatable. ENGINE: in front chooses an engine for this file (fengari:x.lua)',
  },
  'lua.engine': {
    name: 'lua-engine',
    kind: 'text',
    value: 'ENGINE',
    describe: 'Engine for Lua scripts that name none',
    default: 'lua',
  },
  'lua.path': {
    name: 'lua-path',
    kind: 'list',
    value: 'DIR',
    describe: "Folder `require` searches after the script's own; repeatable",
  },
};
