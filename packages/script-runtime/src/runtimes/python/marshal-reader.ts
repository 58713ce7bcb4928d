import { ScriptRuntimeError } from '../../errors.js';
import { textOfMarshal } from './text.js';

/** Type codes of marshal version 2, which has no references. */
export const Mark = {
  None: 0x4e,
  True: 0x54,
  False: 0x46,
  Int: 0x69,
  Long: 0x6c,
  Float: 0x67,
  Bytes: 0x73,
  Unicode: 0x75,
  Interned: 0x74,
  Tuple: 0x28,
  List: 0x5b,
  Dict: 0x7b,
  Null: 0x30,
} as const;

/** Reads what `marshal.dumps(value, 2)` wrote. */
export class MarshalReader {
  bytes: Uint8Array = new Uint8Array(0);
  at = 0;
  end = 0;
  private view = new DataView(this.bytes.buffer);

  reset(bytes: Uint8Array, at: number, end: number): void {
    if (bytes.buffer !== this.view.buffer || bytes.byteOffset !== this.view.byteOffset) {
      this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  private need(count: number): number {
    const { at } = this;
    this.at = at + count;
    if (this.at > this.end) throw broken(`need ${count} bytes at offset ${at}, have ${this.end - at}`);
    return at;
  }

  mark(): number {
    return this.bytes[this.need(1)] as number;
  }

  /** The type code of the next value. */
  peek(): number {
    return this.bytes[this.at] as number;
  }

  /** An integer of 32 bits without its type code, as counts are written. */
  int32(): number {
    return this.view.getInt32(this.need(4), true);
  }

  /** Number of items of the tuple or list that begins here. */
  count(): number {
    const mark = this.mark();
    if (mark !== Mark.Tuple && mark !== Mark.List) throw broken(`a sequence expected, got type ${mark}`);
    return this.int32();
  }

  /** A whole number with its type code, at most 32 bits wide. */
  smallInt(): number {
    const mark = this.mark();
    if (mark !== Mark.Int) throw broken(`a small integer expected, got type ${mark}`);
    return this.int32();
  }

  /** The rest of a `Long`: a number when it is safe, else a bigint. */
  long(): number | bigint {
    const size = this.int32();
    const digits = Math.abs(size);
    const at = this.need(digits * 2);
    if (digits <= 3) {
      let value = 0;
      for (let i = digits - 1; i >= 0; i--) value = value * 0x8000 + this.view.getUint16(at + 2 * i, true);
      return size < 0 ? -value : value;
    }
    let value = 0n;
    for (let i = digits - 1; i >= 0; i--) value = (value << 15n) | BigInt(this.view.getUint16(at + 2 * i, true));
    if (size < 0) value = -value;
    return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
  }

  float(): number {
    return this.view.getFloat64(this.need(8), true);
  }

  /** The rest of a `Bytes`: a view. */
  binary(): Uint8Array {
    const length = this.int32();
    const at = this.need(length);
    return this.bytes.subarray(at, at + length);
  }

  /** The rest of a `Unicode`, as a byte string. */
  text(): string {
    const length = this.int32();
    const at = this.need(length);
    return textOfMarshal(this.bytes, at, at + length);
  }

  /** Text or None with its type code. */
  textOrNull(): string | undefined {
    const mark = this.mark();
    if (mark === Mark.None) return undefined;
    if (mark !== Mark.Unicode && mark !== Mark.Interned) throw broken(`text expected, got type ${mark}`);
    return this.text();
  }
}

/** The interpreter said something it never says: a bug, or a process that is not ours. */
export function broken(why: string): ScriptRuntimeError {
  return new ScriptRuntimeError({ code: 'SCRIPT_ERR_HOST', message: `Answer of the interpreter is broken: ${why}` });
}
