import { Decoder, Encoder } from 'cbor-x';
import { checkCbor } from './check-cbor.js';
import { LappsCodecError } from './errors.js';
import { type CborLimits, DEFAULT_CBOR_LIMITS, resolveCborLimits } from './limits.js';
import { prepare } from './prepare.js';
import { rewriteStrings } from './rewrite-strings.js';
import type { CborInput, CborValue } from './value.js';

/** Plain CBOR, nothing of cbor-x's private dialect (records, tags on byte strings and maps). */
const PLAIN = { useRecords: false, variableMapSize: true, tagUint8Array: false, mapsAsObjects: false } as const;
const decoder = new Decoder(PLAIN);
const encoder = new Encoder(PLAIN);

const resolve = (limits: Partial<CborLimits> | undefined): CborLimits =>
  limits === undefined || limits === DEFAULT_CBOR_LIMITS ? DEFAULT_CBOR_LIMITS : resolveCborLimits(limits);

const isSafe = (value: bigint): boolean => value <= 0x1fffffffffffffn && value >= -0x1fffffffffffffn;

/** Undoes two habits of cbor-x, in place: small 64-bit integers as bigint, byte strings as views of the input. */
const settle = (value: CborValue): CborValue => {
  if (typeof value === 'bigint') return isSafe(value) ? Number(value) : value;
  if (value instanceof Uint8Array)
    return Uint8Array.prototype.slice.call(new Uint8Array(value.buffer, value.byteOffset, value.length));
  if (Array.isArray(value)) for (let i = 0; i < value.length; i += 1) value[i] = settle(value[i]!);
  else if (value instanceof Map) for (const [key, member] of value) value.set(key, settle(member));
  return value;
};

/**
 * Decodes one CBOR item that fills `bytes` exactly (RFC 8949, the subset of `lapps.md 1.5` plus byte strings).
 *
 * Maps become `Map`, keys in wire order, a repeated key keeps its last value. Integers are numbers up to +-(2^53 - 1) and
 * exact bigints beyond. Floats of every width are numbers; `1.0` and `1` are the same value afterwards. Byte strings are
 * copies: nothing returned refers to `bytes`.
 *
 * @param limits bytes, depth and items; missing ones from {@link DEFAULT_CBOR_LIMITS}
 * @throws LappsCodecError `LAPPS_ERR_CBOR_*` with the offset of the fault, `LAPPS_ERR_BAD_LIMIT`
 */
export const decodeCbor = (bytes: Uint8Array, limits?: Partial<CborLimits>): CborValue => {
  const traits = checkCbor(bytes, resolve(limits));
  const value = decoder.decode(traits.unread ? rewriteStrings(bytes) : bytes) as CborValue;
  return traits.wide || traits.binary ? settle(value) : value;
};

/**
 * Encodes one value: integral numbers within +-(2^53 - 1) and all bigints as CBOR integers in their shortest form (`-0` as
 * 0), every other number as a double (`FB`), map keys in the order of their UTF-8 bytes. The same value always gives the
 * same bytes. The result may share memory with other results of this function; none is ever written to again.
 *
 * @throws LappsCodecError `LAPPS_ERR_ENCODE_TYPE` for anything that is not a {@link CborInput} (undefined in an array,
 *   functions, symbols, class instances), `LAPPS_ERR_ENCODE_RANGE` for bigints beyond +-(2^64 - 1), `LAPPS_ERR_ENCODE_UTF8` for
 *   lone surrogates, `LAPPS_ERR_ENCODE_DEPTH` (cycles too), `LAPPS_ERR_ENCODE_ITEMS`, `LAPPS_ERR_ENCODE_BYTES`
 */
export const encodeCbor = (value: CborInput, limits?: Partial<CborLimits>): Uint8Array => {
  const bounds = resolve(limits);
  const bytes = encoder.encode(prepare(value, bounds));
  if (bytes.length > bounds.maxBytes) {
    throw new LappsCodecError(
      'LAPPS_ERR_ENCODE_BYTES',
      `Cannot encode CBOR: ${bytes.length} bytes, more than ${bounds.maxBytes}`,
    );
  }
  return bytes;
};
