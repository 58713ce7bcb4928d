/**
 * string.pack, string.packsize and string.unpack of Lua 5.3 (manual 6.4.2). Integers beyond the exact range of doubles
 * are 64-bit integers (bigint).
 */
import { argError, luaError } from '../raise.js';
import { type LuaValue, multi } from '../value.js';
import { checkNumber, checkString, optInt } from './args.js';
import type { Library } from './host.js';
import { PackReader } from './pack-format.js';

const view = new DataView(new ArrayBuffer(8));

/** The largest result, that of C's int. */
const MAX_SIZE = 2147483647;

function checkInteger(v: LuaValue, arg: number, argc: number): bigint {
  if (typeof v === 'bigint') return v;
  const n = checkNumber(v, arg, argc);
  if (!Number.isInteger(n) || n < -(2 ** 63) || n >= 2 ** 63) {
    throw argError(arg, 'number has no integer representation');
  }
  return BigInt(n);
}

/** The bytes of `n` (two's complement) in the byte order wanted. */
function integerBytes(n: bigint, size: number, little: boolean): string {
  let text = '';
  let rest = BigInt.asIntN(64, n);
  for (let at = 0; at < size; at++) {
    const byte = String.fromCharCode(Number(rest & 0xffn));
    text = little ? text + byte : byte + text;
    rest >>= 8n;
  }
  return text;
}

function packInteger(v: LuaValue, arg: number, argc: number, size: number, signed: boolean, little: boolean): string {
  const n = checkInteger(v, arg, argc);
  if (size < 8) {
    const limit = 1n << BigInt(size * 8 - (signed ? 1 : 0));
    if (signed && (n < -limit || n >= limit)) throw argError(arg, 'integer overflow');
    if (!signed && BigInt.asUintN(64, n) >= limit) throw argError(arg, 'unsigned overflow');
  }
  return integerBytes(n, size, little);
}

function viewBytes(size: number): string {
  let text = '';
  for (let at = 0; at < size; at++) text += String.fromCharCode(view.getUint8(at));
  return text;
}

function packFloat(n: number, size: number, little: boolean): string {
  if (size === 4) view.setFloat32(0, n, little);
  else view.setFloat64(0, n, little);
  return viewBytes(size);
}

function packString(text: string, arg: number, kind: string, size: number, little: boolean): string {
  if (kind === 'fixed') {
    if (text.length > size) throw argError(arg, 'string longer than given size');
    return text.padEnd(size, '\0');
  }
  if (kind === 'counted') {
    if (size < 8 && text.length >= 2 ** (size * 8)) {
      throw argError(arg, 'string length does not fit in given size');
    }
    return integerBytes(BigInt(text.length), size, little) + text;
  }
  if (text.includes('\0')) throw argError(arg, 'string contains zeros');
  return `${text}\0`;
}

function pack(format: string, values: readonly LuaValue[], argc: number): string {
  const reader = new PackReader(format);
  let result = '';
  let arg = 1;
  while (!reader.done) {
    const { kind, size, pad } = reader.next(result.length);
    result += '\0'.repeat(pad);
    if (kind === 'none' || kind === 'align') continue;
    if (kind === 'padding') {
      result += '\0';
      continue;
    }
    const value = values[arg - 1];
    arg++;
    if (kind === 'signed' || kind === 'unsigned') {
      result += packInteger(value, arg, argc, size, kind === 'signed', reader.little);
    } else if (kind === 'float' || kind === 'double') {
      result += packFloat(checkNumber(value, arg, argc), size, reader.little);
    } else {
      result += packString(checkString(value, arg, argc), arg, kind, size, reader.little);
    }
  }
  return result;
}

function packSize(format: string): number {
  const reader = new PackReader(format);
  let total = 0;
  while (!reader.done) {
    const { kind, size, pad } = reader.next(total);
    if (kind === 'counted' || kind === 'zero') throw argError(1, 'variable-length format');
    total += size + pad;
    if (total > MAX_SIZE) throw argError(1, 'format result too large');
  }
  return total;
}

/** An integer of `size` bytes at `at`; a number where a double holds it exactly. */
function readInteger(data: string, at: number, size: number, little: boolean, signed: boolean): number | bigint {
  let value = 0n;
  for (let step = 0; step < size; step++) {
    const index = little ? at + size - 1 - step : at + step;
    value = (value << 8n) | BigInt(data.charCodeAt(index));
  }
  if (signed) value = BigInt.asIntN(size * 8, value);
  if (size > 8 && value !== BigInt.asIntN(64, value) && (signed || value >> 64n !== 0n)) {
    throw luaError(`${size}-byte integer does not fit into Lua Integer`);
  }
  if (size >= 8) value = BigInt.asIntN(64, value);
  const n = Number(value);
  return Number.isSafeInteger(n) ? n : value;
}

function readFloat(data: string, at: number, size: number, little: boolean): number {
  for (let step = 0; step < size; step++) view.setUint8(step, data.charCodeAt(at + step));
  return size === 4 ? view.getFloat32(0, little) : view.getFloat64(0, little);
}

function unpack(format: string, data: string, init: number): LuaValue[] {
  const reader = new PackReader(format);
  const list: LuaValue[] = [];
  let at = init;
  while (!reader.done) {
    const { kind, size, pad } = reader.next(at);
    if (pad + size > data.length - at) throw argError(2, 'data string too short');
    at += pad;
    switch (kind) {
      case 'signed':
      case 'unsigned':
        list.push(readInteger(data, at, size, reader.little, kind === 'signed'));
        break;
      case 'float':
      case 'double':
        list.push(readFloat(data, at, size, reader.little));
        break;
      case 'fixed':
        list.push(data.slice(at, at + size));
        break;
      case 'counted': {
        const length = Number(readInteger(data, at, size, reader.little, false));
        if (length < 0 || length > data.length - at - size) throw argError(2, 'data string too short');
        list.push(data.slice(at + size, at + size + length));
        at += length;
        break;
      }
      case 'zero': {
        const end = data.indexOf('\0', at);
        if (end < 0) throw argError(2, "unfinished string for format 'z'");
        list.push(data.slice(at, end));
        at = end + 1;
        break;
      }
      default:
    }
    at += size;
  }
  list.push(at + 1);
  return list;
}

export function openStringPack(): Library {
  return {
    pack(format: LuaValue, ...values: LuaValue[]): LuaValue {
      const argc = values.length + 1;
      return pack(checkString(format, 1, argc), values, argc);
    },
    packsize(format: LuaValue): LuaValue {
      return packSize(checkString(format, 1, arguments.length));
    },
    unpack(format: LuaValue, data: LuaValue, init: LuaValue): LuaValue {
      const argc = arguments.length;
      const source = checkString(format, 1, argc);
      const text = checkString(data, 2, argc);
      const position = optInt(init, 3, argc, 1);
      const start = position >= 0 ? position - 1 : text.length + position < 0 ? -1 : text.length + position;
      if (start < 0 || start > text.length) throw argError(3, 'initial position out of string');
      return multi(unpack(source, text, start));
    },
  };
}
