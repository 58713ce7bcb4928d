// As `offload-lua programs.lua BATCH`, but the programs run as code that may wait: `State.loadRun`.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createState, LuaError, LuaTable } from '../../dist/index.js';
import { createNodeSystem } from '../../dist/node/node-system.js';

const state = createState({
  print: (bytes) => process.stdout.write(bytes, 'latin1'),
  system: createNodeSystem({}),
});

function execute(source, env) {
  try {
    const bytes = Uint8Array.from(source, (c) => c.charCodeAt(0));
    state.loadRun(bytes, '=p', env).start([]);
    return 'ended';
  } catch (error) {
    if (!(error instanceof LuaError)) throw error;
    return [error.code === 'LUA_ERR_SYNTAX' ? 'refused' : 'failed', error.value];
  }
}

state.setGlobal('execute_program', state.defineFunction('execute_program', execute));
state.setGlobal('arg', LuaTable.fromArray([process.argv[2]]));
const driver = readFileSync(fileURLToPath(new URL('./programs.lua', import.meta.url)));
state.call(state.load(driver, '@programs.lua'));
