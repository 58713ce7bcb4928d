import { LappsCodecError } from './errors.js';

/** Bounds of one CBOR item, for reading and for writing. All finite; exceeding one is an error, never a cut. */
export interface CborLimits {
  /** Whole item, bytes. */
  readonly maxBytes: number;
  /** Arrays and maps within each other; a scalar has depth 0. At most 1000: readers and writers recurse. */
  readonly maxDepth: number;
  /** Data items in total: every array element, map key, map value and string chunk counts. */
  readonly maxItems: number;
}

export const DEFAULT_CBOR_LIMITS: CborLimits = Object.freeze({
  maxBytes: 1024 * 1024,
  maxDepth: 64,
  maxItems: 100_000,
});

const HARD_MAX = { maxBytes: 2 ** 31 - 1, maxDepth: 1000, maxItems: 2 ** 31 - 1 } as const;

/**
 * Fills in defaults.
 * @throws LappsCodecError `LAPPS_ERR_BAD_LIMIT` when a bound is not an integer from 1 to 2^31 - 1 (`maxDepth`: 0 to 1000)
 */
export const resolveCborLimits = (limits: Partial<CborLimits> = {}): CborLimits => {
  const resolved = { ...DEFAULT_CBOR_LIMITS, ...limits };
  for (const key of ['maxBytes', 'maxDepth', 'maxItems'] as const) {
    const value = resolved[key];
    if (!Number.isInteger(value) || value < (key === 'maxDepth' ? 0 : 1) || value > HARD_MAX[key]) {
      throw new LappsCodecError(
        'LAPPS_ERR_BAD_LIMIT',
        `Cannot use ${key} ${value}: want an integer up to ${HARD_MAX[key]}`,
      );
    }
  }
  return Object.freeze(resolved);
};
