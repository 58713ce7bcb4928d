/** Longest record kept in memory that is used again. */
const SCRATCH_BYTES = 1 << 16;

/** Private memory for a record that is decoded at once: decoders cannot read shared memory. */
export class Scratch {
  private readonly memory = Buffer.allocUnsafeSlow(SCRATCH_BYTES);

  /** The bytes from `at` to `end`, valid until the next call. */
  take(bytes: Uint8Array, at: number, end: number): Uint8Array {
    const length = end - at;
    const target = length <= SCRATCH_BYTES ? this.memory : Buffer.allocUnsafe(length);
    if (length > 96) target.set(bytes.subarray(at, end));
    // For the short messages that are the rule a loop beats making a view.
    else for (let i = 0; i < length; i++) target[i] = bytes[at + i] as number;
    return target.subarray(0, length);
  }
}
