/**
 * What a CBOR item becomes. Maps are `Map`s, so a peer's key can never reach a prototype. Integers beyond +-(2^53 - 1) are
 * `bigint` and stay exact; every other number is `number`. Byte strings are copies, safe to keep.
 */
export type CborValue = null | boolean | number | bigint | string | Uint8Array | CborValue[] | CborMap;

/** A decoded map: insertion order is wire order, a repeated key keeps the last value. */
export type CborMap = Map<string, CborValue>;

/**
 * What the encoder takes: decoded values, what {@link toPlain} makes of them, and plain or null-prototype objects, whose own
 * enumerable string keys count (a member that is `undefined` is left out, as in JSON).
 */
export type CborInput =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly CborInput[]
  | ReadonlyMap<string, CborInput>
  | { readonly [key: string]: CborInput | undefined };

/** Decoded value with maps as objects that inherit nothing, see {@link toPlain}. */
export type PlainValue = null | boolean | number | bigint | string | Uint8Array | PlainValue[] | PlainObject;
export interface PlainObject {
  [key: string]: PlainValue;
}

/**
 * Turns every `Map` in a decoded value into an object that inherits nothing, for callers who prefer `value.user` to
 * `value.get('user')`. `__proto__` and `constructor` are ordinary keys of such objects: their prototype is one object for all,
 * empty, frozen and without a prototype itself. Arrays are new arrays. Recurses as deep as the value: give it decoded values,
 * whose depth is bounded.
 */
export const toPlain = (value: CborValue): PlainValue => {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return arrayToPlain(value);
  return value instanceof Map ? mapToPlain(value) : value;
};

const arrayToPlain = (array: CborValue[]): PlainValue[] => {
  const copy = array.slice() as PlainValue[];
  for (let i = 0; i < copy.length; i += 1) {
    const item = array[i]!;
    if (typeof item === 'object') copy[i] = toPlain(item);
  }
  return copy;
};

/** What objects of {@link toPlain} have for a prototype. V8 makes dictionaries of those that have none: much slower ones. */
export const PLAIN_PROTOTYPE: object = Object.freeze(Object.create(null));

const Plain = function Plain(): void {} as unknown as { new (): PlainObject; prototype: object };
Plain.prototype = PLAIN_PROTOTYPE;

/** {@link toPlain} for a map. */
export const mapToPlain = (map: CborMap): PlainObject => {
  const object = new Plain();
  for (const [key, member] of map) object[key] = toPlain(member);
  return object;
};
