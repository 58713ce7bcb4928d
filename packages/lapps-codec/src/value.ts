/**
 * What a CBOR item becomes. Maps are `Map`s, so a peer's key can never reach a prototype. Integers beyond +-(2^53 - 1) are
 * `bigint` and stay exact; every other number is `number`. Byte strings are copies, safe to keep.
 */
export type CborValue = null | boolean | number | bigint | string | Uint8Array | CborValue[] | CborMap;

/** A decoded map: insertion order is wire order, a repeated key keeps the last value. */
export type CborMap = Map<string, CborValue>;

/**
 * What the encoder takes: decoded values, and plain or null-prototype objects, whose own enumerable string keys count
 * (a member that is `undefined` is left out, as in JSON).
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

/** Decoded value with maps as null-prototype objects. */
export type PlainValue = null | boolean | number | bigint | string | Uint8Array | PlainValue[] | PlainObject;
export interface PlainObject {
  [key: string]: PlainValue;
}

/**
 * Turns every `Map` in a decoded value into a null-prototype object, for callers who prefer `value.user` to
 * `value.get('user')`. `__proto__` and `constructor` are ordinary keys of such objects. Arrays are new arrays.
 * Recurses as deep as the value: give it decoded values, whose depth is bounded.
 */
export const toPlain = (value: CborValue): PlainValue => {
  if (Array.isArray(value)) return value.map(toPlain);
  if (value instanceof Map) return mapToPlain(value);
  return value;
};

/** {@link toPlain} for a map. */
export const mapToPlain = (map: CborMap): PlainObject => {
  const object: PlainObject = Object.create(null);
  for (const [key, member] of map) object[key] = toPlain(member);
  return object;
};
