/** What the type metatables are kept in, and how the metatable of any value is found. */
import { LuaTable } from '../table.js';
import { LuaUserdata, type LuaValue } from '../value.js';

/** Holder of the string metatable; compiled code reads it for `s:method()`. */
export interface StringMeta {
  meta: LuaTable | undefined;
}

/** Metatables of a state that belong to types, not to single values. */
export class TypeMetas {
  readonly string: StringMeta = { meta: undefined };
  /** For `nil`, `boolean`, `number`, `function`, `thread`; set only by debug.setmetatable. */
  readonly others = new Map<string, LuaTable>();

  metaOf(v: LuaValue): LuaTable | undefined {
    if (v instanceof LuaTable || v instanceof LuaUserdata) return v.meta;
    if (typeof v === 'string') return this.string.meta;
    return this.others.size === 0 ? undefined : this.others.get(typeKey(v));
  }

  set(v: LuaValue, meta: LuaTable | undefined): void {
    if (v instanceof LuaTable) v.setMeta(meta);
    else if (v instanceof LuaUserdata) v.meta = meta;
    else if (typeof v === 'string') this.string.meta = meta;
    else if (meta === undefined) this.others.delete(typeKey(v));
    else this.others.set(typeKey(v), meta);
  }
}

function typeKey(v: LuaValue): string {
  return typeof v === 'bigint' ? 'number' : typeof v;
}
