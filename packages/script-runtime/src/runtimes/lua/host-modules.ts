import { LuaTable, type State } from '@offload/lua';
import type { HostConstants, HostModule } from '../../value.js';
import type { HostFunctions } from './host-functions.js';

/** Makes the table of a host module, with its functions and constants; its prelude has not run yet. */
export function defineHostModule(state: State, functions: HostFunctions, module: HostModule): LuaTable {
  const table = state.defineModule(module.name, {}, true);
  for (const [name, fn] of Object.entries(module.functions)) {
    table.define(name, functions.wrap(name, fn, module.style === 'colon'));
  }
  setConstants(table, module.constants ?? {});
  return table;
}

function setConstants(table: LuaTable, constants: HostConstants): void {
  for (const [name, value] of Object.entries(constants)) {
    if (typeof value !== 'object') {
      table.define(name, value);
      continue;
    }
    const inner = new LuaTable();
    setConstants(inner, value);
    table.define(name, inner);
  }
}
