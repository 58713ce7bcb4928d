import { LuaTable, type LuaValue, type State } from '@offload/lua';
import { byteString } from '../../byte-string.js';
import { ArgumentKind, type NamedArguments } from '../../named-arguments.js';
import { AddressTexts } from './address-texts.js';
import type { Values } from './values.js';

/** Array parts of 0 to 15 elements. A copy of one has the right size at once; one that grows is copied and too large. */
const EMPTY_LISTS = Array.from({ length: 16 }, (_, count) => {
  const list: LuaValue[] = [];
  for (let i = 0; i <= count; i++) list.push(undefined);
  return list;
});

/**
 * Builds the table of named arguments: `{ { name =, value = }, ... }`, where `args.NAME` finds a value by name through a
 * metatable that `getmetatable` does not show.
 */
export class NamedValues {
  readonly metatable: LuaTable;
  private readonly values: Values;
  private readonly addresses = new AddressTexts();

  constructor(state: State, values: Values) {
    this.values = values;
    this.metatable = state.metatable({ __index: findByName });
  }

  table(args: NamedArguments): LuaTable {
    const list = new LuaTable();
    const { count } = args;
    const elements = count < EMPTY_LISTS.length ? EMPTY_LISTS[count].slice() : new Array<LuaValue>(count + 1);
    for (let i = 0; i < count; i++) {
      const entry = new LuaTable();
      const hash = entry.newHash();
      hash.name = args.names[i];
      const value = this.value(args, i);
      if (value !== undefined) hash.value = value;
      elements[i + 1] = entry;
    }
    list.arr = elements;
    list.setMeta(this.metatable);
    return list;
  }

  private value(args: NamedArguments, i: number): LuaValue {
    switch (args.kinds[i]) {
      case ArgumentKind.Null:
        return undefined;
      case ArgumentKind.False:
        return false;
      case ArgumentKind.True:
        return true;
      case ArgumentKind.Integer:
        return typeof args.integers[i] === 'number' ? args.integers[i] : this.values.toLua(args.integers[i]);
      case ArgumentKind.Ipv4:
        return this.addresses.ipv4(args.bytes, args.starts[i]);
      case ArgumentKind.Ipv6:
        return this.addresses.ipv6(args.bytes, args.starts[i]);
      case ArgumentKind.String:
      case ArgumentKind.Bytes:
        return byteString(args.bytes, args.starts[i], args.ends[i]);
      default:
        return args.kinds[i] satisfies never;
    }
  }
}

/** `args.NAME`: the value of the first argument of that name. */
function findByName(list: LuaValue, key: LuaValue): LuaValue {
  if (typeof key !== 'string') return undefined;
  const { arr } = list as LuaTable;
  for (let i = 1; i < arr.length; i++) {
    const entry = arr[i] as LuaTable;
    // A script may have put anything into the list.
    if (entry instanceof LuaTable && entry.getStr('name') === key) return entry.getStr('value');
  }
  return undefined;
}
