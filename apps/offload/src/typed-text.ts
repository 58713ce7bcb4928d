import type { KvEntry, TypedData } from '@offload/spop-codec';
import { formatIpv4, formatIpv6, parseIpv4, parseIpv6 } from './ip-text.js';

/** The types `offload notify` takes, with what stands behind the colon. */
export const ARGUMENT_TYPES = {
  null: '',
  bool: 'true or false',
  int32: 'a whole number from -2147483648 to 2147483647',
  uint32: 'a whole number from 0 to 4294967295',
  int64: 'a whole number from -9223372036854775808 to 9223372036854775807',
  uint64: 'a whole number from 0 to 18446744073709551615',
  ipv4: 'an IPv4 address',
  ipv6: 'an IPv6 address',
  str: 'text',
  bin: 'an even number of hex digits',
} as const;

export type ArgumentType = keyof typeof ARGUMENT_TYPES;

const SYNTAX = `name=type:value with a type of ${Object.keys(ARGUMENT_TYPES).join(', ')}`;

/**
 * Reads `name=type:value`, an argument of a message. The name may be empty, as in HAProxy's own NOTIFY frames; `null`
 * stands alone: `name=null`.
 *
 * @returns the argument, or a sentence that says what is wrong.
 */
export function parseArgument(text: string): KvEntry | string {
  const [, name, type, value] = /^([^=]*)=([a-z0-9]+)(?::(.*))?$/s.exec(text) ?? [];
  if (name === undefined || type === undefined || !Object.hasOwn(ARGUMENT_TYPES, type)) {
    return `Cannot read argument "${text}": expected ${SYNTAX}`;
  }
  const wanted = ARGUMENT_TYPES[type as ArgumentType];
  const data = parseValue(type as ArgumentType, value ?? '');
  if (data === undefined || (value === undefined) !== (type === 'null')) {
    const expected = wanted === '' ? 'expected nothing after "null"' : `expected ${wanted} after "${type}:"`;
    return `Cannot read argument "${text}": ${expected}`;
  }
  return { name: Buffer.from(name).toString('latin1'), value: data };
}

function parseValue(type: ArgumentType, text: string): TypedData | undefined {
  switch (type) {
    case 'null':
      return { type: 'null' };
    case 'bool':
      return text === 'true' || text === 'false' ? { type: 'bool', value: text === 'true' } : undefined;
    case 'int32':
    case 'uint32':
      return within(type, text, (n) => ({ type, value: Number(n) }));
    case 'int64':
    case 'uint64':
      return within(type, text, (n) => ({ type, value: narrowed(n) }));
    case 'ipv4':
      return known(parseIpv4(text), (value) => ({ type, value }));
    case 'ipv6':
      return known(parseIpv6(text), (value) => ({ type, value }));
    case 'str':
      return { type: 'string', value: Buffer.from(text) };
    case 'bin':
      return /^([0-9a-f]{2})*$/i.test(text) ? { type: 'binary', value: Buffer.from(text, 'hex') } : undefined;
    default:
      return type satisfies never;
  }
}

const RANGES = {
  int32: [-(2n ** 31n), 2n ** 31n - 1n],
  uint32: [0n, 2n ** 32n - 1n],
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
  uint64: [0n, 2n ** 64n - 1n],
} as const;

function within<T>(type: keyof typeof RANGES, text: string, make: (value: bigint) => T): T | undefined {
  if (!/^-?\d{1,20}$/.test(text)) return undefined;
  const value = BigInt(text);
  const [least, most] = RANGES[type];
  return value < least || value > most ? undefined : make(value);
}

function narrowed(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function known<T, R>(value: T | undefined, make: (value: T) => R): R | undefined {
  return value === undefined ? undefined : make(value);
}

/** The name of a wire type as {@link parseArgument} takes it. */
export function typeName(data: TypedData): ArgumentType {
  return data.type === 'string' ? 'str' : data.type === 'binary' ? 'bin' : data.type;
}

/** A value as one line for people: what a peer sent cannot move the cursor or colour the terminal. */
export function valueText(data: TypedData): string {
  switch (data.type) {
    case 'null':
      return '';
    case 'ipv4':
      return formatIpv4(data.value);
    case 'ipv6':
      return formatIpv6(data.value);
    case 'string':
      return printable(data.value);
    case 'binary':
      return Buffer.from(data.value).toString('hex');
    default:
      return String(data.value);
  }
}

/**
 * A value for JSON. Integers beyond +-(2^53 - 1) are texts of digits, so that nobody's parser rounds them; `bin` and a
 * `str` that is no UTF-8 are hex digits under `hex`.
 */
export function valueJson(data: TypedData): { value: boolean | number | string | null } | { hex: string } {
  switch (data.type) {
    case 'null':
      return { value: null };
    case 'bool':
    case 'int32':
    case 'uint32':
      return { value: data.value };
    case 'int64':
    case 'uint64':
      return { value: typeof data.value === 'bigint' ? String(data.value) : data.value };
    case 'ipv4':
    case 'ipv6':
      return { value: valueText(data) };
    case 'string': {
      const text = utf8(data.value);
      return text === undefined ? { hex: Buffer.from(data.value).toString('hex') } : { value: text };
    }
    case 'binary':
      return { hex: Buffer.from(data.value).toString('hex') };
    default:
      return data satisfies never;
  }
}

function utf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Bytes as text: UTF-8 where it is, everything that does not print as `\xNN`. */
export function printable(bytes: Uint8Array): string {
  const text = utf8(bytes);
  if (text === undefined) {
    return Array.from(bytes, (byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : escaped(byte))).join('');
  }
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (char) => Array.from(Buffer.from(char), escaped).join(''));
}

function escaped(byte: number): string {
  return `\\x${byte.toString(16).padStart(2, '0')}`;
}
