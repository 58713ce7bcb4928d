import { LuaTable, type LuaValue, luaError, type State } from '@offload/lua';

/**
 * Keeps a metatable of the engine's own out of sight: scripts that print everything print what the C server has. Tables
 * that carry it seem to have none, and cannot be given another.
 */
export function hideMetatable(state: State, hidden: LuaTable): void {
  for (const library of [state.globals, state.getGlobal('debug') as LuaTable]) {
    const original = library.getStr('getmetatable') as (v: LuaValue) => LuaValue;
    const hide = (v: LuaValue): LuaValue => (v instanceof LuaTable && v.meta === hidden ? undefined : original(v));
    library.setStr('getmetatable', state.defineFunction('getmetatable', hide));
  }
  const setmetatable = state.getGlobal('setmetatable') as (t: LuaValue, m: LuaValue) => LuaValue;
  const guard = (t: LuaValue, m: LuaValue): LuaValue => {
    if (t instanceof LuaTable && t.meta === hidden) throw luaError('cannot change a protected metatable');
    return setmetatable(t, m);
  };
  state.setGlobal('setmetatable', state.defineFunction('setmetatable', guard));
}
