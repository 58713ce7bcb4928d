import { isUtf8 } from 'node:buffer';

/** Up to here V8 counts the bytes of a text faster than it copies it out. */
const SHORT = 1024;
const SCRATCH_BYTES = 1 << 17;

/** Whether byte strings are UTF-8, as text frames have to be (RFC 6455 5.6). Short ASCII, the rule, costs one call. */
export class Utf8Check {
  private scratch: Buffer | undefined;

  isUtf8(bytes: string): boolean {
    const { length } = bytes;
    // Every char from 0x80 on is two bytes of UTF-8.
    if (length <= SHORT && Buffer.byteLength(bytes) === length) return true;
    if (length > SCRATCH_BYTES) return isUtf8(Buffer.from(bytes, 'latin1'));
    this.scratch ??= Buffer.allocUnsafeSlow(SCRATCH_BYTES);
    return isUtf8(this.scratch.subarray(0, this.scratch.write(bytes, 'latin1')));
  }
}
