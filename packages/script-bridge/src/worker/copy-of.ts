/** Up to this size `set` is the fastest copy. */
const SET_BYTES = 160;

/**
 * One `memcpy`, whatever kinds of arrays. `set` copies from shared memory byte by byte unless both sides happen to be aligned
 * alike: 46 us for 64 KiB instead of 5.
 */
const fill = Buffer.prototype.fill as (this: Uint8Array, from: Uint8Array, at: number, end: number) => unknown;

/** A copy of `bytes` from `at` to `end` in memory of its own, whatever kind of array they are in. */
export function copyOf(bytes: Uint8Array, at: number, end: number): Uint8Array {
  const copy = new Uint8Array(end - at);
  if (copy.length > SET_BYTES) fill.call(copy, bytes.subarray(at, end), 0, copy.length);
  else copy.set(bytes.subarray(at, end));
  return copy;
}
