import { ipv4Text, ipv6Text } from '../../ip-text.js';
import { ArgumentKind, type NamedArguments } from '../../named-arguments.js';
import type { LuaProxy, LuaState, TString } from './api.js';
import { lua, pushTString } from './library.js';
import { makeKey, pushBytes, pushText } from './strings.js';
import type { Values } from './values.js';

/** Argument names come from a configuration file, so they repeat; a peer may still invent many. */
const MAX_KNOWN_NAMES = 1000;

/** Builds the table `{ { name =, value = }, ... }` of one call. */
export class NamedValues {
  private readonly values: Values;
  private readonly nameKey: TString;
  private readonly valueKey: TString;
  private readonly known = new Map<string, TString>();
  /** Shared by all argument tables; `getmetatable` does not show it. */
  readonly metatable: LuaProxy;

  constructor(main: LuaState, values: Values) {
    this.values = values;
    this.nameKey = makeKey(main, 'name');
    this.valueKey = makeKey(main, 'value');
    this.metatable = this.createMetatable(main);
  }

  push(L: LuaState, args: NamedArguments): void {
    lua.lua_checkstack(L, 6);
    lua.lua_createtable(L, args.count, 0);
    for (let i = 0; i < args.count; i++) {
      lua.lua_createtable(L, 0, 2);
      pushTString(L, this.nameKey);
      pushTString(L, this.nameString(L, args.names[i] as string));
      lua.lua_rawset(L, -3);
      pushTString(L, this.valueKey);
      this.pushValue(L, args, i);
      lua.lua_rawset(L, -3);
      lua.lua_rawseti(L, -2, i + 1);
    }
    this.metatable(L);
    lua.lua_setmetatable(L, -2);
  }

  private pushValue(L: LuaState, args: NamedArguments, i: number): void {
    const start = args.starts[i] as number;
    switch (args.kinds[i]) {
      case ArgumentKind.False:
        lua.lua_pushboolean(L, false);
        return;
      case ArgumentKind.True:
        lua.lua_pushboolean(L, true);
        return;
      case ArgumentKind.Integer:
        this.values.push(L, args.integers[i]);
        return;
      case ArgumentKind.Ipv4:
        pushText(L, ipv4Text(args.bytes, start));
        return;
      case ArgumentKind.Ipv6:
        pushText(L, ipv6Text(args.bytes, start));
        return;
      case ArgumentKind.String:
      case ArgumentKind.Bytes:
        pushBytes(L, Uint8Array.prototype.slice.call(args.bytes, start, args.ends[i]));
        return;
      default:
        lua.lua_pushnil(L);
    }
  }

  private nameString(L: LuaState, name: string): TString {
    let string = this.known.get(name);
    if (string === undefined) {
      string = makeKey(L, name);
      if (this.known.size < MAX_KNOWN_NAMES) this.known.set(name, string);
    }
    return string;
  }

  /** `__index` looks through the array, so that names cost nothing until a script uses them. */
  private createMetatable(L: LuaState): LuaProxy {
    const { nameKey, valueKey } = this;
    lua.lua_createtable(L, 0, 1);
    pushText(L, '__index');
    lua.lua_pushcfunction(L, (l) => {
      lua.lua_settop(l, 2);
      for (let i = 1; lua.lua_rawgeti(l, 1, i) === lua.LUA_TTABLE; i++) {
        pushTString(l, nameKey);
        lua.lua_rawget(l, 3);
        if (lua.lua_rawequal(l, 4, 2)) {
          pushTString(l, valueKey);
          lua.lua_rawget(l, 3);
          return 1;
        }
        lua.lua_settop(l, 2);
      }
      lua.lua_pushnil(l);
      return 1;
    });
    lua.lua_rawset(L, -3);
    const proxy = lua.lua_toproxy(L, -1);
    lua.lua_pop(L, 1);
    return proxy;
  }
}
