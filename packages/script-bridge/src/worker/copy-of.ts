/** A copy of `bytes` from `at` to `end` in memory of its own, whatever kind of array they are in. */
export function copyOf(bytes: Uint8Array, at: number, end: number): Uint8Array {
  const copy = new Uint8Array(end - at);
  copy.set(bytes.subarray(at, end));
  return copy;
}
