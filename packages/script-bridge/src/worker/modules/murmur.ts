import type { HostModule } from '@offload/script-runtime';
import { badArgument } from '../spoa-values.js';
import { bytesTextOf, numberOf, typeOf } from './values.js';

const MASK = (1n << 64n) - 1n;
const MULTIPLIER = 0xc6a4a7935bd1e995n;
const SEED = 0xc70f6907n;

/**
 * MurmurHash2 for 64 bits in the variant of libstdc++'s `std::hash` for strings: little-endian words, a tail of less than
 * eight bytes as one word, no final multiplication of the length.
 *
 * @param bytes byte string
 */
export function murmur64(bytes: string): bigint {
  const length = bytes.length;
  let hash = SEED ^ ((BigInt(length) * MULTIPLIER) & MASK);
  const whole = length & ~7;
  for (let at = 0; at < whole; at += 8) {
    const word = (mix((wordAt(bytes, at, 8) * MULTIPLIER) & MASK) * MULTIPLIER) & MASK;
    hash = ((hash ^ word) * MULTIPLIER) & MASK;
  }
  if (whole < length) hash = ((hash ^ wordAt(bytes, whole, length - whole)) * MULTIPLIER) & MASK;
  return mix((mix(hash) * MULTIPLIER) & MASK);
}

function mix(value: bigint): bigint {
  return value ^ (value >> 47n);
}

function wordAt(bytes: string, at: number, count: number): bigint {
  let word = 0n;
  for (let i = at + count - 1; i >= at; i--) word = (word << 8n) | BigInt(bytes.charCodeAt(i));
  return word;
}

/**
 * `murmur` (`lapps.md 3.8`): `hashstr(s)` gives 16 hex digits and a NUL, as the original does; `hashnum(n)` the number
 * itself as an unsigned 64-bit integer, squeezed into a double.
 */
export function createMurmurModule(): HostModule {
  return {
    name: 'murmur',
    functions: {
      hashstr: (value) => {
        const text = bytesTextOf(value);
        if (text === undefined) throw badArgument(1, 'hashstr', `string expected, got ${typeOf(value)}`);
        return `${murmur64(text).toString(16).padStart(16, '0')}\0`;
      },
      hashnum: (value) => {
        const number = numberOf(value);
        if (number === undefined || !Number.isFinite(number)) {
          throw badArgument(1, 'hashnum', `number expected, got ${typeOf(value)}`);
        }
        return Number(BigInt.asUintN(64, BigInt(Math.trunc(number))));
      },
    },
  };
}
