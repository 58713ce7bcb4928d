/** String keys of tables as properties of JavaScript objects, in a way that lets V8 find them by shape. */
import type { LuaValue } from './value.js';

/** Holder of string keys. Its prototype has no prototype: `constructor` and the like are ordinary keys. */
export interface Hash {
  [key: string]: LuaValue;
}

/** Creates an empty {@link Hash}. A constructor function because a class always has a `constructor` on its prototype. */
export const Hash = function LuaHash() {} as unknown as new () => Hash;
Hash.prototype = Object.create(null);

/**
 * Fields of a {@link Hash} that V8 keeps in the object itself; further ones cost a second object. It decides by what the
 * first instances hold, so they are made here, before the libraries fill theirs with dozens.
 */
const INLINE_FIELDS = ['a', 'b', 'c', 'd'];
for (let i = 0; i < 16; i++) {
  const sample = new Hash();
  for (const name of INLINE_FIELDS) sample[name] = i;
}

type NamedStore = (hash: Hash, value: LuaValue) => void;

const namedStores = new Map<string, NamedStore>();
const MAX_NAMED_STORES = 2000;

/**
 * Code that stores one field by its name. V8 gives up on shapes for an object that gets more than a dozen fields through
 * `hash[key]`, which makes each access many times slower: not for one that gets them through code of their own.
 */
export function namedStore(key: string): NamedStore | undefined {
  let store = namedStores.get(key);
  if (store === undefined && namedStores.size < MAX_NAMED_STORES) {
    store = new Function('h', 'v', `h[${JSON.stringify(key)}]=v`) as NamedStore;
    namedStores.set(key, store);
  }
  return store;
}

type Fill = (hash: Hash, values: readonly LuaValue[]) => void;

const fills = new Map<string, Fill>();
const MAX_FILLS = 200;

/**
 * Stores many fields by their names, with one piece of code for all of them: libraries have more than a hundred.
 * Returns false, with nothing stored, when it cannot.
 */
export function fillHash(hash: Hash, members: ReadonlyMap<string, LuaValue>): boolean {
  const values = [...members.values()];
  if (values.includes(undefined)) return false;
  const names = JSON.stringify([...members.keys()]);
  let fill = fills.get(names);
  if (fill === undefined) {
    if (fills.size >= MAX_FILLS) return false;
    const stores = [...members.keys()].map((key, i) => `h[${JSON.stringify(key)}]=v[${i}];`);
    fill = new Function('h', 'v', stores.join('')) as Fill;
    fills.set(names, fill);
  }
  fill(hash, values);
  return true;
}
