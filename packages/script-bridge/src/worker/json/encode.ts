import { type CborInput, type CborLimits, encodeCbor, LappsCodecError, resolveCborLimits } from '@offload/lapps-codec';
import { HostError } from '@offload/script-runtime';
import type { JsonValue } from './value.js';

/** Bounds of what stays within the process. */
export const MQR_LIMITS: CborLimits = resolveCborLimits({ maxBytes: 16 << 20, maxDepth: 200, maxItems: 1_000_000 });

/**
 * CBOR of a document: whole numbers as integers, every other number as a double, members in the order of their names'
 * bytes (`lapps.md 1.5`).
 * @throws HostError for strings that are not UTF-8, and for what exceeds the limits
 */
export function encodeDocument(document: JsonValue, limits?: CborLimits): Uint8Array {
  try {
    // A BrokenText is refused by the codec as what it is to it: an object of an unknown class.
    return encodeCbor(document as CborInput, limits);
  } catch (error) {
    if (!(error instanceof LappsCodecError)) throw error;
    const broken = error.code === 'LAPPS_ERR_ENCODE_TYPE';
    throw new HostError(broken ? 'Cannot encode CBOR: a string in the document is not UTF-8' : error.message);
  }
}
