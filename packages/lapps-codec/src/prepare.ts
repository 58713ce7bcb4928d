import { LappsCodecError, type LappsCodecErrorCode } from './errors.js';
import type { CborLimits } from './limits.js';
import { compareUtf8, isWellFormed } from './utf8.js';
import { type CborInput, PLAIN_PROTOTYPE } from './value.js';

/** A value cbor-x writes the way this package promises: maps are sorted Maps, integers beyond 32 bits are bigints. */
export type PreparedValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PreparedValue[]
  | Map<string, PreparedValue>;

interface Budget {
  itemsLeft: number;
  bytesLeft: number;
  depthLeft: number;
}

/** cbor-x writes -2^64, the one integer of CBOR beyond this, as a bignum tag. */
const MAX_MAGNITUDE = 2n ** 64n - 1n;

const fail = (code: LappsCodecErrorCode, what: string): never => {
  throw new LappsCodecError(code, `Cannot encode CBOR: ${what}`);
};

const prepareNumber = (value: number): number | bigint => {
  if (value === 0) return 0;
  // cbor-x writes integers beyond 32 bits as doubles unless they come as bigint.
  return Number.isSafeInteger(value) && (value > 0xffffffff || value < -0x100000000) ? BigInt(value) : value;
};

const prepareBigint = (value: bigint): number | bigint => {
  if (value > MAX_MAGNITUDE || value < -MAX_MAGNITUDE)
    return fail('LAPPS_ERR_ENCODE_RANGE', `integer ${value} beyond 64 bits`);
  return value <= 0xffffffffn && value >= -0x100000000n ? Number(value) : value;
};

/** Every char is at least a byte: refuses what cannot fit before cbor-x allocates for it. */
const takeBytes = (budget: Budget, count: number): void => {
  budget.bytesLeft -= count;
  if (budget.bytesLeft < 0) fail('LAPPS_ERR_ENCODE_BYTES', 'more bytes than allowed');
};

const prepareText = (value: string, budget: Budget): string => {
  takeBytes(budget, value.length);
  if (!isWellFormed(value)) fail('LAPPS_ERR_ENCODE_UTF8', 'a lone surrogate in a string');
  return value;
};

const enter = (budget: Budget): void => {
  budget.depthLeft -= 1;
  if (budget.depthLeft < 0) fail('LAPPS_ERR_ENCODE_DEPTH', 'nested too deep');
};

/**
 * Copies only from the first element that changes: what was decoded goes out again as it is. Arrays of other classes are copied,
 * because cbor-x would write them as indefinite ones.
 */
const prepareArray = (array: readonly CborInput[], budget: Budget): PreparedValue[] => {
  enter(budget);
  let copy: PreparedValue[] | undefined = array.constructor === Array ? undefined : [];
  for (let i = 0; i < array.length; i += 1) {
    const item = array[i]!;
    const prepared = prepareItem(item, budget);
    if (copy === undefined && prepared !== item) copy = array.slice(0, i) as PreparedValue[];
    if (copy !== undefined) copy.push(prepared);
  }
  budget.depthLeft += 1;
  return copy ?? (array as PreparedValue[]);
};

const prepareKey = (key: unknown, budget: Budget): string => {
  if (typeof key !== 'string') return fail('LAPPS_ERR_ENCODE_TYPE', `a map key of type ${typeof key}`);
  budget.itemsLeft -= 1;
  return prepareText(key, budget);
};

type Member = [key: string, value: PreparedValue];

const compareMembers = (a: Member, b: Member): number => compareUtf8(a[0], b[0]);

const sortedMap = (members: Member[]): Map<string, PreparedValue> => {
  const inOrder = members.every((member, i) => i === 0 || compareMembers(members[i - 1]!, member) < 0);
  return new Map(inOrder ? members : members.sort(compareMembers));
};

const firstMembers = (map: ReadonlyMap<string, CborInput>, count: number): Member[] =>
  ([...map] as Member[]).slice(0, count);

/** As {@link prepareArray}: members are collected only once one is out of order or changes. */
const prepareMap = (map: ReadonlyMap<string, CborInput>, budget: Budget): Map<string, PreparedValue> => {
  enter(budget);
  let members: Member[] | undefined = map.constructor === Map ? undefined : [];
  let previous: string | undefined;
  let count = 0;
  for (const [key, member] of map) {
    const prepared = prepareItem(member, budget);
    const checked = prepareKey(key, budget);
    if (
      members === undefined &&
      (prepared !== member || (previous !== undefined && compareUtf8(previous, checked) > 0))
    ) {
      members = firstMembers(map, count);
    }
    members?.push([checked, prepared]);
    previous = checked;
    count += 1;
  }
  budget.depthLeft += 1;
  return members === undefined ? (map as Map<string, PreparedValue>) : sortedMap(members);
};

const prepareMembers = (
  object: { readonly [key: string]: CborInput | undefined },
  budget: Budget,
): Map<string, PreparedValue> => {
  enter(budget);
  const members = new Map<string, PreparedValue>();
  let previous: string | undefined;
  let inOrder = true;
  for (const key of Object.keys(object)) {
    const member = object[key];
    if (member === undefined) continue;
    members.set(prepareKey(key, budget), prepareItem(member, budget));
    inOrder &&= previous === undefined || compareUtf8(previous, key) < 0;
    previous = key;
  }
  budget.depthLeft += 1;
  return inOrder ? members : sortedMap([...members]);
};

const isPlainObject = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === PLAIN_PROTOTYPE || prototype === null;
};

const prepareObject = (
  value: Exclude<CborInput, null | boolean | number | bigint | string>,
  budget: Budget,
): PreparedValue => {
  if (Array.isArray(value)) return prepareArray(value, budget);
  if (value instanceof Uint8Array) {
    takeBytes(budget, value.length);
    return value;
  }
  if (value instanceof Map) return prepareMap(value, budget);
  if (isPlainObject(value)) return prepareMembers(value as { readonly [key: string]: CborInput | undefined }, budget);
  return fail('LAPPS_ERR_ENCODE_TYPE', `an object of class ${value.constructor?.name}`);
};

const prepareItem = (value: CborInput, budget: Budget): PreparedValue => {
  budget.itemsLeft -= 1;
  if (budget.itemsLeft < 0) fail('LAPPS_ERR_ENCODE_ITEMS', 'too many items');
  switch (typeof value) {
    case 'string':
      return prepareText(value, budget);
    case 'number':
      return prepareNumber(value);
    case 'boolean':
      return value;
    case 'bigint':
      return prepareBigint(value);
    case 'object':
      return value === null ? null : prepareObject(value, budget);
    default:
      return fail('LAPPS_ERR_ENCODE_TYPE', `a value of type ${typeof value}`);
  }
};

/**
 * Checks and normalises a value before cbor-x writes it: types, ranges, depth (so cycles end), items, a lower bound of the
 * bytes, key order. `limits` must be resolved.
 *
 * @throws LappsCodecError `LAPPS_ERR_ENCODE_*`
 */
export const prepare = (value: CborInput, limits: CborLimits): PreparedValue =>
  prepareItem(value, { itemsLeft: limits.maxItems, bytesLeft: limits.maxBytes, depthLeft: limits.maxDepth });
